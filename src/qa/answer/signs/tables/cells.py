"""Find the cell of a table row, or the value of a form's line, that a question asks for.

A row reads "Part: Fork | Shelf: C1", as the parsers word it; a form's line "Flag: Panama", or
with a gap, dots or "Flag | Panama" instead of the colon. Of boxes only those that are ticked hold a
value. Does not know the network.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from qa.answer.signs.tables.naming import alike
from qa.schema import Span
from qa.words import FUNCTION_WORDS, asked_stems, stem, words

_PART = re.compile(r"[^|]+")
_LABELLED = re.compile(
    r"\s*(?P<label>[^\W_](?:[^:|\n]|:(?=[^\s:])){0,59}?)(?::\s+|：\s*|\t+|\s{3,}|\s?\.{4,}\s*)(?P<value>\S.*?)\s*$",
    re.S,
)
_BOX = re.compile(r"(?<!\S)(?:\[(?: |(?P<tick>[xX]))\]|☐|(?P<ticked>[☒☑]))")
_AROUND_OPTION = " |\t\n"
_LINE_CHARACTERS = 160
_LABEL_WORDS = 6
_HOW_MANY = re.compile(r"\bhow many (?P<noun>\w+)", re.IGNORECASE)
_ASKED = r"\b(?:which|what|whose)\s+(?:[\w-]+\s+)?"
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
# “Last calibrated” and “Next calibration”: which of the two is asked for.
_LAST = re.compile(r"\b(?:last|latest|previous|most recent)\b", re.IGNORECASE)
_NEXT = re.compile(r"\b(?:next|upcoming)\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:next|again|due|upcoming|must|will|shall|should|(?:has|have|needs?) to)\b", re.IGNORECASE
)
_PAST = re.compile(r"\b(?:was|were|did|has been|have been)\b", re.IGNORECASE)
# What goes with a verb, “came in”, “shipped out”, and is no preposition, “in 2024”.
_WAY = re.compile(
    r"\b\w+(?:ed|ent|ame|ought|old|ook|ing|s|t)\s+(?P<way>in|out)\b"
    r"(?!\s+(?:\d|the\b|an?\b|of\b|this\b|that\b|our\b|all\b|total\b|[A-Z]))"
)
_FIGURE_LABELLED = re.compile(r":\s*[$€£]?\d")
_TOTAL = re.compile(r"\b(?:(?:sub-?)?totals?|sum|all|overall|average|mean)\b", re.IGNORECASE)


class Cell(NamedTuple):
    """A value and what it is called; `value` is a span in the text it was found in."""

    label: str
    value: Span


def cells(text: str, header: Sequence[str] = ()) -> list[Cell]:
    """Split a row or a form's line into its cells; none if it is neither.

    Args:
        text: A sentence of a passage.
        header: What the columns are called, where the row does not say itself.
    """
    options = _options(text)
    if options:
        return [option.cell for option in options if option.ticked]
    row = " | " in text
    if "\n" in text.strip() or not (row or len(text) <= _LINE_CHARACTERS):
        return []
    found = []
    for part in _PART.finditer(text):
        match = _LABELLED.match(part.group())
        if match is None:
            if not row:
                return []
            bare = part.group().strip()
            start = part.start() + part.group().index(bare) if bare else part.start()
            found += [Cell("", Span(start, start + len(bare)))] if bare else []
        elif not row and len(words(match["label"])) > _LABEL_WORDS:
            return []
        else:
            value = Span(*match.span("value")).shift(part.start())
            found.append(Cell(match["label"], _ticked(text, value)))
    if len(found) == len(header) and not any(cell.label for cell in found):
        return [cell._replace(label=name) for cell, name in zip(found, header, strict=True)]
    return found


def fields(text: str, header: Sequence[str] = ()) -> list[Cell]:
    """Split a row or a form's line into its cells; a bare row of two is a label and its value.

    Args:
        text: A sentence of a passage.
        header: What the columns are called, where the row does not say itself.
    """
    row = cells(text, header)
    if len(row) != 2 or any(cell.label for cell in row):
        return row
    label = text[slice(*row[0].value)].rstrip(" :")
    named = 0 < len(words(label)) <= _LABEL_WORDS and not any(c.isdigit() for c in label)
    return [Cell(label, row[1].value)] if named else row


def is_unticked(text: str) -> bool:
    """Whether a form's line has boxes, and none of them is ticked."""
    options = _options(text)
    return bool(options) and not any(option.ticked for option in options)


