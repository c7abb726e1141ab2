"""Find sentences that go on about one subject.

“Fern ward is on the third floor. It has 24 beds.” Knows English pronouns. Does not know scores.
"""

import re
from collections.abc import Collection

from qa.answer.signs.question import question_names
from qa.schema import Passage, Span
from qa.words import stem, words

# “It was agreed to …” is of nothing that went before.
_GOES_ON = re.compile(
    r"\W*(?!it (?:is|was|has been|will be) (?:(?:also|then|not|only|very|more|most) )*"
    r"(?:agreed|argued|assumed|believed|better|best|clear|common|decided|difficult|easy|essential|"
    r"estimated|expected|forbidden|good|hard|hoped|important|impossible|known|likely|necessary|noted|"
    r"possible|proposed|recommended|reported|resolved|said|suggested|thought|true|unlikely|useful|"
    r"worth)\b)(?:it|he|she|they|its|his|her|their)\b",
    re.IGNORECASE,
)
# In an item that says what a name means: “- `no_color`: …”; items go on in lines set off.
_IN_ITEM = re.compile(
    r"(?:^|\n)[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+[^\n.:]{1,60}(?::| [–—-]) "
    r"[^\n]*(?:\n[ \t]+\S[^\n]*)*\s*$"
)
_LONGEST_ITEM = 600
_TITLES = (
    r"(?:Mrs?|Ms|Miss|Dr|Prof|Professor|Sir|Lady|Lord|President|Mayor|Judge|Minister|Captain|King|"
    r"Queen|Prince|Princess|Emperor|Pope|Bishop|Father|Saint|St|Chancellor|Senator|Governor|Secretary|"
    r"General|Colonel|Sergeant|Inspector|Councillor|Herr|Frau|Chair|Director|The|In|On|At|By|When|"
    r"While|After|Before|Later|Then|But|Since|For|Today|Now|Here|There|Soon|Finally|Meanwhile|"
    r"However|Also|Only|Even|Both|Old|Young|As|If|Once|Until)\b"
)
_ASKS_WHO = re.compile(r"\W*(?:(?:by|with|to|for|from) )?who(?:m|se)?\b", re.IGNORECASE)
_HE_OR_SHE = re.compile(r"\b(?:he|him|his|she|her)\b", re.IGNORECASE)
_FULL_NAME = re.compile(
    rf"(?<!^)\b(?!{_TITLES})(?P<first>[A-Z][a-z]+) (?P<last>[A-Z][\w’'-]*[a-z])(?!\w)"
)
_MOST = 4  # sentences about one subject


def same_subject(passage: Passage) -> list[list[Span]]:
    """Return, for each sentence, the others about its subject.

    A sentence that begins with a pronoun goes on about that of the one before, in one paragraph;
    all of one item of a list that says what a name means are about that.
    """
    groups: list[list[Span]] = []
    end = passage.start
    for sentence in passage.sentences:
        before = passage.text[: sentence.start - passage.start]
        gap = before[end - passage.start :]
        follows = bool(groups) and not gap.strip() and gap.count("\n") < 2
        goes_on = _GOES_ON.match(passage.slice(sentence)) or _IN_ITEM.search(
            before[-_LONGEST_ITEM:]
        )
        if follows and len(groups[-1]) < _MOST and goes_on:
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
        end = sentence.end
    return [[other for other in group if other != one] for group in groups for one in group]


def said_beside(passage: Passage) -> list[str]:
    """Return, for each sentence, what the others about its subject say."""
    return [" ".join(map(passage.slice, others)) for others in same_subject(passage)]


def of_another_person(question: str, passage: Passage, sentence: Span) -> bool:
    """Whether “she” of a sentence is somebody else than the question names, who stands elsewhere.

    Two words of the name at least must be another's: “Dr” is of many.
    """
    if not _GOES_ON.match(passage.slice(sentence)):
        return False
    others = same_subject(passage)[passage.sentences.index(sentence)]
    about = _stems(" ".join(map(passage.slice, (*others, sentence))))
    missing = _stems(" ".join(question_names(question))) - about
    return (
        bool(others)
        and len(missing) > 1
        and any(missing <= _stems(passage.slice(other)) for other in passage.sentences)
    )


def of_namesake(question: str, passage: Passage, sentence: Span) -> bool:
    """Whether a sentence is about somebody else of the surname that the question has.

    “Carlo Berg” is not in “Lidia Berg was born in 1908” where another sentence is about Carlo.
    """
    asked = list(_FULL_NAME.finditer(question))
    text = passage.slice(sentence)
    if not asked or _ASKS_WHO.match(question) or _HE_OR_SHE.search(text):
        return False
    rest = {
        word for other in passage.sentences if other != sentence
        for word in words(passage.slice(other))
    }  # fmt: skip
    return any(
        name["first"].lower() in rest
        and re.search(rf"\b{re.escape(name['first'])}\b", text) is None
        and re.match(rf"\W*(?!{_TITLES})[A-Z][a-z]+ {re.escape(name['last'])} [a-z]", text)
        for name in asked
    )


def with_subject(passage: Passage, sentence: Span, asked: Collection[str]) -> Span:
    """Return a sentence with the others about its subject, as far as only they have asked words.

    Args:
        passage: Where it stands.
        sentence: In document offsets.
        asked: Words that speak for it, by stem.
    """
    lacking = set(asked) - _stems(f"{passage.context} {passage.slice(sentence)}")
    if sentence not in passage.sentences or not lacking:
        return sentence
    others = same_subject(passage)[passage.sentences.index(sentence)]
    needed = [other for other in others if lacking & _stems(passage.slice(other))]
    return Span(
        min([sentence.start, *(other.start for other in needed)]),
        max([sentence.end, *(other.end for other in needed)]),
    )


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}
