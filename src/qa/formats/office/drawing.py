"""Read the DrawingML that Word and PowerPoint share: the text of shapes, and charts as tables.

Of a chart it is what the file keeps of its workbook. Does not know where on a
page or slide a drawing is.
"""

from itertools import chain
from typing import NamedTuple
from xml.etree.ElementTree import Element

from qa.formats.office.number_format import format_number
from qa.formats.office.package import attribute, child, local, number
from qa.formats.parsed import check_characters, clean
from qa.formats.raised import lowered, raised
from qa.settings import ParseLimits


class Chart(NamedTuple):
    """What a chart shows.

    Attributes:
        title: On one line; may be empty.
        rows: A row a category, a column a series, the categories in the first column.
        is_headed: Whether the first row names the series.
    """

    title: str
    rows: list[list[str]]
    is_headed: bool


def drawing_text(element: Element) -> str:
    """Return the text below an element; paragraphs and breaks are line ends."""
    parts: list[str] = []
    properties: Element | None = None
    for inner in element.iter():
        name = local(inner.tag)
        if name in ("r", "fld"):
            properties = child(inner, "rPr")
        elif name == "t":
            parts.append(_run_text(inner.text or "", properties, parts[-1] if parts else ""))
        elif name in ("br", "p"):
            parts.append("\n")
    return clean("".join(parts)).strip()


def _run_text(text: str, properties: Element | None, before: str) -> str:
    """Write a run as it is set: not at all if it is struck out, figures raised or lowered."""
    if attribute(properties, "strike", "noStrike") != "noStrike":
        return ""
    shift = number(attribute(properties, "baseline").removesuffix("%"))
    return raised(text) if shift > 0 else lowered(text, before) if shift < 0 else text


def read_chart(root: Element, limits: ParseLimits) -> Chart:
    """Read a chart part.

    Raises:
        UnreadableError: It would be longer than the limit.
    """
    title = child(root, "chart", "title")
    series = [element for element in root.iter() if local(element.tag) == "ser"]
    values = [_points(child(one, "val")) for one in series]
    names = ["".join(_points(child(one, "tx")).values()) for one in series]
    categories = {at: text for one in series for at, text in _points(child(one, "cat")).items()}
    places = sorted(categories.keys() | set(chain.from_iterable(values)))
    check_characters(len(places) * len(series), limits)
    rows = [[categories.get(at, ""), *(value.get(at, "") for value in values)] for at in places]
    head = [["", *names]] if any(names) else []
    return Chart(
        "" if title is None else " ".join(drawing_text(title).split()), head + rows, bool(head)
    )


def _points(element: Element | None) -> dict[int, str]:
    """Return the values a chart keeps of its workbook, by their places, as it shows them."""
    points = {}
    code: str | None = None
    for part in () if element is None else element.iter():
        name = local(part.tag)
        if name in ("numCache", "numLit"):
            code = _text_of(child(part, "formatCode")).strip()
        elif name == "pt":
            value = clean(_text_of(child(part, "v"))).strip()
            if value and code is not None:
                value = format_number(value, attribute(part, "formatCode", code))
            if value:
                points[number(attribute(part, "idx"))] = value
    return points


def _text_of(element: Element | None) -> str:
    return "" if element is None else element.text or ""
