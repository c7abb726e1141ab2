"""Which of a page's elements are its own text, and which are menus and the like.

The rules lean to keeping: a menu read as text costs little, a lost paragraph is a question
that is not answered. They were made on pages of documentation, news, MediaWiki, and on
pages laid out with tables.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qa.formats.html_tree import Element, Page, preorder

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
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
    r"|pager|share|sharing|social(?:[-_]?(?:links|share|icons|media))?|newsletter(?:[-_]signup)?"
    r"|related(?:[-_]?(?:posts|articles|links|stories))?|tag-?cloud|foot|menubar)"
)
_LIKELY_SHARE = 0.25
_LINK_LISTS = frozenset(("center", "div", "dl", "menu", "ol", "p", "section", "td", "ul"))
_LABELS = re.compile(
    r"(?:related|see also|more (?:from|stories|articles)|read (?:more|next)|(?:table of )?contents"
    r"|on this page|in this article|navigation|share|follow us|tags|categories|popular|trending)\b",
    re.IGNORECASE,
)
_SKIP_LINK = re.compile(r"(?:skip|jump) (?:to|over)\b", re.IGNORECASE)
_SIGNS_OF_A_LINK = ("¶", "§", "#", "🔗", "", "Link to this heading")
_LEAST_TEXT = 15  # characters outside headings: "The pool is closed."


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a page is read.

    Attributes:
        roots: Elements to read, in order.
        dropped: Elements inside them to leave out.
    """

    roots: tuple[Element, ...]
    dropped: frozenset[Element]


def choose_text(page: Page) -> Chosen:
    """Choose a page's own text; everything that is shown, if there seems to be none."""
    marks = note_marks(page)
    for rules in ((_is_site_part, _is_control, _is_named_so, _is_link_list), (_is_control,)):
        dropped = marks | _dropped(page, rules)
        chosen = Chosen(_roots(page, dropped), dropped)
        if _is_enough(chosen):
            return chosen
    return Chosen((page.root,), marks)


def choose_everything(page: Page) -> Chosen:
    """Choose everything that is shown but the marks of notes."""
    return Chosen((page.root,), note_marks(page))


def note_marks(page: Page) -> frozenset[Element]:
    """Find the raised figures that lead to notes: "2018¹" must not become "20181"."""
    return frozenset(filter(_is_note_mark, page.elements))


def _is_note_mark(element: Element) -> bool:
    """Tell `<sup><a href="#n1">1</a></sup>`, either way round."""
    if element.tag not in ("a", "sup") or not 0 < element.characters <= 6:
        return False
    inner = next(iter(element.elements()), None)
    if element.tag == "sup":
        return inner is not None and inner.tag == "a" and _leads_to_note(inner)
    alone = inner is not None and inner.characters == element.characters
    raised = inner is not None and inner.tag == "sup"
    return "noteref" in element.attributes.get("epub:type", "") or (
        alone and raised and _leads_to_note(element)
    )


def _leads_to_note(link: Element) -> bool:
    return "#" in link.attributes.get("href", "")


def _dropped(page: Page, rules: Iterable[Callable[[Element, Page], bool]]) -> frozenset[Element]:
    dropped = set()
    for element in page.elements:
        if element.tag in ("html", "body", "main", "head"):
            continue
        if any(rule(element, page) for rule in rules):
            dropped.add(element)
            if (heading := _heading_of(element)) is not None:
                dropped.add(heading)
    return frozenset(dropped)


def _heading_of(element: Element) -> Element | None:
    """Find the heading that a list of links leaves with nothing under it."""
    if element.tag not in _LINK_LISTS or element.parent is None:
        return None
    siblings = element.parent.elements()
    at = siblings.index(element) if len(siblings) < 50 else 0
    after = siblings[at + 1].tag if at + 1 < len(siblings) else "h1"
    before = siblings[at - 1] if at else None
    return before if before and before.tag in _HEADINGS[1:] and after in _HEADINGS else None


