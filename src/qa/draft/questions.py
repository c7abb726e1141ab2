"""Phrase the questions that a sentence answers, each with the answer as it stands there.

The clauses of `qa.draft.clauses` are turned round by fixed patterns. What reads badly is worth less
than nothing: whoever reviews drafts has to read it. So what is not certain is left out.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.draft.amounts import AMOUNTS, by_what_share, how_many_did
from qa.draft.clauses import DATE, YEAR, Clause, apposition, clauses, dangling
from qa.draft.patterns import ABOUT, COUNT, MEASURE, PERCENT, PROPER, Phrased, noun_phrase
from qa.draft.times import TIMES


class Capitals(NamedTuple):
    """Which words a document writes with a capital inside its sentences, and which without.

    Attributes:
        small: Words that occur in lower case.
        capital: Words that occur with a capital.
    """

    small: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Capitals":
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
        if after in ("de", "del", "der", "di", "la", "of", "and", "van", "von"):
            return False
        national = word.endswith(("an", "ese", "ish", "ch", "i"))
        return bool(after) and after.islower() and word not in self.capital and not national


_ROLE = re.compile(
    r"(?:the|a|an) (?:[a-z]+ )?(?:director|president|chair|chairman|chairwoman|chairperson|mayor|"
    r"governor|minister|head|founder|author|architect|owner|manager|secretary|treasurer|editor|"
    r"captain|coach|engineer|leader|chief|commissioner|ambassador|curator|"
    r"principal)(?= (?:of|at|for)\b)"
)
_PERSON = re.compile(
    r"(?:a|an|the) (?:[\w-]+ ){0,4}(?:son|daughter|brother|sister|wife|husband|king|queen|"
    r"politician|actor|actress|singer|writer|player|poet|painter|physicist|scientist|lawyer|officer|musician|"
    r"character|composer|philosopher|engineer|teacher|judge|member)\b"
)
_ACRONYM = re.compile(rf"(?P<name>{PROPER}) \((?P<short>[A-Z]{{3,8}})\)")
_MEANS = re.compile(
    r"(?:The (?:term|word) )?[“\"](?P<term>[^”\"]{2,40})[”\"] means (?P<said>[^;]+)\."
)
_THERE = re.compile(
    rf"(?:There|In (?P<when>{YEAR}),? there) (?P<be>are|were) {ABOUT}"
    rf"(?P<said>{COUNT}) (?P<rest>.+)\."
)
# A time behind one of these may be that of the inner clause.
_RELATIVE = re.compile(r"\b(?:who|whom|whose|which|that|when|where|while|if)\b")
_ORDINAL = re.compile(r"(?:the )?(?:first|second|last|next|[a-z]+(?:th|rd))(?: one)?", re.I)
_NAME_QUALITY = re.compile(r"[A-Z]\w|\d")
_LEAST_WORDS, _MOST_WORDS = 4, 28
_NONE_KNOWN = Capitals()


def questions(sentence: str, known: Capitals = _NONE_KNOWN) -> list[Phrased]:
    """Phrase the questions that a sentence answers.

    Args:
        sentence: On one line, with its full stop.
        known: Of the document, to tell a name at the sentence's start from another word.

    Returns:
        In the order of the patterns; every answer stands in the sentence.
    """
    found: list[Phrased] = []
    if re.search(r"[\[\]|<>]", sentence):  # marks of another text: references, tables
        return found
    for phrased in (*_whole(sentence), *_of_clauses(sentence, known)):
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
    if len(words[-1]) == 1 or words[-1] in ("St", "Dr", "Mr", "Mrs", "No", "Gen", "Lt"):
        return False
    if question.count("(") != question.count(")"):  # cut in the middle
        return False
    if words[-1].lower() in (
        "there",
        "the",
        "a",
        "an",
        "of",
        "and",
        "or",
        "as",
        "than",
        "between",
        "from",
    ):
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
        noun, after = noun_phrase(rest)
        if noun and (after or " " in noun) and not re.search(r"\d|\band\b", after):
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
            return re.sub(r"[’']s$", "", " ".join(words[first:]))
    return None


def _of_clauses(sentence: str, known: Capitals) -> Iterator[Phrased]:
    for clause in clauses(sentence):
        plain = clause._replace(subject=_inside(clause.subject, known))
        yield from _who(clause)
        yield from how_many_did(clause)
        if not _self_contained(plain, known):
            continue
        for pattern in (*AMOUNTS, _by_whom, _definition):
            yield from pattern(plain)
        if not _RELATIVE.search(plain.rest) and plain.aux != "had":
            for pattern in (by_what_share, *TIMES):
                yield from pattern(plain)


def _inside(subject: str, known: Capitals) -> str:
    """Write a subject as inside a sentence."""
    first, _, rest = subject.partition(" ")
    small = first.lower()
    determiner = small in ("the", "a", "an", "all", "each", "every", "any", "one", "no")
    if determiner or known.ordinary(first, rest.split(" ")[0]):
        return small + subject[len(first) :]
    return subject


def _self_contained(clause: Clause, known: Capitals) -> bool:
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


def _who(clause: Clause) -> Iterator[Phrased]:
    """Ask for the one who did it."""
    if clause.passive or clause.imperative or not clause.verb.agentive or clause.aux == "do":
        return
    bare = clause.subject.removeprefix("The ")
    named = re.search(r"[A-Z]", bare[1:] if clause.subject == bare else bare)
    ruled = clause.aux in ("must", "shall") and clause.subject.startswith("The ")
    if not (named or ruled) or len(bare.split()) > 8 or len(clause.rest.split()) < 2:
        return
    if re.match(r"(?:to|that|whether|if|in \d)\b", clause.rest) or clause.subject[0].isdigit():
        return
    finite = re.sub(r"^have\b", "has", clause.finite)
    answers = (bare,) if bare == clause.subject else (bare, clause.subject)
    yield Phrased("who", f"Who {finite} {clause.rest}?", answers)


def _by_whom(clause: Clause) -> Iterator[Phrased]:
    match = re.search(
        rf"(?:^|(?P<before>.* ))by (?P<said>(?:the )?{PROPER})"
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
    named = re.fullmatch(PROPER, clause.subject) is not None
    if named and _ROLE.match(clause.rest) and len(clause.rest.split()) > 2:
        yield Phrased("who", f"Who {clause.aux} {_the(clause.rest)}?", (clause.subject,))
        return
    measured = re.fullmatch(rf"{ABOUT}(?P<said>{COUNT} {MEASURE}|{PERCENT})", clause.rest)
    if measured and clause.subject.startswith("the "):
        yield Phrased("measure", f"What {clause.aux} {clause.subject}?", (measured["said"],))
        return
    person = named and _PERSON.match(clause.rest) is not None
    kind = re.fullmatch(r"an? [a-z -]+", clause.subject) or named
    # "the most …" is a distinction, no definition; what something was, seldom is one.
    defined = re.match(r"an? [a-z]", clause.rest) and kind and clause.aux != "was"
    if (person or defined) and len(clause.rest.split()) >= 4:
        asked = "Who" if person else "What"
        yield Phrased("what", f"{asked} {clause.aux} {clause.subject}?", (clause.rest,))


def _the(role: str) -> str:
    """Write "the" before an office that is held by one."""
    return re.sub(r"^(?:a|an) ", "the ", role)
