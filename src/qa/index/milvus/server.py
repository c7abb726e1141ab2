"""Talk to Milvus: make collections, write, look up, search. Owns pymilvus and its errors.

Reads see at least what was written up to a timestamp that is given: each generation carries that
of its last write. So a session's consistency reaches from the process that built it to those that
answer.
"""

import logging
import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
from pymilvus import DataType, MilvusClient, MilvusException, utility

from qa.errors import StoreError
from qa.index.milvus.address import Address

TOKEN = "QA_MILVUS_TOKEN"  # noqa: S105 - the name of a variable
# What a field may hold is 65,535 bytes.
MOST_BYTES = 60_000
_READ_SECONDS = 10.0
_LOOK_SECONDS = 4.0  # to see which generation answers: a page waits for it
_WRITE_SECONDS = 120.0
_CONNECT_SECONDS = 5.0
# Milvus takes at most 64 MB in a message; rows of a write are put together up to this.
_MESSAGE_BYTES = 8_000_000
# A query returns at most 16,384 rows; what asks for more asks in windows of this many.
WINDOW = 4096
_ASKED_ROWS = 1024
Row = dict[str, Any]
Got = TypeVar("Got")
# It prints a traceback for every call that fails; what failed is said where it is told to people.
for _said_by in ("pymilvus", "grpc._server"):
    logging.getLogger(_said_by).setLevel(logging.CRITICAL)


