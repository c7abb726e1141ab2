"""A sentence in, the questions it answers out, each with the answer as it stands there.

Turns the clauses of `qa.clause` round by fixed patterns. What reads badly is worth less
than nothing: whoever reviews drafts has to read it. So what is not certain is left out.
Does not know documents.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.clause import DATE, YEAR, Clause, apposition, clauses, dangling


class Words(NamedTuple):
    """How words are written inside the sentences of a document.

    Attributes:
        small: Words that occur in lower case.
        capital: Words that occur with a capital.
    """

    small: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Words":
        """Collect the words of a text."""
        return cls(
            frozenset(re.findall(r"(?<![\w’'.-])[a-z][\w-]+", text)),
            frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", text)),
        )

    def ordinary(self, word: str, after: str) -> bool:
        """Whether a capital at a sentence's start is only that.

        Args:
            word: The sentence's first word.
            after: The one after it; empty if the subject is one word.
        """
        if not word[1:].islower() or word.endswith(("’s", "'s")):
            return False
        if word.lower() in self.small and word not in self.capital:
            return True
        national = word.endswith(("an", "ese", "ish", "ch", "i"))
        return bool(after) and after.islower() and word not in self.capital and not national


_COUNT = (
    r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?: (?:hundred|thousand|million|billion))?|(?:one|two|"
    r"three|four|five|six|seven|eight|nine|ten) (?:hundred|thousand|million|billion)|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|"
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|"
    r"seven|eight|nine))?)"
)
_ABOUT = (
    r"(?:an estimated |approximately |about |around |nearly |almost |some |more than |over |"
    r"at least |up to |roughly |at most |a total of |no more than |fewer than |less than )?"
)
_MONEY = (
    r"(?:(?:US|CA|AU)?[$€£]\s?\d[\d,]*(?:\.\d+)?(?: (?:thousand|million|billion))?|"
    r"\d[\d,]*(?:\.\d+)?(?: (?:thousand|million|billion))? (?:dollars|euros|pounds))"
)
_PERCENT = rf"(?:\d+(?:\.\d+)? ?%|(?:\d+(?:\.\d+)?|{_COUNT}) (?:percent|per cent))"
_MASS_UNIT = r"(?:metric tons|tons|tonnes|MT|kg|kilograms|grams|litres|liters|gallons)"
_TIME_UNIT = r"(?:seconds|minutes|hours|days|working days|business days|weeks|months|years)"
_MEASURE = (
    rf"(?:{_MASS_UNIT}|{_TIME_UNIT}|km|kilometres|kilometers|miles|metres|meters|m|cm|mm|feet|"
    r"hectares|acres|square (?:metres|meters|kilometres|kilometers|miles|feet)|km/h|mph|volts|"
    r"watts|bar|°C|degrees)"
)
_BOUNDARY = re.compile(
    r" (?=(?:but|in|on|at|for|from|to|with|by|during|and|or|that|which|who|whose|as|after|before|"
    r"since|under|per|into|through|over|between|within|across|near|against|via|worth|each|a|an|the|"
    r"\w+ing|along|around|until|when|if|while|were|was|are|is|have|has|had|so|than|throughout|"
    r"every|twice|once|out|off|up|down|back|home|away|about|inside|outside)\b)|[,;:]|$"
)
_PLURAL = re.compile(
    r"(?:[a-z]{2,}s|people|children|men|women|staff|personnel|police|km|aircraft)$"
)
_NOT_PLURAL = re.compile(r"(?:ss|us|is|ness|’s|'s)$")
_PROPER = r"[A-Z][\w’'.&-]*(?: (?:of |de |del |and the |of the )?[A-Z][\w’'&-]*)*"
_SPENDING = frozenset(
    """pay spend cost donate receive raise allocate invest provide earn award grant borrow lend
    charge contribute give collect win lose save owe pledge commit budget""".split()
)
_CHANGING = frozenset(
    "rise fall increase decrease grow decline drop shrink improve reduce cut expand".split()
)
_ROLE = re.compile(
    r"(?:the|a|an) (?:[a-z]+ )?(?:director|president|chair|chairman|chairwoman|chairperson|mayor|"
    r"governor|minister|head|founder|author|architect|owner|manager|secretary|treasurer|editor|"
    r"captain|coach|engineer|leader|chief|commissioner|ambassador|curator|"
    r"principal)(?= (?:of|at|for)\b)"
)
_FREQUENCY = re.compile(
    rf"\b(?:every (?:{_COUNT} )?(?:\w+ )?(?:second|minute|hour|day|week|month|quarter|year|spring|"
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
    rf"(?P<about>{_ABOUT})(?P<said>(?P<count>{_COUNT}) (?P<unit>{_TIME_UNIT}))\b(?! (?:of|old|ago))"
)
_PLACE = re.compile(rf"\b(?P<before>in|at|near) (?P<said>(?:the )?{_PROPER})")
_MONTH_OR_DAY = re.compile(rf"{DATE}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
_ACRONYM = re.compile(rf"(?P<name>{_PROPER}) \((?P<short>[A-Z]{{3,8}})\)")
_MEANS = re.compile(
    r"(?:The (?:term|word) )?[“\"](?P<term>[^”\"]{2,40})[”\"] means (?P<said>[^;]+)\."
)
_THERE = re.compile(
    rf"(?:There|In (?P<when>{YEAR}),? there) (?P<be>are|were) {_ABOUT}"
    rf"(?P<said>{_COUNT}) (?P<rest>.+)\."
)
# A time behind one of these may be that of the inner clause.
_RELATIVE = re.compile(r"\b(?:who|whom|whose|which|that|when|where|while|if)\b")
_ORDINAL = re.compile(r"(?:the )?(?:first|second|last|next|[a-z]+(?:th|rd))(?: one)?", re.I)
_NAME_QUALITY = re.compile(r"[A-Z]\w|\d")
_LEAST_WORDS, _MOST_WORDS = 4, 28


_NO_WORDS = Words()


class Phrased(NamedTuple):
    """A question and its answer.

    Attributes:
        kind: `count`, `money`, `percentage`, `measure`, `when`, `how often`, `who`, `where`,
            `what` or `stands for`.
        question: With a question mark.
        answers: Parts of the sentence on one line, the shortest first.
    """

    kind: str
    question: str
    answers: tuple[str, ...]


def questions(sentence: str, words: Words = _NO_WORDS) -> list[Phrased]:
    """Phrase the questions that a sentence answers.

    Args:
        sentence: On one line, with its full stop.
        words: Of the document, to tell a name at the sentence's start from another word.

    Returns:
        In the order of the patterns; every answer stands in the sentence.
    """
    found: list[Phrased] = []
    for phrased in (*_whole(sentence), *_of_clauses(sentence, words)):
        asked = _tidy(phrased.question)
        if _sound(asked) and all(answer in sentence for answer in phrased.answers):
            found.append(phrased._replace(question=asked))
    return list({entry.question.lower(): entry for entry in reversed(found)}.values())[::-1]


def _tidy(question: str) -> str:
    question = re.sub(r"\s+", " ", question).replace(" ?", "?")
    return re.sub(r"[,;:–-]+\?$", "?", question)


def _sound(question: str) -> bool:
    """Whether a question stands on its own and ends well."""
    words = question.rstrip("?").split()
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS or dangling(question):
        return False
    if words[-1].lower() in ("the", "a", "an", "of", "and", "or", "as", "than", "between", "from"):
        return False
    return not re.search(r"\b(\w+) \1\b", question) and question.count("?") == 1


def _whole(sentence: str) -> Iterator[Phrased]:
    """Phrase what a whole sentence says by its shape."""
    if match := _MEANS.match(sentence):
        yield Phrased("what", f"What does “{match['term']}” mean?", (match["said"],))
    for match in _ACRONYM.finditer(sentence):
        if name := _spelled_out(match["name"], match["short"]):
            yield Phrased("stands for", f"What does {match['short']} stand for?", (name,))
    if match := _THERE.match(sentence):
        rest = re.split(r"[,;:]", match["rest"])[0]
        noun, after = _noun_phrase(rest)
        if noun:
            when = f" in {match['when']}" if match["when"] else ""
            asked = f"How many {noun} {match['be']} there {after}{when}?"
            yield Phrased("count", asked, (match["said"],))
    if (role := apposition(sentence)) and _ROLE.match(role.role) and len(role.role.split()) > 2:
        yield Phrased("who", f"Who is {_the(role.role)}?", (role.name,))


def _spelled_out(name: str, short: str) -> str | None:
    """Find the words at a name's end whose initials an abbreviation is."""
    words = name.split()
    for first in range(len(words)):
        initials = [w[0] for w in words[first:] if w[0].isupper()]
        if "".join(initials) == short and words[first][0].isupper():
            return " ".join(words[first:])
    return None


