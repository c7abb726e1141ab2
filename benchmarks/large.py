"""Measure how retrieval grows to a million passages, as one Markdown table.

The contexts of JSON-lines files in SQuAD's format are encoded, and their questions. More passages
are made from them: of sentences of several, with the vector of one moved as two neighbours lie
apart, which makes the lists' work as hard as as many real vectors do (docs/LOG.md). They go into
an index as the product writes it; what is left out is reading files and encoding.

    python -m benchmarks.large FILE.jsonl.gz ... [--sizes 1000 10000 100000 1000000] [--folder DIR]

Times of searches are processor time of their thread, so that other work on the machine counts
less; questions are asked of the indexes in turn. With `--folder` the indexes are kept.
"""

import argparse
import gzip
import json
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from benchmarks.speed import commit, describe_machine
from qa import AskSettings, open_index
from qa.answer.pipeline import Answerer
from qa.answer.read import Query
from qa.answer.retrieve import retrieve
from qa.index.local.generations import STORE, Index
from qa.index.local.workspace import Workspace
from qa.index.stores.manifest import FORMAT, Manifest
from qa.index.stores.stored import StoredVectors, as_bytes, packed_sentences
from qa.models.encoder import Encoder, PassageInput, Vectors, available_cores, packaged_encoder
from qa.schema import Document, ParsedDocument, Passage, Span
from qa.words import query_terms

Found = TypeVar("Found")

_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s)|$)", re.DOTALL)
_WORDS = 150  # of a context; the encoder reads 256 tokens
_TOKENS = 250
_PER_DOCUMENT = 20
_NEIGHBOURS = 10
_APART = 0.7
_UPDATED = 10  # documents
_BATCH = 20_000
_CANDIDATES = 50


class Real(NamedTuple):
    """What is made more of: passages, their vectors, their nearest ones, and questions."""

    texts: list[str]
    vectors: Vectors
    neighbours: np.ndarray
    questions: list[Query]


class Row(NamedTuple):
    """One line of the table; times in ms unless the name says otherwise."""

    passages: int
    words: list[float]
    fts5: list[float]
    alike: float
    nearest: list[float]
    recall: float
    retrieve: list[float]
    asked: list[float]
    megabytes: float
    publish_s: float
    update_s: float