class Server:
    """A connection to one Milvus. Safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        """Prepare; the first call connects, and every one after that did not succeed."""
        self.address = address
        self.problem = ""
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        self._vectors: dict[str, str] = {}

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    @contextmanager
    def _told(self) -> Iterator[MilvusClient]:
        """Give the client; say what went wrong as a `StoreError`, and remember it."""
        try:
            yield self._connected()
        except (MilvusException, grpc.RpcError, OSError) as error:
            self.problem = (
                f"the store at {self.address.uri} cannot be used just now ({_in_words(error)}); "
                "it is tried again"
            )
            raise StoreError(self.problem) from error
        self.problem = ""

    def _connected(self) -> MilvusClient:
        with self._lock:
            if self._client is None:
                self._client = MilvusClient(
                    uri=self.address.uri,
                    token=os.environ.get(TOKEN, ""),
                    timeout=_CONNECT_SECONDS,
                )
            return self._client

    def collections(self) -> list[str]:
        """List the collections there are."""
        with self._told() as client:
            return list(client.list_collections(timeout=_READ_SECONDS))

    def resolve(self, alias: str) -> str:
        """Return the collection that an alias means; empty if there is no such alias."""
        with self._told() as client:
            try:
                return str(client.describe_alias(alias, timeout=_LOOK_SECONDS)["collection_name"])
            except MilvusException as error:
                if "not found" in str(error).lower() or "not exist" in str(error).lower():
                    return ""
                raise

    def point(self, alias: str, collection: str) -> None:
        """Let an alias mean a collection from now on, in one step."""
        before = self.resolve(alias)
        with self._told() as client:
            if before:
                client.alter_alias(collection, alias, timeout=_WRITE_SECONDS)
            else:
                client.create_alias(collection, alias, timeout=_WRITE_SECONDS)

    def make(
        self, name: str, fields: Mapping[str, int], *, dimension: int, keys: Sequence[str]
    ) -> None:
        """Make a collection with a string `id`, and load it.

        Args:
            name: Of the collection.
            fields: Its other fields: 0 for a whole number, else the most bytes of a text.
            dimension: Of its vector; 0 where there is nothing to search, which Milvus does not
                know: such a collection has a vector of two numbers.
            keys: Fields by whose value rows are looked up.
        """
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=600)
        for field, most in fields.items():
            if most:
                schema.add_field(field, DataType.VARCHAR, max_length=most)
            else:
                schema.add_field(field, DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension or 2)
        with self._told() as client:
            indexes = MilvusClient.prepare_index_params()
            kind = self.address.vectors.upper() if dimension else "FLAT"
            shape = {"M": 16, "efConstruction": 200} if kind == "HNSW" else {}
            indexes.add_index("vector", index_type=kind, metric_type="IP", params=shape)
            by_text, by_number = _scalar_indexes(client.get_server_version())
            for field in keys:
                indexes.add_index(field, index_type=by_text if fields[field] else by_number)
            client.create_collection(
                name, schema=schema, consistency_level="Session", timeout=_WRITE_SECONDS
            )
            client.create_index(name, indexes, timeout=_WRITE_SECONDS, sync=False)
            client.load_collection(
                name, timeout=_WRITE_SECONDS, replica_number=self.address.replicas
            )

    def drop(self, name: str) -> None:
        """Take a collection away."""
        with self._told() as client:
            client.drop_collection(name, timeout=_WRITE_SECONDS)

    def write(self, name: str, rows: Sequence[Row]) -> None:
        """Write rows, in place of those with the same `id`."""
        part: list[Row] = []
        size = 0
        for row in rows:
            part.append(row if "vector" in row else {**row, "vector": [0.0, 1.0]})
            size += _size(row)
            if size > _MESSAGE_BYTES or len(part) >= WINDOW:
                self._write(name, part)
                part, size = [], 0
        if part:
            self._write(name, part)

    def _write(self, name: str, rows: list[Row]) -> None:
        with self._told() as client:
            client.upsert(name, rows, timeout=_WRITE_SECONDS)

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Take rows out by their `id`."""
        for at in range(0, len(ids), WINDOW):
            with self._told() as client:
                client.delete(name, ids=list(ids[at : at + WINDOW]), timeout=_WRITE_SECONDS)

    def by_id(self, name: str, ids: Sequence[str], fields: Sequence[str], since: int) -> list[Row]:
        """Return the rows with some ids, in any order.

        Args:
            name: Of the collection.
            ids: Of the rows; those that are not there are left out.
            fields: What is wanted of them.
            since: Timestamp of a write that must be seen.
        """
        found: list[Row] = []
        for at in range(0, len(ids), _ASKED_ROWS):
            listed = ", ".join(map(quoted, ids[at : at + _ASKED_ROWS]))
            found += self.where(name, f"id in [{listed}]", fields, since)
        return found

    def complete(self, found: Collection[object], wanted: Collection[object]) -> None:
        """See that all that must be there was found.

        Raises:
            StoreError: It was not: Milvus has lost something, or another build took it away.
        """
        missing = next((key for key in wanted if key not in found), None)
        if missing is not None:
            raise StoreError(
                f"the store at {self.address.uri} lacks {missing!r} of an index that it has; ask "
                "again, or build it again with: qa index --rebuild"
            )

    def where(self, name: str, wanted: str, fields: Sequence[str], since: int) -> list[Row]:
        """Return the rows for which an expression holds, at most 16,384, in any order."""
        with self._told() as client:
            found = client.query(
                name,
                filter=wanted,
                output_fields=["id", *fields],
                limit=16_384,
                timeout=_READ_SECONDS,
                **_seen(since),
            )
            return [dict(row) for row in found]

    def all_of(self, name: str, fields: Sequence[str], *, newest: bool = True) -> list[Row]:
        """Return all rows of a small collection, whoever wrote them.

        Args:
            name: Of the collection.
            fields: What is wanted of them.
            newest: Whether to wait for what was written just now, half a second; else what was
                written in the last moments may be missing.
        """
        with self._told() as client:
            found = client.query(
                name,
                filter='id >= ""',
                output_fields=["id", *fields],
                limit=16_384,
                timeout=_LOOK_SECONDS,
                consistency_level="Strong" if newest else "Eventually",
            )
            return [dict(row) for row in found]

    def nearest(
        self, name: str, vector: Sequence[float], k: int, wanted: str, since: int
    ) -> list[tuple[str, float]]:
        """Return ids and inner products of the rows nearest to a vector, best first."""
        params = {"ef": max(64, 2 * k), "search_list": max(100, 2 * k)}
        exact = self.address.vectors == "flat"
        with self._told() as client:
            (found,) = client.search(
                name,
                data=[list(vector)],
                anns_field="vector",
                filter=wanted,
                limit=k,
                search_params={"metric_type": "IP", "params": {} if exact else params},
                timeout=_READ_SECONDS,
                **_seen(since),
            )
            return [(str(hit["id"]), float(hit["distance"])) for hit in found]


def now() -> int:
    """Return Milvus's timestamp of this moment, to ask for all that was written before it."""
    return int(utility.mkts_from_unixtime(time.time()))


def _seen(since: int) -> Row:
    return {"consistency_level": "Customized", "guarantee_timestamp": max(since, 1)}


def quoted(text: str) -> str:
    """Make a text of letters, digits and plain marks a literal of Milvus's expressions."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _scalar_indexes(version: str) -> tuple[str, str]:
    """Return the kinds of index for texts and numbers; Milvus 2.4 has one for both."""
    return ("Trie", "STL_SORT") if version.startswith("v2.3") else ("INVERTED", "INVERTED")


def _size(row: Row) -> int:
    return sum(4 * len(value) if isinstance(value, (str, list)) else 8 for value in row.values())


def _in_words(error: Exception) -> str:
    if isinstance(error, MilvusException):
        said = str(error.message)
    elif isinstance(error, grpc.RpcError) and hasattr(error, "details"):
        said = str(error.details())
    else:
        said = str(error)
    return " ".join(said.split())[:200] or type(error).__name__