def _of_clauses(sentence: str, words: Words) -> Iterator[Phrased]:
    for clause in clauses(sentence):
        plain = clause._replace(subject=_inside(clause.subject, words))
        yield from _who(clause)
        yield from _counted_subject(plain)
        if not _self_contained(plain, words):
            continue
        for pattern in (_count, _money, _percentage, _large, _by_whom, _definition):
            yield from pattern(plain)
        if not _RELATIVE.search(plain.rest) and plain.aux != "had":
            for pattern in (_changed, _moment, _repeated, _lasting, _clock, _where):
                yield from pattern(plain)


def _inside(subject: str, words: Words) -> str:
    """Write a subject as inside a sentence."""
    first, _, rest = subject.partition(" ")
    small = first.lower()
    determiner = small in ("the", "a", "an", "all", "each", "every", "any", "one", "no")
    if determiner or words.ordinary(first, rest.split(" ")[0]):
        return small + subject[len(first) :]
    return subject


def _self_contained(clause: Clause, known: Words) -> bool:
    """Whether the subject can be told without the sentence before: "the unit" cannot."""
    words = clause.subject.split()
    if clause.imperative:
        return len(clause.rest.split()) >= 2
    if re.search(r"[A-Z]", clause.subject):
        return len(words) > 1 or clause.subject in known.capital or clause.subject.isupper()
    if _ORDINAL.fullmatch(clause.subject):
        return False
    if clause.lasting or len(words) >= 3:
        return True
    anchored = _NAME_QUALITY.search(re.sub(DATE, "", clause.rest)) is not None
    return anchored and len(clause.rest.split()) >= 4


