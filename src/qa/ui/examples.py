"""An index in, a few questions it can answer out, for the empty conversation.

Drawn from the documents: names that their sentences mention are put into plain
questions, and only those are kept whose answer cites such a sentence.
"""

import re
from collections.abc import Iterator

from qa.answer.pipeline import Answerer
from qa.schema import Passage

_QUOTED = re.compile(r"[“\"]((?:[A-Z][\w-]+ ){1,3}[A-Z][\w-]+)[,.]?[”\"]")
_NAME = re.compile(r"(?<=[a-z,] )((?:[A-Z][a-zA-Z-]+ ){2,4}[A-Z][a-zA-Z-]+)(?=[.,;]| \()")
_FIGURE = re.compile(r"\d[\d,.]*(?: percent|%)? ([a-z]{4,} [a-z]{4,}s)\b")
_PASSAGES = 60
_TRIES = 24


def suggest_questions(answerer: Answerer, count: int = 4) -> dict[str, str]:
    """Suggest questions that the documents answer; fewer, or none, if few are found.

    Returns:
        The id of the document that answers it, by question.
    """
    found: dict[str, str] = {}
    cited: set[tuple[str, int]] = set()
    for tries, (question, key) in enumerate(_candidates(answerer)):
        if len(found) == count or tries == _TRIES:
            break
        answer = answerer.ask(question)
        if not answer.answered or key not in answer.citations[0].quote:
            continue
        place = (answer.citations[0].doc_id, answer.citations[0].start)
        if place not in cited:
            cited.add(place)
            found[question] = place[0]
    return found


def _candidates(answerer: Answerer) -> Iterator[tuple[str, str]]:
    """Yield questions with the words their answer must contain, figures first."""
    store = answerer.index.store
    rows = store.rows()  # with gaps, where documents were removed
    step = max(1, len(rows) // _PASSAGES)
    passages = [store.passage(row).passage for row in rows[::step]]
    figures = list(dict.fromkeys(key for p in passages for key in _keys(_FIGURE, p)))
    named = [key for pattern in (_QUOTED, _NAME) for p in passages for key in _keys(pattern, p)]
    names = list(dict.fromkeys(named))
    for place in range(max(len(figures), len(names))):
        if place < len(figures):
            yield f"How many {figures[place]} were there?", figures[place]
        if place < len(names):
            yield f"What do the documents say about {names[place]}?", names[place]


def _keys(pattern: re.Pattern[str], passage: Passage) -> list[str]:
    found = [match.group(1) for match in pattern.finditer(passage.text)]
    return [key for key in found if not key.isupper()]
