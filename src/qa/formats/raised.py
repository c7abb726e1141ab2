"""Write raised and lowered figures with Unicode's own signs: 10⁶ must not become 106.

A raised figure is a power, a unit's or the mark of a note; which of them it is no format says,
and with its own sign it needs not be known. Letters stay as they are: "19th" and "CO2" are what
people type, and no figure is misread for it.
"""

import re

_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_LOWERED = str.maketrans("0123456789+-−–", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋")
# A list of notes, "2,3", stays parted by its commas.
_FIGURES = re.compile(r"\s*[0-9+−–-]*[0-9][0-9+−–,. -]*\s*")


def is_raisable(character: str) -> bool:
    """Whether a character has a raised form here."""
    return ord(character) in _RAISED


def raised(text: str) -> str:
    """Write what is set as a superscript: figures raised, character for character."""
    return text.translate(_RAISED) if _FIGURES.fullmatch(text) else text


def lowered(text: str, before: str = "") -> str:
    """Write what is set as a subscript: figures lowered where a figure stands in front.

    Args:
        text: What is lowered.
        before: What stands in front of it.
    """
    after_figure = before[-1:].isdigit() or before[-1:] in ("/", "⁄")
    return text.translate(_LOWERED) if after_figure and _FIGURES.fullmatch(text) else text