def _ask(clause: Clause, asked: str, rest: str) -> str:
    """Put a question word before the turned-round clause."""
    return f"{asked} {clause.aux} {clause.subject} {clause.main} {rest}?"


def _noun_phrase(text: str) -> tuple[str, str]:
    """Split a text after its first noun phrase, which must be a plural; empty if it is not."""
    end = _BOUNDARY.search(text)
    noun, after = (text[: end.start()], text[end.start() :]) if end else (text, "")
    head, _, of = noun.partition(" of ")
    words = head.split()
    if (
        not words
        or len(words) > 5
        or not _PLURAL.search(words[-1])
        or _NOT_PLURAL.search(words[-1])
    ):
        return "", ""
    if re.match(r" by [A-Z]", after) or (
        of and (len(of.split()) > 5 or of.split()[0] in ("the", "a", "an"))
    ):
        return "", ""
    return noun, after


def _count(clause: Clause) -> Iterator[Phrased]:
    match = re.match(rf"{_ABOUT}(?P<said>{_COUNT})(?= )", clause.rest)
    if not match or clause.copula or re.match(_MONEY, clause.rest[match.start("said") :]):
        return
    said, rest = match["said"], clause.rest[match.end() :].strip()
    if re.fullmatch(YEAR, said) or re.match(rf"(?:%|percent|per cent|to|and|or|{DATE})\b", rest):
        return
    if unit := re.match(rf"(?P<unit>{_MASS_UNIT}) of (?P<goods>.+)", rest):
        end = _BOUNDARY.search(unit["goods"])
        goods = unit["goods"][: end.start()] if end else unit["goods"]
        after = unit["goods"][len(goods) :]
        much = (
            f"How much {goods}"
            if not _PLURAL.search(goods)
            else f"How many {unit['unit']} of {goods}"
        )
        yield Phrased("measure", _ask(clause, much, after), (f"{said} {unit['unit']}",))
        return
    if clause.verb.base in ("last", "take") and (unit := re.match(_TIME_UNIT, rest)):
        asked = _ask(clause, "How long", rest[unit.end() :])
        yield Phrased("measure", asked, (f"{said} {unit[0]}",))
        return
    if clause.verb.base == "weigh" and (unit := re.match(_MASS_UNIT, rest)):
        asked = _ask(clause, "How much", rest[unit.end() :])
        yield Phrased("measure", asked, (f"{said} {unit[0]}",))
        return
    noun, after = _noun_phrase(rest)
    if noun:
        yield Phrased("count", _ask(clause, f"How many {noun}", after), (said,))


