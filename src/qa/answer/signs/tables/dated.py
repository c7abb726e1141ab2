"""Find the column of dates, or of days, that a question's date or day of the week is about.

"Which tasks are due before 15 May?", "Who joined after 2020?", "Which clinics are open on
Saturday?" of "Mon-Sat". Does not know which column is asked for.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from qa.answer.signs.tables.beside import Beside, Token
from qa.answer.signs.tables.rows import Row, labels_of
from qa.answer.signs.values.dates import Asked, Date, asked_about, read_all
from qa.answer.signs.values.times import days_of
from qa.months import MONTH_OR_SHORT

_UNKNOWN = re.compile(r"(?:[-–—?]+|n/?a|tb[acd]|none|open|pending|ongoing)\.?", re.IGNORECASE)
_OF_A_DATE = re.compile(rf"\d|{MONTH_OR_SHORT}\b", re.IGNORECASE)
_PLAIN = re.compile(r"(?:the )?(?:date|day|when|year)s?", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:due|deadlines?)\b", re.IGNORECASE)
_MUST = re.compile(
    r"\b(?P<must>must|should|has|have|needs?|(?:is|are)(?= to\b))(?: [\w'’-]+){0,3}? "
    r"(?P<do>done|do|doing|finish(?:ed|ing)?|complet(?:e|ed|ing))\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"\b(?:closed?|closing|off|not|no|except|shut|without)\b", re.IGNORECASE)
_IN_CELL = Callable[[str], bool]


def without_dates(question: str) -> str:
    """Return a question with blanks where it compares with a date."""
    asked = asked_about(question)
    if asked is None:
        return question
    start, end = asked.span
    return question[:start] + " " * (end - start) + question[end:]


def dated(beside: Beside) -> list[tuple[str, _IN_CELL]] | None:
    """Return the column of dates that a question compares with one, and whether a cell will do.

    Returns:
        Nothing where it compares with none, or with what may be amounts (“between 1500 and 2000”)
        where no column is named; None where no column, or more than one, is of dates.
    """
    asked = asked_about(beside.question)
    if asked is None:
        return []
    tests = _tests(asked, {label: beside.values(label) for label in beside.labels})
    chosen = [label for label in tests if beside.is_named(label)]
    if not chosen and (must := _MUST.search(beside.question)):
        chosen = [label for label in tests if _LIMIT.search(label)]
        for word in ("must", "do"):
            beside.take(beside.within(*must.span(word)))
    if not asked.may_be_amounts:
        chosen = chosen or [label for label in tests if _PLAIN.fullmatch(label)]
    if len(chosen) != 1:
        return [] if asked.may_be_amounts else None
    beside.take(beside.within(*asked.span))
    return [(label, tests[label]) for label in chosen]


def rows_outside(question: str, rows: Sequence[Row]) -> list[Row]:
    """List the rows that have dates, none of which is what a question compares with."""
    asked = asked_about(question)
    if asked is None:
        return []
    values = {label: [row.value(label) for row in rows] for label in labels_of(rows)}
    tests = _tests(asked, {label: list(filter(None, own)) for label, own in values.items()})
    return [
        row
        for row in rows
        if any(row.value(label) for label in tests)
        and not any(test(row.value(label)) for label, test in tests.items())
    ]


def _tests(asked: Asked, columns: Mapping[str, Sequence[str]]) -> dict[str, _IN_CELL]:
    """Return, for each column of dates, whether a cell is what is asked for."""
    found: dict[str, _IN_CELL] = {}
    for label, values in columns.items():
        known = [value for value in values if not _UNKNOWN.fullmatch(value)]
        own = read_all(known)
        test = own and _test(asked, dict(zip(known, own, strict=True)))
        if test:
            found[label] = test
    return found


def _test(asked: Asked, by_value: Mapping[str, Date]) -> _IN_CELL | None:
    """Compare in years where all have one, else in the one year of the column; else not at all."""
    years = {date.year for date in by_value.values()}
    dates = asked.dates
    if not all(date.year for date in dates):
        if len(years) > 1:
            return None
        dates = tuple(date._replace(year=min(years)) for date in dates)
    elif 0 in years:
        return None

    def holds(value: str) -> bool:
        own = by_value.get(value)
        return own is not None and asked.holds(own, dates)

    return holds


def on_days(beside: Beside) -> list[tuple[str, _IN_CELL]]:
    """Return the column of days of the week, where the question names one, and if a cell has it."""
    said = [token for token in beside.open if days_of(_capital(token))]
    asked = days_of(" ".join(map(_capital, said)))
    columns = [
        label
        for label in beside.labels
        if (values := beside.values(label))
        and all(map(days_of, values))
        and bool(_CLOSED.search(label)) is bool(_CLOSED.search(beside.question))
    ]
    if len(said) != 1 or _is_of_a_date(beside, said[0]) or len(columns) != 1:
        return []
    beside.take([*said, *(token for token in beside.open if token.root == "open")])
    return [(columns[0], lambda value: asked <= days_of(value))]


def _is_of_a_date(beside: Beside, day: Token) -> bool:
    following = beside.tokens[beside.tokens.index(day) + 1 :][:1]
    return any(_OF_A_DATE.match(token.said) for token in following)


def _capital(token: Token) -> str:
    """Days that are cut short have a capital."""
    return token.said.capitalize() if token.capital else token.said