def _is_site_part(element: Element, page: Page) -> bool:
    """Tell what HTML itself says is not the page's text."""
    tag, role = element.tag, element.attributes.get("role", "").lower()
    if role == "main":
        return False
    if tag in ("nav", "search", "dialog") or role in _MENU_ROLES:
        return not _holds_main(element)
    if tag not in ("header", "footer", "aside"):
        return False
    if any(above.tag in _SECTIONS for above in element.ancestors()):
        return element.link_characters > 0.5 * max(1, element.characters)
    if tag == "header":
        return not _holds(element, "h1") and not _holds_main(element)
    return not _holds_main(element)


def _is_control(element: Element, page: Page) -> bool:
    """Tell what a person works the page with, and links that only lead about it."""
    tag = element.tag
    if tag in ("button", "textarea", "menu-button"):
        # "<h3><button>How do I pay?</button></h3>" is the heading of what it opens.
        above = next((e for e in element.ancestors() if e.tag in (*_HEADINGS, "dt")), None)
        return above is None or above.characters > element.characters
    if tag == "form":
        return element.characters < 300 and _holds(element, "input") and not _holds_main(element)
    if tag != "a" or element.characters > 60:
        return False
    text = "".join(child for child in preorder(element) if isinstance(child, str)).strip()
    return _SKIP_LINK.match(text) is not None or (
        text in _SIGNS_OF_A_LINK and _leads_to_note(element)
    )


def _is_named_so(element: Element, page: Page) -> bool:
    """Tell by class and id."""
    names = f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"
    if names == " " or element.tag in _HEADINGS or element.tag in ("table", "tbody", "form"):
        return False
    words = names.lower().split()
    if any(map(_SURELY_NOT_TEXT.fullmatch, words)):
        return not _holds_main(element)
    small = element.characters < _LIKELY_SHARE * page.root.characters
    return small and any(map(_LIKELY_NOT_TEXT.fullmatch, words)) and not _holds_main(element)


def _is_link_list(element: Element, page: Page) -> bool:
    """Tell a list of short links: a menu, or the page's own contents."""
    tag, characters, links = element.tag, element.characters, element.links
    if tag not in _LINK_LISTS or links < 2 or characters > 60 * links:
        return False
    if element.link_characters < 0.8 * characters or 2 * characters > page.root.characters:
        return False
    if any(above.tag in ("main", "article", "table") for above in element.ancestors()):
        return links > 2 and tag != "td" and _leads_about(element)
    return (links > 2 or characters < 25 * links) and not _has_lead_in(element)


def _leads_about(element: Element) -> bool:
    """Tell, inside the main text, links to its own sections or to other pages of the site."""
    anchors = [e for e in preorder(element) if isinstance(e, Element) and e.tag == "a"]
    if all(anchor.attributes.get("href", "#").startswith("#") for anchor in anchors):
        return True
    return _LABELS.match(_text_before(element)) is not None


def _has_lead_in(element: Element) -> bool:
    """Tell a list that belongs to the text: "The members are:"."""
    return _text_before(element).endswith(":")


def _text_before(element: Element) -> str:
    """Give the text of what stands before an element, if that is short."""
    siblings = element.parent.children if element.parent else []
    before = ""
    for sibling in siblings[:50]:
        if sibling is element:
            break
        if isinstance(sibling, Element):
            texts = (c for c in preorder(sibling) if isinstance(c, str))
            before = "".join(texts).strip() if sibling.characters < 500 else ""
        else:
            before = sibling.strip() or before
    return before


def _holds(element: Element, *tags: str) -> bool:
    return any(isinstance(child, Element) and child.tag in tags for child in preorder(element))


def _holds_main(element: Element) -> bool:
    return any(
        isinstance(child, Element) and (child.tag == "main" or child.attributes.get("role") == "main")
        for child in preorder(element)
    )


def _roots(page: Page, dropped: frozenset[Element]) -> tuple[Element, ...]:
    """Find the element that holds the page's text, and a title that stands outside it."""
    kept = _kept(page, dropped)
    everything = kept.get(page.root, 0)
    for share, candidates in ((0.25, _mains(page)), (0.6, _articles(page))):
        best = max(candidates, key=lambda e: kept.get(e, 0), default=None)
        if best is not None and kept.get(best, 0) > share * everything:
            return (*_title_outside(page, best, kept), best)
    return (page.root,)
