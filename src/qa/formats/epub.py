"""Read EPUB books: the chapters of the spine, in reading order, through the HTML reader.

Knows the container, the package document and the two kinds of tables of contents (EPUB 3's
navigation document, EPUB 2's NCX). These tables are not text: they only name chapters that
do not name themselves. There are no pages: a book flows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from qa.formats.html.page import add_html, decode_html
from qa.formats.office.package import Package, attribute, child, iso_day, local, resolve
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError, clean
from qa.settings import ParseLimits

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTERS = ("application/xhtml+xml", "text/html", "application/html+xml")
# `<title/>` and `<a id="x"/>` are whole elements in XHTML; to an HTML reader they never end,
# and swallow the chapter.
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:-]*)((?:\s[^<>]*?)?)/>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HEADING = re.compile(r"<(?:\w+:)?h[1-6][\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Item:
    """A file the package document lists."""

    name: str
    media_type: str
    properties: frozenset[str]


def parse_epub(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a book.

    Raises:
        UnreadableError: It is damaged, protected, over a limit, or without text.
    """
    package = Package(data, limits)
    opf = _package_document(package)
    root = package.tree(opf, doctype=True)
    items = {
        attribute(item, "id"): _Item(
            resolve(opf, attribute(item, "href")),
            attribute(item, "media-type"),
            frozenset(attribute(item, "properties").split()),
        )
        for item in child(root, "manifest") or ()
    }
    chapters = list(_spine(root, opf, items))
    _check_protection(package, chapters)
    names = _chapter_names(package, root, items)
    builder = TextBuilder(limits)
    title, author, date = _metadata(root)
    if author:  # who wrote a book, its text hardly ever says
        builder.add("\n".join([*([f"Title: {title}"] if title else []), f"Author: {author}"]))
    for chapter in filter(package.has, chapters):
        text = decode_html(package.read(chapter))
        if text is not None:
            _add_chapter(builder, _close_tags(text), names.get(chapter, ""), limits)
    return builder.parsed(title=title, date=date)


def _package_document(package: Package) -> str:
    if not package.has(_CONTAINER):
        raise UnreadableError(f"not an EPUB, or damaged: {_CONTAINER} is missing")
    for element in package.tree(_CONTAINER, doctype=True).iter():
        if local(element.tag) == "rootfile":
            return resolve("", attribute(element, "full-path"))
    raise UnreadableError("damaged: it does not say where its package document is")


def _spine(root: Element, opf: str, items: Mapping[str, _Item]) -> Iterator[str]:
    """Yield the files of the chapters, each once, without tables of contents and asides."""
    seen = {
        resolve(opf, attribute(reference, "href"))
        for reference in child(root, "guide") or ()
        if attribute(reference, "type").lower() == "toc"
    }
    for reference in child(root, "spine") or ():
        item = items.get(attribute(reference, "idref"))
        if item is None or attribute(reference, "linear") == "no" or item.name in seen:
            continue
        if "nav" not in item.properties and item.media_type in _CHAPTERS:
            seen.add(item.name)
            yield item.name


def _check_protection(package: Package, chapters: list[str]) -> None:
    """Refuse encrypted chapters; fonts are often scrambled, which hides no text.

    Raises:
        UnreadableError: A chapter is encrypted.
    """
    if not package.has(_ENCRYPTION):
        return
    encrypted = {
        resolve("", attribute(element, "URI"))
        for element in package.tree(_ENCRYPTION, doctype=True).iter()
        if local(element.tag) == "CipherReference"
    }
    if not encrypted.isdisjoint(chapters):
        raise UnreadableError("protected by DRM: only the shop's own reader can open it")


def _chapter_names(package: Package, root: Element, items: Mapping[str, _Item]) -> dict[str, str]:
    """Return what the table of contents calls each file; empty without a readable one."""
    ncx = attribute(child(root, "spine"), "toc")
    tables = [item.name for key, item in items.items() if "nav" in item.properties or key == ncx]
    names: dict[str, str] = {}
    for table in tables:
        try:
            entries = package.tree(table, doctype=True).iter()
        except UnreadableError:
            continue
        for entry in entries:
            target, label = _entry(entry)
            if target and label:
                names.setdefault(resolve(table, target), label)
    return names


def _entry(element: Element) -> tuple[str, str]:
    """Read an entry of a navigation document (`a`) or an NCX (`navPoint`)."""
    if local(element.tag) == "navPoint":
        label = child(element, "navLabel", "text")
        return attribute(child(element, "content"), "src"), _text(label)
    if local(element.tag) == "a":
        return attribute(element, "href"), _text(element)
    return "", ""


def _text(element: Element | None) -> str:
    return " ".join(clean("".join(element.itertext())).split()) if element is not None else ""


def _add_chapter(builder: TextBuilder, text: str, name: str, limits: ParseLimits) -> None:
    if not _HEADING.search(text):
        builder.add(name, "heading", 1)
    add_html(builder, text, limits, whole=True)


def _close_tags(text: str) -> str:
    """Write XHTML's self-closed elements as HTML reads them."""
    return _SELF_CLOSED.sub(
        lambda tag: tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2]}></{tag[1]}>", text
    )


def _metadata(root: Element) -> tuple[str, str, str]:
    """Return the title, the authors and when the book was published, else changed."""
    title = published = modified = ""
    authors: list[str] = []
    for element in child(root, "metadata") or ():
        name, text = local(element.tag), _text(element)
        if name == "title":
            title = title or text
        elif name == "creator" and text:
            authors.append(text)
        elif name == "date" and attribute(element, "event", "publication") == "publication":
            published = published or iso_day(text)
        elif attribute(element, "property") == "dcterms:modified":
            modified = iso_day(text)
    return title, ", ".join(dict.fromkeys(authors)), published or modified
