"""Things that a question describes instead of naming them, and the question that names them.

    “Who leads the squad that runs search?”     “Which squad runs search?”
    “Who directs the institute in Brack?”       “Which institute is in Brack?”

Knows English word shapes. Does not know documents.
"""

import re
from typing import NamedTuple

_PREPOSITIONS = (
    "in",
    "at",
    "on",
    "by",
    "from",
    "for",
    "with",
    "behind",
    "near",
    "under",
    "above",
    "next to",
    "beside",
    "between",
)
_NOUN = r"(?P<noun>(?:[a-z][\w’'-]* ){0,2}?[a-z][\w’'-]*)"
_LINK = (
    r"(?P<link>(?:(?:in|at|on|by|for|with|to|from) )?which|that|who|whose|where|"
    r"responsible for|in charge of|of|"
    rf"{'|'.join(_PREPOSITIONS)}|"
    r"[a-z]+ing|[a-z]+(?:ed|en|t|n|ld|de) by)"
)
_DESCRIBED = re.compile(rf"\b(?:the|those) (?={_NOUN} {_LINK} (?P<said>\S.*)$)")
_NO_NOUN = frozenset(
    """a all an and any are be can did do does first had has have how is it last many more most
    much no not of same that there these this those very was were what when where which who whose
    why will""".split()
)
_DO = re.compile(r"\b(?:do|does|did|can|could|will|would|should|must|may) $", re.I)
_BE = re.compile(r"\b(?:is|are|was|were|has|have|had) $", re.I)
# “How old was the maker of the clock when he died?” does not describe a clock.
_MEANWHILE = re.compile(r" (?:when|if|while|because) .*$", re.IGNORECASE)
# The verb of “where does the head of the plant live”, “… work in”.
_VERB = re.compile(r" \w+(?: (?:in|at|on|to|for|from|with|by|of|about))?$")
_PARTICIPLE = re.compile(
    r" (?:\w+(?:ed|en)|born|built|done|held|kept|known|made|paid|sent|set|sold|due|open)"
    r"(?: (?:in|at|on|to|for|from|with|by))?$"
)
_PEOPLE = frozenset("man men one ones people person persons those woman women".split())
_ROLE = re.compile(
    r"(?:er|or|ist|ian|man|head|chief|chair|lead|boss|deputy|president|assistant|wife|secretary)$"
)
_NO_ROLE = frozenset(
    """border center chapter character computer corner counter cover door error factor floor folder
    harbor helicopter layer letter matter meter monitor motor newsletter number offer order paper
    parameter power printer quarter register river router sector semester sensor server shelter
    shower summer theater tower tractor trailer vector water winter""".split()
)
_AUXILIARY = re.compile(
    r"^(?P<subject>.+?) (?P<verb>is|are|was|were|has|have|had|can|will)\b(?P<rest>.*)$"
)
_VERB_LAST = re.compile(
    r"^(?P<subject>.+) (?P<verb>[a-z]+?(?=(?:(?<=sh)|(?<=ch)|(?<=[sxo]))es$|(?<!s)s$))e?s$"
)
_SUBJECT = re.compile(r"[A-Z]|(?:the|an?|this|our|their|its|his|her|he|she|it|they|we)\b")
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_CALLED = re.compile(r" (?:called|named|known as)$")
_OF_THOSE = re.compile(r"\b(?:all|any|each|many|most|much|none|one|some|which) of $", re.I)
# What is left of a question that asks for nothing but the thing itself.
_ASKS_ITSELF = re.compile(
    r"^\W*(?:who|what|which|where)?(?:[’']s| is| are| was| were)?"
    r"(?: (?:the|its) (?:(?:first|last|full|family|official) )?(?:name|title|names) of)?\W*$",
    re.IGNORECASE,
)