def _counted_subject(clause: Clause) -> Iterator[Phrased]:
    """Ask how many did it: "Four hundred people attended the fair"."""
    about = _ABOUT.replace("an estimated", "[Aa]n estimated").replace("a total", "[Aa] total")
    match = re.match(rf"{about}(?P<said>{_COUNT}) (?P<noun>.+)", clause.subject, re.IGNORECASE)
    if not match or re.match(rf"{_PERCENT}|%|percent|per cent", match["noun"]):
        yield from _share_of_subject(clause)
        return
    noun = match["noun"]
    head = noun.split(" of ")[0].split(" in ")[0].split()
    if _PLURAL.search(head[-1]) and not re.fullmatch(YEAR, match["said"]) and clause.rest:
        asked = f"How many {noun} {clause.finite} {clause.rest}?"
        yield Phrased("count", asked, (match["said"],))


def _share_of_subject(clause: Clause) -> Iterator[Phrased]:
    match = re.match(rf"(?:{_ABOUT})(?P<said>{_PERCENT}) of (?P<of>.+)", clause.subject, re.I)
    if match and clause.rest:
        asked = f"What percentage of {match['of']} {clause.finite} {clause.rest}?"
        yield Phrased("percentage", asked, (match["said"],))


def _money(clause: Clause) -> Iterator[Phrased]:
    match = re.match(rf"(?P<about>{_ABOUT})(?P<said>{_MONEY})(?!\w)", clause.rest)
    if not match:
        return
    rest = clause.rest[match.end() :].strip()
    if re.match(r"(?:to|and|or|[-–])", rest) and clause.verb.base not in ("pay", "give"):
        return
    if re.search(_MONEY, rest):  # several amounts: of which?
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
        yield Phrased("money", _ask(clause, "How much", rest), both)
    elif re.match(r"in [a-z]+ [a-z]*s\b", rest):
        noun, _, after = rest.partition("s ")
        yield Phrased("money", _ask(clause, f"How much {noun}s", after), both)


def _large(clause: Clause) -> Iterator[Phrased]:
    """Ask for what a thing is of: "pay a deposit of $1,200"."""
    match = re.match(
        rf"an? (?P<noun>[a-z]+(?: [a-z]+)?) of {_ABOUT}"
        rf"(?P<said>{_MONEY}|{_PERCENT}|{_COUNT} {_MEASURE})"
        r"(?=$| (?:on|in|before|after|within|to|for|from|at|by|when|if|per|each|every)\b)",
        clause.rest,
    )
    if not match or clause.copula or clause.passive:
        return
    after = clause.rest[match.end() :]
    past = "was" if clause.aux == "did" else "is"
    money = re.match(_MONEY, match["said"])
    asked = "How much" if money else "What"
    question = f"{asked} {past} the {match['noun']} that {clause.subject} {clause.finite} {after}?"
    yield Phrased("money" if money else "measure", question, (match["said"],))


def _percentage(clause: Clause) -> Iterator[Phrased]:
    match = re.match(rf"{_ABOUT}(?P<said>{_PERCENT}) of (?P<of>.+)", clause.rest)
    if match and not clause.copula:
        end = _BOUNDARY.search(match["of"], 4 if match["of"].startswith("the ") else 0)
        of = match["of"][: end.start()] if end else match["of"]
        asked = _ask(clause, f"What percentage of {of}", match["of"][len(of) :])
        yield Phrased("percentage", asked, (match["said"],))


def _changed(clause: Clause) -> Iterator[Phrased]:
    match = re.search(rf"\bby {_ABOUT}(?P<said>{_PERCENT})", clause.rest)
    if match and clause.verb.base in _CHANGING:
        rest = clause.rest[: match.start()] + clause.rest[match.end() :]
        yield Phrased("percentage", _ask(clause, "By what percentage", rest), (match["said"],))


def _moment(clause: Clause) -> Iterator[Phrased]:
    found = list(_MOMENT.finditer(clause.rest))
    if clause.copula and (match := re.fullmatch(DATE, clause.rest)):
        yield Phrased("when", _ask(clause, "When", ""), (match[0],))
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
    yield Phrased("when", _ask(clause, words[match["before"]], rest), (match["said"],))


_STANDING_ALONE = frozenset(
    """open close die begin start end resign retire expire close arrive depart launch collapse
    return burn sink explode happen occur finish graduate marry win""".split()
)


