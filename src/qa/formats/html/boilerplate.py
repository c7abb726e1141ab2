"""Choose the elements that hold a page's own text, and what in them to leave out.

What is a menu is told by `menu_rules`; if they leave nothing, less is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qa.formats.html.menu_rules import (
    HEADINGS,
    Places,
    find_places,
    is_control,
    is_link_list,
    is_main,
    is_named_so,
    is_note_mark,
    is_site_part,
)
from qa.formats.html.tree import Element, Page, preorder

_NEVER_DROPPED = ("body", "head", "html", "main")
_MAIN_SHARE = 0.25  # of the page's text, for `main` to be it
_ARTICLE_SHARE = 0.6
_SURELY_TEXT = 10_000
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


_Rule = Callable[[Element, Places], bool]


def choose_text(page: Page) -> Chosen:
    """Choose a page's own text; everything that is shown, if there seems to be none."""
    marks = _note_marks(page)
    places = find_places(page)
    for rules in ((is_site_part, is_control, is_named_so, is_link_list), (is_control,)):
        dropped = marks | _dropped(places, rules)
        kept = _kept(page, dropped)
        roots = _roots(places, kept)
        if _is_enough(roots, kept):
            return Chosen(roots, dropped)
    return Chosen((page.root,), marks)


def choose_everything(page: Page) -> Chosen:
    """Choose everything that is shown but the marks of notes."""
    return Chosen((page.root,), _note_marks(page))


def _note_marks(page: Page) -> frozenset[Element]:
    """Find the raised figures that lead to notes: "2018¹" must not become "20181"."""
    return frozenset(filter(is_note_mark, page.elements))


def _dropped(places: Places, rules: Iterable[_Rule]) -> frozenset[Element]:
    dropped: set[Element] = set()
    gone: set[Element] = set()
    for element in places.page.elements:
        if element.parent in gone:
            gone.add(element)
        elif element.tag not in _NEVER_DROPPED and any(rule(element, places) for rule in rules):
            gone.add(element)
            dropped.add(element)
    return frozenset(dropped | _left_headings(dropped, places))


def _left_headings(dropped: set[Element], places: Places) -> set[Element]:
    """Find the headings of lists of links that were all that stood under them."""
    left = set()
    for element in dropped:
        heading = places.before.get(element)
        after = places.after.get(element)
        alone = after is None or after.tag in HEADINGS
        if alone and isinstance(heading, Element) and heading.tag in HEADINGS[1:]:
            left.add(heading)
    return left


def _kept(page: Page, dropped: frozenset[Element]) -> dict[Element, int]:
    """Count the characters each element keeps."""
    kept: dict[Element, int] = {}
    for element in reversed(page.elements):
        if element in dropped or element.tag in ("head", "textarea"):
            kept[element] = 0
            continue
        own = element.characters - sum(e.characters for e in element.elements() if e.tag != "head")
        kept[element] = max(0, own) + sum(kept[e] for e in element.elements())
    return kept


def _is_enough(roots: Iterable[Element], kept: dict[Element, int]) -> bool:
    """Whether there is any text but headings."""
    characters = sum(kept[root] for root in roots)
    if characters > _SURELY_TEXT:
        return True
    below = (child for root in roots for child in preorder(root) if not isinstance(child, str))
    return characters - sum(kept[e] for e in below if e.tag in HEADINGS) >= _LEAST_TEXT


def _roots(places: Places, kept: dict[Element, int]) -> tuple[Element, ...]:
    """Find the element that holds the page's text, and a title that stands outside it."""
    elements, everything = places.page.elements, kept[places.page.root]
    mains = [e for e in elements if is_main(e)]
    articles = [e for e in elements if e.tag == "article"]
    for share, candidates in ((_MAIN_SHARE, mains), (_ARTICLE_SHARE, articles)):
        best = max(candidates, key=lambda e: kept[e], default=None)
        if best is not None and kept[best] > share * everything:
            return (*_title_outside(best, places, kept), best)
    return (places.page.root,)


def _title_outside(root: Element, places: Places, kept: dict[Element, int]) -> tuple[Element, ...]:
    """Find the page's title, and what stands with it, if the main part has none of its own."""
    if root in places.above_title:
        return ()
    titles = [e for e in places.page.elements if e.tag == "h1" and kept[e]]
    if len(titles) != 1:
        return ()
    header = next((e for e in titles[0].ancestors() if e.tag in ("header", "hgroup")), titles[0])
    return (header,) if header not in places.above_main else (titles[0],)
