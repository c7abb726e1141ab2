"""Number the items of an ordered list as a browser does."""

import re

from qa.formats.html.tree import Element

_WHOLE = re.compile(r"\s*[+-]?\d{1,6}")
_NO_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST_ROMAN = 3_999


def item_markers(element: Element) -> dict[Element, str]:
    """Number the items of an `ol`: "3." or "c."; none for a list drawn without numbers."""
    if _NO_STYLE.search(element.attributes.get("style", "")):
        return {}
    items = [child for child in element.elements() if child.tag == "li"]
    backwards = "reversed" in element.attributes
    number = _whole(element.attributes.get("start", ""), len(items) if backwards else 1)
    markers = {}
    for item in items:
        number = _whole(item.attributes.get("value", ""), number)
        style = item.attributes.get("type", element.attributes.get("type", "1"))
        markers[item] = f"{_written(number, style)}."
        number += -1 if backwards else 1
    return markers


def _whole(value: str, default: int) -> int:
    match = _WHOLE.match(value)
    return int(match[0]) if match else default


def _written(number: int, style: str) -> str:
    """Write a number as the list's type says: 1, a, A, i or I."""
    text = str(number)
    if style in ("a", "A") and 1 <= number <= 26:
        text = chr(ord("a") + number - 1)
    elif style in ("i", "I") and 1 <= number <= _MOST_ROMAN:
        text = _roman(number)
    return text.upper() if style in ("A", "I") else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
