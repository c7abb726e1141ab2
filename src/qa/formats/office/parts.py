"""Follow an Office file from part to part, and read the title and date it says it has.

Does not know what is in a document, a presentation or a workbook.
"""

import posixpath
import re
from collections.abc import Mapping
from typing import NamedTuple

from qa.formats.office.package import Package, iso_day, local, resolve
from qa.formats.parsed import UnreadableError

_ROOTS = {
    "document": "a Word document (.docx)",
    "presentation": "a PowerPoint presentation (.pptx)",
    "workbook": "an Excel workbook (.xlsx)",
}
# What the programs write when nobody gave a title.
_NO_TITLES = re.compile(
    r"(?:powerpoint|word|microsoft|slide|untitled|title|document)\b.{0,14}", re.I
)


class Relationship(NamedTuple):
    """A link from one part to another inside the package."""

    kind: str
    target: str


def relationships(package: Package, name: str) -> Mapping[str, Relationship]:
    """Return the links of a part (the whole package's: "") to parts that there are, by id.

    Raises:
        UnreadableError: The list of the links is damaged.
    """
    folder, base = posixpath.split(name)
    rels = posixpath.join(folder, "_rels", f"{base}.rels")
    if not package.has(rels):
        return {}
    found = {}
    for link in package.tree(rels):
        target = resolve(name, link.get("Target", ""))
        if link.get("TargetMode") != "External" and package.has(target):
            kind = link.get("Type", "").rpartition("/")[2]
            found[link.get("Id", "")] = Relationship(kind, target)
    return found


def main_part(package: Package, name: str, root: str) -> str:
    """Find the part an Office file begins with.

    Args:
        package: The file.
        name: Where the part is if nothing says so.
        root: Name of its first element.

    Raises:
        UnreadableError: The file is of another kind.
    """
    links = relationships(package, "").values()
    part = next((link.target for link in links if link.kind == "officeDocument"), name)
    if not package.has(part):
        raise UnreadableError(f"not {_ROOTS[root]}, or damaged: its main part is missing")
    found = package.root_name(part)
    if found != root:
        really = f"it is {_ROOTS[found]}" if found in _ROOTS else f"it begins with {found[:40]!r}"
        raise UnreadableError(f"not {_ROOTS[root]}: {really}")
    return part


def core_properties(package: Package) -> tuple[str, str]:
    """Return the title and the date (modified, else created) an Office file says it has."""
    links = relationships(package, "").values()
    part = next((link.target for link in links if link.kind == "core-properties"), "")
    try:
        root = package.tree(part or "docProps/core.xml")
    except UnreadableError:
        return "", ""
    texts = {local(element.tag): (element.text or "").strip() for element in root}
    title = texts.get("title", "")
    day = iso_day(texts.get("modified", "")) or iso_day(texts.get("created", ""))
    return ("" if _NO_TITLES.fullmatch(title) else title), day
