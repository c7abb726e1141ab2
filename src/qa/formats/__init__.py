"""Read a file of any known format into text and structure: one module a format.

A parser is a function `(data, limits) -> Parsed` that raises `UnreadableError` for what it
cannot read. Parsers are given hostile files: they run in a worker process only (see
`qa.documents.worker`), under limits of time and memory. They know nothing of passages or the index.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from qa.formats.parsed import Parsed, PicturesError, UnreadableError
from qa.settings import ParseLimits

__all__ = [
    "SUFFIXES",
    "Parsed",
    "PicturesError",
    "UnreadableError",
    "has_page_images",
    "is_picture",
    "parse",
    "parser_version",
    "suffix_of",
    "unsupported",
]

Parser = Callable[[bytes, ParseLimits], Parsed]

# Suffix to module and function: a parser is imported when the first file wants it.
_PARSERS = {
    ".txt": ("text", "parse_plain"),
    ".text": ("text", "parse_plain"),
    ".md": ("markdown", "parse_markdown"),
    ".markdown": ("markdown", "parse_markdown"),
    ".rst": ("rst", "parse_rst"),
    ".pdf": ("pdf.document", "parse_pdf"),
    ".docx": ("office.word", "parse_docx"),
    ".docm": ("office.word", "parse_docx"),
    ".pptx": ("office.slides", "parse_pptx"),
    ".pptm": ("office.slides", "parse_pptx"),
    ".xlsx": ("office.workbook", "parse_xlsx"),
    ".xlsm": ("office.workbook", "parse_xlsx"),
    ".csv": ("csv", "parse_csv"),
    ".tsv": ("csv", "parse_csv"),
    ".html": ("html.page", "parse_html"),
    ".htm": ("html.page", "parse_html"),
    ".xhtml": ("html.page", "parse_html"),
    ".epub": ("epub", "parse_epub"),
    ".eml": ("mail.message", "parse_eml"),
    ".png": ("pdf.picture", "parse_picture"),
    ".jpg": ("pdf.picture", "parse_picture"),
    ".jpeg": ("pdf.picture", "parse_picture"),
    ".tif": ("pdf.picture", "parse_picture"),
    ".tiff": ("pdf.picture", "parse_picture"),
    ".webp": ("pdf.picture", "parse_picture"),
    ".bmp": ("pdf.picture", "parse_picture"),
}
SUFFIXES = tuple(_PARSERS)

# Raised when a parser reads what it refused before: what older ones refused is then tried
# again. (When what it reads comes out differently, `qa.index.stores.manifest.FORMAT` is raised.)
_VERSION = 5
_LIBRARIES = (
    "charset-normalizer",
    "docutils",
    "markdown-it-py",
    "pillow",
    "pypdfium2",
    "rapidocr",
    "selectolax",
)

_ADVICE = {
    ".doc": "save it as .docx",
    ".xls": "save it as .xlsx",
    ".ppt": "save it as .pptx",
    ".rtf": "save it as .docx",
    ".odt": "save it as .docx",
    ".ods": "save it as .xlsx",
    ".odp": "save it as .pptx",
    ".msg": "save it as .eml",
    ".pages": "export it as PDF",
    ".key": "export it as PDF",
    ".heic": "save it as .jpg",
    ".numbers": "export it as .xlsx",
    ".zip": "unpack it",
}
# How an Office file with a password, and every Office file before 2007, begins.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = (".docx", ".docm", ".pptx", ".pptm", ".xlsx", ".xlsm")


def parse(name: str, data: bytes, limits: ParseLimits) -> Parsed:
    """Read a file by its suffix.

    Raises:
        UnreadableError: Why it cannot be read.
    """
    suffix = suffix_of(name)
    if (reason := unsupported(name)) is not None:
        raise UnreadableError(reason)
    if not data:
        raise UnreadableError("empty")
    if suffix in _OFFICE and data.startswith(_OLE):
        raise UnreadableError("locked with a password, or of before Office 2007: save it anew")
    module, function = _PARSERS[suffix]
    parser: Parser = getattr(import_module(f"qa.formats.{module}"), function)
    return parser(data, limits)


def parser_version() -> str:
    """Name all that decides what is refused, but the limits: the parsers and what they use."""
    parts = [f"{_VERSION}", "python " + ".".join(map(str, sys.version_info[:3]))]
    for library in _LIBRARIES:
        try:
            parts.append(f"{library} {version(library)}")
        except PackageNotFoundError:  # not installed, or packed without its metadata
            continue
    return ", ".join(parts)


def unsupported(name: str) -> str | None:
    """Say why a file of this name is not read; None if its suffix is known."""
    suffix = suffix_of(name)
    if suffix in _PARSERS:
        return None
    advice = f"; {_ADVICE[suffix]}" if suffix in _ADVICE else ""
    shown = suffix if len(suffix) <= 16 else f"{suffix[:15]}…"
    return f"{shown or 'no suffix'}: not a format that is read{advice}"


def suffix_of(name: str) -> str:
    """Return a file name's suffix in lower case, with its dot."""
    file = name.rpartition("/")[2]
    at = file.rfind(".")
    return file[at:].lower() if 0 < at < len(file) - 1 else ""


def has_page_images(name: str) -> bool:
    """Whether the pages of a file can be drawn, with the cited words boxed."""
    return suffix_of(name) == ".pdf" or is_picture(name)


def is_picture(name: str) -> bool:
    """Whether a file is nothing but pictures of pages."""
    return _PARSERS.get(suffix_of(name), ("", ""))[0] == "pdf.picture"
