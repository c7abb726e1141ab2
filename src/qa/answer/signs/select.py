"""Rule out sentences that another of the same table, list or mail plainly beats.

Works on what is written alone: which row has the question's own values, which item of a list
is the third, which mail is only quoted. Does not know scores.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from qa.answer.signs.another import things_named
from qa.answer.signs.binding import counted_noun, counts
from qa.answer.signs.candidate import Candidate, meant
from qa.answer.signs.chosen_rows import (
    extremes,
    meeting_conditions,
    of_asked_time,
    without_beaten_rows,
    without_fields_beside_empty,
)
from qa.answer.signs.contacts import contact
from qa.answer.signs.question import (
    asked_item,
    asked_mail_field,
    asks_for_number,
    asks_for_quoted,
)
from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.rows import Tables
from qa.answer.signs.tables.superlative import asks_for_extreme
from qa.answer.signs.values.figures import of_another_amount
from qa.index.passages.context import SEPARATOR
from qa.schema import QUOTED_MAIL, Passage, Span
from qa.words import FUNCTION_WORDS, asked_stems, stem, words

_FILE_WORDS = 2  # of a file's name that can be meant by its words alone
_TITLE_WORDS = 2  # that titles of one kind have in common

_MARKER = re.compile(
    r"[ \t>]*(?:[-*+•‣◦▪·–☐☑☒]|\(?(?P<number>\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)])[ \t]+"
)


_ATTRIBUTION = re.compile(
    r"(?:On|Am|Le|El)\s+(?P<date>.{4,60}?)(?:\s?[AP]M)?(?:,|\s)\s*(?P<from>(?![AP]M\b)[^\s,<\d][^,<\d]*?)\s*(?:<[^>]*>)?\s*"
    r"(?:wrote|schrieb|a écrit|escribió)\s*:$",
    re.DOTALL,
)


def selected(question: str, found: list[Candidate], tables: Tables) -> list[Candidate]:
    """Leave out what another sentence of the same table, list or mail plainly beats.

    Args:
        question: As asked.
        found: Every sentence that was read.
        tables: Of the documents.
    """
    found = [one for one in found if contact(question, one.said)] or found
    found = _of_titled(question, _of_named(question, found))
    found = meeting_conditions(question, found, tables)
    found = _without_other_amounts(question, _without_uncounted(question, found))
    if asks_for_extreme(question):
        return extremes(question, found, tables)
    found = of_asked_time(question, without_fields_beside_empty(question, found))
    found = without_beaten_rows(question, found)
    field = asked_mail_field(question)
    if field is not None:
        return _mail_lines(field, found, quoted=asks_for_quoted(question)) or found
    found = _without_quoted(question, found)
    number = asked_item(question)
    return found if number is None else _items(number, found, tables.text_of)


def _of_named(question: str, found: list[Candidate]) -> list[Candidate]:
    """Take sentences for of another thing where the question has all words of another's file.

    A passage that has those words, too, speaks of what the file is called after.
    """
    asked = asked_stems(question)
    ids = {candidate.passage.doc_id for candidate in found}
    keys = {doc_id: {stem(word) for word in words(PurePosixPath(doc_id).stem)} for doc_id in ids}
    named = {doc_id for doc_id, key in keys.items() if len(key) >= _FILE_WORDS and key <= asked}
    if not named or named == ids:
        return found

    def speaks_of_it(passage: Passage) -> bool:
        said = {stem(word) for word in words(f"{passage.context} {passage.text}")}
        return passage.doc_id in named or any(keys[doc_id] <= said for doc_id in named)

    return [
        candidate
        if speaks_of_it(candidate.passage)
        else candidate._replace(features=candidate.features._replace(other_thing=3.0))
        for candidate in found
    ]


def _of_titled(question: str, found: list[Candidate]) -> list[Candidate]:
    """Take sentences for of another thing where a title but for one word theirs has the question's.

    "Aldern 2022: report" is of Aldern, if there is a "Brusk 2022: report" and Brusk is asked.
    """
    asked = asked_stems(question)
    titles = {one.passage.doc_id: _title(one.passage) for one in found if one.passage.context}
    kept = []
    for one in found:
        own = titles.get(one.passage.doc_id, frozenset())
        instead = {
            word
            for title in titles.values()
            if len(own & title) >= _TITLE_WORDS and len(title - own) == len(own - title) == 1
            for word in title - own
            if not (own - title) & asked
        }
        other = instead & asked - one.held
        features = one.features._replace(other_thing=3.0) if other else one.features
        kept.append(one._replace(features=features))
    return kept


def _title(passage: Passage) -> frozenset[str]:
    """Return the words of the title that a passage stands under, by stem, years left out."""
    title = passage.context.partition(SEPARATOR)[0]
    telling = [word for word in words(title) if word not in FUNCTION_WORDS and not word.isdigit()]
    return frozenset(map(stem, telling))


def _without_other_amounts(question: str, found: list[Candidate]) -> list[Candidate]:
    """Leave out sentences with another amount than the question's, where one has that."""
    if asks_for_number(question) or all(one.features.missing_figure for one in found):
        return found
    return [one for one in found if one.computed or not of_another_amount(question, one.said)]


