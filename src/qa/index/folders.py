"""What lies in an index's folder beside the documents, whichever store has those."""

from pathlib import Path

from qa.errors import UsageError


def encoders_dir(index_dir: Path) -> Path:
    """Return the folder that holds an index folder's encoders."""
    return index_dir / "encoders"


def readers_dir(index_dir: Path) -> Path:
    """Return the folder that holds an index folder's readers."""
    return index_dir / "readers"


def check_index_dir(index_dir: Path) -> None:
    """See that what is named as an index folder is none yet, or is a folder.

    Raises:
        UsageError: It is a file.
    """
    if index_dir.exists() and not index_dir.is_dir():
        raise UsageError(f"{index_dir} is a file: expected the folder of an index (--index DIR)")
