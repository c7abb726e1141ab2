"""Zipped packages of XML, as Office files and EPUBs are: the one place that unpacks them.

Gives parts as bytes or as trees of elements. A package is hostile until shown otherwise: nothing is
written to disk (names are only keys), no entity is ever expanded, and every size is counted
while unpacking, whatever the file says of itself. Does not know what any part means, or
how Office files say which part is which: see `parts`.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import chain
from typing import NoReturn
from urllib.parse import unquote
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from qa.formats.parsed import UnreadableError
from qa.settings import ParseLimits

_CHUNK_BYTES = 1 << 18
# Expat 2.5 reads a tag that is not finished again with every chunk; Word's own longest
# attributes (pictures for its older versions) stay below.
_TAG_BYTES = 8_000_000
# A part that is held as a whole: styles, a slide, a chapter. Sheets and texts are streamed.
_HELD_BYTES = 50_000_000
# Deflate reaches 1,032 : 1 on zeros; a sheet of a million like rows came to 30 : 1.
_RATIO = 200
_RATIO_BYTES = 10_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY = b"PK\x01\x02"
_DATE = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?=T|\s|$)")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, OSError,
    NotImplementedError, RuntimeError, LookupError, OverflowError, ValueError,
)  # fmt: skip


class Package:
    """A zipped package, in memory.

    Raises:
        UnreadableError: It is not a zip file, or holds too many files.
    """

    def __init__(self, data: bytes, limits: ParseLimits) -> None:
        self._limits = limits
        self._left = limits.unpacked_bytes
        # Before zipfile reads the directory: 200,000 entries would take it 240 MB.
        if data.count(_ENTRY) > limits.entries:
            raise UnreadableError(f"over the limit of {limits.entries:,} files packed in it")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise UnreadableError("damaged, or not of the format its name says") from error
        entries = self._zip.infolist()
        if sum(entry.compress_size for entry in entries) > len(data):
            raise UnreadableError("damaged: its parts overlap")
        self._parts = {_key(entry.filename): entry for entry in entries if not entry.is_dir()}

    def has(self, name: str) -> bool:
        """Whether there is such a part; names are compared without regard to case."""
        return _key(name) in self._parts

    def read(self, name: str) -> bytes:
        """Unpack one part.

        Raises:
            UnreadableError: It is missing, damaged or too big.
        """
        return b"".join(self._chunks(name, self._held_bytes()))

    def tree(self, name: str, *, doctype: bool = False) -> Element:
        """Read one part as a whole.

        Args:
            name: The part.
            doctype: Whether it may declare a document type, as EPUB's may; not entities.

        Raises:
            UnreadableError: It is missing, damaged, too big or too deep.
        """
        *_, root = self._grow(name, self._held_bytes(), doctype=doctype)
        self._check_depth([root])
        return root

    def children(self, name: str, of: Collection[str]) -> Iterator[Element]:
        """Read one part piece by piece: the children of some elements under its root.

        Args:
            name: The part, of any size.
            of: Names of the elements, the root itself included, whose children are given.

        Yields:
            Each child, complete; it is not kept.

        Raises:
            UnreadableError: It is missing, damaged, too big or too deep.
        """
        root = None
        for root in self._grow(name, self._limits.unpacked_bytes // 2):
            yield from self._finished(root, of, still_open=True)
        if root is not None:
            yield from self._finished(root, of, still_open=False)

    def root_name(self, name: str) -> str:
        """Return the name of a part's first element.

        Raises:
            UnreadableError: It is missing or damaged.
        """
        return local(next(self._grow(name, self._limits.unpacked_bytes)).tag)

    def _finished(
        self, root: Element, of: Collection[str], *, still_open: bool
    ) -> Iterator[Element]:
        """Take out the children that cannot grow any more."""
        for holder in [root] if local(root.tag) in of else list(root):
            is_open = still_open and (holder is root or holder is root[-1])
            done = holder[: len(holder) - 1] if is_open else holder[:]
            del holder[: len(done)]
            if holder is root or local(holder.tag) in of:
                self._check_depth(done)
                yield from done

    def _grow(self, name: str, most: int, *, doctype: bool = False) -> Iterator[Element]:
        """Yield the root after every chunk of the part, and at its end."""
        builder = TreeBuilder()
        parser = _parser(builder, doctype=doctype)
        root: list[Element] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            root.append(builder.start(tag, attributes))
            parser.StartElementHandler = builder.start  # C calls C from here on

        parser.StartElementHandler = start
        fed = 0
        for chunk in chain(self._chunks(name, most), [b""]):
            try:
                parser.Parse(chunk, not chunk)
            except _DAMAGE as error:
                raise UnreadableError(f"damaged: {_short(name)}: {error}") from error
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _TAG_BYTES:
                raise UnreadableError(f"damaged: {_short(name)}: a tag without an end")
            if root:
                self._check_open(root[0])
                yield root[0]

    def _chunks(self, name: str, most: int) -> Iterator[bytes]:
        entry = self._parts.get(_key(name))
        if entry is None:
            raise UnreadableError(f"damaged: its part {_short(name)} is missing")
        self._check_entry(entry, most)
        try:
            with self._zip.open(entry) as file:
                while chunk := file.read(_CHUNK_BYTES):
                    self._left -= len(chunk)
                    if self._left < 0:
                        self._refuse_size()
                    yield chunk
        except _DAMAGE as error:
            raise UnreadableError(f"damaged: {_short(name)} cannot be unpacked") from error

    def _check_entry(self, entry: zipfile.ZipInfo, most: int) -> None:
        if entry.flag_bits & 1:
            raise UnreadableError("encrypted: save it without a password")
        if entry.compress_type not in _METHODS:
            raise UnreadableError(f"packed by method {entry.compress_type}, which is not read")
        if entry.file_size > max(_RATIO_BYTES, _RATIO * entry.compress_size):
            raise UnreadableError(
                f"over the limit of {_RATIO} bytes unpacked for one packed: "
                f"{_short(entry.filename)}"
            )
        if entry.file_size > min(self._left, most):
            self._refuse_size()

    def _refuse_size(self) -> NoReturn:
        most = f"{self._limits.unpacked_bytes / 1_000_000:,g} MB"
        raise UnreadableError(
            f"unpacks to more than can be read: over the limit of {most} (--max-unpacked-mb)"
        )

    def _held_bytes(self) -> int:
        return min(_HELD_BYTES, self._limits.unpacked_bytes // 2)

    def _check_open(self, root: Element) -> None:
        """Count the elements that are open at the end of a chunk."""
        depth = 1
        while len(root) and depth <= self._limits.depth:
            root = root[-1]
            depth += 1
        if depth > self._limits.depth:
            self._refuse_depth()

    def _check_depth(self, elements: list[Element]) -> None:
        """Count levels, so that what walks these elements may call itself."""
        depth = 1
        while elements:
            elements = list(chain.from_iterable(elements))
            depth += 1
            if depth > self._limits.depth:
                self._refuse_depth()

    def _refuse_depth(self) -> NoReturn:
        raise UnreadableError(f"damaged: over the limit of {self._limits.depth} nested elements")


@lru_cache(maxsize=4096)
def local(tag: str) -> str:
    """Take the namespace's prefix off a name: Strict files use other namespaces."""
    return tag.rpartition(":")[2]


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """Return an attribute, whatever its prefix; without one ("id") before with one ("r:id")."""
    if element is None:
        return default
    if (value := element.get(name)) is not None:
        return value
    return next((value for key, value in element.items() if local(key) == name), default)


