"""Find the simple clauses of an English sentence: who does what, ready to be turned round.

    In 2018, the board sold two mills to Lee and bought one. →
        the board · did sell · two mills to Lee in 2018
        the board · did buy · one

Works by word shapes and a closed list of verbs; a sentence that is not certain gives
nothing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.draft.verbs import BY_BASE, BY_PARTICIPLE, BY_PAST, BY_PRESENT, Verb
from qa.months import MONTH

_MOST_WORDS = 45
_MOST_SUBJECT_WORDS = 14
_MOST_REST_WORDS = 24
_MODALS = ("must", "shall", "will", "may", "can", "should")
_BE = ("is", "are", "was", "were")
_HAVE = ("has", "have", "had")

YEAR = r"(?<![\d,.–-])(?:1[5-9]|20)\d\d(?![\d,.]*\d|[-–]\d)"
DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?)"
    rf"(?:,? {YEAR})?|(?:early |late |mid-)?{MONTH}(?:,? {YEAR})?|{YEAR})(?!\w|[’']s)"
)

# What a question could not make clear: who "they" are, which case "this" is.
_DANGLING = re.compile(
    r"\b(?:it|they|them|this|these|those|its|their|theirs|his|her|hers|he|she|him|we|us|our|ours|i|"
    r"me|my|here|such|former|latter|above|below|said|same|others?|another|itself|themselves|"
    r"himself|herself|respectively|one case|however|therefore|thereof|hereby|hereof)\b",
    re.IGNORECASE,
)
_BAD_START = re.compile(
    r"(?:if|when|while|although|though|as|because|once|since|whereas|but|and|or|so|also|then|thus|"
    r"for|to|not|no|none|neither|few|many|some|most|both|either|despite|unlike|there|what|how|who|"
    r"why|where|which|please|note|see|yet|still|even|only|just|more|less|you|your|that|let|in|on|at|by|during|"
    r"after|before|with|from|under|of|according)\b",
    re.IGNORECASE,
)
_INTRO = re.compile(r"(?P<intro>[A-Z][^,;:()]{2,60}?(?:, \d{4})?), (?=\S)")
_KEPT_INTRO = re.compile(
    rf"(?:In|On|By|Since|During) (?:{DATE})$|(?:In|At) [A-Z]\w+(?: [A-Z]\w+)*$"
)
_DROPPED_INTRO = re.compile(r"(?:According to|With|Under|As part of|At the meeting|Together)\b")
_APPOSITIVE = re.compile(
    r"(?P<name>[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3}), (?P<role>(?:the|a|an) [a-z][^,]{3,60}), "
)
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_ADVERB = re.compile(
    r"\b(?:also|then|now|currently|recently|already|jointly|last|"
    r"(?!(?:family|assembly|supply|reply|italy|july|monopoly|fly|early|only)$)\w{3,}ly)$",
    re.IGNORECASE,
)
_ADVERB_NEXT = re.compile(
    r"(?:also|then|now|currently|recently|already|jointly|unanimously|officially|formally|"
    r"subsequently|initially|successfully|later) "
)
_NO_SUBJECT_END = re.compile(
    r"(?:^|\b)(?:the|a|an|of|for|in|on|at|to|by|with|from|and|or|not|be|been|all|each|every|newly|"
    r"than|as|that|which|who|whose|whom|if|when|[\w]+’s|[\w]+'s)$",
    re.IGNORECASE,
)
_NOT_IN_SUBJECT = re.compile(r",|\b(?:that|which|who|whose|whom|if|when|than|as|because|where)\b")
# A comma, dash or colon ends the clause, but not inside "May 3, 2014".
_CUT = re.compile(r"(?:, (?!\d{4}\b)|; | [–—-] |: | but )")
_SUBORDINATE = re.compile(
    r"\b(?:that|which|who|where|when|if|because|whether|after|before|what|as|than|until|unless|"
    r"how)\b"
)
_FINITE = re.compile(
    r"\b(?:includes?|contains?|remains?|is|are|was|were|has|had|will|shall|must|should|would|could|may)\b"
)
_NEGATION = re.compile(r"\b(?:not|never|no longer|cannot|nor|hardly)\b|n[’']t\b")


_PREPOSITION = re.compile(r" (?:to|by|in|with|from|on|at|for|of)\b")
# "Supported by Peru", but "rose by about 12 percent".
_BY_ONE = re.compile(r"by (?!(?:about |around |nearly |almost |some |more than |over )?[\d$€£])")
_LONE = re.compile(r"\b(?:in|of|for|with|to|from|by|a|an|the) [a-z-]+$")
_SIDE = re.compile(r"(?:which|who|where|including|and|such|as|but|while|with|\w+ing|\w+ed)\b")
_VERB_FORMS = "|".join([*(verb.present for verb in BY_BASE.values()), *BY_PAST])
# "… and the Republican Party nominated …"
_AND_CLAUSE = re.compile(rf",? and (?:[\w’'.-]+ ){{1,6}}?(?:{'|'.join(BY_PAST)})\b")
_AND_VERB = re.compile(
    rf",? and (?:\w+ly )?(?:(?:{_VERB_FORMS})\b|"
    rf"(?:{'|'.join(BY_BASE)}) (?=the|every|in|on|at|by|for|to|with)\b|"
    r"(?:\w{2,}ed|cut|put|set|hit|spread|shut|cost) (?=the |an? |\d|[a-z]+ |[A-Z]))"
)


class Clause(NamedTuple):
    """A clause with one verb.

    Attributes:
        subject: As in the sentence, its first letter too.
        aux: What a question puts before the subject: `did`, `was`, `must`.
        main: What it puts after: `sell`, `sold` (was sold), `be sold`; empty for "X is Y".
        finite: Verb as in the sentence: `sold`, `was sold`, `must be sold`.
        rest: What follows, and what stood before the subject: `two mills to Lee in 2018`.
        verb: Of which the forms are.
        passive: Whether the subject has it done to it.
        imperative: Whether the sentence tells "you" to do it.
    """

    subject: str
    aux: str
    main: str
    finite: str
    rest: str
    verb: Verb
    passive: bool = False
    imperative: bool = False

    @property
    def copula(self) -> bool:
        """Whether it says what the subject is."""
        return self.verb.base == "be" and not self.main

    @property
    def lasting(self) -> bool:
        """Whether it holds now or from now on, as rules and descriptions do."""
        return self.aux not in ("did", "was", "were", "had")


class Roles(NamedTuple):
    """What an apposition says of a name: "Ada Reid, the mayor of York, …"."""

    name: str
    role: str


def dangling(text: str) -> bool:
    """Whether a text leans on what was said before it."""
    return _DANGLING.search(text) is not None


def apposition(sentence: str) -> Roles | None:
    """Find the apposition at a sentence's start, if there is one."""
    match = _APPOSITIVE.match(sentence)
    return Roles(match["name"], match["role"]) if match else None


