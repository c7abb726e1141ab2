"""Ask after the amounts in a clause: how many, how much, what share."""

import re
from collections.abc import Iterator

from qa.draft.clauses import DATE, YEAR, Clause
from qa.draft.patterns import (
    ABOUT,
    BOUNDARY,
    COUNT,
    MASS_UNIT,
    MEASURE,
    MONEY,
    PERCENT,
    PLURAL,
    TIME_UNIT,
    Phrased,
    ask,
    noun_phrase,
)

_SPENDING = frozenset(
    """pay spend cost donate receive raise allocate invest provide earn award grant borrow lend
    charge contribute give collect win lose save owe pledge commit budget""".split()
)
_CHANGING = frozenset(
    "rise fall increase decrease grow decline drop shrink improve reduce cut expand".split()
)


def how_many(clause: Clause) -> Iterator[Phrased]:
    """Ask how many or how much of something the verb's object is: "sold two mills"."""
    match = re.match(rf"{ABOUT}(?P<said>{COUNT})(?= )", clause.rest)
    if (
        not match
        or clause.copula
        or clause.passive
        or re.match(MONEY, clause.rest[match.start("said") :])
    ):
        return
    said, rest = match["said"], clause.rest[match.end() :].strip()
    if re.fullmatch(YEAR, said) or re.match(rf"(?:%|percent|per cent|to|and|or|{DATE})\b", rest):
        return
    if unit := re.match(rf"(?P<unit>{MASS_UNIT}) of (?P<goods>.+)", rest):
        end = BOUNDARY.search(unit["goods"])
        goods = unit["goods"][: end.start()] if end else unit["goods"]
        after = unit["goods"][len(goods) :]
        much = (
            f"How much {goods}"
            if not PLURAL.search(goods)
            else f"How many {unit['unit']} of {goods}"
        )
        yield Phrased("measure", ask(clause, much, after), (f"{said} {unit['unit']}",))
        return
    if clause.verb.base in ("last", "take") and (unit := re.match(TIME_UNIT, rest)):
        asked = ask(clause, "How long", rest[unit.end() :])
        yield Phrased("measure", asked, (f"{said} {unit[0]}",))
        return
    if clause.verb.base == "weigh" and (unit := re.match(MASS_UNIT, rest)):
        asked = ask(clause, "How much", rest[unit.end() :])
        yield Phrased("measure", asked, (f"{said} {unit[0]}",))
        return
    noun, after = noun_phrase(rest)
    if noun:
        yield Phrased("count", ask(clause, f"How many {noun}", after), (said,))


def how_many_did(clause: Clause) -> Iterator[Phrased]:
    """Ask how many did it: "Four hundred people attended the fair"."""
    about = ABOUT.replace("an estimated", "[Aa]n estimated").replace("a total", "[Aa] total")
    match = re.match(rf"{about}(?P<said>{COUNT}) (?P<noun>.+)", clause.subject, re.IGNORECASE)
    if not match or re.match(rf"{PERCENT}|%|percent|per cent", match["noun"]):
        yield from _share_of_subject(clause)
        return
    noun = match["noun"]
    head = noun.split(" of ")[0].split(" in ")[0].split()
    if PLURAL.search(head[-1]) and not re.fullmatch(YEAR, match["said"]) and clause.rest:
        asked = f"How many {noun} {clause.finite} {clause.rest}?"
        yield Phrased("count", asked, (match["said"],))


def _share_of_subject(clause: Clause) -> Iterator[Phrased]:
    match = re.match(rf"(?:{ABOUT})(?P<said>{PERCENT}) of (?P<of>.+)", clause.subject, re.I)
    if match and clause.rest:
        asked = f"What percentage of {match['of']} {clause.finite} {clause.rest}?"
        yield Phrased("percentage", asked, (match["said"],))


def how_much_money(clause: Clause) -> Iterator[Phrased]:
    """Ask how much money: "spent $40 on tools", "the rent is $40"."""
    match = re.match(rf"(?P<about>{ABOUT})(?P<said>{MONEY})(?!\w)", clause.rest)
    if not match:
        return
    rest = clause.rest[match.end() :].strip()
    if re.match(r"(?:to|and|or|[-–])", rest) and clause.verb.base not in ("pay", "give"):
        return
    if re.search(MONEY, rest):  # several amounts: of which?
        return
    both = (match["said"], match[0]) if match["about"] else (match["said"],)
    worth = re.match(
        r"worth of (?P<goods>[a-z]+(?: [a-z]+){0,2}?)(?P<after> (?:from|in|at|to|that|on).*)?$",
        rest,
    )
    if worth and clause.aux == "did":
        goods = worth["goods"]
        asked = f"What was the value of the {goods} that {clause.subject} {clause.finite}"
        yield Phrased("money", f"{asked} {worth['after'] or ''}?", both)
    elif clause.copula or clause.verb.base in _SPENDING:
        yield Phrased("money", ask(clause, "How much", rest), both)
    elif re.match(r"in [a-z]+ [a-z]*s\b", rest):
        noun, _, after = rest.partition("s ")
        yield Phrased("money", ask(clause, f"How much {noun}s", after), both)


def amount_of_what(clause: Clause) -> Iterator[Phrased]:
    """Ask for what a thing is of: "pay a deposit of $1,200"."""
    match = re.match(
        rf"an? (?P<noun>[a-z]+(?: [a-z]+)?) of {ABOUT}"
        rf"(?P<said>{MONEY}|{PERCENT}|{COUNT} {MEASURE})"
        r"(?=$| (?:on|in|before|after|within|to|for|from|at|by|when|if|per|each|every)\b)",
        clause.rest,
    )
    if not match or clause.copula or clause.passive:
        return
    after = clause.rest[match.end() :]
    past = "was" if clause.aux == "did" else "is"
    money = re.match(MONEY, match["said"])
    asked = "How much" if money else "What"
    if clause.verb.base == "have":
        question = f"{asked} {past} the {match['noun']} of {clause.subject} {after}?"
        yield Phrased("money" if money else "measure", question, (match["said"],))
        return
    question = f"{asked} {past} the {match['noun']} that {clause.subject} {clause.finite} {after}?"
    yield Phrased("money" if money else "measure", question, (match["said"],))


def what_share(clause: Clause) -> Iterator[Phrased]:
    """Ask what percentage of something: "bought 5 percent of the wool"."""
    match = re.match(rf"{ABOUT}(?P<said>{PERCENT}) of (?P<of>.+)", clause.rest)
    if match and not clause.copula:
        end = BOUNDARY.search(match["of"], 4 if match["of"].startswith("the ") else 0)
        of = match["of"][: end.start()] if end else match["of"]
        asked = ask(clause, f"What percentage of {of}", match["of"][len(of) :])
        yield Phrased("percentage", asked, (match["said"],))


def by_what_share(clause: Clause) -> Iterator[Phrased]:
    """Ask by what percentage something rose or fell."""
    match = re.search(rf"\bby {ABOUT}(?P<said>{PERCENT})", clause.rest)
    if match and clause.verb.base in _CHANGING:
        rest = clause.rest[: match.start()] + clause.rest[match.end() :]
        yield Phrased("percentage", ask(clause, "By what percentage", rest), (match["said"],))


AMOUNTS = (how_many, how_much_money, what_share, amount_of_what)
"""What the words behind the verb may be asked for, in order."""
