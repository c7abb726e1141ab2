"""Bytes of a page or mail part and the charset it names in, text out.

Knows what the names mean on the web, and that they are often wrong. Does not know formats.
"""

import codecs
import re

from qa.decode import decode_text

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
    """Give the charset a page's first bytes name, in `<meta>` or an XML declaration."""
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
