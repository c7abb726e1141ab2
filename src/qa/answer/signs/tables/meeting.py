"""Find the rows of a table that meet what a question says of them, and the cell it asks for.

"Which plants are out of stock?", "On which days is Lena off?", "Which rooms have a projector?",
"Which cost less than £5?" Exact or not at all: every word of the question is a column's, a value's,
the table's or of asking, else no row is chosen. Does not know scores.
"""

import re
from collections.abc import Collection, Sequence

from qa.answer.signs.tables.beside import Beside
from qa.answer.signs.tables.columns import DAY, NAME, PEOPLE_COLUMN, PLACES, TIMES
from qa.answer.signs.tables.conditions import Condition, conditions
from qa.answer.signs.tables.dated import without_dates
from qa.answer.signs.tables.explained import About, is_explained
from qa.answer.signs.tables.naming import PEOPLE, PLAIN_VERBS, THINGS, names
from qa.answer.signs.tables.rows import Row, holds_codes, labels_of, number
from qa.schema import RowAnswer, Span
from qa.words import FUNCTION_WORDS, stem, words

_LEAST_ROWS = 2
_MOST_LISTED = 30
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|on|in|at|from|for|to|by|with|during)\s+)?"
    r"(?P<asks>which|what|who(?:m|se)?|when|where|list|name|show)\b",
    re.IGNORECASE,
)
_ASKS_ALL = re.compile(
    r"^\W*(?:(?:list|name|show)(?: me)?|what are) (?:all|the|all the|all of the)\b", re.IGNORECASE
)
ASKS_OTHERWISE = re.compile(
    r"\b(?:how|why|if|whether|most|(?<!at )least|first|last|next|except|besides|apart|instead|"
    r"before|after|since|until|because|between(?! [$£€]?\d)|(?:other|rather) than|\w{3,}est)\b",
    re.IGNORECASE,
)
_STILL = re.compile(r"\b(?:is|are) (?P<still>still|currently|now)\b", re.IGNORECASE)
_DOER = re.compile(r"(?:er|or|ist)\b")  # “who supplies”, of a supplier that is no person

_OF_DAYS = frozenset(map(stem, "day days weekday weekdays date dates month months".split()))
_BEFORE_NOUN = ("all", "of", "the", "our", "me", "are", "s")
_HELPERS = "do does did has have had can could may must will would should is are was were".split()


def asks_of_rows(question: str) -> bool:
    """Whether a question may ask which rows of a table meet something."""
    plain = without_dates(question)
    return _ASKS.match(question) is not None and ASKS_OTHERWISE.search(plain) is None


def rows_that_meet(question: str, rows: Sequence[Row], about: About) -> list[RowAnswer] | None:
    """Find the rows that meet a question's conditions, and in each the cell it asks for.

    Args:
        question: As asked.
        rows: All of one table.
        about: What it is about.

    Returns:
        Those rows, in order, none if the table has none; None where it is not plain what is asked,
        or there are more than 30.
    """
    asks = _ASKS.match(question)
    if asks is None or len(rows) < _LEAST_ROWS or not asks_of_rows(question):
        return None
    days = {label for label in labels_of(rows) if DAY.fullmatch(label)}
    if len(days) >= _LEAST_ROWS:
        headed = _days_that_hold(Beside(question, asks.end(), rows), days, asks["asks"], about)
        if headed:
            return headed
    beside = Beside(question, asks.end(), rows)
    if still := _STILL.search(question):
        beside.take(beside.within(*still.span("still")))
    demanded = conditions(beside)
    if not demanded and (demanded is None or not _ASKS_ALL.match(question)):
        return None
    deciding = {label for each in demanded for label in each.labels}
    column = _asked_column(beside, asks["asks"].lower(), about, deciding)
    if column is None or column in deciding:
        return None
    if not is_explained(beside, about, {column, beside.key, *deciding}):
        return None
    met = _meeting(rows, demanded)
    looked_up = len(met) == 1 and deciding == {beside.key}  # a row by its name
    if looked_up or len(met) > _MOST_LISTED or any(not row.value(column) for row in met):
        return None
    different: dict[str, Row] = {}
    for row in met:
        different.setdefault(row.value(column).casefold(), row)
    return [
        RowAnswer(row.span, row.cells[column].value.shift(row.start)) for row in different.values()
    ]


