"""Decode the bytes of a file, a page or a part of a mail, whatever their encoding.

Knows encodings, what charsets' names mean on the web, and that they are often wrong. Does not
know files or formats.
"""

import codecs
import re

_BOMS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
# What charset-normalizer may choose from. Left free it takes "été" for mac_latin2 and a
# four-letter file for UTF-16 (docs/LOG.md).
_LEGACY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949",
]  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_DETECT_BYTES = 1 << 16
# With fewer bytes beyond ASCII nothing can be told: the detector reads a Windows "£5" as
# "Ł5" and "20 °C" as "20 蚓".
_TELLING_BYTES = 4
# Good characters beyond ASCII for each bad byte, for a text to count as damaged UTF-8: other
# code pages hardly ever make one by chance.
_DAMAGE = 2
_ASCII = bytes(range(128))

_LABEL = re.compile(r"[\w.:-]{1,40}", re.ASCII)
_DECLARED = re.compile(
    rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)"
    rb"|^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
# https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding
_DECLARED_BYTES = 1024
# Codecs of text that take linear time: not `punycode`, `idna` or `unicode_escape`.
_CODECS = frozenset(
    """ascii big5 big5hkscs cp437 cp850 cp852 cp866 cp874 cp932 cp949 cp950 cp1250 cp1251 cp1252
    cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp euc_kr gb18030 gb2312 gbk hz iso2022_jp
    iso2022_jp_2 iso2022_kr iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7
    iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 johab
    koi8-r koi8-u mac-cyrillic mac-roman shift_jis tis-620 utf-16 utf-16-be utf-16-le utf-8
    utf-8-sig""".split()
)
_ALIASES = {"ks_c_5601-1987": "cp949", "windows-31j": "cp932", "x-gbk": "gbk", "x-sjis": "cp932"}
# The web reads these names as the larger set (https://encoding.spec.whatwg.org/#names-and-labels).
_LARGER = {
    "ascii": "cp1252",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-11": "cp874",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
_SEVEN_BIT = ("hz", "iso2022_jp", "iso2022_jp_2", "iso2022_kr")
_BAD_SHARE = 0.01  # of undecodable characters, above which the name is taken to be wrong
_NUL_SHARE = 0.01


def decode_text(data: bytes) -> str | None:
    """Decode text of unknown encoding; None for what is not text.

    In order: a byte-order mark; UTF-8; UTF-16 without a mark, told by where its zero
    bytes fall; UTF-8 with a few damaged bytes; then a legacy code page, Windows-1252
    (which contains printable Latin-1) wherever it fits as well as any.
    """
    text = _decode_unicode(data)
    if text is None and b"\0" not in data:
        text = _decode_damaged_utf8(data)
        text = _decode_legacy(data) if text is None else text
    return text if text is not None and _looks_like_text(text) else None


def _decode_unicode(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, encoding)
    text = _decode_as(data, "utf_8")
    if text is not None and "\0" not in text:
        return text
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    half = min(len(data), 4096) // 2
    if max(even, odd) > 0.3 * half and min(even, odd) < 0.05 * half + 1:
        return _decode_as(data, "utf_16_le" if odd > even else "utf_16_be")
    return None


def _decode_damaged_utf8(data: bytes) -> str | None:
    """Decode what is UTF-8 but for a few stray bytes; None for the rest."""
    text = data.decode("utf_8", "replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return _decode_mixed(data) if good > _DAMAGE * bad else None


def _decode_mixed(data: bytes) -> str:
    """Decode UTF-8 in which some lines came from Windows: a stray byte is a letter of its own."""
    left = memoryview(data)
    parts: list[str] = []
    while left:
        try:
            parts.append(str(left, "utf_8"))
            break
        except UnicodeDecodeError as error:
            parts.append(str(left[: error.start], "utf_8"))
            stray = bytes(left[error.start : error.end])
            # More than one byte is a character that was cut, as is one at the very end.
            begins = b"\xc2" <= stray <= b"\xf4"
            whole = len(stray) == 1 and (not begins or error.end < len(left))
            parts.append(stray.decode("cp1252", "replace") if whole else "\ufffd")
            left = left[error.end :]
    return "".join(parts)


def _decode_legacy(data: bytes) -> str:
    for encoding in (*_legacy_encodings(data), "cp1252"):
        if (text := _decode_as(data, encoding)) is not None:
            return text
    return data.decode("latin_1")


def _legacy_encodings(data: bytes) -> list[str]:
    """Name the code pages the text may be in, the likeliest first; none if it can't be told."""
    if len(data.translate(None, _ASCII)) < _TELLING_BYTES:
        return []
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    # The detector wants a sample cut at a line's end, so as not to halve a character.
    cut = data.rfind(b"\n", 0, _DETECT_BYTES) + 1 if len(data) > _DETECT_BYTES else len(data)
    matches = from_bytes(data[: cut or _DETECT_BYTES], cp_isolation=_LEGACY)
    best = matches.best()
    if best is None:
        return []
    western = any(
        "cp1252" in match.could_be_from_charset
        and match.chaos <= best.chaos + 0.05
        and match.coherence >= best.coherence - 0.05
        for match in matches
    )
    return ["cp1252", best.encoding] if western else [best.encoding]


def _decode_as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _looks_like_text(text: str) -> bool:
    """Allow a stray control character in a long text, and never a NUL, where SQLite stops."""
    return "\0" not in text and len(_CONTROLS.findall(text)) <= 0.002 * len(text)


def decode_labelled(data: bytes, label: str) -> str | None:
    """Decode text that names its charset; None for what is not text.

    A text that is UTF-8 is read as that whatever it says: "iso-8859-1" stands before much
    UTF-8, while another charset's text hardly ever is UTF-8 by chance.
    """
    codec = _codec(label)
    if codec in _SEVEN_BIT:
        return data.decode(codec, "replace")
    if codec is not None and not codec.startswith("utf-16") and not _is_utf8(data):
        text = data.decode(codec, "replace")
        if "\0" not in text and text.count("\ufffd") <= _BAD_SHARE * len(text):
            return text
    return decode_lenient(data)


def decode_lenient(data: bytes) -> str | None:
    """Decode text of unknown encoding in which a few NULs may stand; None for other bytes."""
    text = decode_text(data)
    if text is None and 0 < data.count(0) <= _NUL_SHARE * len(data):
        return decode_text(data.replace(b"\0", b""))
    return text


def declared(data: bytes) -> str:
    """Return the charset a page's first bytes name, in `<meta>` or an XML declaration."""
    match = _DECLARED.search(data[:_DECLARED_BYTES])
    return (match[1] or match[2]).decode("ascii", "replace") if match else ""


def _codec(label: str) -> str | None:
    """Find the codec a charset's name stands for; None for an unknown one."""
    label = _ALIASES.get(label.lower(), label)
    if not _LABEL.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return _LARGER.get(name, name) if name in _CODECS else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf_8")
    except UnicodeDecodeError:
        return False
    return True
