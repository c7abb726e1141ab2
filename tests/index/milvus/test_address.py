"""Addresses of an index in Milvus: what is understood, and what is refused with what to say."""

import pytest

from qa.errors import UsageError
from qa.index.milvus.address import Address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("milvus://host/docs", Address("http://host:19530", "docs")),
        ("milvus://10.0.0.1:9000/docs", Address("http://10.0.0.1:9000", "docs")),
        (
            "milvus://host:1/docs?replicas=2&vectors=hnsw&tls=yes",
            Address("https://host:1", "docs", 2, "hnsw"),
        ),
        ("milvus-lite:///tmp/a.db/docs", Address("/tmp/a.db", "docs")),
        ("milvus-lite://a.db/docs", Address("a.db", "docs")),
    ],
)
def test_an_address_says_where_and_how(text: str, address: Address) -> None:
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "docs",
        "http://host/docs",
        "milvus://host",
        "milvus://host/a/b",
        "milvus://host/a-b",
        "milvus:///docs",
        "milvus://host:port/docs",
        "milvus://user:password@host/docs",
        "milvus://host/docs?replicas=0",
        "milvus://host/docs?replicas=many",
        "milvus://host/docs?vectors=ivf",
        "milvus://host/docs?tls=perhaps",
        "milvus://host/docs?other=1",
        "milvus-lite:///tmp/docs",
        "milvus-lite:///tmp/a.txt/docs",
    ],
)
def test_any_other_is_refused_with_what_is_expected(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"expected milvus://host:port/collection.*QA_MILVUS_TOKEN"
    ):
        Address.parse(text)
