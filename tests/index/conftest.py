"""The stores that an index can be in: a folder, Milvus Lite, and a real Milvus cluster."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.milvus_cluster import ADDRESS, Cluster

STORES = ["local", "lite", pytest.param("cluster", marks=pytest.mark.cluster)]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Milvus cluster of eight processes."""
    with Cluster(tmp_path_factory.mktemp("milvus")) as running:
        yield running


@pytest.fixture(scope="module", params=STORES)
def kind(request: pytest.FixtureRequest) -> str:
    """Which store; the cluster is started if it is that."""
    if request.param == "cluster":
        request.getfixturevalue("cluster")
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> str:
    """The address of a store in which nothing is; empty for the folder."""
    return address(kind, tmp_path)


def address(kind: str, folder: Path) -> str:
    """Return the address of a store in which nothing is."""
    name = f"t_{uuid.uuid4().hex[:8]}"
    if kind == "cluster":
        return f"{ADDRESS}/{name}?replicas=2"
    return f"milvus-lite://{folder}/lite.db/{name}" if kind == "lite" else ""
