"""Suggest questions that the documents answer, for the empty conversation.

They are phrased as for `qa draft-gold`, from sentences of a few documents; one counts only if its
answer cites the very sentence it was made of.
"""

import threading
from collections.abc import Iterator
from itertools import islice, zip_longest

from qa.answer.pipeline import Answerer
from qa.draft.draft import Draft, drafts_of
from qa.errors import QAError
from qa.index.store import Store

_MOST_CHARACTERS = 110  # of a question: it is to be read at a glance
_DOCUMENTS = 20
_PASSAGES = 40  # of a document
_TRIES = 10


class Examples:
    """Questions suggested for an index, as it changes. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._found: dict[str, str] = {}
        self._documents = 0  # there were when it looked

    def of(self, answerer: Answerer) -> list[str]:
        """Suggest questions: anew where a document of theirs is gone, or where there were none.

        Looking costs as much as ten questions, and a long build has many generations: where
        nothing was found, it looks again when there are twice as many documents.
        """
        store = answerer.index.store
        with self._lock:
            gone = not all(store.rows_of([doc_id]) for doc_id in self._found.values())
            more = not self._found and store.n_documents >= 2 * self._documents
            if gone or more:
                self._found = _suggested(answerer)
                self._documents = store.n_documents
            return list(self._found)


def suggest_questions(answerer: Answerer, count: int = 4) -> dict[str, str]:
    """Suggest questions that the documents answer; fewer, or none, if few are found.

    Returns:
        The id of the document that answers it, by question.
    """
    found: dict[str, str] = {}
    for draft in islice(_drafts(answerer.index.store), _TRIES):
        if len(found) == count:
            break
        answer = answerer.ask(draft.question)
        if answer.answered and draft.evidence in answer.citations[0].quote:
            found[draft.question] = draft.doc_id
    return found


def _suggested(answerer: Answerer) -> dict[str, str]:
    try:
        return suggest_questions(answerer)
    except QAError:  # the page comes up all the same; asking will say what is wrong
        return {}


def _drafts(store: Store) -> Iterator[Draft]:
    """Yield drafts of some documents in turn, short questions first."""
    infos = store.documents()
    step = max(1, len(infos) // _DOCUMENTS)
    by_document = [_of_document(store, info.doc_id) for info in infos[::step][:_DOCUMENTS]]
    for row in zip_longest(*by_document):
        yield from filter(None, row)


def _of_document(store: Store, doc_id: str) -> list[Draft]:
    """Draft a question of each sentence that gives a short one."""
    document, passages = store.document(doc_id), store.passages_of(doc_id)
    if document is None:
        return []
    passages = passages[:: max(1, len(passages) // _PASSAGES)][:_PASSAGES]
    sentences = [span for entry in passages for span in entry.passage.sentences]
    of_sentence: dict[int, Draft] = {}
    for draft in sorted(drafts_of(document, sentences), key=lambda draft: len(draft.question)):
        if len(draft.question) <= _MOST_CHARACTERS:
            of_sentence.setdefault(draft.start, draft)
    return list(of_sentence.values())
