"""Propose gold questions from an index's documents, for a person to review.

Questions are phrased from sentences with figures, dates, names and definitions; some get
a twin that the documents don't answer. Whether the product answers them has no say in
which are proposed: a gold set of what it already can would measure nothing.
"""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from qa.draft.questions import Capitals, questions
from qa.draft.unanswerable import Background, Twin, twin
from qa.evaluate.squad import normalise
from qa.index.stores.protocols import StoreReader
from qa.schema import Document, Span
from qa.words import squeezed

# One in five has no answer, as the packaged calibration takes it (docs/LOG.md).
_TWIN_SHARE = 0.2
_TWINS_OF_ONE = 2
_LEAST_SENTENCE, _MOST_SENTENCE = 20, 320
_A_SENTENCE = 2
# Of a large corpus, as many documents are read as give this many drafts for each wanted.
_POOL = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed gold question.

    Attributes:
        question: As phrased.
        answers: Acceptable answers, each a part of the evidence; empty for a twin.
        evidence: A sentence of the document, verbatim.
        doc_id: The document.
        start: Where the evidence begins in it.
        kind: Of question (`qa.draft.questions.Phrased`).
    """

    question: str
    answers: tuple[str, ...]
    evidence: str
    doc_id: str
    start: int
    kind: str

    @property
    def id(self) -> str:
        """Derived from the question and where it comes from."""
        parts = f"{self.doc_id}\0{self.evidence}\0{self.question}"
        return "draft-" + hashlib.sha256(parts.encode()).hexdigest()[:10]


def draft_gold(store: StoreReader, count: int, seed: int) -> list[dict[str, Any]]:
    """Propose gold questions about the documents of a store.

    Args:
        store: Where the documents are.
        count: How many at most; a fifth of them without an answer.
        seed: The same one gives the same questions.

    Returns:
        Gold objects (docs/CONTRACT.md) with `"draft": true`, `doc_id`, `kind`, and for those
        without an answer `twin_of` and `changed`; in the order of the documents, each
        twin behind the question it was made of. Both splits get half.
    """
    pool = _pool(store, count, seed)
    chosen = _spread(pool, count - round(count * _TWIN_SHARE), seed)
    left = round(len(chosen) * _TWIN_SHARE / (1 - _TWIN_SHARE))
    texts = [
        f"{entry.passage.context} {entry.passage.text}"
        for batch in store.passages()
        for entry in batch
    ]
    background, rng = Background(texts), random.Random(seed)  # noqa: S311  # not a secret
    twins: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    asked = {_key(draft.question) for draft in pool}
    for draft in chosen * _TWINS_OF_ONE:  # a second of the same only once all have had their turn
        found = twin(draft.question, draft.answers, background, rng) if left else None
        if found and _key(found.question) not in asked:
            asked.add(_key(found.question))
            number = len(twins[draft.id]) + 1
            twins[draft.id].append(_twin_record(draft, number, found))
            left -= 1
    in_order = sorted(chosen, key=lambda draft: (draft.doc_id, draft.start, draft.question))
    records = [record for draft in in_order for record in (record_of(draft), *twins[draft.id])]
    return in_splits(records)


def drafts_of(document: Document, sentences: Iterable[Span]) -> Iterator[Draft]:
    """Phrase the questions that a document's sentences answer."""
    known = Capitals.of(document.text)
    for span in sorted(set(sentences)):
        evidence = document.text[span.start : span.end]
        line = squeezed(evidence)
        if not _LEAST_SENTENCE <= len(line) <= _MOST_SENTENCE:
            continue
        for phrased in questions(line, known):
            # Verbatim also where the answer is wrapped over two lines: then it is left out.
            answers = tuple(answer for answer in phrased.answers if answer in evidence)
            if answers and not is_told(phrased.question, answers[0]):
                yield Draft(phrased.question, answers, evidence, document.doc_id, span.start,
                            phrased.kind)  # fmt: skip