def clauses(sentence: str) -> list[Clause]:
    """Find the clauses of a sentence on one line that can be turned round; often none."""
    text = _PARENTHESIS.sub("", sentence).strip()
    words = text.split()
    if not (4 <= len(words) <= _MOST_WORDS) or text[-1:] != "." or not text[0].isalnum():
        return []
    if _NEGATION.search(text) or re.search(r"[?!“”\"|*_#<>\[\]{}=]", text):
        return []
    text, moved = _without_intro(text.removesuffix("."))
    if role := apposition(text + " "):
        text = role.name + text[len(role.name) + 2 + len(role.role) + 1 :]
    if _BAD_START.match(text):
        return []
    found = _imperative(text) or _clause(text)
    if found is None:
        return []
    return list(_coordinated(found, moved))


def _without_intro(text: str) -> tuple[str, str]:
    """Take what stands before the subject; a time or place goes behind the clause."""
    match = _INTRO.match(text)
    if not match:
        return text, ""
    intro, rest = match["intro"], text[match.end() :]
    rest = rest[0].upper() + rest[1:]
    if _KEPT_INTRO.match(intro):
        return rest, f" {intro[0].lower()}{intro[1:]}"
    if _DROPPED_INTRO.match(intro) and not _FINITE.search(intro):
        return rest, ""
    return text, ""


def _imperative(text: str) -> Clause | None:
    first, _, rest = text.partition(" ")
    verb = BY_BASE.get(first.lower())
    if verb is None or first.lower() == first or not rest or verb.base in _BE:
        return None
    # "Work on the bridge began": a noun, if a finite verb follows and nothing subordinates it.
    words = rest.split()
    if any(_is_finite(words, i) for i in range(min(len(words), 12))) or rest[0].isupper():
        return None
    if not re.match(r"(?:the|a|an|all|each|every|any|up|at|for|\d|[a-z]+s?\b)", rest):
        return None
    if re.match(r"(?:and|or|of|to|in|is|with|by|from|on)\b", rest):
        return None
    return Clause("you", "should", verb.base, f"should {verb.base}", rest, verb, imperative=True)


def _is_finite(words: list[str], i: int) -> bool:
    word = words[i]
    return word in BY_PAST or word in (*_BE, *_HAVE, *_MODALS)


def _clause(text: str) -> Clause | None:
    words = text.split()
    for i in range(1, min(len(words) - 1, _MOST_SUBJECT_WORDS + 2)):
        if not (_is_finite(words, i) or _is_present(words, i)):
            continue
        subject = " ".join(words[:i])
        while _ADVERB.search(subject):
            subject = _ADVERB.sub("", subject).rstrip()
        if not subject or _NO_SUBJECT_END.search(subject):
            if words[i] in (*_BE, *_HAVE, *_MODALS):  # of a subject that is not understood
                return None
            continue
        if _NOT_IN_SUBJECT.search(subject) or dangling(subject):
            return None
        return _predicate(subject, words[i], " ".join(words[i + 1 :]))
    return None


