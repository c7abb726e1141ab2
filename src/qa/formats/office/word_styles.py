"""Look up Word's styles and count its lists: what is a heading, what number an item has.

Only counts and looks up what `styles.xml` and `numbering.xml` say: does not know paragraphs,
and reads no text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from qa.formats.office.package import attribute, child, local, number
from qa.formats.parsed import clean

_HEADING = re.compile(r"heading ([1-9])")
_STYLES_DEEP = 12  # one more than Word allows
OFF = ("0", "false", "off")
# What keeps text from being read: hidden, or struck out.
UNREAD = ("vanish", "strike", "dstrike")
_ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(), strict=True)
)  # fmt: skip


class Style(NamedTuple):
    """A style.

    Attributes:
        name: In lower case, and in English whatever Word's language.
        parent: Id of the style it is based on.
        properties: What it says of paragraphs.
        run: What it says of the letters.
        has_bold_head: Of a table: whether the first row is in bold type.
    """

    name: str
    parent: str
    properties: Element | None
    run: Element | None
    has_bold_head: bool


class _Level(NamedTuple):
    """How one level of a list is numbered."""

    form: str
    template: str
    start: int
    legal: bool


class NumberedList(NamedTuple):
    """A numbered list.

    Attributes:
        key: What it shares its counters with.
        levels: How each level is numbered.
        restarts: Where levels start anew.
    """

    key: str
    levels: Mapping[int, _Level]
    restarts: Mapping[int, int]


@dataclass(slots=True)
class Numbering:
    """Counts list items as Word does; the file only says how they are to be counted."""

    lists: Mapping[str, NumberedList]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, list_id: str, depth: int) -> str | None:
        """Number the next item; empty for a bullet, None if there is no such list."""
        if list_id not in self.lists:
            return None
        key, levels, restarts = self.lists[list_id]
        counts = self._counts.setdefault(key, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            counts.update({level: start - 1 for level, start in restarts.items()})
        level = levels.get(depth, _Level("bullet", "", 1, False))
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form == "bullet":
            return ""

        def count(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            counted = levels.get(at, level)
            value = counts.get(at, counted.start)
            return _count(value, "decimal" if level.legal else counted.form)

        return clean(re.sub(r"%([1-9])", count, level.template)).strip()


def read_styles(root: Element) -> dict[str, Style]:
    """Read the styles by their ids."""
    styles = {}
    for style in root:
        if local(style.tag) == "style":
            styles[attribute(style, "styleId")] = Style(
                attribute(child(style, "name"), "val").lower(),
                attribute(child(style, "basedOn"), "val"),
                child(style, "pPr"),
                child(style, "rPr"),
                any(
                    attribute(part, "type") == "firstRow" and is_on(child(part, "rPr", "b"))
                    for part in style
                    if local(part.tag) == "tblStylePr"
                ),
            )
    return styles


def style_chain(styles: Mapping[str, Style], style_id: str) -> Iterator[Style]:
    """Yield a style and those it is based on; they may go round in a circle."""
    for _ in range(_STYLES_DEEP):
        if style_id not in styles:
            return
        yield styles[style_id]
        style_id = styles[style_id].parent


def heading_level(properties: Element | None, chain: Iterable[Style]) -> int:
    """Return the level of a heading with these properties and styles; 0 if it is none."""
    for source, name in ((properties, ""), *((style.properties, style.name) for style in chain)):
        if match := _HEADING.fullmatch(name):
            return int(match[1])
        if name == "title":
            return 1
        if outline := attribute(child(source, "outlineLvl"), "val"):
            level = number(outline, 9)
            return level + 1 if 0 <= level < 9 else 0
    return 0


def is_on(switch: Element | None) -> bool:
    """Tell whether a switch, such as bold type, is there and not off."""
    return switch is not None and attribute(switch, "val") not in OFF


def read_lists(root: Element) -> dict[str, NumberedList]:
    """Read the numbered lists by their ids."""
    abstract = {}
    lists: dict[str, NumberedList] = {}
    for element in root:
        if local(element.tag) == "abstractNum":
            abstract[attribute(element, "abstractNumId")] = _levels(element)
        elif local(element.tag) == "num":
            key = attribute(child(element, "abstractNumId"), "val")
            levels = dict(abstract.get(key, {}))
            restarts = {}
            for override in element:
                levels.update(_levels(override))
                if start := attribute(child(override, "startOverride"), "val"):
                    restarts[number(attribute(override, "ilvl"))] = number(start, 1)
            lists[attribute(element, "numId")] = NumberedList(key, levels, restarts)
    return lists


def _levels(element: Element) -> dict[int, _Level]:
    return {
        number(attribute(level, "ilvl")): _Level(
            attribute(child(level, "numFmt"), "val", "decimal"),
            attribute(child(level, "lvlText"), "val"),
            number(attribute(child(level, "start"), "val"), 1),
            is_on(child(level, "isLgl")),
        )
        for level in element
        if local(level.tag) == "lvl" and 0 <= number(attribute(level, "ilvl")) < 9
    }


def _count(value: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and 0 < value <= 26 * 9:
        letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < value < 4000:
        numeral = ""
        for worth, sign in _ROMAN:
            numeral += sign * (value // worth)
            value %= worth
        return numeral.lower() if form == "lowerRoman" else numeral
    if form == "none":
        return ""
    return f"{value:02d}" if form == "decimalZero" else str(value)
