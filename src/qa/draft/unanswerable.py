"""Make a question that the documents don't answer, from one that they do.

A year, person, place or organisation in it is changed to one that no passage has together
with the fact.
"""

import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qa.draft.clauses import YEAR
from qa.months import MONTH
from qa.words import query_terms, squeezed, words

_PLACES = (
    "Albania,Argentina,Austria,Belgium,Bolivia,Brazil,Bulgaria,Canada,Chile,China,Colombia,Cuba,"
    "Cyprus,Denmark,Ecuador,Egypt,England,Finland,France,Germany,Ghana,Greece,Hungary,Iceland,India,"
    "Indonesia,Ireland,Israel,Italy,Jamaica,Japan,Jordan,Kenya,Malta,Mexico,Morocco,Nepal,"
    "the Netherlands,New Zealand,Nigeria,Norway,Pakistan,Panama,Paraguay,Peru,Poland,Portugal,"
    "Romania,Russia,Scotland,Senegal,Singapore,South Africa,South Korea,Spain,Sweden,Switzerland,"
    "Thailand,Tunisia,Turkey,Uganda,Ukraine,the United Kingdom,the United States,Uruguay,Venezuela,"
    "Vietnam,Wales,Amsterdam,Athens,Bergen,Berlin,Boston,Bristol,Brussels,Budapest,Chicago,"
    "Copenhagen,Dublin,Edinburgh,Geneva,Glasgow,Graz,Hamburg,Helsinki,Istanbul,Lima,Lisbon,London,"
    "Los Angeles,Lyon,Madrid,Manchester,Melbourne,Milan,Montreal,Moscow,Munich,Nairobi,New York,"
    "Oslo,Paris,Philadelphia,Prague,Rome,Rotterdam,Seattle,Stockholm,Sydney,Tokyo,Toronto,Turin,"
    "Vancouver,Venice,Vienna,Warsaw,Washington,Zurich"
).split(",")
_COUNTRIES = frozenset(_PLACES[: _PLACES.index("Amsterdam")])
_ORGANISATIONS = (
    "the World Bank,the Red Cross,the European Union,the World Health Organization,"
    "the Gates Foundation,the Ministry of Health,the Ministry of Transport,the Treasury,"
    "the Coast Guard,the Port Authority,the National Audit Office,the Chamber of Commerce,"
    "the Forest Service,the Central Bank,the Ford Foundation"
).split(",")
_PEOPLE = (
    "Karen Holt,Samuel Okafor,Greta Lindqvist,Omar Haddad,Rosa Moreau,Peter Banerjee,Nadia Kovac,"
    "Igor Tanaka,Fatou Silva,Martin Reid"
).split(",")
_ORGANISATION = re.compile(
    r"\b(?:Ministry|Foundation|Trust|University|Museum|Agency|Bank|Institute|Association|Committee|"
    r"Council|Company|Corporation|Commission|Cross|Department|Bureau|Office|Service|Society|Union|"
    r"Board|Court|Party|School|College|Church|Authority|Organization|Organisation|FC|Ltd|Inc)\b"
)
_NAME = re.compile(
    r"(?<=[a-z,] )(?:the )?[A-Z][\w’'-]*\w(?: (?:of (?=[A-Z]))?[A-Z][\w’'-]*\w)*(?![\w’'-])"
)
_TITLE = re.compile(
    r"(?:Dr|Mr|Mrs|Ms|Mayor|President|Prime Minister|Minister|Judge|Captain|Professor|Sir|Governor|"
    r"Senator|King|Queen|Bishop)\.? "
)
_MONTH = re.compile(rf"\b{MONTH}\b")
_YEARS = re.compile(rf"\b{YEAR}")
_SHARED = 0.5
_TRIES = 12


class Twin(NamedTuple):
    """A question that the documents don't answer, and what in it was changed, "2018 → 2015"."""

    question: str
    changed: str


class Background:
    """All passages, to check that a detail and a fact do not come together."""

    def __init__(self, passages: Sequence[str]) -> None:
        """Keep the passages' text."""
        self._texts = [squeezed(text) for text in passages]

    def together(self, detail: str, question: str) -> bool:
        """Whether a passage has the detail and half of the question's other words."""
        bare = detail.removeprefix("the ")
        pattern = re.compile(rf"(?<!\w){re.escape(bare)}(?!\w)", re.IGNORECASE)
        others = {_beginning(term) for term in query_terms(question)} - {
            _beginning(w) for w in words(bare)
        }
        for text in self._texts:
            if pattern.search(text):
                found = {_beginning(word) for word in words(text)}
                if len(others & found) >= _SHARED * len(others):
                    return True
        return False


def twin(
    question: str, answers: Sequence[str], background: Background, rng: random.Random
) -> Twin | None:
    """Change one detail of a question so that the documents no longer answer it.

    Args:
        question: Answered by the documents.
        answers: Its answers; they are not put into the question.
        background: All passages.
        rng: Chooses the detail and what takes its place.

    Returns:
        None if the question has no detail that can be changed safely.
    """
    details = list(_details(question))
    rng.shuffle(details)
    for start, end, fitting in details:
        rng.shuffle(fitting)
        for new in fitting[:_TRIES]:
            old = question[start:end]
            asked = question[:start] + new + question[end:]
            taken = any(new.lower() in answer.lower() for answer in answers)
            if not taken and not background.together(new, asked):
                return Twin(asked, f"{old} → {new}")
    return None


def _details(question: str) -> Iterator[tuple[int, int, list[str]]]:
    """Find what can be changed: where it stands, and what may take its place."""
    years = list(_YEARS.finditer(question))
    if len(years) == 1:
        year = int(years[0][0])
        yield *years[0].span(), [str(year + by) for by in range(-7, 5) if by]
    for match in _NAME.finditer(question):
        name = match[0]
        if _MONTH.search(name):
            continue
        pool = _alike(name, match.start() == 0)
        fitting = [other for other in pool if other.removeprefix("the ") not in question]
        if fitting:
            yield *match.span(), fitting


def _alike(name: str, first: bool) -> list[str]:
    """List names of the same kind; none if it is not certain which kind that is."""
    if first:
        return []
    if name in _PLACES or f"the {name}" in _PLACES:
        country = name in _COUNTRIES
        return [place for place in _PLACES if (place in _COUNTRIES) == country]
    if _ORGANISATION.search(name):
        return list(_ORGANISATIONS) if name.startswith("the ") else []
    if title := _TITLE.match(name):
        return [title[0] + person for person in _PEOPLE] if name.count(" ") > 1 else []
    return []


def _beginning(word: str) -> str:
    """Return a word's first five letters, so that "approve" and "approved" are one."""
    return word[:5]
