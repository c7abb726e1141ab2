"""Compare three BM25 engines for passage retrieval: SQLite FTS5, bm25s, tantivy.

The distinct contexts of a JSON-lines file in SQuAD's format are the passages, its
answerable questions the queries, each with its own context as the one relevant passage.
Prints retrieval measures, latency, and what building, storing and changing an index cost,
as a table or JSON. Of the product it uses only the function words that queries leave out.

Run it alone on the machine: `python -m benchmarks.lexical FILE.jsonl --queries 1000`.
"""

import argparse
import gzip
import json
import math
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TypeVar

import bm25s
import tantivy

from qa.words import FUNCTION_WORDS

K = 10
CHANGED_PASSAGES = 10
CHANGE_ROUNDS = 3

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to be found; ids count from 1."""

    passage_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question's word tokens and the one passage that answers it."""

    tokens: tuple[str, ...]
    passage_id: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage; a higher score is better."""

    passage_id: int
    score: float


class Engine(Protocol):
    """An index on disk; every method returns when its effect can be searched."""

    def build(self, passages: Sequence[Passage]) -> None:
        """Index the passages from nothing."""

    def search(self, tokens: Sequence[str], k: int) -> list[Hit]:
        """Return at most `k` passages with any of the tokens, best first."""

    def add(self, passages: Sequence[Passage]) -> None:
        """Index more passages."""

    def delete(self, passages: Sequence[Passage]) -> None:
        """Remove passages that were indexed."""

    def size(self) -> int:
        """Return the bytes on disk of the index, without the passages' texts."""


class Fts5:
    """SQLite FTS5 over a table of passages, kept in step by triggers.

    The index is an external-content one: texts are stored once, in the table that a
    product has anyway. FTS5 fixes k1 = 1.2 and b = 0.75.
    """

    def __init__(self, folder: Path, tokenizer: str) -> None:
        """Create an empty database in `folder`."""
        self._db = sqlite3.connect(folder / "index.sqlite")
        self._db.executescript(
            f"""
            PRAGMA journal_mode = WAL;
            CREATE TABLE passages (passage_id INTEGER PRIMARY KEY, text TEXT NOT NULL);
            CREATE VIRTUAL TABLE lexical USING fts5(
                text, content = passages, content_rowid = passage_id,
                tokenize = '{tokenizer}'
            );
            """
        )
        self._bytes_without_index = 0

    def build(self, passages: Sequence[Passage]) -> None:
        """Store the passages, index them in one pass, then keep the two in step."""
        self.add(passages)
        self._bytes_without_index = self._used_bytes()
        self._db.executescript(
            """
            INSERT INTO lexical (lexical) VALUES ('rebuild');
            INSERT INTO lexical (lexical) VALUES ('optimize');
            CREATE TRIGGER passage_added AFTER INSERT ON passages BEGIN
                INSERT INTO lexical (rowid, text) VALUES (new.passage_id, new.text);
            END;
            CREATE TRIGGER passage_deleted AFTER DELETE ON passages BEGIN
                INSERT INTO lexical (lexical, rowid, text)
                VALUES ('delete', old.passage_id, old.text);
            END;
            """
        )

    def search(self, tokens: Sequence[str], k: int) -> list[Hit]:
        """Return at most `k` passages with any of the tokens, best first."""
        # Sorting by the hidden `rank` column gives the same order, but slower: p50 21.6
        # against 15.1 ms, interleaved (SQLite 3.40.1, 11,436 passages, all tokens).
        rows = self._db.execute(
            "SELECT rowid, -bm25(lexical) AS score FROM lexical WHERE lexical MATCH ?"
            " ORDER BY score DESC LIMIT ?",
            (" OR ".join(f'"{token}"' for token in tokens), k),
        )
        return [Hit(passage_id, score) for passage_id, score in rows]

    def add(self, passages: Sequence[Passage]) -> None:
        """Insert the passages in one transaction."""
        with self._db:
            self._db.executemany(
                "INSERT INTO passages VALUES (?, ?)",
                [(passage.passage_id, passage.text) for passage in passages],
            )

    def delete(self, passages: Sequence[Passage]) -> None:
        """Delete the passages in one transaction."""
        with self._db:
            self._db.executemany(
                "DELETE FROM passages WHERE passage_id = ?",
                [(passage.passage_id,) for passage in passages],
            )

    def size(self) -> int:
        """Return the bytes that building the index added to the database."""
        return self._used_bytes() - self._bytes_without_index

    def _used_bytes(self) -> int:
        (page_size,) = self._db.execute("PRAGMA page_size").fetchone()
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (free_pages,) = self._db.execute("PRAGMA freelist_count").fetchone()
        return int(page_size * (pages - free_pages))


