"""Make names that any file system takes of what a browser says files are called."""

import re
import unicodedata
from pathlib import PurePosixPath

# Control and direction-changing characters, and what Windows keeps for itself.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069<>:"|?*\\]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])\s*(\..*)?")
_NAME_BYTES = 200
_SUFFIX_CHARACTERS = 20


def safe_name(name: str) -> str | None:
    """Make a path below the corpus folder of what a browser says a file is called.

    Returns:
        A relative path with forward slashes that stays inside on any system, or None.
    """
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    parts = []
    for part in name.replace("\\", "/").split("/"):
        clean = " ".join(_FORBIDDEN.sub(" ", part).split()).strip(". ")
        if not clean:
            continue
        if _RESERVED.fullmatch(clean):
            clean = f"_{clean}"
        parts.append(_shortened(clean))
    return "/".join(parts[-8:]) or None


def _shortened(name: str) -> str:
    """Keep a name within what file systems allow, with its suffix."""
    suffix = PurePosixPath(name).suffix
    if len(suffix) > _SUFFIX_CHARACTERS:
        suffix = ""
    room = _NAME_BYTES - len(suffix.encode())
    stem = name.removesuffix(suffix).encode()
    if len(stem) <= room:
        return name
    return stem[:room].decode("utf-8", "ignore").strip(". ") + suffix