class _Option(NamedTuple):
    """What stands behind a box, under the label in front of the first."""

    cell: Cell
    ticked: bool


def _ticked(text: str, value: Span) -> Span:
    """Return of a cell's boxes what stands behind the one that is ticked, if one is."""
    said = text[slice(*value)]
    if _BOX.match(said) is None:
        return value
    ticked = [one.cell.value for one in _options(f"_: {said}") if one.ticked]
    return ticked[0].shift(value.start - len("_: ")) if len(ticked) == 1 else value


def _options(text: str) -> list[_Option]:
    """Take a form's line apart at its boxes: "Insured by | [ ] Owner | [x] Borrower"."""
    boxes = list(_BOX.finditer(text))
    before = text[: boxes[0].start()].strip() if boxes else ""
    label = before.strip(_AROUND_OPTION + ":")
    set_off = len(boxes) > 1 or before.endswith(("|", ":"))
    if not label or not set_off or " | " in label or len(words(label)) > _LABEL_WORDS:
        return []
    found = []
    for box, end in zip(boxes, [*(box.start() for box in boxes[1:]), len(text)], strict=True):
        said = text[box.end() : end].strip(_AROUND_OPTION)
        start = text.index(said, box.end())
        ticked = bool(box["tick"] or box["ticked"])
        found.append(_Option(Cell(label, Span(start, start + len(said))), ticked))
    return found if all(option.cell.value.start < option.cell.value.end for option in found) else []


def gives_back(question: str, text: str, row: Sequence[Cell]) -> bool:
    """Whether a form's line only holds what the question names: whose line, not what is asked."""
    if len(row) != 1:
        return False
    asked = asked_stems(question)
    value = {stem(word) for word in words(text[slice(*row[0].value)])}
    label = {stem(word) for word in words(row[0].label)}
    return 2 * len(value & asked) >= len(value) > 0 and not label & asked


def is_empty_field(text: str, start: int, end: int) -> bool:
    """Whether a line of a passage is a form's label with nothing behind it: “Returned on”.

    It ends as no heading does, with a colon or a small word.

    Args:
        text: The passage's.
        start: Where the line starts in it.
        end: Where it ends.
    """
    label = text[start:end].strip()
    said = words(label)
    unfinished = label.endswith(":") or (said[-1:] and said[-1] in FUNCTION_WORDS)
    if not unfinished or len(said) > _LABEL_WORDS or cells(label):
        return False
    before, after = text[:start].removesuffix("\n"), text[end:].removeprefix("\n")
    own_line = len(before) < start and len(after) < len(text) - end
    beside = [line for line in (before.rpartition("\n")[2], after.partition("\n")[0]) if line]
    return own_line and bool(beside) and all(len(fields(line)) == 1 for line in beside)


def header_above(text: str, start: int) -> list[str]:
    """Return the cells of the first of the bare rows that a row stands under; none if it is it.

    Two columns are labels and values, which the first row does not name but by a year.

    Args:
        text: A passage.
        start: Where the row's line starts in it.
    """
    lines = text[:start].split("\n")[:-1]
    first: list[str] = []
    for line in reversed(lines):
        names = [part.strip() for part in line.split("|")]
        if len(names) < 2 or any(_LABELLED.match(name) for name in names):
            break
        first = names
    return [] if len(first) == 2 and not _YEAR.fullmatch(first[1]) else first


