"""Suggest questions that the documents answer: to begin with, and after an answer.

They are phrased as for `qa draft-gold`, from sentences of the documents; one counts only if its
answer cites the very sentence it was made of. What was found of a document holds for as long as
its file is the same.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, zip_longest

from qa.answer.pipeline import Answerer
from qa.draft.draft import Draft, drafts_of
from qa.errors import AbandonedError, QAError
from qa.index.stores.protocols import StoreReader
from qa.index.stores.stored import DocumentInfo, StoredPassage
from qa.schema import Citation

_MOST_CHARACTERS = 110  # of a question: it is to be read at a glance
_MOST_NEXT = 80  # of one on a button above the question box
_SHOWN = 4  # to begin with
_NEXT = 3  # after an answer
_DOCUMENTS = 20  # looked at in one go
_PASSAGES = 40  # of a document
_TRIES = 10  # questions asked in one go, at most
_REMEMBERED = 5_000  # verdicts on questions


class Examples:
    """Questions suggested for an index, as it changes. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._found: dict[str, str] = {}  # question -> document
        self._looked: dict[str, str] = {}  # document -> hash of the file that was looked at
        self._verdicts: dict[tuple[str, str], bool] = {}  # of a file's hash and a question

    def of(self, answerer: Answerer) -> list[str]:
        """Suggest questions to begin with, those of documents that are new in front.

        Looking costs as much as ten questions. It looks only where there are documents that it has
        not looked at: at so many of them in one go.
        """
        with self._lock:
            try:
                self._look(answerer)
            except QAError:  # the page comes up all the same; asking will say what is wrong
                return []
            return _in_turn(self._found)[:_SHOWN]

    def _look(self, answerer: Answerer) -> None:
        """Look at what is new; forget what was found in files that are gone or have changed."""
        store = answerer.index.store
        infos = store.documents()
        same = {i.doc_id for i in infos if self._looked.get(i.doc_id) == i.sha256}
        self._found = {q: doc_id for q, doc_id in self._found.items() if doc_id in same}
        new = [info for info in infos if info.doc_id not in same]
        if new:
            found = self._checked(answerer, _drafts(store, _spread(new)), _SHOWN)
            self._found = {**{d.question: d.doc_id for d in found}, **self._found}
        self._looked = {info.doc_id: info.sha256 for info in infos}

    def after(self, answerer: Answerer, cited: Citation, asked: Collection[str]) -> list[str]:
        """Suggest what to ask next: of the document that answered, nearest to its sentence.

        Args:
            answerer: Has the documents.
            cited: What was answered last.
            asked: Questions that were asked already.
        """
        known = {question.strip(" ?").casefold() for question in asked}
        near = sorted(
            _of_document(answerer.index.store, cited.doc_id, cited.start),
            key=lambda draft: abs(draft.start - cited.start),
        )
        fresh = (
            draft
            for draft in near
            if len(draft.question) <= _MOST_NEXT
            and draft.question.strip(" ?").casefold() not in known
            and draft.evidence not in cited.quote
        )
        with self._lock:
            found = self._checked(answerer, fresh, _NEXT)
        return [draft.question for draft in found]

    def _checked(self, answerer: Answerer, drafts: Iterator[Draft], count: int) -> list[Draft]:
        """Keep the drafts that are answered by their own sentence, a few, after a few tries."""
        store = answerer.index.store
        found: list[Draft] = []
        for draft in islice(drafts, _TRIES):
            if len(found) == count:
                break
            key = (store.sha256(draft.doc_id), draft.question)
            if key not in self._verdicts:
                self._verdicts[key] = _is_answered(answerer, draft)
            if self._verdicts[key]:
                found.append(draft)
        while len(self._verdicts) > _REMEMBERED:
            self._verdicts.pop(next(iter(self._verdicts)))
        return found


def _is_answered(answerer: Answerer, draft: Draft) -> bool:
    try:
        answer = answerer.ask(draft.question)
    except AbandonedError:  # which says nothing of the question
        raise
    except QAError:  # the page comes up all the same; asking will say what is wrong
        return False
    return answer.answered and draft.evidence in answer.citations[0].quote


def _spread(infos: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Choose a few of many documents, from all over the list."""
    step = max(1, len(infos) // _DOCUMENTS)
    return list(infos[::step][:_DOCUMENTS])


def _in_turn(found: dict[str, str]) -> list[str]:
    """Order questions so that each document has its turn before another has a second."""
    by_document: dict[str, list[str]] = {}
    for question, doc_id in found.items():
        by_document.setdefault(doc_id, []).append(question)
    return [q for row in zip_longest(*by_document.values()) for q in row if q is not None]


def _drafts(store: StoreReader, infos: Sequence[DocumentInfo]) -> Iterator[Draft]:
    """Yield drafts of some documents in turn, short questions first."""
    by_document = [_of_document(store, info.doc_id) for info in infos]
    for row in zip_longest(*by_document):
        yield from filter(None, row)


def _of_document(store: StoreReader, doc_id: str, around: int | None = None) -> list[Draft]:
    """Draft a question of each sentence that gives a short one.

    Args:
        store: Where the document is.
        doc_id: Which.
        around: Where to look first in a long one; None for all over it.
    """
    document = store.document(doc_id)
    if document is None:
        return []
    passages = _some(store.passages_of(doc_id), around)
    sentences = [span for entry in passages for span in entry.passage.sentences]
    of_sentence: dict[int, Draft] = {}
    for draft in sorted(drafts_of(document, sentences), key=lambda draft: len(draft.question)):
        if len(draft.question) <= _MOST_CHARACTERS:
            of_sentence.setdefault(draft.start, draft)
    return list(of_sentence.values())


def _some(passages: Sequence[StoredPassage], around: int | None) -> Sequence[StoredPassage]:
    if around is None:
        return passages[:: max(1, len(passages) // _PASSAGES)][:_PASSAGES]
    nearest = sorted(passages, key=lambda entry: abs(entry.passage.start - around))
    return nearest[:_PASSAGES]
