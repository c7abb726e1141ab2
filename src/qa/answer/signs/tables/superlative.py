"""Find the row of a table that has the most or the least of what a question asks for.

Exact or not at all: every row must be there and have a number with the same unit in the
column that is meant, and one row alone must be the extreme. Does not know scores.
"""

import re
from collections.abc import Sequence

from qa.answer.signs.tables.beside import Beside
from qa.answer.signs.tables.cells import Cell
from qa.answer.signs.tables.explained import About, is_explained
from qa.answer.signs.tables.naming import THINGS, names
from qa.answer.signs.tables.rows import (
    Row,
    asked_columns,
    figure_columns,
    naming_column,
    number_or_time,
    rows_meant,
    year_columns,
)
from qa.schema import RowAnswer, Span
from qa.words import FUNCTION_WORDS, asked_stems, stem, words

_MOST = (
    r"most|highest|largest|biggest|greatest|maximum|longest|tallest|heaviest|deepest|newest|"
    r"latest|youngest|busiest|widest|fastest|quickest|strongest|top|more than any|wettest|"
    r"rainiest|hottest|warmest|sunniest|farthest|furthest|loudest|noisiest|richest|steepest|thickest|fullest|brightest"
)
_LEAST = (
    r"least|fewest|lowest|smallest|minimum|shortest|lightest|shallowest|oldest|earliest|"
    r"cheapest|narrowest|slowest|weakest|bottom|less than any|driest|coldest|coolest|"
    r"nearest|closest|quietest|poorest|flattest|thinnest|emptiest|darkest"
)
# What a column is called that says how wet, old or far each thing is.
_WEIGHT = (
    r"^(?!.*\b(?:price|cost|fee|budget|salary|value|amount)).*"
    r"\b(?:weight|mass|kg|kilos?|pounds?|tonn?e?s?)\b"
)
_MEASURES = [
    (re.compile(rf"\b(?:{words})(?:est|er)\b", re.IGNORECASE), re.compile(label, re.IGNORECASE))
    for words, label in (
        ("wett|raini|dri", r"\b(?:rain\w*|precipitation)"),
        ("hott|warm|cold|cool", r"\btemp|°|\bdegrees\b"),
        ("sunni", r"\bsun"),
        ("high|tall|low", r"\b(?:height|altitude|elevation)\b"),
        ("deep|shallow", r"\bdepth\b"),
        ("heavi|light", _WEIGHT),
        (
            "long|short",
            r"\b(?:length|distance|duration|time|service|km|miles|years|hours|minutes|days)\b",
        ),
        ("near|clos|far?th|furth", r"\b(?:distance|km|miles|far|away)\b"),
        ("loud|noisi|quiet", r"\b(?:noise|sound|loudness|db)\b"),
        ("rich|poor", r"\b(?:income|wealth|gdp|earnings)\b"),
        ("steep|flatt", r"\b(?:slope|gradient|grade|incline)\b"),
        ("busi", r"\b(?:visit|visitors|passengers|customers|guests|calls|trips|traffic)\b"),
        ("wid|narrow", r"\b(?:width|wide)\b"),
        ("thick|thin|thinn", r"\bthickness\b"),
    )
]
_WEIGHS = re.compile(r"\bweighs? (?:the )?(?:most|least|more|less)\b", re.IGNORECASE)
_MEASURES.append((_WEIGHS, re.compile(_WEIGHT, re.IGNORECASE)))
_AGE = re.compile(r"\bage\b", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    rf"\b(?<!\bat )(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))\b", re.IGNORECASE
)
# "Which made more bags, Ash or Bay?"
_COMPARED = re.compile(
    r"^(?=.*\b\w+ or (?:the )?\w+).*?\b(?:(?P<most>more|higher|larger|bigger|greater|longer|taller|"
    r"heavier|deeper|newer|later|younger|busier|wider|faster|quicker|stronger|louder|noisier)|"
    r"(?P<least>less|fewer|lower|smaller|shorter|lighter|shallower|older|earlier|cheaper|narrower|"
    r"slower|weaker|quieter))\b",
    re.IGNORECASE | re.DOTALL,
)
_WHICH_MOST = re.compile(rf"\b(?:which|what)\b.*{_SUPERLATIVE.pattern}", re.I | re.DOTALL)
_MORE = re.compile(
    r"\b(?:which|what)\b.*\b(?:(?P<most>more|higher|larger|bigger|greater|longer|taller|heavier|deeper|"
    r"wider|faster|stronger|louder|noisier)|"
    r"(?P<least>less|fewer|lower|smaller|shorter|lighter|slower|weaker|quieter|cheaper))\b",
    re.IGNORECASE | re.DOTALL,
)
_MOST_OF = re.compile(
    r"\b(?:most|fewest|least|(?:largest|highest|greatest|biggest|smallest|lowest) "
    r"(?:number|amount|share|quantity) of)\s+"
    r"(?P<noun>[^\W\d_]{2,}(?<!ou)(?<!s)s|people|children|men|women)"
    r"(?=\W*$|\s+(?:in|of|at|on|from|for|to|by|per|last|this|each|every|during|since|over|and|or|"
    r"than|with)\b)",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:most|least|more|less|fewer|first|last|top|only|record|maximum|minimum|main|chief|leading|"
    r"majority|primary|peak|all|best|worst|than|\w{3,}est)\b",
    re.IGNORECASE,
)
# "Which school opened first?", of a column of years.
_IN_ORDER = re.compile(
    r"^\W*(?:which|who|what)\b.*\b\w{2,}(?:ed|t|n|an|me|ilt|gan)\s+"
    r"(?:(?P<least>first|earliest)|(?P<most>last|latest|most recently))\W*$",
    re.IGNORECASE,
)
_RANKS = ["fir", "sec", "thi", "fou", "fif", "six", "sev"]
_SUPERLATIVE_WORD = r"(?:\w{2,}est|most|least|fewest)\b"
_NTH = re.compile(
    rf"\b(?P<rank>second|third|fourth|fifth|sixth|seventh)[\s-]+{_SUPERLATIVE_WORD}", re.IGNORECASE
)
_TOP_SEVERAL = re.compile(
    rf"\b(?:two|three|four|five|ten|\d+)\s+{_SUPERLATIVE_WORD}|"
    r"\b(?:top|bottom)\s+(?:two|three|four|five|ten|\d+)\b",
    re.IGNORECASE,
)
_DEAREST = re.compile(r"\b(?:most expensive|dearest)\b", re.IGNORECASE)
_BY_YEAR = re.compile(r"\b(?:new|lat|young|old|earli)(?:est|er)\b", re.IGNORECASE)
_OF_PACE = re.compile(r"\b(?:fast|quick|slow)(?:est|er)\b", re.IGNORECASE)
_SPEED = re.compile(r"\b(?:speed|pace|velocity|knots|mph|kn)\b|/\s?(?:h|s)\b", re.IGNORECASE)
_TIME = re.compile(r"\b(?:time|duration|minutes|seconds|hours)\b", re.IGNORECASE)
_OF_PRICE = re.compile(
    r"\b(?:cheap(?:est|er)|(?:most|more) expensive|dearest|dearer)\b", re.IGNORECASE
)
_PRICE = re.compile(r"\b(?:price|cost|fee|fare|rate)s?\b", re.IGNORECASE)
_ASKS = (_IN_ORDER, _SUPERLATIVE, _COMPARED, _DEAREST)
_HOW = re.compile(r"\bhow\b", re.IGNORECASE)
_LEAST_ROWS = 2
_SMALL = {stem(word) for word in FUNCTION_WORDS}
_PER = re.compile(r"\b(?:per|each)\s(?:\w+\s){0,2}\w+\W*$|\([^()]{0,60}\)", re.IGNORECASE)
_PRICED = set(map(stem, "monthly yearly annual weekly daily price cost fee rate".split()))


