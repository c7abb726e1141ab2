"""Files in, documents out: finds a corpus folder's files and decodes them.

Knows encodings and file names. Does not know passages or the index. Nothing here
raises for a bad file: it comes back as a `SkippedFile` that says why.
"""

import codecs
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.errors import CorpusError
from qa.schema import Document, SkippedFile
from qa.structure import heading_title, is_markdown, split_blocks

SUFFIXES = (".txt", ".md")

_BOMS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
# What charset-normalizer may choose from. Left free it takes "été" for mac_latin2 and a
# four-letter file for UTF-16 (docs/LOG.md).
_LEGACY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949",
]  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_TITLE_CHARACTERS = 20_000
_DETECT_BYTES = 1 << 16
# With fewer bytes beyond ASCII nothing can be told: the detector reads a Windows "£5" as
# "Ł5" and "20 °C" as "20 蚓".
_TELLING_BYTES = 4
# Good characters beyond ASCII for each bad byte, for a text to count as damaged UTF-8.
_DAMAGE = 20
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of one file of the corpus, not decoded yet."""

    doc_id: str
    data: bytes
    sha256: str


def list_files(corpus: Path, leave_out: Path | None = None) -> list[Path]:
    """Find every visible file below a corpus folder, sorted by path.

    Hidden files and folders are left out; folders are not entered through links.

    Args:
        corpus: The folder.
        leave_out: A folder that is not entered: the index, which may lie in the corpus.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    if not corpus.is_dir():
        raise CorpusError(
            f"no corpus folder at {corpus}: expected a folder of {' and '.join(SUFFIXES)} files; "
            "create it or name another with --corpus"
        )
    if not os.access(corpus, os.R_OK | os.X_OK):
        raise CorpusError(f"the corpus folder {corpus} cannot be read: check its permissions")
    found: list[Path] = []
    hidden = leave_out.resolve() if leave_out else None

    def keep_unlisted(error: OSError) -> None:  # to be reported as skipped
        found.append(Path(error.filename))

    for folder, folders, files in os.walk(corpus, onerror=keep_unlisted):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and Path(folder, name).resolve() != hidden
        ]
        found.extend(Path(folder, name) for name in files if not name.startswith("."))
    return sorted(found, key=lambda path: path.relative_to(corpus).as_posix())


def read_files(
    corpus: Path, *, max_bytes: int, leave_out: Path | None = None
) -> Iterator[SourceFile | SkippedFile]:
    """Read the files of a corpus folder, one at a time, in `list_files` order.

    Raises:
        CorpusError: The folder does not exist or cannot be listed.
    """
    root = corpus.resolve()
    for path in list_files(corpus, leave_out):
        yield _read_file(path, root, path.relative_to(corpus).as_posix(), max_bytes)


def file_sha256(corpus: Path, doc_id: str) -> str | None:
    """Hash the file behind a document as it is now; None when it is gone or unreadable.

    Units: hex SHA-256 of its bytes. A `doc_id` that leads out of the corpus gives None.
    """
    path = corpus / doc_id
    try:
        if not path.resolve().is_relative_to(corpus.resolve()) or not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, RuntimeError, ValueError):  # a link to itself; a NUL in the name
        return None


def decode(source: SourceFile) -> Document | SkippedFile:
    """Turn a file's bytes into a document."""
    text = decode_text(source.data)
    if text is None:
        return SkippedFile(source.doc_id, "binary, or text in an encoding that was not recognised")
    if not text.strip():
        return SkippedFile(source.doc_id, "empty")
    return Document(source.doc_id, _title(source.doc_id, text), text, source.sha256)


def decode_text(data: bytes) -> str | None:
    """Decode text of unknown encoding; None for what is not text.

    In order: a byte-order mark; UTF-8; UTF-16 without a mark, told by where its zero
    bytes fall; UTF-8 with a few damaged bytes; then a legacy code page, Windows-1252
    (which contains printable Latin-1) wherever it fits as well as any.
    """
    text = _decode_unicode(data)
    if text is None and b"\0" not in data:
        text = _decode_damaged_utf8(data)
        text = _decode_legacy(data) if text is None else text
    return text if text is not None and _looks_like_text(text) else None


