"""Notice when a generation's files are not what was written.

    checked.json   what the files looked like when their hashes were last found right

A file is hashed when it is opened for the first time, and when it no longer looks as it did then;
large ones, and what only a disk has changed, are left to who hashes them in the background. Does
not know what is in the files.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from qa.files import file_sha256, replace_text

CHECKED = "checked.json"
# Hashed before the first answer: a twentieth of a second.
_AT_ONCE_BYTES = 64_000_000
_Looks = tuple[int, int, int, int]


def find_damage(
    index_dir: Path, generation: Path, sha256: Mapping[str, str], *, thorough: bool = False
) -> str:
    """Say which file of a generation is not what was written; empty if none is.

    Args:
        index_dir: Where what was found is remembered, if it can be written.
        generation: The folder of the files.
        sha256: What each must have, in hex, by name.
        thorough: Hash every file, whatever it looks like and however large it is.

    Raises:
        OSError: A file cannot be read.
    """
    before = _read(index_dir)
    looks = {name: _looks(generation / name) for name in sha256}
    sizes = {name: found[0] for name, found in looks.items()}
    key = f"{generation.name}/{{}}".format
    todo = [name for name in sha256 if thorough or before.get(key(name)) != looks[name]]
    if not thorough and sum(sizes[name] for name in todo) > _AT_ONCE_BYTES:
        return ""
    for name in todo:
        if file_sha256(generation / name) != sha256[name]:
            return f"{name} is not what was written"
    if todo:
        remember(index_dir, generation, looks)
    return ""


def remember(index_dir: Path, generation: Path, looks: Mapping[str, _Looks] | None = None) -> None:
    """Remember that a generation's files are what was written; a failure costs only time.

    Args:
        index_dir: Where.
        generation: The folder of the files.
        looks: What they looked like before they were hashed; None for as they look now.
    """
    if looks is None:
        looks = {path.name: _looks(path) for path in generation.iterdir()}
    there = {path.name for path in generation.parent.iterdir()}
    kept = {k: v for k, v in _read(index_dir).items() if k.partition("/")[0] in there}
    kept |= {f"{generation.name}/{name}": found for name, found in looks.items()}
    try:
        replace_text(index_dir / CHECKED, json.dumps(kept) + "\n")
    except OSError:
        return


def _looks(path: Path) -> _Looks:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _read(index_dir: Path) -> dict[str, _Looks]:
    try:
        return msgspec.json.decode((index_dir / CHECKED).read_bytes(), type=dict[str, _Looks])
    except (OSError, ValueError, RecursionError):
        return {}