def asks_for_extreme(question: str) -> bool:
    """Whether a question asks which of several has the most or the least."""
    return any(asks.search(question) for asks in _ASKS)


def ranks_nothing(question: str, text: str, around: str) -> bool:
    """Whether the most of something is asked, and a sentence neither names that nor compares.

    Args:
        question: As asked.
        text: A sentence that is no row.
        around: The headings above it.
    """
    asked = _MOST_OF.search(question)
    if asked is None or _COMPARES.search(text):
        return False
    return stem(asked["noun"].lower()) not in {stem(word) for word in words(f"{text} {around}")}


def ranks_otherwise(question: str, text: str) -> bool:
    """Whether the third highest is asked, and a text that ranks says of nothing that it is third.

    Args:
        question: As asked.
        text: A sentence that is no row.
    """
    asked = _NTH.search(question)
    if asked is None or _COMPARES.search(text) is None:
        return False
    place = _RANKS.index(asked["rank"].lower()[:3]) + 1
    ways = [asked["rank"], rf"{place}\w*", "then", "after", *(["followed"] if place == 2 else [])]
    return re.search(rf"\b(?:{'|'.join(ways)})\b", text, re.IGNORECASE) is None


def extreme(question: str, rows: Sequence[Row]) -> RowAnswer | None:
    """Find the row with the most or the least of what is asked; None if that is not exact."""
    rows = rows_meant(question, rows)
    column = _column(question, rows) if len(rows) >= _LEAST_ROWS else None
    if column is None:
        return None
    numbers = [found for row in rows if (found := number_or_time(row.value(column)))]
    if len({found.unit for found in numbers}) > 1:
        return None
    match = next((asked for asks in _ASKS if (asked := asks.search(question))), None)
    least = match is not None and match.groupdict().get("least") and not _DEAREST.search(question)
    if _is_turned(question, column):
        least = not least
    amounts = [found.amount for found in numbers]
    place = _place(question)
    ordered = sorted(amounts, reverse=not least)
    if place is None or place >= len(ordered):
        return None
    wanted = ordered[place]
    if amounts.count(wanted) > 1:
        return None
    row = rows[amounts.index(wanted)]
    named = naming_column(rows)
    cell = row.cells[named if _asks_which(question, named, column) else column]
    return RowAnswer(row.span, cell.value.shift(row.start))


