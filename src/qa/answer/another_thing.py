"""Put together all that says that a sentence is of another thing than a question: one sign."""

from collections.abc import Callable

from qa.answer.signs.another import names_another
from qa.answer.signs.binding import counts_another, done_otherwise, is_what_it_means
from qa.answer.signs.contacts import lacks_contact
from qa.answer.signs.denial import denies, of_other_end
from qa.answer.signs.features import gives_no_reason, only_echoes, only_repeats
from qa.answer.signs.opposites import of_opposite, of_other_ordinal
from qa.answer.signs.programs import is_program, wants_program
from qa.answer.signs.question import (
    asks_for_month,
    asks_for_name,
    asks_for_number,
    asks_for_quoted,
    asks_for_sentence,
    asks_for_total,
    lacks_difference,
)
from qa.answer.signs.select import is_quoted
from qa.answer.signs.subjects import of_another_person, of_namesake
from qa.answer.signs.tables.cells import (
    fields,
    gives_back,
    is_unticked,
    leaves_column_open,
    says_total,
)
from qa.answer.signs.tables.superlative import ranks_nothing, ranks_otherwise
from qa.answer.signs.values.differences import is_difference, is_of_other_time
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
from qa.answer.signs.values.times import of_other_days, of_other_part_of_day
from qa.answer.span.extent import lists_other_steps
from qa.answer.span.narrowest import is_of_wider_range
from qa.answer.span.pieces import lacks_piece
from qa.answer.span.spans import is_row
from qa.schema import Passage, Span

# What speaks against a sentence by its words alone; by them and what they stand under; by what is
# said around its answer; by both.
_BY_WORDS = (
    says_no_age, says_no_amount, says_only_how_often, gives_no_reason, lacks_difference,
    is_of_other_time,
)  # fmt: skip
_BY_PLACE = (
    of_other_days,
    of_other_part_of_day,
    of_other_ordinal,
    says_not_how_often,
    says_no_time,
)
_BY_ANSWER = (counts_another, done_otherwise, is_difference, is_what_it_means, of_other_end)
_BY_BOTH = (of_opposite, denies)
_PLAINLY = 3.0
_RATHER = 1.0  # what is only quoted may be outdated; where nothing newer is said it counts


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
    text, said = passage.slice(sentence), passage.slice(answer)
    row = is_row(passage, sentence)
    if (row and _is_other_row(question, text, said)) or _is_other_line(question, text):
        return _PLAINLY
    if lists_other_steps(question, passage, answer, above):
        return _PLAINLY
    around, inside = f"{text} {above}", answer.shift(-sentence.start)
    if (
        any(rule(question, text) for rule in _BY_WORDS)
        or any(rule(question, around) for rule in _BY_PLACE)
        or any(rule(question, text, inside) for rule in _BY_ANSWER)
        or any(rule(question, text, inside, above) for rule in _BY_BOTH)
        or (not row and _is_other_prose(question, text, above))
        or (not asks_for_sentence(question) and only_echoes(question, text))
        or measures_otherwise(question, said)
        or of_another_person(question, passage, sentence)
        or of_namesake(question, passage, sentence)
        or is_of_wider_range(question, passage, sentence, inside)
    ):
        return _PLAINLY
    least = _RATHER if is_quoted(passage, sentence) and not asks_for_quoted(question) else 0.0
    return max(least, names_another(question, text, above, passage.text, mentions))


def _is_other_row(question: str, text: str, said: str) -> bool:
    names_one = asks_for_number(question) and not has_number(said)  # “how many sites”
    names_none = asks_for_name(question) and not any(sign.isalpha() for sign in said)
    one_of_all = asks_for_total(question) and not says_total(text)
    given_back = asks_for_number(question) and only_repeats(question, said)
    return given_back or names_one or names_none or one_of_all or of_another_month(question, text)


def _is_other_line(question: str, text: str) -> bool:
    return (
        is_unticked(text)
        or leaves_column_open(question, text)
        or lacks_piece(question, text)
        or lacks_contact(question, text)
        or (asks_for_name(question) and gives_back(question, text, fields(text)))
        or (asks_for_month(question) and not has_asked_type(question, text))
    )


def _is_other_prose(question: str, text: str, above: str) -> bool:
    return (
        (is_program(text) and not wants_program(question))
        or ranks_nothing(question, text, above)
        or ranks_otherwise(question, text)
        or speaks_of_no_money(question, text)
    )