def asked_cell(question: str, text: str, row: Sequence[Cell]) -> Cell | None:
    """Find the one cell whose label the question names; None if no label fits best.

    A cell whose value stands in the question says which row is meant, not what is asked.
    """
    asked = asked_stems(question)
    if (own := _of_its_holder(text, row, asked)) is not None:
        return own
    how_many = _HOW_MANY.search(question)
    counted = stem(how_many["noun"].lower()) if how_many else ""
    scores = []
    other_time = of_other_time(question, [cell.label for cell in row])
    of_years = [cell for cell in row if _YEAR.search(cell.label) and asked & _named_by(cell.label)]
    for cell in row:
        if of_years and _YEAR.search(cell.label) and cell not in of_years:
            continue  # “Workers 2021” where “Paper 2022” is asked for, of whatever year
        if cell.label in other_time:
            continue
        said = words(cell.label)
        label = [stem(word) for word in said if word not in FUNCTION_WORDS] or list(map(stem, said))
        value = {stem(word) for word in words(text[slice(*cell.value)])}
        if not label or (value and value <= asked):
            continue
        same = len(label) == 1 and alike(label[0], asked)
        share = 1.0 if same else sum(each in asked for each in label) / len(label)
        named = re.search(_ASKED + re.escape(cell.label), question, re.IGNORECASE) is not None
        if label[0] == counted:  # “how many drops”: “Drops per ear”
            share, named = 1.0, True
        scores.append((share + named, cell))
    best = max((score for score, _ in scores), default=0.0)
    leading = [cell for score, cell in scores if score == best]
    leading = _of_way(question, leading) or _named_longest(leading, best) or leading
    return leading[0] if best > 0 and len(leading) == 1 else None


def _of_its_holder(text: str, row: Sequence[Cell], asked: set[str]) -> Cell | None:
    """Find the column of whom a question names: of “Runner-up: Bo”, “Runner-up votes”."""
    for holder in row:
        value = [stem(word) for word in words(text[slice(*holder.value)])]
        if not holder.label or len(value) < 2 or not set(value) <= asked:
            continue
        own = f"{holder.label.lower()} "
        theirs = [
            cell
            for cell in row
            if cell.label.lower().startswith(own)
            and asked & {stem(word) for word in words(cell.label[len(own) :])}
        ]
        if len(theirs) == 1:
            return theirs[0]
    return None


def _named_longest(row: Sequence[Cell], share: float) -> list[Cell]:
    """Of columns that are all named in full keep the one with most words: “runner-up votes”."""
    sizes = [len(words(cell.label)) for cell in row]
    most = max(sizes, default=0)
    return [cell for cell, size in zip(row, sizes, strict=True) if share >= 1 and size == most]


def leaves_column_open(question: str, text: str) -> bool:
    """Whether a row has several columns of the year asked for, and the question names none.

    “How much coal in 2024?” may mean what came in and what went out.
    """
    row = cells(text)
    years = set(_YEAR.findall(question))
    of_year = [cell for cell in row if years & set(_YEAR.findall(cell.label))]
    return len(of_year) > len(years) and asked_cell(question, text, row) is None


def _of_way(question: str, row: Sequence[Cell]) -> list[Cell]:
    """Keep of some columns those of the way in which something went: “out” means “Outbound”."""
    ways = {match["way"].lower() for match in _WAY.finditer(question)}
    if len(ways) != 1:
        return []
    way = ways.pop()
    return [cell for cell in row if any(word.startswith(way) for word in words(cell.label))]


def of_other_time(question: str, labels: Sequence[str]) -> set[str]:
    """Find the labels that say “last” where others say “next” and what is to come is asked for.

    And the reverse; “Last admission” alone is no such label.
    """
    last = {label for label in labels if _LAST.search(label) and not _NEXT.search(label)}
    following = {label for label in labels if _NEXT.search(label) and not _LAST.search(label)}
    if not last or not following:
        return set()
    to_come, past = _TO_COME.search(question) is not None, _LAST.search(question) is not None
    if to_come is not past:
        return last if to_come else following
    return following if not to_come and _PAST.search(question) else set()


def _named_by(label: str) -> set[str]:
    """Return what a column holds, the year aside."""
    return {stem(word) for word in words(_YEAR.sub(" ", label))}


def cell_of(answer: Span, row: Sequence[Cell]) -> Cell | None:
    """Find the cell an answer lies in, or begins before: a label stands for its value."""
    for cell in row:
        if answer.start < cell.value.end:
            return cell
    return row[-1] if row else None


def is_header(text: str, below: str) -> bool:
    """Whether a bare row only names the columns of the row below: words and years, no figures."""
    names = [part.strip() for part in text.split("|")]
    return (
        len(names) > 1
        and len(names) == below.count("|") + 1
        and not any(c.isdigit() for name in names for c in _YEAR.sub("", name))
        and any(c.isdigit() for c in below)
        and not _FIGURE_LABELLED.search(text)
    )


def says_total(text: str) -> bool:
    """Whether a row is a sum or an average of others."""
    return _TOTAL.search(text) is not None