def explains_all(question: str, rows: Sequence[Row], about: About) -> bool:
    """Whether a table explains every word of a question for its most or least."""
    beside = Beside(question, 0, rows)
    for asks in _ASKS:
        for match in asks.finditer(question):
            spans = [match.span(name) for name in match.groupdict()] or [match.span()]
            for start, end in spans:
                beside.take(beside.within(start, end))
    for place in beside.named_values():
        beside.take(place)
    return is_explained(beside, about, beside.labels)


def _is_turned(question: str, column: str) -> bool:
    """Whether the fastest takes the least time, or the oldest is of the greatest age."""
    fast_by_time = _OF_PACE.search(question) is not None and not _SPEED.search(column)
    old_by_age = _BY_YEAR.search(question) is not None and _AGE.search(column) is not None
    return fast_by_time or old_by_age


def extreme_label(question: str, text: str, row: Sequence[Cell]) -> Span | None:
    """Find the column in which a row has the most or the least: “Tank | Small: 1 l | Large: 2 l”.

    Args:
        question: Which thing has more of what the row's first cell names.
        text: The row.
        row: Its cells.

    Returns:
        Where the column's name stands in the row; None if that is not asked or not exact.
    """
    match = _MORE.search(question) or _WHICH_MOST.search(question)
    if match is None or len(row) <= _LEAST_ROWS:
        return None
    asked, name = asked_stems(question), text[slice(*row[0].value)]
    named = {stem(word) for word in words(name)}
    compared = [
        cell
        for cell in row[1:]
        if cell.label and {stem(word) for word in words(cell.label)} <= asked
    ]
    columns = compared if len(compared) > 1 else row[1:]
    is_named = (bool(named) and named <= asked) or bool(_measured(question, [name]))
    if not row[0].label:  # things are columns: “ | Basic | Plus”, “Excess per claim | £150 | £100”
        is_named = is_named or _is_measure(question, name, asked)
    found = [number_or_time(text[slice(*cell.value)]) for cell in columns]
    numbers = [one for one in found if one is not None]
    alike = len(numbers) == len(found) and len({one.unit for one in numbers}) == 1
    if not is_named or not alike or _NTH.search(question):
        return None
    amounts = [one.amount for one in numbers]
    least = bool(match["least"]) is not _is_turned(question, name)
    wanted = (min if least else max)(amounts)
    cell = columns[amounts.index(wanted)]
    start = text.rfind(cell.label, 0, cell.value.start)
    if amounts.count(wanted) > 1 or not cell.label or start < 0:
        return None
    return Span(start, start + len(cell.label))