def _without_uncounted(question: str, found: list[Candidate]) -> list[Candidate]:
    """Of sentences that count what is asked keep those of the thing that is asked, if any are.

    “How many jobs can the small edition hold?”: not "1,500 jobs", if "the small edition" has 250.
    """
    nouns, things = counted_noun(question), things_named(question)
    texts = [one.said for one in found]
    counting = [bool(nouns and things) and counts(nouns, text) for text in texts]
    meant = [
        count and bool(things & things_named(text))
        for count, text in zip(counting, texts, strict=True)
    ]
    if not any(meant):
        return found
    named = {noun for _, noun in things}
    return [
        one
        for one, count, own in zip(found, counting, meant, strict=True)
        if own or not count or named & one.held
    ]


def _without_quoted(question: str, found: list[Candidate]) -> list[Candidate]:
    """Leave out an older mail's sentences where the mail that quotes it says as much itself."""
    if asks_for_quoted(question):
        return found
    quoted = {id(one) for one in found if is_quoted(one.passage, one.sentence)}
    own = [candidate for candidate in found if id(candidate) not in quoted]
    return [
        candidate
        for candidate in found
        if id(candidate) not in quoted
        or not any(
            mine.passage.doc_id == candidate.passage.doc_id
            and mine.held >= candidate.held
            and mine.features.wrong_type <= candidate.features.wrong_type
            for mine in own
        )
    ]


def _mail_lines(label: str, found: list[Candidate], *, quoted: bool) -> list[Candidate]:
    """Keep of mails the line that says from whom, to whom or when, with its value as the answer."""
    kept = []
    for candidate in found:
        passage, sentence = candidate.passage, candidate.sentence
        if is_quoted(passage, sentence) is not quoted:
            continue
        text = passage.slice(sentence)
        match = re.match(rf"{label}:\s*(?P<value>\S.*)", text) or (
            _ATTRIBUTION.match(text) if quoted else None
        )
        group = "value" if match and "value" in match.groupdict() else label.lower()
        if match and group in match.groupdict() and match[group]:
            answer = Span(*match.span(group)).shift(sentence.start)
            features = meant(candidate.features)._replace(wrong_type=0.0)
            kept.append(candidate._replace(answer=answer, features=features))
    return kept


def attributes(text: str) -> bool:
    """Whether a line says who wrote the mail that is quoted below: "On 4 March Ada wrote:"."""
    return _ATTRIBUTION.match(text) is not None


def is_quoted(passage: Passage, sentence: Span) -> bool:
    """Whether a sentence stands in an older mail that another quotes."""
    before = passage.text[: sentence.start - passage.start]
    return QUOTED_MAIL in passage.context or QUOTED_MAIL in before


def _items(number: int, found: list[Candidate], text_of: Callable[[str], str]) -> list[Candidate]:
    """Of every list keep the item that is asked for, counted from the list's first line."""
    kept = []
    for candidate in found:
        item = _list_item(candidate, text_of(candidate.passage.doc_id))
        if item is None:
            kept.append(candidate)
        elif item.at == (number if number >= 0 else item.of - 1):
            kept.append(candidate._replace(answer=item.words, features=meant(candidate.features)))
    return kept


class _Item(NamedTuple):
    """A line of a list: its words, and which of how many it is, from 0."""

    words: Span
    at: int
    of: int


def _list_item(candidate: Candidate, text: str) -> _Item | None:
    """Find the item that a sentence begins; None if it is in no list, or not its beginning."""
    start = candidate.sentence.start
    line = text.rfind("\n", 0, start) + 1
    lines = _lines_around(text, line) or [line]
    marked = [at for at in lines if _MARKER.match(text, at)]
    items = [at for at in marked if _indent(text, at) == _indent(text, marked[0])]
    if not items:
        items = _unmarked_items(candidate.passage, lines, text)
    match = _MARKER.match(text, line)
    content = match.end() if match else line + _indent(text, line)
    if line not in items or len(items) < 2 or start > content:
        return None
    ends = [at for at in items if at > line] or [lines[-1] + len(_line(text, lines[-1]))]
    end = max(candidate.sentence.end, len(text[: ends[0]].rstrip()))
    return _Item(Span(start, end), items.index(line), len(items))


def _unmarked_items(passage: Passage, lines: list[int], text: str) -> list[int]:
    """Take lines for items if each begins with a sentence, as those of a paragraph do not."""
    items = lines[1:] if _line(text, lines[0]).rstrip().endswith((":", "：")) else lines
    starts = {sentence.start for sentence in passage.sentences}
    inside = [at for at in items if passage.start <= at < passage.end]
    begin = all(at + _indent(text, at) in starts for at in inside)
    return items if begin and not any(cells(_line(text, at)) for at in items) else []


def _indent(text: str, line: int) -> int:
    return len(_line(text, line)) - len(_line(text, line).lstrip())


def _lines_around(text: str, start: int) -> list[int]:
    """Return where the lines begin that stand together with one, no blank line between."""
    first = start
    while first > 0 and text[: first - 1].rpartition("\n")[2].strip():
        first = text.rfind("\n", 0, first - 1) + 1
    lines = []
    while first < len(text) and (line := _line(text, first)).strip():
        lines.append(first)
        first += len(line) + 1
    return lines


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]
