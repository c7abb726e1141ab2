"""Read the address of an index in Milvus.

    milvus://host:19530/collection?replicas=2&vectors=hnsw
    milvus-lite:///folder/file.db/collection

The second is Milvus Lite, a file for one process: for trying out and for tests.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from qa.errors import UsageError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_KINDS = ("flat", "hnsw", "diskann")
_WANTED = (
    "expected milvus://host:port/collection, with ?replicas=N, ?vectors=flat, hnsw or diskann, "
    "or ?tls=yes behind it, or milvus-lite:///folder/file.db/collection; a login is read from the "
    "environment, QA_MILVUS_TOKEN"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index in Milvus is.

    Attributes:
        uri: What the client connects to.
        collection: The alias under which the passages are found.
        replicas: In how many query nodes each part is loaded.
        vectors: The kind of vector index: `flat` is exact, `hnsw` in memory, `diskann` on disk.
    """

    uri: str
    collection: str
    replicas: int = 1
    vectors: str = "flat"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address as typed.

        Raises:
            UsageError: It is none; says what is expected.
        """
        try:
            parts = urlsplit(text)
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
            where, _, collection = parts.path.rpartition("/")
            is_lite = parts.scheme == "milvus-lite"
            tls = {"yes": True, "no": False}[options.pop("tls", "no")]
            replicas = int(options.pop("replicas", "1"))
            vectors = options.pop("vectors", "flat")
            if is_lite:
                uri = parts.netloc + where
            else:
                port = parts.port or 19530
                uri = f"{'https' if tls else 'http'}://{parts.hostname}:{port}"
        except (ValueError, KeyError) as error:
            raise UsageError(f"the store {text!r} cannot be used ({error}): {_WANTED}") from error
        found = (
            parts.scheme in ("milvus", "milvus-lite")
            and (uri.endswith(".db") if is_lite else bool(parts.hostname) and not where)
            and _NAME.fullmatch(collection)
            and vectors in _KINDS
            and 1 <= replicas <= 100
            and not options
        )
        if not found or parts.username is not None:
            raise UsageError(f"the store {text!r} cannot be used: {_WANTED}")
        return cls(uri, collection, replicas, vectors)