def _is_measure(question: str, name: str, asked: set[str]) -> bool:
    """Whether a row's name has only what is asked for, and per what, or that it is a price."""
    said = {stem(word) for word in words(_PER.sub(" ", name))} - _SMALL
    priced = _OF_PRICE.search(question) is not None and _PRICE.search(name) is not None
    return (said - _PRICED <= asked) if priced else bool(said) and said <= asked


def _place(question: str) -> int | None:
    """Number the place that is asked for, 1 for "the second highest"; None for several."""
    if _TOP_SEVERAL.search(question):
        return None
    match = _NTH.search(question)
    return 0 if match is None else _RANKS.index(match["rank"].lower()[:3])


def _column(question: str, rows: Sequence[Row]) -> str | None:
    """Find the column that is compared: the one the question names, or the only one."""
    numeric = figure_columns(rows, number_or_time)
    years = year_columns(rows, numeric)
    if _BY_YEAR.search(question) or _IN_ORDER.search(question):
        aged = years or [label for label in numeric if _AGE.search(label)]
        return aged[0] if len(aged) == 1 else None
    if _OF_PACE.search(question):
        paces = [label for label in numeric if _SPEED.search(label)]
        numeric = paces or [label for label in numeric if _TIME.search(label)]
    if _OF_PRICE.search(question):
        numeric = [label for label in numeric if _PRICE.search(label)]
    others = [label for label in numeric if label not in years]
    choice = asked_columns(question, numeric) or _measured(question, others) or others
    return choice[0] if len(choice) == 1 else None


def _measured(question: str, columns: Sequence[str]) -> list[str]:
    """Of some columns those that say how much of it each thing has: of "the wettest", the rain."""
    labels = [label for asks, label in _MEASURES if asks.search(question)]
    return [column for column in columns if any(label.search(column) for label in labels)]


def _asks_which(question: str, label: str, compared: str) -> bool:
    """Whether the thing is asked for, which a table's rows are named after, not the figure."""
    first = re.escape(label)
    asks = (
        rf"\b(?:which|who|whose|what (?:is|was) the name|what {first}|"
        rf"what (?:is|was) (?:the|our) (?:\w+est|(?:most|least) \w+) (?:[\w-]+ )?{first})\b"
    )
    if re.search(asks, question, re.IGNORECASE):
        return True
    superlative = _DEAREST.search(question) or _SUPERLATIVE.search(question)
    following = words(question[superlative.end() :])[:1] if superlative else []
    is_thing = any(names(label, stem(noun)) or stem(noun) in THINGS for noun in following)
    return is_thing and not _HOW.search(question) and not names(compared, stem(following[0]))
