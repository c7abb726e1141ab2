"""Find which headers and footers of a Word document are shown."""

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

from qa.formats.office.package import Package, attribute, child, local
from qa.formats.office.parts import Relationship
from qa.formats.office.word_styles import is_on


def shown_parts(
    package: Package, links: Mapping[str, Relationship], sections: Sequence[Element]
) -> Iterator[str]:
    """Name the parts with the headers, then those with the footers, each once.

    Args:
        package: The document.
        links: Those of its main part.
        sections: What it says of its sections.
    """
    settings = next((link.target for link in links.values() if link.kind == "settings"), "")
    has_even = settings and is_on(child(package.tree(settings), "evenAndOddHeaders"))
    found = dict[str, None]()
    for name in ("headerReference", "footerReference"):
        for section in sections:
            shown = {
                "default": True,
                "first": is_on(child(section, "titlePg")),
                "even": has_even,
            }
            for reference in (inner for inner in section if local(inner.tag) == name):
                link = links.get(attribute(reference, "id"))
                if link and shown.get(attribute(reference, "type", "default")):
                    found[link.target] = None
    yield from found
