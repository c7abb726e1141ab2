"""Decide whether a person sees an element's text, from its tag, attributes and own style.

What is struck out counts as unseen: it is what the page no longer says. Does not know style
sheets: a class that hides may be one that a button shows again.
"""

import re
from collections.abc import Collection, Mapping

# What a browser with scripts shows nothing of, or nothing that is text.
_UNSEEN = frozenset(
    """annotation annotation-xml applet audio canvas datalist embed iframe noembed noframes
    noscript object rp rt script select style svg template video""".split()
)
_STRUCK = frozenset(("del", "s", "strike"))
_ALWAYS = frozenset(("html", "body", "head", "meta"))
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.IGNORECASE)
_BEGIN, _END = r"(?:^|[;\s])", r"\s*(?:;|!|$)"
_ZERO = r"\s*:\s*(?:0*\.)?0+(?:[a-z]{1,4}|%)?" + _END
_FAR_OFF = r"\s*:\s*-\d{3,}(?:\.\d*)?(?:px|em|rem|pt|vw|vh|%)"
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|{_BEGIN}font-size{_ZERO}|text-indent{_FAR_OFF}|{_BEGIN}color\s*:\s*transparent{_END}"
    r"|clip\s*:\s*rect\((?:\s*[01](?:px)?[\s,]*){4}\)|clip-path\s*:\s*inset\((?:50|100)%\)",
    re.IGNORECASE,
)
_CLEAR = re.compile(rf"{_BEGIN}opacity{_ZERO}", re.IGNORECASE)
# A page that fades its parts in begins with them clear, and says how they come.
_FADES_IN = re.compile(r"transform|transition|animation|filter", re.IGNORECASE)
_OUT_OF_FLOW = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.IGNORECASE)
_OFF_PAGE = re.compile(rf"{_BEGIN}(?:left|right|top){_FAR_OFF}", re.IGNORECASE)
_COLOUR = re.compile(rf"{_BEGIN}color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(rf"{_BEGIN}background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = frozenset(("#fff", "#ffffff", "white", "rgb(255,255,255)", "rgba(255,255,255,1)"))
_COLOURED_PAGE = re.compile(r"<style|stylesheet|bgcolor|background", re.IGNORECASE)


def is_plain_page(text: str) -> bool:
    """Whether nothing on a page can have a colour behind it, so that white is not seen."""
    return _COLOURED_PAGE.search(text) is None


def is_unseen(
    tag: str,
    attributes: Mapping[str, str],
    controlled: Collection[str] = (),
    *,
    plain: bool = False,
) -> bool:
    """Whether an element is struck out or hidden for good; what a button opens is not.

    Args:
        tag: Its name, in lower case.
        attributes: Values by name.
        controlled: Ids of what buttons open.
        plain: Whether the page is white all over, see `is_plain_page`.
    """
    if tag in _UNSEEN or tag in _STRUCK:
        return True
    if tag == "dialog" and "open" not in attributes:
        return attributes.get("id") not in controlled
    if not attributes or tag in _ALWAYS or attributes.get("id") in controlled:
        return False
    if "hidden" in attributes and attributes["hidden"].lower() != "until-found":
        return True
    if attributes.get("aria-hidden", "").lower() == "true" and tag != "img":
        return True
    if plain and _colour(attributes.get("color", "")) in _WHITE:  # <font color=white>
        return True
    style = attributes.get("style", "")
    return bool(style) and (_STRUCK_STYLE.search(style) is not None or _hides(style, plain=plain))


def _hides(style: str, *, plain: bool) -> bool:
    if _HIDDEN_STYLE.search(style) or (_CLEAR.search(style) and not _FADES_IN.search(style)):
        return True
    if _OUT_OF_FLOW.search(style) and _OFF_PAGE.search(style):
        return True
    colour, behind = _COLOUR.search(style), _BACKGROUND.search(style)
    if colour is None:
        return False
    own = _colour(colour[1])
    if behind is not None:
        return own == _colour(behind[1])
    return plain and own in _WHITE


def _colour(value: str) -> str:
    """Write a colour in one way, as far as that is simple."""
    value = "".join(value.split()).lower()
    return "#ffffff" if value in _WHITE else value
