"""Parse HTML into a tree of what a person can see.

Owns selectolax. Knows which elements are never shown; does not know which are the page's
own text and which are menus (see `boilerplate`).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from qa.formats.html.seen import is_plain_page, is_unseen
from qa.formats.parsed import UnreadableError
from qa.formats.raised import lowered, raised

_CONTROLS = re.compile(r"aria-controls\s*=\s*[\"']?([^\"'<>]{1,200})", re.IGNORECASE)
_ALIGN = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:-]*)(\s[^<>]*?)?/>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# Elements an author may leave open: the parser closes them.
_OPTIONAL_END = frozenset(
    "body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
_ATTRIBUTES = re.compile(r"<[a-zA-Z][^>]{50000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NO_ATTRIBUTES: dict[str, str] = {}
_BREAKS = frozenset("br caption dd div dl dt h1 h2 h3 h4 h5 h6 ol p pre td th tr ul".split())
_ITEM = "\0"
# The parser looks through all open elements at every tag, and through all attributes at
# every attribute: 4·10⁸ looks take about two seconds.
_MOST_LOOKS = 400_000_000
_MOST_ATTRIBUTES = 20_000
_MOST_ELEMENTS = 1_000_000


@dataclass(slots=True, eq=False)
class Element:
    """An element that is shown.

    Attributes:
        tag: Its name, in lower case.
        attributes: Values by name; an attribute without a value has an empty one.
        parent: None for the root.
        children: Elements and texts, in order.
        characters: Length of the text inside, a run of white space counted as one.
        link_characters: How many of them are link text.
        links: Links inside, itself included.
    """

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = field(repr=False)
    children: "list[Element | str]" = field(default_factory=list, repr=False)
    characters: int = 0
    link_characters: int = 0
    links: int = 0

    def elements(self) -> "list[Element]":
        """List the children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def ancestors(self) -> "Iterator[Element]":
        """Go up from the parent to the root."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page.

    Attributes:
        root: The `html` element.
        elements: All elements, in the order of the page: a parent before what is in it.
        scripted: Whether there is a script in it.
    """

    root: Element
    elements: tuple[Element, ...]
    scripted: bool


def parse_page(text: str) -> Page:
    """Parse HTML, or XHTML, leaving out what is never shown.

    Raises:
        UnreadableError: The page is built to stall a parser.
    """
    text = _html_of_xhtml(text.encode("utf_8", "replace").decode("utf_8"))
    _check_cost(text)
    # Without mutation events, which nothing here needs.
    parser = LexborHTMLParser(text, options=LexborDocumentOptions.WO_EVENTS)
    controlled = frozenset(" ".join(_CONTROLS.findall(text)).split())
    root = Element("html", {}, None)
    elements = [root]
    if parser.root is not None:
        elements += _copy(parser.root, root, controlled, is_plain_page(text))
    _measure(elements)
    return Page(root, tuple(elements), "<script" in text.lower())


def preorder(root: Element) -> Iterator[Element | str]:
    """Go through an element's elements and texts in the order of the page."""
    return (child for child, entering in walk(root) if entering)


def walk(root: Element, dropped: Collection[Element] = ()) -> Iterator[tuple[Element | str, bool]]:
    """Go through what is inside an element; elements come entering and leaving."""
    stack = [(root, iter(root.children))]
    while stack:
        child = next(stack[-1][1], None)
        if child is None:
            element, _ = stack.pop()
            if stack:
                yield element, False
        elif isinstance(child, str):
            yield child, True
        elif child not in dropped:
            yield child, True
            stack.append((child, iter(child.children)))


def text_of(root: Element, dropped: Collection[Element] = ()) -> str:
    """Return an element's text on one line, with the items of a list told apart."""
    parts: list[str] = []
    for child, entering in walk(root, dropped):
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "li":
            parts.append(_ITEM if entering else " ")
        elif child.tag in _BREAKS:
            parts.append(" ")
    lead, *items = (" ".join(piece.split()) for piece in "".join(parts).split(_ITEM))
    return f"{lead} {'; '.join(filter(None, items))}".strip()