def _meeting(rows: Sequence[Row], demanded: Sequence[Condition]) -> list[Row]:
    return [row for row in rows if all(each.holds(row) for each in demanded)]


def _days_that_hold(
    beside: Beside, days: Collection[str], asks: str, about: About
) -> list[RowAnswer]:
    """Find the days that are columns, where a row that is named has what is asked: “Off” on Mon 9.

    Returns:
        The columns' names in that row; none where that is not asked or not plain.
    """
    following = {token.root for token in beside.tokens[:2]}
    if asks.lower() != "when" and not following & _OF_DAYS:
        return []
    said: set[str] = set()
    named: dict[str, set[str]] = {}
    for place, held in beside.named_values().items():
        beside.take(place)
        labels = {label for label, _ in held}
        if labels <= set(days):
            said |= {value for _, value in held}
        elif len(labels) == 1:
            named.setdefault(labels.pop(), set()).update(value for _, value in held)
        else:
            return []
    rows = [row for row in beside.rows if all(row.value(k) in v for k, v in named.items())]
    beside.take(token for token in beside.open if token.root in _OF_DAYS)
    if not said or not named or len(rows) != 1 or not is_explained(beside, about, ()):
        return []
    (row,) = rows
    columns = [label for label in row.cells if label in days and row.value(label) in said]
    starts = [row.text.rfind(label, 0, row.cells[label].value.start) for label in columns]
    return [
        RowAnswer(row.span, Span(start, start + len(label)).shift(row.start))
        for label, start in zip(columns, starts, strict=True)
        if start >= 0
    ]


def _asked_column(beside: Beside, asks: str, about: About, deciding: Collection[str]) -> str | None:
    """Return the column that is asked for; None if that is not plain."""
    if asks in ("who", "whom", "whose"):
        people = _columns_of_people(beside)
        doers = [one for one in beside.labels if _DOER.search(one) and beside.is_named(one)]
        return _only(beside, people, deciding) or _only(beside, doers, deciding)
    if asks in ("when", "where"):
        pattern = TIMES if asks == "when" else PLACES
        return _only(beside, [each for each in beside.labels if pattern.search(each)], deciding)
    return _column_of_noun(beside, about, deciding)


def _only(beside: Beside, labels: Sequence[str], deciding: Collection[str]) -> str | None:
    """Of some columns return the one that decides nothing, or of several the one that is named."""
    left = [label for label in labels if label not in deciding]
    left = left if len(left) == 1 else [label for label in left if beside.is_named(label)]
    return left[0] if len(left) == 1 else None


def _columns_of_people(beside: Beside) -> list[str]:
    """List the columns of names, those of first and last names if there are any."""
    named = {
        label: values
        for label in beside.labels
        if (values := beside.values(label)) and all(NAME.fullmatch(value) for value in values)
    }
    whole = [label for label, values in named.items() if all(" " in value for value in values)]
    return whole or [label for label in named if PEOPLE_COLUMN.search(label)]


def _column_of_noun(beside: Beside, about: About, deciding: Collection[str]) -> str | None:
    """Return the column of “which plants”; that of names, if what the table is about is asked for.

    Of a column that decides, “which mornings does Asha work”, names are asked for.
    """
    above = {stem(word) for word in words(about.above)}
    for noun in [token for token in beside.open if token.said not in _BEFORE_NOUN][:2]:
        if noun.said in FUNCTION_WORDS or noun.said in _HELPERS or noun.root in PLAIN_VERBS:
            return beside.key
        labels = [label for label in beside.labels if names(label, noun.root)]
        begun = tuple(f"{label.lower()} " for label in deciding)
        theirs = [label for label in labels if begun and label.lower().startswith(begun)]
        labels = theirs or labels  # the “Runner-up party” of who is runner-up
        if labels:
            beside.take([noun])
            column = labels[0]
            named = not all(map(number, beside.values(beside.key)))
            coded = holds_codes(beside.rows, column) and beside.key not in deciding
            if column in deciding or (coded and named):
                return beside.key
            return column
        if noun.root in THINGS:
            beside.take([noun])
            return beside.key
        if noun.root in PEOPLE:
            beside.take([noun])
            return _only(beside, _columns_of_people(beside), deciding)
        if noun.root not in above:  # of “capital projects” the second tells
            return None
    return beside.key
