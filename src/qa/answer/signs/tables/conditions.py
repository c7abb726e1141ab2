"""Find what a question demands of a table's rows: values, amounts, months, yes or no, a change.

Does not know which column is asked for.
"""

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from qa.answer.signs.tables import whether
from qa.answer.signs.tables.beside import Beside
from qa.answer.signs.tables.dated import dated, on_days, without_dates
from qa.answer.signs.tables.naming import PLAIN_VERBS, most_named, names
from qa.answer.signs.tables.rows import Row, number
from qa.answer.signs.values.times import YEAR
from qa.months import MONTH_OR_SHORT
from qa.words import FUNCTION_WORDS, stem, words

_PRICES = re.compile(r"\b(?:costs?|price[ds]?|charged?|fees?|cheap|expensive)\b", re.IGNORECASE)
_OF_PRICE = ("price", "cost", "fee", "rate", "charg")
_STOCK = re.compile(r"\b(?:stock|available|availability|quantity|qty|units)\b", re.IGNORECASE)
_OUT_OF_STOCK = re.compile(
    r"\b(?:out of stock|sold out|not (?:currently )?in stock|unavailable|not available)\b",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"\b(?:no|without|zero|lacks?|lacking|(?:do|does|did)(?:n['’]t| not) "
    r"(?:have|offer|include|come with|allow|need|require|use|support))\s+(?:an?\s+|any\s+)?(?=\w)",
    re.IGNORECASE,
)
_WHICH = re.compile(r"^\W*(?:which|what|who)\b", re.IGNORECASE)
_NOT = re.compile(r"(?:\bnot|n['’]t|\bnever)\b", re.IGNORECASE)
_MONTH = re.compile(rf"\b{MONTH_OR_SHORT}\b", re.IGNORECASE)
_IN = re.compile(r"\b(?:in|for|during|of)\s+$", re.IGNORECASE)
WHOLE_YEAR = re.compile(rf"\b{YEAR.pattern}\b")
_BRACKETS = re.compile(r"\([^)]*\)")
_LESS = r"(?:less|fewer|lower|smaller)"
_MORE = r"(?:more|higher|larger|bigger)"
_YEARS_COMPARED = re.compile(
    rf"\b(?:(?P<less>{_LESS})|{_MORE})\b.*?\bin (?P<one>\d{{4}}) than (?:in )?(?P<other>\d{{4}})",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:(?P<less>(?:go(?:es)?|went|going) down|f[ae]lls?|fell|drop\w*|decreas\w*|shr[iau]nk\w*|"
    r"(?:is|are|was|were|been|get|gets) (?:cut|reduced|lowered))|"
    r"(?:go(?:es)?|went|going) up|rises?|rose|grows?|grew|increas\w*|"
    r"(?:is|are|was|were|been) raised)\b",
    re.IGNORECASE,
)


class Condition(NamedTuple):
    """Which columns decide, and whether a row will do."""

    labels: frozenset[str]
    holds: Callable[[Row], bool]


def conditions(beside: Beside) -> list[Condition] | None:
    """Return what rows must meet; None where a word may mean several columns."""
    units = {unit.strip("()") for each in beside.labels for unit in _BRACKETS.findall(each)}
    by_date = dated(beside)
    if by_date is None:
        return None
    plain = without_dates(beside.question) if by_date else beside.question
    comparisons = whether.comparisons(plain, units)
    if comparisons is None:
        return None
    found = _changed(beside)
    compared = _compared(beside, comparisons)
    if compared is None:
        return None
    of_time = [_of_cell(label, test) for label, test in [*by_date, *on_days(beside)]]
    found += [*compared, *_within_limits(beside), *of_time]
    valued = _valued(beside, comparisons)
    if valued is None:
        return None
    found += valued
    found += _in_months(beside, {label for each in found for label in each.labels})
    whether_or_not = _yes_or_no(beside, {label for each in found for label in each.labels})
    return None if whether_or_not is None else [*found, *whether_or_not]


def denies_or_compares(question: str) -> bool:
    """Whether a question leaves rows out by what they lack, are not, or by an amount."""
    ways = (_OUT_OF_STOCK, _LACKS, _NOT)
    return any(way.search(question) for way in ways) or whether.comparisons(question) != []


def compares_rows(question: str) -> bool:
    """Whether it is asked which are more or less than an amount."""
    return _WHICH.search(question) is not None and whether.comparisons(question) != []


def _of_cell(label: str, test: whether.Test) -> Condition:
    return Condition(frozenset([label]), lambda row: test(row.value(label)))


def _changed(beside: Beside) -> list[Condition]:
    """Return the condition of “less in 2025 than in 2024”, or “goes down”, of columns by year."""
    match = _YEARS_COMPARED.search(beside.question) or _CHANGES.search(beside.question)
    if match is None:
        return []
    years = [match["one"], match["other"]] if "one" in match.groupdict() else []
    pairs = [pair for pair in columns_by_year(beside) if not years or set(pair) == set(years)]
    if len(pairs) != 1:
        return []
    first, second = years or sorted(pairs[0], reverse=True)
    later, earlier = pairs[0][first], pairs[0][second]
    less = bool(match["less"])

    def holds(row: Row) -> bool:
        one, other = number(row.value(later)), number(row.value(earlier))
        if one is None or other is None:
            return False
        return one.amount < other.amount if less else one.amount > other.amount

    beside.take(beside.within(*match.span()))
    beside.take(token for token in beside.open if token.said in pairs[0])
    return [Condition(frozenset([later, earlier]), holds)]


def columns_by_year(beside: Beside) -> list[dict[str, str]]:
    """Pair the columns of numbers that are of two years: of one name, or of one unit in brackets.

    Of several pairs those whose name the question has.
    """
    by_name: dict[str, list[tuple[str, str]]] = {}
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for label in beside.labels[1:]:
        year, values = WHOLE_YEAR.search(label), beside.values(label)
        if year and values and all(map(number, values)):
            by_name.setdefault(_name_of(label), []).append((year[0], label))
            by_unit.setdefault("".join(_BRACKETS.findall(label)), []).append((year[0], label))
    by_unit.pop("", None)
    pairs = [dict(own) for own in by_name.values() if len(own) == len(dict(own)) == 2]
    pairs = pairs or [dict(own) for own in by_unit.values() if len(own) == len(dict(own)) == 2]
    named = [p for p in pairs if any(beside.is_named(_name_of(label)) for label in p.values())]
    return named if len(pairs) > 1 else pairs


def _name_of(label: str) -> str:
    return " ".join(WHOLE_YEAR.sub(" ", label).lower().split())


def _compared(beside: Beside, comparisons: Sequence[whether.Comparison]) -> list[Condition] | None:
    found = []
    for each in comparisons:
        label = _column_of_amounts(beside, each.unit)
        if label is None:
            return None
        beside.take(beside.within(each.start, each.end))
        found.append(_of_amount(label, each.unit, each.holds))
    return found


def _of_amount(label: str, unit: str, test: whether.Test) -> Condition:
    """Return the condition of a cell's amount, in the unit of its column: “Length (m)”."""
    said = _BRACKETS.search(label)
    own = said.group().strip("()") if said else ""
    if not unit or whether.unit_said(own) != unit:
        return _of_cell(label, test)

    def holds(value: str) -> bool:
        found = number(value)
        return test(f"{value} {own}" if found and not found.unit else value)

    return _of_cell(label, holds)


def _column_of_amounts(beside: Beside, unit: str) -> str | None:
    """Find the column of amounts that is compared: named, of prices, or alone of that unit."""
    units = {label: _unit_of(beside, label) for label in beside.labels[1:]}
    columns = {label: own for label, own in units.items() if own is not None}
    named = [label for label in columns if beside.is_named(label)]
    if _PRICES.search(beside.question):
        prices = [label for label in columns if any(names(label, root) for root in _OF_PRICE)]
        named = [label for label in prices if unit in ("", columns[label])] or prices or named
    named = most_named(named, [token.root for token in beside.open]) or named
    of_unit = [label for label, own in columns.items() if unit and unit == own]
    chosen = [label for label in named if label in of_unit] or of_unit or named
    if len(chosen) != 1:
        return None
    return chosen[0] if not unit or columns[chosen[0]] in ("", unit) else None


def _unit_of(beside: Beside, label: str) -> str | None:
    """Return the unit of a column's amounts, empty if they have none; None if it has others."""
    amounts = [whether.amount(value) for value in beside.values(label)]
    units = {found.unit for found in amounts if found}
    if not amounts or not all(amounts) or len(units) > 1:
        return None
    said = _BRACKETS.search(label)  # "Price (EUR)"
    return units.pop() or (whether.unit_said(said.group().strip("()")) if said else "")


def _within_limits(beside: Beside) -> list[Condition]:
    """Return the conditions of columns that say how much is allowed, where so much is asked for."""
    units = {label: _unit_of(beside, label) for label in beside.labels[1:]}
    found = []
    for each in whether.wanted_amounts(beside.question):
        labels = [label for label, unit in units.items() if unit and unit == each.unit]
        tokens = beside.within(each.start, each.end)
        if len(labels) == 1 and whether.is_limit(labels[0]) and set(tokens) <= set(beside.open):
            beside.take(tokens)
            allows = whether.allowing(labels[0], each.size)
            found.append(_of_amount(labels[0], each.unit, allows))
    return found


def _valued(beside: Beside, comparisons: Sequence[whether.Comparison]) -> list[Condition] | None:
    """Return the conditions of values that the question names."""
    chosen: dict[str, set[str]] = {}
    places = beside.named_values()
    for held in places.values():
        labels = list({label for label, _ in held})
        labels = labels if len(labels) == 1 else [each for each in labels if beside.is_named(each)]
        if len(labels) != 1:
            return None
        chosen.setdefault(labels[0], set()).update(v for label, v in held if label == labels[0])
    for place in places:
        beside.take(place)
    if len(places) > 1 and len(chosen) == 1:  # “from Harrow or Mill Lane”
        beside.take(token for token in beside.open if token.said == "or")
    lacking = [m.span() for ways in (_LACKS, _OUT_OF_STOCK) for m in ways.finditer(beside.question)]
    lacking += [(one.start, one.end) for one in comparisons]
    denials = [
        match.end()
        for match in _NOT.finditer(beside.question)
        if not any(start <= match.start() < end for start, end in lacking)
    ]
    for match in _LACKS.finditer(beside.question):
        beside.take(beside.within(*match.span()))
    if not denials:
        return [_of_cell(label, values.__contains__) for label, values in chosen.items()]
    first = min((place[0].start for place in places), default=0)
    between = words(beside.question[denials[0] : first])
    plain = denials[0] <= first and all(
        word in FUNCTION_WORDS or stem(word) in PLAIN_VERBS for word in between
    )
    if len(denials) > 1 or len(places) != 1 or not plain:
        return None
    beside.take(token for token in beside.open if token.said in ("not", "never"))
    return [_of_cell(label, whether.none_of(values)) for label, values in chosen.items()]


def _in_months(beside: Beside, used: Collection[str]) -> list[Condition]:
    """Return the condition of the one column of dates, where a month is asked for."""
    asked = [
        token
        for token in beside.open
        if _MONTH.fullmatch(token.said) and _IN.search(beside.question, 0, token.start)
    ]
    dated = [
        label
        for label in beside.labels
        if label not in used
        and (values := beside.values(label))
        and all(_MONTH.search(value) for value in values)
    ]
    if len(asked) != 1 or len(dated) != 1:
        return []
    (month,) = asked
    beside.take([month])
    return [_of_cell(dated[0], lambda value: month.root in map(stem, words(value)))]


def _yes_or_no(beside: Beside, used: Collection[str]) -> list[Condition] | None:
    """Return the conditions of columns of yes and no, or of how many there are; None as above."""
    question = beside.question
    out = _OUT_OF_STOCK.search(question)
    lacking = [question[match.end() :] for match in _LACKS.finditer(question)]
    columns = {
        label: [row.value(label) for row in beside.rows]
        for label in beside.labels[1:]
        if label not in used
    }
    whole = [label for label, values in columns.items() if whether.say_whether(values)]
    stocked = [label for label in whole if out and _STOCK.search(label)]
    named = [label for label in whole if label not in stocked and beside.is_named_wholly(label)]
    lacked = [label for label in named if any(_begins_with(rest, label) for rest in lacking)]
    if lacking and not lacked and named:  # “no birds in 2023”: of the column that is named
        if len(named) > 1 or "" in columns[named[0]]:
            return None
        lacked = named
    if out and stocked:
        beside.take(beside.within(*out.span()))
    for label in named:
        beside.take(token for token in beside.open if names(label, token.root))
    return [
        *(_of_cell(label, whether.is_no) for label in stocked),
        *(_of_cell(label, whether.is_no if label in lacked else whether.is_yes) for label in named),
    ]


def _begins_with(text: str, label: str) -> bool:
    """Whether a text begins with the first word of a column's name."""
    said, own = words(text), words(label)
    return bool(said and own) and stem(said[0]) == stem(own[0])
