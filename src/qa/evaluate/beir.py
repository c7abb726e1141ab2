"""Read the judged queries of a BEIR folder, and write its corpus as a folder of text files.

The layout is that of Thakur et al. 2021: `corpus.jsonl` (`_id`, `title`, `text`),
`queries.jsonl` (`_id`, `text`) and `qrels/<split>.tsv` (query, document, grade, under a
header). Does not know the index or measures.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import GoldError, UsageError
from qa.evaluate.gold import jsonl_records, read_gold_text
from qa.words import squeezed

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels"
_STAMP = ".made-from"
_SAFE = re.compile(r"[^A-Za-z0-9_-]+")
_TITLE_CHARACTERS = 90


@dataclass(frozen=True, slots=True)
class Beir:
    """Judged queries.

    Attributes:
        queries: Text of each judged query by id, in the order of the judgements.
        qrels: Grade of each judged document by query id; 0 is not relevant.
    """

    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def is_beir(path: Path) -> bool:
    """Whether a path is to be read as a BEIR folder."""
    return path.is_dir()


def load_beir(folder: Path, split: str | None = None) -> Beir:
    """Read the queries and judgements of a split.

    Args:
        folder: The BEIR folder.
        split: Name of a file in `qrels/`; None for `test`, or the only one there is.

    Raises:
        GoldError: A file is missing or malformed; says in which line.
    """
    for name in (CORPUS, QUERIES):
        if not (folder / name).is_file():
            raise GoldError(f"{folder} is no BEIR folder: it has no {name}")
    texts = {name: entry["text"] for name, entry in _entries(folder / QUERIES).items()}
    path = _qrels_file(folder, split)
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_gold_text(path).split("\n"), start=1):
        if not line.strip() or (number == 1 and not _is_judgement(line)):
            continue  # the header
        query, document, grade = _judgement(line, f"{path}, line {number}")
        if query not in texts:
            raise GoldError(f"{path}, line {number}: {QUERIES} has no query {query!r}")
        if document in qrels.setdefault(query, {}):
            raise GoldError(
                f"{path}, line {number}: query {query!r} and document {document!r} are judged twice"
            )
        qrels[query][document] = grade
    if not qrels:
        raise GoldError(f"{path} holds no judgements")
    return Beir({query: texts[query] for query in qrels}, qrels)


def export_corpus(folder: Path, cache: Path) -> dict[str, str]:
    """Write each entry of the corpus as a text file; files that are right stay as they are.

    Args:
        folder: The BEIR folder.
        cache: Where to; other files in it are removed, if an earlier call made it.

    Returns:
        The entry's id for each file's name.

    Raises:
        GoldError: The corpus is malformed; says in which line.
        UsageError: The cache folder holds something else.
    """
    source = folder / CORPUS
    entries = _entries(source, title=True)
    names = {_file_name(entry_id): entry_id for entry_id in entries}
    stamp = hashlib.sha256(source.read_bytes()).hexdigest()
    if cache.exists() and not (cache / _STAMP).exists() and any(cache.iterdir()):
        raise UsageError(f"{cache} is needed for the texts of {source} but holds something else")
    cache.mkdir(parents=True, exist_ok=True)
    if (cache / _STAMP).exists() and (cache / _STAMP).read_text("utf-8") == stamp:
        return names
    (cache / _STAMP).write_text("", "utf-8")  # ours, and not whole yet
    for old in cache.glob("*.txt"):
        if old.name not in names:
            old.unlink()
    for name, entry_id in names.items():
        (cache / name).write_text(_text(entries[entry_id]), "utf-8", "backslashreplace", "")
    (cache / _STAMP).write_text(stamp, "utf-8")
    return names


def _file_name(entry_id: str) -> str:
    """Return a file name for an id: readable, and different wherever letter case is not."""
    return (
        f"{_SAFE.sub('-', entry_id)[:40]}-{hashlib.sha256(_bytes(entry_id)).hexdigest()[:16]}.txt"
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(entry: dict[str, Any]) -> str:
    """Put the title above the text, underlined where it then counts as a heading."""
    title = squeezed(str(entry.get("title") or ""))
    if not title:
        return str(entry["text"])
    rule = "=" * len(title) + "\n" if len(title) <= _TITLE_CHARACTERS else ""
    return f"{title}\n{rule}\n{entry['text']}\n"


def _entries(path: Path, *, title: bool = False) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for where, record in jsonl_records(read_gold_text(path), path):
        for name in ("_id", "text"):
            if not isinstance(record.get(name), str):
                raise GoldError(f"{where}: needs {name!r}, a string")
        if title and not isinstance(record.get("title") or "", str):
            raise GoldError(f"{where}: 'title' must be a string")
        if not title and not record["text"].strip():
            raise GoldError(f"{where}: the query is blank")
        if record["_id"] in entries:
            raise GoldError(f"{where}: the id {record['_id']!r} occurs twice; ids must be unique")
        entries[record["_id"]] = record
    if not entries:
        raise GoldError(f"{path} is empty")
    return entries


def _qrels_file(folder: Path, split: str | None) -> Path:
    found = sorted(path.stem for path in (folder / QRELS).glob("*.tsv"))
    if split is None and len(found) == 1:
        split = found[0]
    split = split or "test"
    if split not in found:
        there = ", ".join(found) or "none"
        raise GoldError(f"{folder / QRELS} has no {split}.tsv; splits there: {there}")
    return folder / QRELS / f"{split}.tsv"


def _is_judgement(line: str) -> bool:
    return line.split("\t")[-1].strip().lstrip("-").isdigit()


def _judgement(line: str, where: str) -> tuple[str, str, int]:
    parts = line.rstrip("\r").split("\t")
    if len(parts) != 3:
        raise GoldError(
            f"{where}: expected query, document and grade between tabs, found {len(parts)} columns"
        )
    query, document, grade = parts
    try:
        return query, document, max(0, int(grade))  # below 0, as TREC uses for spam, is no better
    except ValueError as error:
        raise GoldError(f"{where}: the grade must be a whole number, found {grade!r}") from error
