"""Ask after the time and place in a clause: when, how often, how long, where."""

import re
from collections.abc import Iterator

from qa.draft.clauses import DATE, YEAR, Clause
from qa.draft.patterns import ABOUT, COUNT, PROPER, TIME_UNIT, Phrased, ask

_FREQUENCY = re.compile(
    rf"\b(?:every (?:{COUNT} )?(?:\w+ )?(?:second|minute|hour|day|week|month|quarter|year|spring|"
    r"summer|autumn|winter|morning|evening|kilometre|mile)s?|(?:once|twice|(?:three|four) times) "
    r"(?:a|per|every) (?:day|week|month|year)|(?:daily|weekly|monthly|annually|quarterly)"
    r"(?=$| (?:in|on|at|by|from|to|for|with)\b))(?![\w-])"
)
_CLOCK = re.compile(
    r"\bat (?P<said>\d{1,2}(?::\d\d)?(?: ?[ap]\.?m\b\.?)|\d{1,2}:\d\d|noon|midnight)"
)
_MOMENT = re.compile(rf"\b(?P<before>in|on|since|by|until) (?P<said>{DATE})")
_LASTING = re.compile(
    rf"\b(?P<before>within|for|after|at least) (?:a (?:period|term|maximum) of )?"
    rf"(?P<about>{ABOUT})(?P<said>(?P<count>{COUNT}) (?P<unit>{TIME_UNIT}))\b(?! (?:of|old|ago))"
)
_PLACE = re.compile(rf"\b(?P<before>in|at|near) (?P<said>(?:the )?{PROPER})")
_EVENT = re.compile(r"\b(?:War|Conference|Election|Cup|Championships?|Games|Festival|Prize)\b")
_MONTH_OR_DAY = re.compile(rf"{DATE}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
_STANDING_ALONE = frozenset(
    """open close die begin start end resign retire expire close arrive depart launch collapse
    return burn sink explode happen occur finish graduate marry win""".split()
)


def when(clause: Clause) -> Iterator[Phrased]:
    """Ask when: "opened in 1781", "runs until 3 May"."""
    found = list(_MOMENT.finditer(clause.rest))
    if clause.copula and (match := re.fullmatch(DATE, clause.rest)):
        yield Phrased("when", ask(clause, "When", ""), (match[0],))
    years = set(re.findall(YEAR, clause.rest))
    if len(found) != 1 or len(years) > 1 or re.search(YEAR, clause.subject):
        return
    (match,) = found
    words = {
        "in": "When",
        "on": "When",
        "since": "Since when",
        "by": "By when",
        "until": "Until when",
    }
    rest = clause.rest[: match.start()] + clause.rest[match.end() :]
    if re.match(r"\s*(?:and|or|to|[-–])\b", clause.rest[match.end() :]) or clause.copula:
        return
    if clause.aux in ("does", "do") and clause.verb.base not in _STANDING_ALONE:
        return
    if not rest.strip() and not (clause.passive or clause.verb.base in _STANDING_ALONE):
        return
    yield Phrased("when", ask(clause, words[match["before"]], rest), (match["said"],))


def how_often(clause: Clause) -> Iterator[Phrased]:
    """Ask how often: "every two months", "twice a day"."""
    found = list(_FREQUENCY.finditer(clause.rest))
    if len(found) == 1 and not clause.copula:
        (match,) = found
        rest = clause.rest[: match.start()] + clause.rest[match.end() :]
        if clause.rest[match.end() :].strip()[:3] not in ("and", "or ", "of "):
            yield Phrased("how often", ask(clause, "How often", rest), (match[0],))


def how_long(clause: Clause) -> Iterator[Phrased]:
    """Ask for how long, or within how many days."""
    found = list(_LASTING.finditer(clause.rest))
    if len(found) != 1 or clause.copula:
        return
    (match,) = found
    before = match["before"].capitalize()
    asked = "For how long" if before == "For" else f"{before} how many {match['unit']}"
    if before == "At least":
        asked = "For at least how long" if clause.verb.base in ("last", "keep", "hold") else ""
    rest = clause.rest[: match.start()] + clause.rest[match.end() :]
    if asked and not re.match(r"\s*(?:to|and|or|after|before)\b", clause.rest[match.end() :]):
        yield Phrased("measure", ask(clause, asked, rest), (match["said"],))


def what_time(clause: Clause) -> Iterator[Phrased]:
    """Ask at what time: "at 7 p.m."."""
    found = list(_CLOCK.finditer(clause.rest))
    if len(found) == 1 and not clause.copula:
        (match,) = found
        rest = clause.rest[: match.start()] + clause.rest[match.end() :]
        yield Phrased("when", ask(clause, "At what time", rest), (match["said"],))


def where(clause: Clause) -> Iterator[Phrased]:
    """Ask where, of verbs that say so."""
    active = clause.aux in ("did", "does", "do") and clause.verb.base != "locate"
    if not clause.verb.placed or not (clause.passive or active):
        return
    found = [m for m in _PLACE.finditer(clause.rest) if not _MONTH_OR_DAY.search(m["said"])]
    if len(found) != 1 or found[0]["said"].isupper() or _EVENT.search(found[0]["said"]):
        return
    (match,) = found
    after = clause.rest[match.end() :]
    if after and not re.match(rf" (?:in|on|since|from|by|until) (?:{DATE})", after):
        return
    rest = clause.rest[: match.start()].rstrip() + after
    yield Phrased("where", ask(clause, "Where", rest), (match["said"],))


TIMES = (when, how_often, how_long, what_time, where)
"""What the words behind the verb may be asked for, in order."""
