"""Read a web page: its main text, with headings, lists and tables, its title and its date.

Knows charsets, titles and dates of pages. Menus are left out by `boilerplate`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qa.formats.encoding import declared, decode_labelled
from qa.formats.html.blocks import write_blocks
from qa.formats.html.boilerplate import Chosen, choose_everything, choose_text
from qa.formats.html.tree import Page, parse_page, text_of, walk
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError, clean
from qa.settings import ParseLimits

_SEPARATOR = re.compile(r"\s+(?:[|–—·•»-]|::?)\s+|\s*\|\s*|:\s+")
_NO_TITLES = frozenset(
    ("", "document", "home", "index", "new page 1", "no title", "untitled", "untitled document")
)
_PUBLISHED = (  # names of `<meta>`, the surest first
    "article:published_time", "datepublished", "dc.date.issued", "dcterms.issued", "dcterms.date",
    "dc.date", "dcterms.created", "dc.date.created", "citation_publication_date",
    "parsely-pub-date", "pubdate", "publish_date", "publication_date", "date",
)  # fmt: skip
_LINKED_DATA = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{4,40})\"")
_DATE = re.compile(r"\s*(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?![\d/-])")
_ASKS_FOR_SCRIPTS = re.compile(
    r"(?:enable|activate|requires?|needs?|turn on|without)\b.{0,40}\bjavascript"
    r"|javascript\b.{0,40}(?:enabled|disabled|required|turned off|not supported)"
    r"|\s*(?:loading|please wait)\W*\s*$",
    re.IGNORECASE,
)
_FEW_CHARACTERS = 200
_LONGEST_TITLE = 500
_FEW_HEADINGS = 5
_BEGINNING = 1_500  # characters of text in which a date may be the page's own
_BY_SCRIPT = (
    "it holds no text of its own, a script puts the page together: "
    "save it from the browser, as PDF or as a complete page"
)


@dataclass(frozen=True, slots=True)
class HtmlHead:
    """What a page says of itself.

    Attributes:
        title: Without the site's name, if that is surely told; else as it stands, or empty.
        date: When it was published, ISO 8601 as far as it says; else empty.
    """

    title: str
    date: str


def parse_html(data: bytes, limits: ParseLimits) -> Parsed:
    """Read a web page.

    Raises:
        UnreadableError: It is not text, holds none or costs too much.
    """
    text = decode_html(data)
    if text is None:
        raise UnreadableError("binary, or text in an encoding that was not recognised")
    builder = TextBuilder(limits)
    head = add_html(builder, text, limits)
    if builder.length < _FEW_CHARACTERS and "<script" in text.lower():
        _check_readable(builder)
    return builder.parsed(title=head.title, date=head.date)


def add_html(
    builder: TextBuilder, text: str, limits: ParseLimits, *, whole: bool = False, below: int = 0
) -> HtmlHead:
    """Append a page's main text, or all that it shows.

    Args:
        builder: What to append to.
        text: HTML or XHTML.
        limits: For the cells of tables.
        whole: Keep menus and whatever else is shown.
        below: Added to the level of each heading.

    Raises:
        UnreadableError: The page costs too much.
    """
    page = parse_page(text)
    chosen = choose_everything(page) if whole else choose_text(page)
    write_blocks(builder, chosen, limits, below=below)
    metas = _metas(page)
    return HtmlHead(_title(page, chosen, metas), _published(text, chosen, metas))


def decode_html(data: bytes) -> str | None:
    """Decode a page; None for what is not text."""
    return decode_labelled(data, declared(data))


def _check_readable(builder: TextBuilder) -> None:
    """Refuse a page that without its scripts says only that it wants them.

    Raises:
        UnreadableError: It does.
    """
    if not builder.length or _ASKS_FOR_SCRIPTS.search(builder.parsed().text):
        raise UnreadableError(_BY_SCRIPT)


def _metas(page: Page) -> dict[str, str]:
    """Return the page's `<meta>` values by name in lower case, the first of each name."""
    metas: dict[str, str] = {}
    for element in page.elements:
        if element.tag == "meta" and (content := element.attributes.get("content", "").strip()):
            for key in ("property", "name", "itemprop"):
                metas.setdefault(element.attributes.get(key, "").lower(), content)
    return metas


def _title(page: Page, chosen: Chosen, metas: dict[str, str]) -> str:
    """Choose among what the page is called; "France - Wikipedia" over "France" is "France"."""
    titles = (text_of(e) for e in page.elements if e.tag == "title")
    title = " ".join(clean(next(titles, "")).split())[:_LONGEST_TITLE]
    heading = _top_heading(page, chosen)[:_LONGEST_TITLE]
    shared = " ".join(clean(metas.get("og:title", "")).split())[:_LONGEST_TITLE]
    if title.casefold() in _NO_TITLES:
        return shared or heading
    cuts = list(_SEPARATOR.finditer(title))
    starts = [title[: cut.start()] for cut in cuts]
    ends = [title[cut.end() :] for cut in cuts]
    for names, parts in ((heading, starts), (shared, starts), (shared, ends)):
        if told := [part for part in parts if part and part.casefold() == names.casefold()]:
            return told[0]
    site = metas.get("og:site_name", "").casefold()
    if cuts and site and ends[-1].casefold() == site:
        return starts[-1]
    return ends[0] if cuts and site and starts[0].casefold() == site else title


def _top_heading(page: Page, chosen: Chosen) -> str:
    """Return the first heading of level 1 that is read."""
    for element in [e for e in page.elements if e.tag == "h1" and e.characters][:_FEW_HEADINGS]:
        path = [element, *element.ancestors()]
        if not chosen.dropped.isdisjoint(path) or not any(root in path for root in chosen.roots):
            continue
        return " ".join(clean(text_of(element, chosen.dropped)).split())
    return ""


def _published(text: str, chosen: Chosen, metas: dict[str, str]) -> str:
    """Find when the page was published: what it says to machines, else its first date."""
    said = [metas[name] for name in _PUBLISHED if name in metas]
    linked = _LINKED_DATA.search(text)
    for value in (*said, *((linked[1],) if linked else ()), *_times(chosen)):
        if day := _iso_date(value):
            return day
    return ""


def _times(chosen: Chosen) -> Iterator[str]:
    """Yield the days marked up as such at the beginning of the text."""
    characters = 0
    for child in (child for root in chosen.roots for child, _ in walk(root, chosen.dropped)):
        if isinstance(child, str):
            characters += len(child.strip())
        elif child.tag == "time" and len(child.attributes.get("datetime", "")) >= len("2001-01-01"):
            yield child.attributes["datetime"]
        if characters > _BEGINNING:
            return


def _iso_date(value: str) -> str:
    """Read the date a value begins with, as far as it goes; empty if it is none."""
    match = _DATE.match(value)
    if match is None:
        return ""
    year, *rest = (int(part) for part in match.groups() if part)
    try:
        day = date(year, *rest, *(1,) * (2 - len(rest)))
    except ValueError:
        return ""
    return day.isoformat()[: (4, 7, 10)[len(rest)]]