def is_told(question: str, answer: str) -> bool:
    """Whether a question holds its own answer."""
    asked, said = normalise(question), normalise(answer)
    return any(asked[i : i + len(said)] == said for i in range(len(asked) - len(said) + 1))


def _pool(store: StoreReader, count: int, seed: int) -> list[Draft]:
    """Draft from documents in random order until there is enough to choose from."""
    infos = store.documents()
    random.Random(seed).shuffle(infos)  # noqa: S311  # not a secret
    pool: list[Draft] = []
    for info in infos:
        document = store.document(info.doc_id)
        if document is not None:
            passages = store.passages_of(info.doc_id)
            pool += drafts_of(document, chain(*(entry.passage.sentences for entry in passages)))
        if len(pool) >= _POOL * count:
            break
    return _unambiguous(pool)


def _unambiguous(pool: Sequence[Draft]) -> list[Draft]:
    """Keep one of each question, and none of one with different answers."""
    said: defaultdict[str, set[str]] = defaultdict(set)
    for draft in pool:
        said[_key(draft.question)].add(" ".join(normalise(draft.answers[0])))
    first = {_key(draft.question): draft for draft in reversed(pool)}
    return [draft for key, draft in first.items() if len(said[key]) == 1][::-1]


def _spread(pool: Sequence[Draft], count: int, seed: int) -> list[Draft]:
    """Choose drafts in turn from all documents, kinds and sentences."""
    shuffled = sorted(pool, key=lambda draft: _chance(seed, draft.id))
    by_document: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in shuffled:
        by_document[draft.doc_id].append(draft)
    lists = [_in_turn(drafts) for drafts in by_document.values()]
    return [draft for row in zip_longest(*lists) for draft in row if draft is not None][:count]


def _in_turn(drafts: Sequence[Draft]) -> list[Draft]:
    """Order a document's drafts so that sentences come before repeats, then kinds."""
    of_sentence: Counter[int] = Counter()
    of_kind: Counter[str] = Counter()
    keyed = []
    for number, draft in enumerate(drafts):
        if of_sentence[draft.start] < _A_SENTENCE:
            keyed.append(((of_sentence[draft.start], of_kind[draft.kind], number), draft))
        of_sentence[draft.start] += 1
        of_kind[draft.kind] += 1
    return [draft for _, draft in sorted(keyed, key=lambda pair: pair[0])]


def record_of(draft: Draft) -> dict[str, Any]:
    """Return a draft as a gold object, without a split."""
    return {
        "id": draft.id,
        "question": draft.question,
        "answers": list(draft.answers),
        "evidence": [draft.evidence],
        "answerable": True,
        "draft": True,
        "doc_id": draft.doc_id,
        "kind": draft.kind,
    }


def _twin_record(draft: Draft, number: int, found: Twin) -> dict[str, Any]:
    return {
        **record_of(draft),
        "id": f"{draft.id}-twin{number}",
        "question": found.question,
        "answers": [],
        "evidence": [],
        "answerable": False,
        "twin_of": draft.id,
        "changed": found.changed,
    }


def in_splits(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put half into each split; what comes from one sentence stays together."""
    source = {record["id"]: (record["doc_id"], *record["evidence"]) for record in records}
    keys = [source[record.get("twin_of", record["id"])] for record in records]
    with_twin = {key for key, record in zip(keys, records, strict=True) if "twin_of" in record}
    splits = ("calibration", "test")
    of: dict[tuple[str, ...], str] = {}
    turns: Counter[bool] = Counter()
    for key in keys:
        if key not in of:
            of[key] = splits[turns[key in with_twin] % 2]
            turns[key in with_twin] += 1
    return [{**record, "split": of[key]} for key, record in zip(keys, records, strict=True)]


def _chance(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}\0{name}".encode()).hexdigest()


def _key(question: str) -> str:
    return " ".join(normalise(question))
