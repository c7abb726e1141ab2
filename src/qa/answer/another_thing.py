"""Put together all that says that a sentence is of another thing than a question: one sign."""

from collections.abc import Callable

from qa.answer.signs.another import names_another
from qa.answer.signs.binding import counts_another, done_otherwise, is_what_it_means
from qa.answer.signs.contacts import lacks_contact
from qa.answer.signs.denial import denies, of_other_end
from qa.answer.signs.features import gives_no_reason, only_echoes
from qa.answer.signs.opposites import of_opposite
from qa.answer.signs.programs import is_program, wants_program
from qa.answer.signs.question import (
    asks_for_month,
    asks_for_name,
    asks_for_number,
    asks_for_quoted,
    asks_for_sentence,
    asks_for_total,
)
from qa.answer.signs.select import is_quoted
from qa.answer.signs.subjects import of_another_person
from qa.answer.signs.tables.cells import (
    fields,
    gives_back,
    is_unticked,
    leaves_column_open,
    says_total,
)
from qa.answer.signs.tables.superlative import ranks_nothing, ranks_otherwise
from qa.answer.signs.values.kinds import (
    has_asked_type,
    has_number,
    measures_otherwise,
    of_another_month,
    says_no_age,
    says_no_amount,
    says_no_time,
    says_not_how_often,
    says_only_how_often,
    speaks_of_no_money,
)
from qa.answer.signs.values.times import of_other_days
from qa.answer.span.extent import lists_other_steps
from qa.answer.span.pieces import lacks_piece
from qa.answer.span.spans import is_row
from qa.schema import Passage, Span

_OTHERWISE = (counts_another, done_otherwise, is_what_it_means, of_other_end)


def of_another_thing(
    question: str,
    passage: Passage,
    sentence: Span,
    answer: Span,
    above: str,
    mentions: Callable[[str], bool],
) -> float:
    """Say how plainly a sentence is of another thing than is asked: `Features.other_thing`.

    Args:
        question: As asked.
        passage: Where the sentence stands.
        sentence: In document offsets.
        answer: The words that would answer, in document offsets.
        above: The headings above the sentence.
        mentions: Says whether any document has a word.
    """
    text = passage.slice(sentence)
    row = is_row(passage, sentence)
    names_one = row and not has_number(passage.slice(answer))
    if names_one and asks_for_number(question):  # “how many sites”
        return 3.0
    if is_unticked(text) or leaves_column_open(question, text) or lacks_piece(question, text):
        return 3.0
    if asks_for_name(question) and gives_back(question, text, fields(text)):
        return 3.0
    if lacks_contact(question, text):
        return 3.0
    if lists_other_steps(question, passage, answer, above):
        return 3.0
    if asks_for_month(question) and not has_asked_type(question, text):
        return 3.0
    if row and of_another_month(question, text):
        return 3.0
    if asks_for_total(question) and row and not says_total(text):
        return 3.0
    if is_quoted(passage, sentence):
        return 0.0 if asks_for_quoted(question) else 3.0
    around = f"{text} {above}"
    if of_other_days(question, around) or says_not_how_often(question, around):
        return 3.0
    said = passage.slice(answer)
    if not row and is_program(text) and not wants_program(question):
        return 3.0
    if not asks_for_sentence(question) and only_echoes(question, text):
        return 3.0
    if says_no_time(question, around) or measures_otherwise(question, said):
        return 3.0
    if says_no_age(question, text) or says_no_amount(question, text):
        return 3.0
    if says_only_how_often(question, text):
        return 3.0
    if of_another_person(question, passage, sentence):
        return 3.0
    inside = answer.shift(-sentence.start)
    if any(rule(question, text, inside) for rule in _OTHERWISE):
        return 3.0
    if of_opposite(question, text, inside, above) or denies(question, text, inside, above):
        return 3.0
    if gives_no_reason(question, text):
        return 3.0
    if not row and (ranks_nothing(question, text, above) or speaks_of_no_money(question, text)):
        return 3.0
    if not row and ranks_otherwise(question, text):
        return 3.0
    return names_another(question, text, above, passage.text, mentions)
