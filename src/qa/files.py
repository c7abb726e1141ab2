"""Writing files so that a power cut or a kill leaves the old or the new, never half."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def replace_text(path: Path, text: str) -> None:
    """Replace a small text file as one step."""
    part = path.with_name(path.name + ".new")
    part.write_text(text, "utf-8")
    sync(part)
    part.replace(path)