def _copy(
    node: LexborNode, root: Element, controlled: frozenset[str], plain: bool
) -> list[Element]:
    """Copy what is shown below a node; give the elements in the order of the page."""
    made: list[Element] = []
    todo = [(node.first_child, root)]
    while todo:
        child, parent = todo.pop()
        while child is not None:
            if child.is_text_node:
                parent.children.append(_as_set(child.text_content or "", parent))
            elif child.is_element_node and (element := _element(child, parent, controlled, plain)):
                parent.children.append(element)
                made.append(element)
                todo.append((child.next, parent))
                child, parent = child.first_child, element
                continue
            child = child.next
        if len(made) > _MOST_ELEMENTS:
            raise UnreadableError(f"more than {_MOST_ELEMENTS:,} HTML elements")
    return made


def _element(
    node: LexborNode, parent: Element, controlled: frozenset[str], plain: bool
) -> Element | None:
    tag = node.tag
    if tag is None:
        return None
    found = node.attributes
    attributes = {name: value or "" for name, value in found.items()} if found else _NO_ATTRIBUTES
    if is_unseen(tag, attributes, controlled, plain=plain):
        return None
    return Element(tag, attributes, parent)


def _as_set(text: str, parent: Element) -> str:
    """Write a text as it is set: figures in `sup` and `sub` with signs of their own."""
    for element in (parent, parent.parent):
        if element is None or not (shift := _shift(element)):
            continue
        if shift > 0:
            return raised(text)
        before = element.parent.children[:-1] if element.parent else []
        return lowered(text, before[-1] if before and isinstance(before[-1], str) else "")
    return text


def _shift(element: Element) -> int:
    """Say whether an element's text is raised, 1, or lowered, -1."""
    if element.tag in ("sup", "sub"):
        return 1 if element.tag == "sup" else -1
    aligned = _ALIGN.search(element.attributes.get("style", ""))
    return 0 if aligned is None else 1 if aligned[1].lower() == "super" else -1


def _measure(elements: list[Element]) -> None:
    """Fill in how much text and how many links each element holds, children first."""
    for element in reversed(elements):
        texts = (child for child in element.children if isinstance(child, str))
        element.characters += sum(len(" ".join(text.split())) for text in texts)
        if element.tag == "a" and "href" in element.attributes:
            element.links += 1
            element.link_characters = element.characters
        if (parent := element.parent) is not None and element.tag not in ("head", "textarea"):
            parent.characters += element.characters
            parent.link_characters += element.link_characters
            parent.links += element.links


def _html_of_xhtml(text: str) -> str:
    """Write XHTML as HTML: `<a id="x"/>`, read as HTML, holds the rest of the page."""
    start = text[:2000]
    if not start.lstrip().startswith("<?xml") and "www.w3.org/1999/xhtml" not in start:
        return text
    first, *rest = text.split("<![CDATA[")
    return _SELF_CLOSED.sub(_closed, first + "".join(map(_cdata_as_text, rest)))


def _closed(match: re.Match[str]) -> str:
    if match[1].lower() in _VOID:
        return match[0]
    return f"<{match[1]}{match[2] or ''}></{match[1]}>"


def _cdata_as_text(piece: str) -> str:
    data, end, rest = piece.partition("]]>")
    return data.replace("&", "&amp;").replace("<", "&lt;") + rest if end else piece


def _check_cost(text: str) -> None:
    """Refuse what takes time with the square of its size.

    Raises:
        UnreadableError: An element with too many attributes, or elements nested too deeply.
    """
    for tag in _ATTRIBUTES.finditer(text):
        if len(_QUOTED.sub('"', tag[0]).replace('"', " ").replace("/", " ").split()) > (
            _MOST_ATTRIBUTES
        ):
            raise UnreadableError(f"an HTML element with more than {_MOST_ATTRIBUTES:,} attributes")
    if text.count("<") ** 2 > _MOST_LOOKS and _looks(text) > _MOST_LOOKS:
        raise UnreadableError("HTML elements nested too deeply")


def _looks(text: str) -> int:
    """Add up how many elements are open at each tag, about."""
    depth = looks = 0
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if name in _VOID or name in _OPTIONAL_END:
            looks += depth
        elif match[1]:
            depth = max(0, depth - 1)
        else:
            depth += 1
            looks += depth
    return looks
