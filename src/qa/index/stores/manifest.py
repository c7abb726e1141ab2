"""What a generation was built from, wherever it is kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import IndexOutdatedError
from qa.index.search.nearest import Lists

# Raised whenever documents, passages or vectors of the same files would come out differently:
# an older index is then built anew instead of being carried on.
FORMAT = 8


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from; the content of `manifest.json`.

    Attributes:
        format: Version of the layout.
        settings: Build settings, as JSON.
        encoder: Folder name below `encoders/`; empty for the packaged encoder.
        encoder_fingerprint: Identity of the encoder; vectors are comparable within one.
        corpus: Absolute path of the corpus folder.
        corpus_sha256: Hash over every document's id and hash.
        documents: How many.
        passages: How many.
        dimension: Length of a vector.
        built_at: ISO 8601, UTC.
        complete: Whether the build had been through the whole corpus; if not, more comes.
        bytes: Size of each file by name; a file of another size is damaged.
        sha256: Hash of each file by name, in hex; checked before a build takes anything over.
        reader: Folder name below `readers/`; empty for the packaged reader.
        lists: How vectors are searched that are in lists, or were tried in them; None where all
            are looked at.
    """

    format: int
    settings: dict[str, Any]
    encoder: str
    encoder_fingerprint: str
    corpus: str
    corpus_sha256: str
    documents: int
    passages: int
    dimension: int
    built_at: str
    complete: bool
    bytes: dict[str, int]
    sha256: dict[str, str]
    reader: str = ""
    lists: Lists | None = None


def outdated(where: Path | str) -> IndexOutdatedError:
    """Say that an index is of an earlier version's format."""
    return IndexOutdatedError(
        f"the index in {where} was built by an earlier version of this program: build it again "
        "with: qa index"
    )
