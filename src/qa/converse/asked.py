"""Take a question apart into what is asked for and what is said about it, and ask it otherwise.

“How many labs were destroyed in 2018?” asks for a number of labs and says that they were
destroyed in 2018; so it can be asked again with “why” or “where”.
"""

import re
from typing import NamedTuple

from qa.converse.phrases import AUXILIARIES, NOUNS, VERBS, is_plural, is_verb, tokens

_WH = (
    r"(?:(?P<prep>in|at|on|to|from|for|by|with|of|since|until|during|under|about) )?"
    r"(?P<wh>who|whom|whose|what(?: (?:kinds?|types?|sorts?|percentage|share|number|amount) of)?|"
    r"which|when|where|why|how (?:many|much|long|often|far|old|big|large|high|tall|deep|heavy|"
    r"fast|soon|likely)|how)(?:[’']?s\b)?"
)
_NEGATED = r"(?:is|was|are|were|did|does)n[’']t"
_AUX = rf"(?:{'|'.join(sorted(AUXILIARIES, key=len, reverse=True))}|{_NEGATED})"
_AUX_QUESTION = re.compile(
    rf"^{_WH}(?P<noun>(?: (?!(?:{_AUX})\b)[\w’'.,$€£%/&-]+){{0,8}}?) (?P<aux>{_AUX}) (?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT_QUESTION = re.compile(rf"^{_WH}(?P<rest> .+)$", re.IGNORECASE | re.DOTALL)
_YES_NO = re.compile(rf"^(?P<aux>{_AUX}) (?P<rest>.+)$", re.IGNORECASE | re.DOTALL)
_IN_FRONT = re.compile(
    r"^(?P<front>(?:in|at|on|during|according to|for|of|from|after|before|since) [^,?]{1,60}), "
    r"(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_MOST_WORDS = 8  # of an answer that can stand in a question
_ASKS_A_NAME = ("who", "what", "which", "whom")
_PARTICIPLES = frozenset(
    """allowed at available begun born bought broken brought built caught chosen closed done
    drawn driven eaten fallen felt fought found given gone grown held hidden hit in involved
    kept killed known laid led left lent located lost made meant met on open paid put read
    responsible run said seen sent set shown shut sold spent spoken stolen struck taken taught
    there thought thrown told under understood won worn written""".split()
)
_AFTER_SUBJECT = (_PARTICIPLES - {"in", "at", "on", "under"}) | {"due", "be", "than", "when", "if"}
_IS = ("is", "are", "was", "were")
_HAVE = ("has", "have", "had")
_ARTICLES = frozenset("the a an its their his her our my this that these those".split())
_ARTICLE = re.compile(rf"(?:{'|'.join(sorted(_ARTICLES))}) ", re.IGNORECASE)
_OPEN_END = re.compile(r" (?:for|of|to|with|by|at|on|from|about)$", re.IGNORECASE)
_BEFORE_PARTICIPLE = frozenset("not also ever first been officially originally".split())


class Asked(NamedTuple):
    """A question in parts.

    Attributes:
        wh: What asks: "how many", "who"; empty for a yes or no.
        noun: What is asked for by it, as in "which airport"; may be empty.
        aux: The auxiliary in front of the subject; empty where what is asked for is the subject.
        rest: What follows, without the question mark.
        preposition: In front of the question word; may be empty.
    """

    wh: str
    noun: str
    aux: str
    rest: str
    preposition: str = ""

    @property
    def of_subject(self) -> bool:
        """Whether what is asked for is the subject: who did it, how many were destroyed."""
        if not self.aux:
            return True
        return (
            bool(self.wh)
            and not self.is_done
            and (_begins_with_participle(self.rest) or self.is_definition)
        )

    @property
    def is_done(self) -> bool:
        """Whether it is asked with do: then a verb follows the subject."""
        return self.aux.lower() in ("do", "does", "did")

    @property
    def is_definition(self) -> bool:
        """Whether it asks who or what something is: no verb but that."""
        is_it = self.wh in ("who", "what") and not self.noun and self.aux.lower() in _IS
        return is_it and not any(
            (is_verb(word) and word.lower() not in NOUNS)
            or word.lower() in _PARTICIPLES - {"in", "at", "on", "under"}
            for word in self.rest.split()[1:]
        )

    @property
    def subject(self) -> str:
        """Return what stands before the verb, where the subject follows an auxiliary."""
        words = self.rest.split()
        first = 1 if words and words[0].lower() in _ARTICLES else 0
        ends = [
            number for number, word in enumerate(words)
            if number > first and words[number - 1].lower() not in _ARTICLES and (
                (is_verb(word) and (self.is_done or word.lower() not in NOUNS))
                or word.lower() in AUXILIARIES
                or word.lower().strip(",;") in _AFTER_SUBJECT
            )
        ]  # fmt: skip
        end = ends[0] if ends else len(words)
        while end + 1 in ends and words[end].lower() in NOUNS:  # “a resident permit cost”
            end += 1
        return " ".join(words[:end])


def take_apart(question: str) -> Asked | None:
    """Take a question apart, if it has the shape of one."""
    said = question.strip().rstrip("?.! ")
    if match := _IN_FRONT.match(said):  # "In the report, who …": to its end
        said = f"{match['rest']} {match['front'][:1].lower()}{match['front'][1:]}"
    if match := _AUX_QUESTION.match(said):
        noun = match["noun"].strip()
        if not noun or not any(is_verb(t.text) and not _noun_like(t.text) for t in tokens(noun)):
            prep = match["prep"] or ""
            return Asked(match["wh"].lower(), noun, match["aux"], match["rest"], prep)
    if match := _SUBJECT_QUESTION.match(said):
        words = match["rest"].split()
        at = next((n for n, word in enumerate(words) if is_verb(word)), None)
        if at is None and len(words) > 2 and words[1].endswith("s") and not is_plural(words[0]):
            at = 1  # which river floods every year
        if match["wh"].lower() == "who":  # what follows is a verb, known or not
            at = 0
        if at is None:
            return None
        return Asked(match["wh"].lower(), " ".join(words[:at]), "", " ".join(words[at:]))
    if match := _YES_NO.match(said):
        return Asked("", "", match["aux"], match["rest"])
    return None


def ask_otherwise(asked: Asked, with_word: str, answer: str = "") -> str:
    """Ask another thing of what a question is about.

    Args:
        asked: The question.
        with_word: What asks instead: "why", "where", "since when".
        answer: What answered the question, to stand for what it asked for.
    """
    lead = with_word[:1].upper() + with_word[1:]
    aux = asked.aux.lower()
    if with_word.lower() in ("why", "when", "where", "how"):  # not: why did she ask for
        asked = asked._replace(rest=_OPEN_END.sub("", asked.rest))
    if aux in _HAVE and asked.rest.startswith("to "):  # “who has to sign” is of the subject
        do = "does" if aux == "has" else "did" if aux == "had" else "do"
        return f"{lead} {do} {_subject(asked, answer)} have {asked.rest}?"
    if asked.is_definition and not (answer[:1].isalpha() and len(answer.split()) <= _MOST_WORDS):
        return f"{lead} {aux} {asked.rest}?"
    if not asked.of_subject:
        whom = f" {answer}" if _lacks_object(asked) and _is_name(answer) else ""
        return f"{lead} {aux} {asked.rest}{whom}?"
    subject = _subject(asked, answer)
    if aux:
        return f"{lead} {aux} {subject} {asked.rest}?"
    verb, _, rest = asked.rest.partition(" ")
    if base := _base(verb):
        return f"{lead} does {subject} {base} {rest}?"
    return f"{lead} is it that {subject} {asked.rest}?"


def _lacks_object(asked: Asked) -> bool:
    """Whether what was asked for is the object: whom did she follow."""
    last = asked.rest.split()[-1:]
    return asked.wh in _ASKS_A_NAME and asked.is_done and any(map(is_verb, last))


def _is_name(answer: str) -> bool:
    return answer[:1].isupper() and len(answer.split()) <= _MOST_WORDS


def _subject(asked: Asked, answer: str) -> str:
    """Say who or what it was: the answer, if it is a name; else the noun that was asked for."""
    if answer[:1].isalpha() and len(answer.split()) <= _MOST_WORDS and asked.wh in _ASKS_A_NAME:
        if _ARTICLE.match(answer):
            return answer[0].lower() + answer[1:]
        return answer if answer[0].isupper() else f"the {answer}"
    if asked.noun:
        counted = asked.wh.startswith("how") or asked.wh.endswith("of")
        return asked.noun if counted else f"the {asked.noun}"
    if asked.aux.lower() in ("were", "are", "have"):
        return "they"
    return "he" if asked.wh == "who" else "it"


def _base(verb: str) -> str:
    """Return a verb without the s of the third person; empty where it has none."""
    low = verb.lower()
    return next((base for base in (low[:-1], low[:-2]) if low.endswith("s") and base in VERBS), "")


def _begins_with_participle(rest: str) -> bool:
    found = [word for word in rest.lower().split()[:2] if word not in _BEFORE_PARTICIPLE][:1]
    return bool(found) and (
        (found[0].endswith("ed") and len(found[0]) > len("need")) or found[0] in _PARTICIPLES
    )


def _noun_like(word: str) -> bool:
    """Whether a verb is as likely a noun here: which report, how many visits."""
    return not word.lower().endswith("ed")
