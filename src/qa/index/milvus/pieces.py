"""Keep long texts and bytes in Milvus, cut to what a field holds and put together again.

A value is found by its key alone, which is the quickest that Milvus looks up. Keys:

    d7/text d7/blocks d7/layout d7/lists    of the document with number 7
    b4                                      the passage at row 4, where its row cannot hold it
    s4                                      its sentences' vectors
    t<segment>/<stem>                       which passages have a stem (`postings`)
    v<segment>, v<segment>/<letter>         a segment's stems, by first letter
    g/00003                                 what generation 3 consists of (`state`)
"""

import base64
import zlib
from collections.abc import Collection, Iterable

from qa.index.milvus.server import MOST_BYTES, Row, Server

FIELDS = {"parts": 0, "value": 65_535}


class Pieces:
    """One collection of pieces. Safe to use from several threads."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._name = name

    def make(self) -> None:
        """Make the collection."""
        self._server.make(self._name, FIELDS, dimension=0, keys=())

    def put(self, values: Iterable[tuple[str, str]]) -> None:
        """Write values by key, in place of what was there."""
        self._server.write(self._name, [row for key, value in values for row in _rows(key, value)])

    def get(self, keys: Collection[str], since: int) -> dict[str, str]:
        """Return values by key; those that are not there are left out.

        Raises:
            StoreError: Milvus cannot be reached, or has only a part of one.
        """
        fields = ("parts", "value")
        first = self._server.by_id(self._name, [f"{key}/0" for key in keys], fields, since)
        found = {str(row["id"]): str(row["value"]) for row in first}
        parts = {str(row["id"])[:-2]: int(row["parts"]) for row in first}
        more = [f"{key}/{part}" for key, count in parts.items() for part in range(1, count)]
        rest = self._server.by_id(self._name, more, fields, since)
        found |= {str(row["id"]): str(row["value"]) for row in rest}
        self._server.complete(found, more)
        return {
            key: "".join(found[f"{key}/{part}"] for part in range(count))
            for key, count in parts.items()
        }

    def delete(self, keys: Collection[str], since: int) -> None:
        """Take values out."""
        first = self._server.by_id(self._name, [f"{key}/0" for key in keys], ("parts",), since)
        ids = [f"{str(r['id'])[:-2]}/{part}" for r in first for part in range(int(r["parts"]))]
        self._server.delete(self._name, ids)


def pack(data: bytes) -> str:
    """Write bytes as text, smaller if they can be."""
    return base64.b64encode(zlib.compress(data, 1)).decode("ascii")


def unpack(text: str) -> bytes:
    """Read what `pack` wrote."""
    return zlib.decompress(base64.b64decode(text))


def _rows(key: str, value: str) -> list[Row]:
    step = MOST_BYTES if value.isascii() else MOST_BYTES // 4
    cut = [value[at : at + step] for at in range(0, len(value), step)] or [""]
    return [{"id": f"{key}/{i}", "parts": len(cut), "value": part} for i, part in enumerate(cut)]