class Bm25s:
    """bm25s in memory, saved after each change; it can only be built as a whole."""

    def __init__(self, folder: Path, stopwords: str | None) -> None:
        """Save to `folder`; `stopwords` names bm25s's own list."""
        self._folder = folder
        self._stopwords = stopwords
        self._texts: dict[int, str] = {}
        self._passage_ids: list[int] = []

    def build(self, passages: Sequence[Passage]) -> None:
        """Tokenize, score and save all the passages."""
        self._texts |= {passage.passage_id: passage.text for passage in passages}
        self._passage_ids = list(self._texts)
        self._retriever = bm25s.BM25(method="lucene")
        self._retriever.index(self._tokenize(list(self._texts.values())), show_progress=False)
        self._retriever.save(self._folder)

    def search(self, tokens: Sequence[str], k: int) -> list[Hit]:
        """Return at most `k` passages with any of the tokens, best first."""
        rows, scores = self._retriever.retrieve(
            self._tokenize([" ".join(tokens)]),
            k=min(k, len(self._passage_ids)),
            show_progress=False,
        )
        return [
            Hit(self._passage_ids[row], float(score))
            for row, score in zip(rows[0], scores[0], strict=True)
            if score > 0
        ]

    def add(self, passages: Sequence[Passage]) -> None:
        """Build again with the passages."""
        self.build(passages)

    def delete(self, passages: Sequence[Passage]) -> None:
        """Build again without the passages."""
        for passage in passages:
            del self._texts[passage.passage_id]
        self.build([])

    def size(self) -> int:
        """Return the bytes of the saved files."""
        return _folder_size(self._folder)

    def _tokenize(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(
            texts, stopwords=self._stopwords, return_ids=False, show_progress=False
        )
        return tokens


class Tantivy:
    """A tantivy index whose documents are a passage's id and its unstored text."""

    def __init__(self, folder: Path, tokenizer: str) -> None:
        """Create an empty index in `folder`."""
        self._folder = folder
        schema = (
            tantivy.SchemaBuilder()
            .add_integer_field("passage_id", indexed=True, fast=True)
            .add_text_field("text", tokenizer_name=tokenizer)
            .build()
        )
        self._index = tantivy.Index(schema, path=str(folder))
        self._searcher = self._index.searcher()

    def build(self, passages: Sequence[Passage]) -> None:
        """Index the passages and wait until their segments are merged."""
        self.add(passages)

    def search(self, tokens: Sequence[str], k: int) -> list[Hit]:
        """Return at most `k` passages with any of the tokens, best first."""
        query = self._index.parse_query(" ".join(f'"{token}"' for token in tokens), ["text"])
        hits = self._searcher.search(query, limit=k, count=False).hits
        passage_ids = self._searcher.fast_field_values(
            "passage_id", [address for _, address in hits]
        )
        return [
            Hit(int(passage_id or 0), float(score))
            for passage_id, (score, _) in zip(passage_ids, hits, strict=True)
        ]

    def add(self, passages: Sequence[Passage]) -> None:
        """Commit the passages and open a searcher that sees them."""
        writer = self._writer()
        for passage in passages:
            writer.add_document(tantivy.Document(passage_id=passage.passage_id, text=passage.text))
        self._commit(writer)

    def delete(self, passages: Sequence[Passage]) -> None:
        """Commit the deletions and open a searcher that sees them."""
        writer = self._writer()
        for passage in passages:
            writer.delete_documents_by_term("passage_id", passage.passage_id)
        self._commit(writer)

    def size(self) -> int:
        """Return the bytes of the index's folder."""
        return _folder_size(self._folder)

    def _writer(self) -> tantivy.IndexWriter:
        # One thread, as the other engines have; more would also leave more segments.
        return self._index.writer(num_threads=1)

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report; times and sizes carry their unit in the name."""

    passages: int
    engine: str
    tokens: str
    recall_at_1: float
    recall_at_5: float
    mrr_at_10: float
    p50_ms: float
    p95_ms: float
    build_s: float
    add_10_ms: float
    delete_10_ms: float
    size_mb: float


@dataclass(frozen=True, slots=True)
class Variant:
    """An engine as configured, and the token forms that it is queried with."""

    name: str
    create: Callable[[Path], Engine]
    token_forms: tuple[str, ...]


BOTH_FORMS = ("all", "content")
VARIANTS = (
    Variant(
        "fts5 unicode61",
        lambda folder: Fts5(folder, "unicode61 remove_diacritics 2"),
        BOTH_FORMS,
    ),
    Variant(
        "fts5 porter",
        lambda folder: Fts5(folder, "porter unicode61 remove_diacritics 2"),
        BOTH_FORMS,
    ),
    Variant("bm25s", lambda folder: Bm25s(folder, None), ("all",)),
    Variant("bm25s stopwords", lambda folder: Bm25s(folder, "english"), ("all",)),
    Variant("tantivy default", lambda folder: Tantivy(folder, "default"), BOTH_FORMS),
    Variant("tantivy en_stem", lambda folder: Tantivy(folder, "en_stem"), BOTH_FORMS),
)


def read_gold(path: Path, sources: Sequence[str]) -> list[dict[str, object]]:
    """Read the file's rows, of the named sources only when any is named."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows: list[dict[str, object]] = [json.loads(line) for line in lines]
    return [row for row in rows if not sources or row.get("source") in sources]


def sample(items: Sequence[Item], count: int) -> list[Item]:
    """Return at most `count` evenly spaced items, in order."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def tokenize(question: str) -> tuple[str, ...]:
    """Return the question's distinct lower-case words, in order."""
    return tuple(dict.fromkeys(re.findall(r"\w+", question.lower())))


def content_tokens(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Drop function words, unless nothing else is there ("Who are they?")."""
    return tuple(token for token in tokens if token not in FUNCTION_WORDS) or tokens


def select(
    gold: Sequence[dict[str, object]], passage_count: int, query_count: int
) -> tuple[list[Passage], list[Query]]:
    """Take evenly spaced passages, and queries among those that they answer."""
    contexts = sample(list(dict.fromkeys(str(row["context"]) for row in gold)), passage_count)
    ids = {context: number for number, context in enumerate(contexts, start=1)}
    queries = [
        Query(tokenize(str(row["question"])), ids[str(row["context"])])
        for row in gold
        if row["context"] in ids and not row.get("is_impossible")
    ]
    passages = [Passage(number, context) for context, number in ids.items()]
    return passages, sample([query for query in queries if query.tokens], query_count)


def measure(variant: Variant, passages: list[Passage], queries: list[Query]) -> list[Row]:
    """Build one index, query it in each token form, then change it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = variant.create(Path(folder))
        build_ms = _milliseconds(lambda: engine.build(passages))
        size = engine.size()
        searched = {form: _search_all(engine, queries, form) for form in variant.token_forms}
        changes = [
            _change(engine, sample(passages[offset:], CHANGED_PASSAGES))
            for offset in range(CHANGE_ROUNDS)
        ]
    return [
        Row(
            passages=len(passages),
            engine=variant.name,
            tokens=form,
            recall_at_1=statistics.fmean(rank <= 1 for rank in ranks),
            recall_at_5=statistics.fmean(rank <= 5 for rank in ranks),
            mrr_at_10=statistics.fmean(1 / rank for rank in ranks),
            p50_ms=_percentile(times, 50),
            p95_ms=_percentile(times, 95),
            build_s=build_ms / 1000,
            add_10_ms=statistics.median(add_ms for _, add_ms in changes),
            delete_10_ms=statistics.median(delete_ms for delete_ms, _ in changes),
            size_mb=size / 1e6,
        )
        for form, (ranks, times) in searched.items()
    ]


def render(rows: Sequence[Row]) -> str:
    """Lay the rows out in aligned columns."""
    names = [field.name for field in fields(Row)]
    cells = [names] + [[_cell(name, getattr(row, name)) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if name in ("engine", "tokens") else cell.rjust(width)
            for name, cell, width in zip(names, line, widths, strict=True)
        ).rstrip()
        for line in cells
    )


def main() -> None:
    """Measure every variant at every size and print the report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("gold", type=Path, help="SQuAD-format JSON lines, .gz or plain")
    parser.add_argument("--queries", type=int, default=3000, metavar="N")
    parser.add_argument("--sources", nargs="+", default=[], metavar="SOURCE")
    parser.add_argument(
        "--passages",
        type=int,
        nargs="+",
        metavar="N",
        help="measure at each of these sizes (default: all of the file's passages)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    gold = read_gold(options.gold, options.sources)
    if all(row.get("is_impossible") for row in gold):
        parser.error(
            f"expected answerable questions in {options.gold}, of the sources"
            f" {options.sources or 'all'}; found none: check the file and --sources"
        )
    rows = [
        row
        for count in options.passages or [len(gold)]
        for variant in VARIANTS
        for row in measure(variant, *select(gold, count, options.queries))
    ]
    versions = {
        "sqlite": sqlite3.sqlite_version,
        "bm25s": version("bm25s"),
        "tantivy": version("tantivy"),
    }
    if options.json:
        print(json.dumps({"versions": versions, "rows": [asdict(row) for row in rows]}))
    else:
        print("  ".join(f"{name} {number}" for name, number in versions.items()))
        print(render(rows))


def _search_all(
    engine: Engine, queries: Sequence[Query], form: str
) -> tuple[list[float], list[float]]:
    """Return each query's rank (infinite beyond the first `K`) and milliseconds."""
    ranks: list[float] = []
    times: list[float] = []
    for query in queries:
        tokens = content_tokens(query.tokens) if form == "content" else query.tokens
        start = time.perf_counter()
        hits = engine.search(tokens, K)
        times.append((time.perf_counter() - start) * 1000)
        ranks.append(_rank(hits, query.passage_id))
    return ranks, times


def _change(engine: Engine, passages: list[Passage]) -> tuple[float, float]:
    """Delete the passages and add them again; return the milliseconds of each.

    Raises:
        RuntimeError: A change was not visible to searches when it returned.
    """
    before = _found(engine, passages)
    delete_ms = _milliseconds(lambda: engine.delete(passages))
    between = _found(engine, passages)
    add_ms = _milliseconds(lambda: engine.add(passages))
    after = _found(engine, passages)
    if between or after != before:
        raise RuntimeError(
            f"expected to find passages {before}, none once deleted, all once added;"
            f" found {between} and {after}: this engine's times are not comparable"
        )
    return delete_ms, add_ms


def _found(engine: Engine, passages: Sequence[Passage]) -> list[int]:
    """Return the ids of those passages that their own words find."""
    return [
        passage.passage_id
        for passage in passages
        if math.isfinite(_rank(engine.search(tokenize(passage.text), K), passage.passage_id))
    ]


def _rank(hits: Sequence[Hit], passage_id: int) -> float:
    ids = [hit.passage_id for hit in hits]
    return ids.index(passage_id) + 1 if passage_id in ids else math.inf


def _milliseconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _cell(name: str, value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.3f}" if name.startswith(("recall", "mrr")) else f"{value:.2f}"


if __name__ == "__main__":
    main()