def child(element: Element | None, *path: str) -> Element | None:
    """Follow names down, to the first of each; None if one is missing."""
    for name in path:
        for inner in () if element is None else element:
            if local(inner.tag) == name:
                element = inner
                break
        else:
            return None
    return element


def number(text: str, default: int = 0) -> int:
    """Read a whole number of an attribute; the default for rubbish and what is over 9 digits."""
    if text.isdecimal() and len(text) < 10:
        return int(text)
    return int(text) if re.fullmatch(r"-[0-9]{1,9}", text) else default


def resolve(source: str, target: str) -> str:
    """Return the name of the part that a link in another part leads to."""
    path = unquote(target.partition("#")[0]).replace("\\", "/")
    if not path:
        return ""
    if not path.startswith("/"):
        path = posixpath.join(posixpath.dirname(source), path)
    return posixpath.normpath(path).lstrip("/")


def iso_day(text: str) -> str:
    """Return the date a W3C date and time begins with, as far as it goes; empty if it is none."""
    found = _DATE.match(text.strip())
    return found.group() if found else ""


def _parser(builder: TreeBuilder, *, doctype: bool) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    # Entities, internal or of other files, can only be declared in a document type.
    if doctype:
        parser.EntityDeclHandler = _refuse_entities
    else:
        parser.StartDoctypeDeclHandler = _refuse_entities
    return parser


def _refuse_entities(*_: object) -> NoReturn:
    raise UnreadableError("damaged: it declares entities or a document type")


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _short(name: str) -> str:
    return name[-60:] if name.isprintable() else ascii(name[-60:])
