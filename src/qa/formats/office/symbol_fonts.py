"""Find the Unicode character that looks like one of a symbol font.

Knows the encoding of Adobe's Symbol font, and the ticks, boxes, arrows and bullets of
Wingdings and Wingdings 2. Pictures that say nothing in a text are not known.
"""

# Adobe's Symbol, by https://www.unicode.org/Public/MAPPINGS/VENDORS/ADOBE/symbol.txt, without
# the pieces that large brackets are put together from.
_SYMBOL = dict(
    enumerate(
        "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾"
        "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
        start=0x21,
    )
) | dict(
    enumerate(
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑",
        start=0xA0,
    )
) | {0xF1: "〉", 0xF2: "∫"}  # fmt: skip
_WINGDINGS = {
    0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "☐", 0x78: "☒",
    0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→",
    0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xEF: "⇦", 0xF0: "⇨", 0xF3: "⇔", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐",
}  # fmt: skip
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}


def symbol(font: str, code: str) -> str:
    """Return the character a document names by a font and a number in hexadecimal.

    Args:
        font: Its name.
        code: As Word writes it: "F0FC" or "00FC", both for the font's character FC.

    Returns:
        One character; empty if it is not known.
    """
    try:
        number = int(code[:8], 16)
    except ValueError:
        return ""
    within = number - 0xF000 if number >= 0xF000 else number
    return _FONTS.get(font.lower(), {}).get(within, "")