def main() -> int:
    """Make the indexes, measure them and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--real", type=int, default=20_000, help="contexts to encode")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--asked", type=int, default=40, help="of them, asked to the end")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        real = _real(arguments.files, arguments.real, arguments.questions, folder)
        took = [_publish(folder / str(size), size, real) for size in arguments.sizes]
        answerers = [open_index(folder / str(size)) for size in arguments.sizes]
        asked = _ask_in_turn(answerers, real.questions[: arguments.asked])
        rows = [
            _measure(answerer, real, times, seconds)
            for answerer, times, seconds in zip(answerers, asked, took, strict=True)
        ]
    print(f"{describe_machine()}; commit {commit()}; {time.strftime('%Y-%m-%d')}\n")
    print(
        "| passages | words | FTS5 alone | same best 10 and 50 | vectors | R@10 | retrieval "
        "| answer | index | publish | 10 changed |\n" + "|---" * 11 + "|"
    )
    for row in rows:
        print(
            f"| {row.passages:,} | {_shown(row.words)} | {_shown(row.fts5)} | {row.alike:.3f} "
            f"| {_shown(row.nearest)} | {row.recall:.3f} | {_shown(row.retrieve)} "
            f"| {_shown(row.asked)} | {row.megabytes:,.0f} MB | {row.publish_s:.0f} s "
            f"| {row.update_s:.1f} s |"
        )
    ratio = statistics.median(rows[-1].asked) / statistics.median(rows[0].asked)
    print(f"\nmedian answer at {rows[-1].passages:,} over {rows[0].passages:,}: {ratio:.2f}")
    return 0


def _real(files: Sequence[Path], count: int, questions: int, folder: Path) -> Real:
    """Read and encode real passages, with the questions that some of them answer."""
    encoder = Encoder(packaged_encoder(), threads=available_cores())
    gold = [record for file in files for record in _records(file)]
    contexts = list(dict.fromkeys(_begun(str(row["context"]), encoder) for row in gold))
    random.Random(1).shuffle(contexts)
    texts = contexts[:count]
    there = set(texts)
    asked = [
        str(row["question"])
        for row in gold
        if not row.get("is_impossible") and " ".join(str(row["context"]).split()) in there
    ]
    random.Random(2).shuffle(asked)
    kept = folder / f"real-{count}.npy"
    if not kept.exists():
        inputs = [PassageInput(text, "", ()) for text in texts]
        np.save(kept, np.stack([found.passage for found in encoder.encode_passages(inputs)]))
    vectors = np.load(kept)
    near = np.concatenate([_nearest_others(vectors, at) for at in range(0, len(vectors), 1000)])
    queries = [Query(text, encoder.encode_query(text)) for text in asked[:questions]]
    return Real(texts, vectors, near, queries)


def _nearest_others(vectors: Vectors, start: int) -> np.ndarray:
    """Return the nearest of a thousand vectors, but not each itself."""
    some = vectors[start : start + 1000]
    cosines = some @ vectors.T
    cosines[np.arange(len(some)), np.arange(start, start + len(some))] = -1
    return np.argpartition(-cosines, _NEIGHBOURS)[:, :_NEIGHBOURS]


def _records(file: Path) -> list[dict[str, object]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _begun(context: str, encoder: Encoder) -> str:
    """Return as much of a context as the encoder reads, with single blanks."""
    words = context.split()[:_WORDS]
    while encoder.count_tokens([text := " ".join(words)])[0] > _TOKENS:
        words = words[: len(words) * 9 // 10]
    return text


def _made(real: Real, count: int) -> Iterator[tuple[str, Vectors]]:
    """Make as many passages as asked for, the real ones first."""
    yield from islice(zip(real.texts, real.vectors, strict=True), count)
    sentences = [_SENTENCE.findall(text) for text in real.texts]
    draw, chance = np.random.default_rng(5), random.Random(5)
    for start in range(len(real.texts), count, _BATCH):
        many = min(_BATCH, count - start)
        own, one = draw.integers(len(real.texts), size=(2, many))
        other = real.neighbours[one, draw.integers(_NEIGHBOURS, size=many)]
        vectors = real.vectors[own] + _APART * (real.vectors[one] - real.vectors[other])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        for at in range(many):
            others = chance.choices(sentences, k=3)
            parts = [*sentences[own[at]][:2], *(chance.choice(found) for found in others)]
            yield " ".join(parts), vectors[at]


def _publish(folder: Path, count: int, real: Real) -> tuple[float, float]:
    """Make an index, and change it; return the seconds that publishing each takes."""
    if (folder / "took").exists():
        first, later = map(float, (folder / "took").read_text().split())
        return first, later
    folder.mkdir(exist_ok=True)
    encoder = Encoder(packaged_encoder())
    passages = _made(real, count + _UPDATED * _PER_DOCUMENT)
    with Workspace(folder, _about(encoder), None, encoder.encode_query, _tell) as workspace:
        store = workspace.writer()
        for number in range(0, count, _PER_DOCUMENT * 500):
            with store.transaction():
                for first in range(number, min(count, number + _PER_DOCUMENT * 500), _PER_DOCUMENT):
                    some = islice(passages, min(_PER_DOCUMENT, count - first))
                    store.add(*_document(f"{first // _PER_DOCUMENT:06d}.txt", list(some)))
        with store.transaction():
            store.optimize()
        built = _seconds(lambda: workspace.publish(_manifest(encoder, store.n_passages)))
    before = Index.open(folder)
    with Workspace(folder, _about(encoder), before, encoder.encode_query, _tell) as workspace:

        def change() -> None:
            store = workspace.writer()
            with store.transaction():
                for number in range(_UPDATED):
                    name = f"{number:06d}.txt"
                    store.remove(name)
                    store.add(*_document(name, list(islice(passages, _PER_DOCUMENT))))
            workspace.publish(_manifest(encoder, store.n_passages))

        updated = _seconds(change)
    (folder / "took").write_text(f"{built} {updated}")
    return built, updated


def _tell(event: object) -> None:
    print(event, file=sys.stderr)


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _about(encoder: Encoder) -> dict[str, str]:
    return {"made": "benchmarks.large", "encoder_fingerprint": encoder.card.fingerprint}


def _manifest(encoder: Encoder, passages: int) -> Manifest:
    return Manifest(
        format=FORMAT, settings={}, encoder="", encoder_fingerprint=encoder.card.fingerprint,
        corpus="", corpus_sha256="", documents=0, passages=passages,
        dimension=encoder.card.dimension, built_at="", complete=True, bytes={}, sha256={},
    )  # fmt: skip


def _document(
    name: str, made: Sequence[tuple[str, Vectors]]
) -> tuple[ParsedDocument, list[Passage], list[StoredVectors]]:
    passages, vectors, at = [], [], 0
    for number, (text, vector) in enumerate(made):
        spans = tuple(Span(at + m.start(), at + m.end()) for m in _SENTENCE.finditer(text))
        key = f"{name}/{number}"
        passages.append(Passage(key, name, at, at + len(text), text, "", spans))
        sentences = packed_sentences(np.stack([vector] * len(spans)))
        vectors.append(StoredVectors(key.encode(), as_bytes(vector), sentences))
        at += len(text) + 2
    whole = "\n\n".join(text for text, _ in made)
    return ParsedDocument(Document(name, name[:-4], whole, name), ()), passages, vectors


def _ask_in_turn(answerers: Sequence[Answerer], questions: Sequence[Query]) -> list[list[float]]:
    """Ask each question of every index, one after the other; return the times in ms."""
    times: list[list[float]] = [[] for _ in answerers]
    for round_, question in enumerate([*questions[:5], *questions]):
        for seen, answerer in zip(times, answerers, strict=True):
            took = _seconds(lambda ask=answerer.ask, text=question.text: ask(text))  # type: ignore[misc]
            if round_ >= 5:
                seen.append(1000 * took)
    return times


def _measure(answerer: Answerer, real: Real, asked: list[float], took: tuple[float, float]) -> Row:
    index, settings = answerer.index, AskSettings()
    assert isinstance(index, Index)
    store = index.store
    rows = store.rows()
    words: list[float] = []
    fts5: list[float] = []
    nearest: list[float] = []
    whole: list[float] = []
    alike = found = 0.0
    with closing(sqlite3.connect(index.folder / STORE)) as db:
        for query in real.questions:
            terms = query_terms(query.text)
            retrieve(index, query, settings, 10)  # what is asked first also reads the file
            mine = list(_timed(words, partial(store.search, terms, _CANDIDATES)))
            theirs = _timed(fts5, partial(_fts5, db, index, terms))
            alike += (mine[:10] == theirs[:10]) / 2 + (mine == theirs) / 2
            near = _timed(nearest, partial(index.search, query.vector, _CANDIDATES))
            exact = index.search(query.vector, 10, rows)
            least = min(exact.values()) - 1e-6  # of copies any will do
            found += sum(cosine >= least for cosine in list(near.values())[:10]) / len(exact)
            _timed(whole, partial(retrieve, index, query, settings, 10))
    size = sum(path.stat().st_size for path in index.folder.iterdir()) / 1e6
    count = len(real.questions)
    return Row(
        len(rows), words, fts5, alike / count, nearest, found / count, whole, asked, size, *took
    )


def _fts5(db: sqlite3.Connection, index: Index, terms: Sequence[str]) -> list[int]:
    """Search as a store without postings does."""
    told = [term for term in terms if index.store.term_weight(term) > 1e-6] or terms
    sql = (
        "SELECT rowid FROM lexical WHERE lexical MATCH ? "
        "ORDER BY -bm25(lexical) DESC, rowid LIMIT ?"
    )
    return [row for (row,) in db.execute(sql, (" OR ".join(f'"{t}"' for t in told), _CANDIDATES))]


def _timed(times: list[float], act: Callable[[], Found]) -> Found:
    started = time.thread_time()
    found = act()
    times.append(1000 * (time.thread_time() - started))
    return found


def _shown(times: Sequence[float]) -> str:
    """Write median and 95th percentile."""
    return f"{statistics.median(times):.1f} / {np.percentile(times, 95):.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