def _repeated(clause: Clause) -> Iterator[Phrased]:
    found = list(_FREQUENCY.finditer(clause.rest))
    if len(found) == 1 and not clause.copula:
        (match,) = found
        rest = clause.rest[: match.start()] + clause.rest[match.end() :]
        if clause.rest[match.end() :].strip()[:3] not in ("and", "or ", "of "):
            yield Phrased("how often", _ask(clause, "How often", rest), (match[0],))


def _lasting(clause: Clause) -> Iterator[Phrased]:
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
        yield Phrased("measure", _ask(clause, asked, rest), (match["said"],))


def _clock(clause: Clause) -> Iterator[Phrased]:
    found = list(_CLOCK.finditer(clause.rest))
    if len(found) == 1 and not clause.copula:
        (match,) = found
        rest = clause.rest[: match.start()] + clause.rest[match.end() :]
        yield Phrased("when", _ask(clause, "At what time", rest), (match["said"],))


def _where(clause: Clause) -> Iterator[Phrased]:
    if not clause.verb.placed or not (clause.passive or clause.aux in ("did", "does", "do")):
        return
    found = [m for m in _PLACE.finditer(clause.rest) if not _MONTH_OR_DAY.search(m["said"])]
    if len(found) != 1 or found[0]["said"].isupper():
        return
    (match,) = found
    after = clause.rest[match.end() :]
    if after and not re.match(rf" (?:in|on|since|from|by|until) (?:{DATE})", after):
        return
    rest = clause.rest[: match.start()].rstrip() + after
    yield Phrased("where", _ask(clause, "Where", rest), (match["said"],))


def _who(clause: Clause) -> Iterator[Phrased]:
    """Ask for the one who did it."""
    if clause.passive or clause.imperative or not clause.verb.agentive or clause.aux == "do":
        return
    bare = clause.subject.removeprefix("The ")
    named = re.search(r"[A-Z]", bare[1:] if clause.subject == bare else bare)
    ruled = clause.aux in ("must", "shall") and clause.subject.startswith("The ")
    if not (named or ruled) or len(bare.split()) > 8 or len(clause.rest.split()) < 2:
        return
    if re.match(r"(?:to|that|whether|if)\b", clause.rest) or clause.subject[0].isdigit():
        return
    finite = re.sub(r"^have\b", "has", clause.finite)
    answers = (bare,) if bare == clause.subject else (bare, clause.subject)
    yield Phrased("who", f"Who {finite} {clause.rest}?", answers)


def _by_whom(clause: Clause) -> Iterator[Phrased]:
    match = re.search(
        rf"(?:^|(?P<before>.* ))by (?P<said>(?:the )?{_PROPER})"
        r"(?P<after>$| (?:in|on|at|for|after|before|during) .+)",
        clause.rest,
    )
    simple = clause.passive and clause.aux in ("was", "were") and clause.verb.agentive
    if match and simple and clause.main == clause.verb.participle:
        before = match["before"] or ""
        question = f"Who {clause.verb.past} {clause.subject} {before}{match['after']}?"
        yield Phrased("who", question, (match["said"],))


def _definition(clause: Clause) -> Iterator[Phrased]:
    """Ask what something is, or who holds an office."""
    if not clause.copula or clause.aux not in ("is", "was", "are"):
        return
    if len(clause.subject.split()) > 6:
        return
    named = re.fullmatch(_PROPER, clause.subject) is not None
    if named and _ROLE.match(clause.rest) and len(clause.rest.split()) > 2:
        yield Phrased("who", f"Who {clause.aux} {_the(clause.rest)}?", (clause.subject,))
        return
    measured = re.fullmatch(rf"{_ABOUT}(?P<said>{_COUNT} {_MEASURE}|{_PERCENT})", clause.rest)
    if measured and clause.subject.startswith("the "):
        yield Phrased("measure", f"What {clause.aux} {clause.subject}?", (measured["said"],))
    elif (
        re.match(r"(?:a|an|the) [a-z]", clause.rest)
        and len(clause.rest.split()) >= 4
        and (named or (re.match(r"an? ", clause.subject) and clause.aux != "was"))
    ):
        yield Phrased("what", f"What {clause.aux} {clause.subject}?", (clause.rest,))


def _the(role: str) -> str:
    """Say "the" of an office that is held by one."""
    return re.sub(r"^(?:a|an) ", "the ", role)