def _decode_unicode(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, encoding)
    text = _decode_as(data, "utf_8")
    if text is not None and "\0" not in text:
        return text
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    half = min(len(data), 4096) // 2
    if max(even, odd) > 0.3 * half and min(even, odd) < 0.05 * half + 1:
        return _decode_as(data, "utf_16_le" if odd > even else "utf_16_be")
    return None


def _decode_damaged_utf8(data: bytes) -> str | None:
    """Decode what is UTF-8 but for a few bytes, which become U+FFFD; None for the rest."""
    text = data.decode("utf_8", "replace")
    bad = text.count("\ufffd")
    beyond_ascii = sum(character > "\x7f" for character in text)
    return text if beyond_ascii > _DAMAGE * bad else None


def _decode_legacy(data: bytes) -> str:
    for encoding in (*_legacy_encodings(data), "cp1252"):
        if (text := _decode_as(data, encoding)) is not None:
            return text
    return data.decode("latin_1")


def _legacy_encodings(data: bytes) -> list[str]:
    """Name the code pages the text may be in, the likeliest first; none if it can't be told."""
    if len(data.translate(None, _ASCII)) < _TELLING_BYTES:
        return []
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    # The detector wants a sample cut at a line's end, so as not to halve a character.
    cut = data.rfind(b"\n", 0, _DETECT_BYTES) + 1 if len(data) > _DETECT_BYTES else len(data)
    matches = from_bytes(data[: cut or _DETECT_BYTES], cp_isolation=_LEGACY)
    best = matches.best()
    if best is None:
        return []
    western = any(
        "cp1252" in match.could_be_from_charset
        and match.chaos <= best.chaos + 0.05
        and match.coherence >= best.coherence - 0.05
        for match in matches
    )
    return ["cp1252", best.encoding] if western else [best.encoding]


def _decode_as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _looks_like_text(text: str) -> bool:
    """Allow a stray control character in a long text, and never a NUL, where SQLite stops."""
    return "\0" not in text and len(_CONTROLS.findall(text)) <= 0.002 * len(text)


def _read_file(path: Path, root: Path, doc_id: str, max_bytes: int) -> SourceFile | SkippedFile:
    # A name that is not UTF-8 reaches Python as lone surrogates, which neither SQLite nor
    # JSON can hold.
    printable = doc_id.encode("utf-8", "backslashreplace").decode("utf-8")
    if printable != doc_id:
        return SkippedFile(printable, "its name is not valid UTF-8: rename it")
    if path.is_dir():
        return SkippedFile(doc_id, "a folder that cannot be listed: check its permissions")
    if path.suffix.lower() not in SUFFIXES:
        return SkippedFile(doc_id, f"{path.suffix or 'no suffix'}: only {', '.join(SUFFIXES)} yet")
    try:
        if not path.is_file():
            return SkippedFile(doc_id, "not a regular file, or a link to nothing")
        if not path.resolve().is_relative_to(root):
            return SkippedFile(doc_id, "a link that leads out of the corpus: copy the file instead")
        size = path.stat().st_size
        if size > max_bytes:
            return SkippedFile(
                doc_id, f"{size:,} bytes, over the limit of {max_bytes:,} (setting max_file_bytes)"
            )
        data = path.read_bytes()
    except OSError as error:
        return SkippedFile(doc_id, f"cannot be read: {error.strerror or error}")
    return SourceFile(doc_id, data, hashlib.sha256(data).hexdigest())


def _title(doc_id: str, text: str) -> str:
    """A Markdown file's first level-one heading, else the file's name without suffix."""
    name = Path(doc_id)
    if not is_markdown(doc_id):
        return name.stem
    top = text[:_TITLE_CHARACTERS]
    headings = [block for block in split_blocks(top, markdown=True) if block.level == 1]
    titles = (heading_title(top[block.content : block.end].splitlines()[0]) for block in headings)
    return next(filter(None, titles), name.stem)[:200]
