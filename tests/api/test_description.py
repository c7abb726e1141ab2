"""The description of the interface is true: schemathesis sends what it allows and what it does not.

Every answer is held against it: status, type, fields.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from qa.api.app import api_app
from qa.api.service import Service
from qa.index.build import build_index
from qa.settings import AskSettings
from tests.api.serving import get, post, served
from tests.conftest import CORPUS, tiny_settings, write_corpus

# The description does not depend on what answers.
schema = schemathesis.openapi.from_dict(api_app(cast(Service, None)).openapi())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("described")
    corpus = write_corpus(folder / "corpus", CORPUS)
    build_index(corpus, folder / "index", tiny_settings(folder / "index"))
    with served(folder / "index") as address:
        yield address


@schema.parametrize()
@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_described_is_what_is_answered(case: Any, address: str) -> None:
    case.call_and_validate(base_url=address)


def test_the_description_that_is_served_is_the_one_that_is_tested(address: str) -> None:
    assert get(address, "openapi.json").json() == schema.raw_schema


@pytest.mark.model
def test_the_examples_of_the_description_are_what_is_asked_and_answered(
    page_index: Path, tmp_path: Path
) -> None:
    """On the page that the product comes with."""
    known = schema.raw_schema["components"]["schemas"]
    asked = 0
    shutil.copytree(page_index, tmp_path / "index")  # a verdict is kept
    with served(tmp_path / "index", max_risk=AskSettings().max_risk) as address:
        for path, methods in schema.raw_schema["paths"].items():
            if "post" not in methods:
                continue
            taken = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
            (example,) = known[taken["$ref"].rpartition("/")[2]]["examples"]
            reply = post(address, path.removeprefix("/v1/"), example)
            assert reply.is_success, (path, reply.text)
            asked += 1
            told = methods["post"]["responses"].get("200", {}).get("content", {})
            if shown := told.get("application/json", {}).get("example"):
                given = reply.json()
                assert set(shown) == set(given)
                varying = {"confidence", "passages", "timings_ms"}
                for name in set(shown) - varying:
                    assert shown[name] == given[name]
        assert asked == 4