class Described(NamedTuple):
    """A thing that a question describes.

    Attributes:
        before: What stands before it.
        noun: What kind of thing it is.
        link: What ties the description to it: “that”, “in”, “run by”.
        said: The description, without the link.
        after: What stands behind it, without the question mark.
    """

    before: str
    noun: str
    link: str
    said: str
    after: str

    @property
    def is_placed(self) -> bool:
        """Whether a preposition alone ties the description to it: “the institute in Brack”."""
        return self.link in _PREPOSITIONS

    @property
    def _head(self) -> str:
        return self.noun.split()[-1]

    @property
    def is_person(self) -> bool:
        """Whether a name alone says who it is."""
        head = self._head
        return head in _PEOPLE or (head not in _NO_ROLE and _ROLE.search(head) is not None)

    @property
    def question(self) -> str:
        """Ask which thing it is."""
        head = self._head
        which = "Who" if head in _PEOPLE else f"Which {self.noun}"
        are = "are" if head.endswith("s") and not head.endswith("ss") else "is"
        preposition, _, _ = self.link.partition(" which")
        if preposition != self.link:
            return f"{preposition.capitalize()} which {self.noun} {_turned(self.said)}?"
        match self.link:
            case "that" | "which" | "who":
                object_of = _SUBJECT.match(self.said)  # “that Dr Osei runs”, not “that runs it”
                return f"{which} {_turned(self.said) if object_of else self.said}?"
            case "whose":
                return f"Which {self.noun}’s {self.said}?"
            case "where":
                return f"In which {self.noun} {_turned(self.said)}?"
            case "of":
                return f"Who {are} the {self.noun} of {self.said}?"  # of roles only
        if self.is_person and head not in _PEOPLE and " by" not in self.link:
            return f"Who {are} the {self.noun} {self.link} {self.said}?"
        if self.link.endswith(" by"):
            are = "were" if are == "are" else "was"
        return f"{which} {are} {self.link} {self.said}?"

    def named(self, name: str, quote: str) -> str:
        """Ask the question with the thing's name in it.

        Args:
            name: As a document has it.
            quote: Where it stands there.
        """
        bare = self._with_kind(name, quote)
        the = "the " if self._has_kind(bare) or bare[:1].islower() else ""
        return f"{self.before}{the}{bare}{self.after}?"

    def fits(self, name: str, quote: str) -> bool:
        """Whether a name is plainly of such a thing: a role's, or the kind is said with it."""
        return self.is_person or self._has_kind(self._with_kind(name, quote))

    def _has_kind(self, name: str) -> bool:
        return re.search(rf"\b{re.escape(self._head)}", name, re.IGNORECASE) is not None

    def _with_kind(self, name: str, quote: str) -> str:
        """Return a name without its article, with its kind where that stands right behind."""
        bare = _ARTICLE.sub("", name, count=1) if _ARTICLE.match(name) else name
        both = re.escape(f"{bare} {self._head}")
        with_noun = re.search(rf"\b{both}\b", quote, re.IGNORECASE)
        return with_noun.group() if with_noun else bare


def _turned(said: str) -> str:
    """Put a clause into the order of a question: “the ferry stops”, “does the ferry stop”."""
    if found := _AUXILIARY.match(said):
        return f"{found['verb']} {found['subject']}{found['rest']}"
    if found := _VERB_LAST.match(said):
        return f"does {found['subject']} {found['verb']}"
    return said


def descriptions(question: str) -> list[Described]:
    """Find the things that a question describes, the innermost first.

    One that the whole question asks for is none: nothing else is asked of it.
    """
    said = " ".join(question.split()).rstrip("?.! ")
    found = [_described(said, match) for match in _DESCRIBED.finditer(said)]
    return [one for one in reversed(found) if one is not None]


def _described(question: str, match: re.Match[str]) -> Described | None:
    before, said, after = question[: match.start()], match["said"], ""
    verb = _VERB if _DO.search(before) else _PARTICIPLE if _BE.search(before) else None
    for ends in (_MEANWHILE, verb):
        if ends is not None and (tail := ends.search(said)):
            said, after = said[: tail.start()], said[tail.start() :] + after
    # “What will the choir pay for the hall”: a verb stands before the preposition.
    if verb is _VERB and " " in match["noun"] and match["link"] in _PREPOSITIONS:
        return None
    itself = _ASKS_ITSELF.match(before) and not _CALLED.sub("", after)
    if itself or _OF_THOSE.search(before) or _NO_NOUN & set(match["noun"].split()):
        return None
    found = Described(before, match["noun"], match["link"], said, after)
    # “The warranty of the wheel” is no thing with a name.
    return found if found.link != "of" or found.is_person else None