def _is_present(words: list[str], i: int) -> bool:
    """Whether a word is a verb in the present that agrees with what stands before it."""
    before, word = words[i - 1], words[i]
    plural = before.endswith("s") and not before.endswith(("ss", "’s", "'s"))
    if word in BY_PRESENT:
        return not plural
    present = f"{word}s" in BY_PRESENT or f"{word}es" in BY_PRESENT
    return plural and present and not before.endswith("ous")


def _predicate(subject: str, word: str, rest: str) -> Clause | None:
    rest = _ADVERB_NEXT.sub("", rest, count=1) if _ADVERB_NEXT.match(rest) else rest
    first, _, after = rest.partition(" ")
    if word in _MODALS:
        return _modal(subject, word, rest)
    if word in _BE:
        if first == "being":
            return None
        verb = BY_PARTICIPLE.get(first)
        if verb and verb.participle != verb.base:
            passive = verb.base not in ("be", "go", "come")
            return Clause(subject, word, first, f"{word} {first}", after, verb, passive)
        return Clause(subject, word, "", word, rest, BY_BASE["be"])
    if word in _HAVE:
        if first == "been":
            done, _, last = after.partition(" ")
            verb = BY_PARTICIPLE.get(done)
            parts = f"been {done}"
            return (
                Clause(subject, word, parts, f"{word} {parts}", last, verb, passive=True)
                if verb
                else None
            )
        verb = BY_PARTICIPLE.get(first)
        if verb and first not in ("set", "cut", "run"):
            return Clause(subject, word, first, f"{word} {first}", after, verb)
        aux = {"has": "does", "have": "do", "had": "did"}[word]
        return Clause(subject, aux, "have", word, rest, BY_BASE["have"])
    if verb := BY_PAST.get(word):
        # "The units supported by …": a participle, of which the verb comes later.
        participle = verb.past == verb.participle and _BY_ONE.match(rest)
        return None if participle else Clause(subject, "did", verb.base, word, rest, verb)
    if verb := BY_PRESENT.get(word):
        return Clause(subject, "does", verb.base, word, rest, verb)
    return Clause(subject, "do", word, word, rest, BY_BASE[word]) if word in BY_BASE else None


def _modal(subject: str, modal: str, rest: str) -> Clause | None:
    first, _, after = rest.partition(" ")
    if first == "be":
        done, _, last = after.partition(" ")
        if verb := BY_PARTICIPLE.get(done):
            main = f"be {done}"
            return Clause(subject, modal, main, f"{modal} {main}", last, verb, passive=True)
        return Clause(subject, modal, "be", f"{modal} be", after, BY_BASE["be"])
    verb = BY_BASE.get(first)
    return Clause(subject, modal, first, f"{modal} {first}", after, verb) if verb else None


def _coordinated(clause: Clause, moved: str) -> Iterator[Clause]:
    """Cut the rest where the clause ends, and give each of several verbs its own."""
    pieces: list[tuple[str, str]] = [(clause.finite, clause.rest)]
    if clause.aux == "did":
        pieces = _split_verbs(clause.finite, clause.rest)
    for finite, rest in pieces:
        kept = _cut(rest)
        if kept is None or len(kept.split()) > _MOST_REST_WORDS or dangling(kept):
            continue
        verb = clause.verb if finite == clause.finite else BY_PAST[finite]
        main = clause.main if finite == clause.finite else verb.base
        kept += moved if not re.search(DATE, kept) or not re.search(DATE, moved) else ""
        yield clause._replace(finite=finite, main=main, verb=verb, rest=kept.strip())


def _split_verbs(finite: str, rest: str) -> list[tuple[str, str]]:
    """Split "sold two mills and bought one" at its verbs, each with what follows it."""
    pieces, start, current = [], 0, finite
    for match in re.finditer(r"(?:,? and|,) (?:also )?(?P<verb>[a-z]+)\b(?! by)", rest):
        alone = "and" not in match[0].split()  # ", compared to 2020" is no verb of its own
        if match["verb"] in BY_PAST and not (alone and _PREPOSITION.match(rest, match.end())):
            pieces.append((current, rest[start : match.start()]))
            current, start = match["verb"], match.end() + 1
    return [*pieces, (current, rest[start:])]


def _cut(rest: str) -> str | None:
    """Keep the rest up to where something else begins; None if that is not clear."""
    for more in (_AND_VERB, _AND_CLAUSE):
        if match := more.search(rest):
            rest = rest[: match.start()]
    if cut := _CUT.search(rest):
        after, rest = rest[cut.end() :], rest[: cut.start()]
        # "in critical, high-crime areas": adjectives in a row.
        if _LONE.search(rest) and not _SIDE.match(after):
            return None
    for match in _FINITE.finditer(rest):
        if not _SUBORDINATE.search(rest, 0, match.start()):
            low = rest.rfind(" and ", 0, match.start())
            if low <= 0:
                return None
            rest = rest[:low]
            break
    return re.sub(r" (?:and|or|but|of|the|a|an)$", "", rest.strip())
