"""Decide whether an element is a menu or the like, from what it is and where it stands.

The rules lean to keeping: a menu read as text costs little, a lost paragraph is a question
that is not answered. They were made on pages of documentation, news, MediaWiki, and on
pages laid out with tables.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from qa.formats.html.table import is_data, open_table
from qa.formats.html.tree import Element, Page, preorder, text_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MENU_ROLES = frozenset(
    """alertdialog banner complementary contentinfo dialog menu menubar navigation search
    toolbar""".split()
)
_SECTIONS = ("article", "main", "section", "blockquote", "figure")
# Words of a class or id that say what an element is, whatever it holds.
_SURELY_NOT_TEXT = re.compile(
    r"(?:.*[-_])?(?:cookies?[-_]?(?:alert|banner|bar|consent|dialog|disclaimer|info|law|message"
    r"|modal|notice|notification|overlay|popup|warning)|gdpr|navbar|navbox|skip[-_]?(?:link|nav)"
    r"|breadcrumbs?|sr-only|visually-?hidden|screen-reader-text|mw-editsection|mw-jump-link"
    r"|catlinks|printfooter|linenos|lineno|noprint)(?:[-_].*)?"
)
# … and what it most likely is, if it is a small part of the page.
_LIKELY_NOT_TEXT = re.compile(
    r"(?:ads?|advert(?:isement)?s?|(?:page|site|global|main)?[-_]?(?:footer|nav|navigation|menu)"
    r"|left-?nav|right-?nav|sidebar|side-?bar|topbar|top-?nav|toc|table-of-contents|pagination"
    r"|nav-?panel|pager|share|sharing|social(?:[-_]?(?:links|share|icons|media))?|newsletter(?:[-_]signup)?"
    r"|related(?:[-_]?(?:posts|articles|links|stories))?|tag-?cloud|foot|menubar)"
)
_LIKELY_SHARE = 0.25
_LINK_LISTS = frozenset(("center", "div", "dl", "menu", "ol", "p", "section", "td", "ul"))
_LABELS = re.compile(
    r"(?:related|more (?:from|stories|articles)|read (?:more|next)|(?:table of )?contents"
    r"|on this page|in this article|navigation|share|follow us|tags|popular|trending)\b",
    re.IGNORECASE,
)
_SKIP_LINK = re.compile(r"(?:skip|jump) (?:to|over)\b", re.IGNORECASE)
_SIGNS_OF_A_LINK = ("¶", "§", "#", "🔗", "", "Link to this heading")
_NOT_BY_NAME = (*HEADINGS, "form")
_FORM_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Places:
    """A page, and where its elements stand in it.

    Attributes:
        page: The page.
        above_main: Elements that hold the page's main part, or are it.
        above_title: Elements that hold a heading of level 1.
        in_section: Elements inside a part of the page that may have a header of its own.
        in_text: Elements inside the main part, an article or a table of data.
        heading: For what is inside a heading or a term, which.
        before: What stands before each list, table cell, division or paragraph.
        after: The element that follows each of them.
    """

    page: Page
    above_main: frozenset[Element]
    above_title: frozenset[Element]
    in_section: frozenset[Element]
    in_text: frozenset[Element]
    heading: dict[Element, Element]
    before: dict[Element, Element | str]
    after: dict[Element, Element]


def find_places(page: Page) -> Places:
    """Find where a page's elements stand, in time linear in their number."""
    in_section, in_text = set(), set()
    heading: dict[Element, Element] = {}
    for element in page.elements:
        above = element.parent
        if above is None:
            continue
        if above in in_section or above.tag in _SECTIONS:
            in_section.add(element)
        if above in in_text or _is_text(above):
            in_text.add(element)
        if above in heading or above.tag in (*HEADINGS, "dt"):
            heading[element] = heading.get(above, above)
    mains, titles = _with_ancestors(page, is_main), _with_ancestors(page, lambda e: e.tag == "h1")
    before, after = _neighbours(page)
    return Places(
        page, mains, titles, frozenset(in_section), frozenset(in_text), heading, before, after
    )


def _neighbours(page: Page) -> tuple[dict[Element, Element | str], dict[Element, Element]]:
    before: dict[Element, Element | str] = {}
    after: dict[Element, Element] = {}
    for element in page.elements:
        last: Element | str | None = None
        for child in element.children:
            if isinstance(child, str):
                last = child if child.strip() else last
                continue
            if last is not None and child.tag in _LINK_LISTS:
                before[child] = last
            if isinstance(last, Element) and last.tag in _LINK_LISTS:
                after[last] = child
            last = child
    return before, after


def _with_ancestors(page: Page, wanted: Callable[[Element], bool]) -> frozenset[Element]:
    found: set[Element] = set()
    for element in reversed(page.elements):
        if (element in found or wanted(element)) and element.characters:
            found.add(element)
            if element.parent is not None:
                found.add(element.parent)
    return frozenset(found)


def _is_text(element: Element) -> bool:
    """Tell what holds text rather than menus: a link list inside it may be part of it."""
    if element.tag == "table":
        return is_data(element, open_table(element, ()))
    return element.tag == "article" or is_main(element)


def is_main(element: Element) -> bool:
    """Tell what the page says is its main part."""
    return element.tag == "main" or element.attributes.get("role") == "main"


def is_note_mark(element: Element) -> bool:
    """Tell `<sup><a href="#n1">1</a></sup>`, either way round."""
    if element.tag not in ("a", "sup") or not 0 < element.characters <= 6:
        return False
    inner = next(iter(element.elements()), None)
    if element.tag == "sup":
        return inner is not None and inner.tag == "a" and _leads_inside(inner)
    if "noteref" in element.attributes.get("epub:type", ""):
        return True
    alone = inner is not None and inner.characters == element.characters
    return alone and inner is not None and inner.tag == "sup" and _leads_inside(element)


def _leads_inside(link: Element) -> bool:
    return "#" in link.attributes.get("href", "")


def is_site_part(element: Element, places: Places) -> bool:
    """Tell what HTML itself says is not the page's text."""
    tag, role = element.tag, element.attributes.get("role", "").lower()
    if element in places.above_main:
        return False
    if tag in ("nav", "search", "dialog") or role in _MENU_ROLES:
        return True
    if tag in ("ol", "ul"):
        return element not in places.in_section and _is_in_header(element)
    if tag not in ("header", "footer", "aside"):
        return False
    if element in places.in_section:
        return element.link_characters > 0.5 * max(1, element.characters)
    return tag != "header" or element not in places.above_title


def _is_in_header(element: Element) -> bool:
    return any(above.tag == "header" for above in islice(element.ancestors(), 5))


def is_control(element: Element, places: Places) -> bool:
    """Tell what a person works the page with, and links that only lead about it."""
    tag = element.tag
    if tag in ("button", "textarea"):
        # "<h3><button>How do I pay?</button></h3>" is the heading of what it opens.
        heading = places.heading.get(element)
        return heading is None or heading.characters > element.characters
    if tag == "form":
        return element.characters < _FORM_CHARACTERS and any(
            isinstance(child, Element) and child.tag in ("input", "textarea")
            for child in preorder(element)
        )
    if tag != "a" or element.characters > 60 or not _leads_inside(element):
        return False
    text = text_of(element)
    return text in _SIGNS_OF_A_LINK or _SKIP_LINK.match(text) is not None


def is_named_so(element: Element, places: Places) -> bool:
    """Tell by class and id."""
    names = f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"
    if names == " " or element.tag in _NOT_BY_NAME or element in places.above_main:
        return False
    words = names.lower().split()
    if any(map(_SURELY_NOT_TEXT.fullmatch, words)):
        return True
    small = element.characters < _LIKELY_SHARE * places.page.root.characters
    return small and any(map(_LIKELY_NOT_TEXT.fullmatch, words))


def is_link_list(element: Element, places: Places) -> bool:
    """Tell a list of short links: a menu, or the page's own contents."""
    characters, links = element.characters, element.links
    if element.tag not in _LINK_LISTS or links < 2 or characters > 60 * links:
        return False
    most = places.page.root.characters / 2
    if element.link_characters < 0.8 * characters or characters > most:
        return False
    if element in places.in_text:
        return links > 2 and _leads_about(element, places)
    short = links > 2 or characters < 25 * links
    return short and not _text_before(element, places).endswith(":")


def _leads_about(element: Element, places: Places) -> bool:
    """Tell links to the page's own sections, or that are said to lead elsewhere."""
    below = (child for child in preorder(element) if isinstance(child, Element))
    anchors = (child for child in below if child.tag == "a")
    if all(anchor.attributes.get("href", "#").startswith("#") for anchor in anchors):
        return True
    return _LABELS.match(_text_before(element, places)) is not None


def _text_before(element: Element, places: Places) -> str:
    """Return the text of what stands before an element, if it is short."""
    before = places.before.get(element, "")
    if isinstance(before, str):
        return before.strip()
    return text_of(before) if before.characters < 200 else ""
