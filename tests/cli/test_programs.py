"""`qa serve` for programs and `qa mcp`: what is served where, to whom, and what is said."""

import time
from pathlib import Path

import httpx
import pytest

from qa.cli import main
from qa.index.local.generations import Index
from tests.api.serving import KEY
from tests.cli.conftest import run
from tests.cli.serving import serving
from tests.conftest import write_tiny_encoder


def test_programs_alone_are_served_where_others_reach_them_if_they_have_keys(
    options: list[str], tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(KEY)
    for_all = ("--api-only", "--mcp", "--host", "0.0.0.0", "--api-key-file", keys)
    with serving(*options, *for_all) as served:
        address = served.address
        assert f"described at {address}v1/openapi.json" in served.said
        assert f"Agents find their tools at {address}mcp" in served.said
        assert httpx.get(f"{address}v1/health").status_code == 401
        sent = {"Authorization": f"Bearer {KEY}"}
        health = httpx.get(f"{address}v1/health", headers=sent, timeout=60).json()
        assert health["ready"], "an index is built first"
        assert httpx.get(address).status_code == 404


def test_an_index_of_an_earlier_versions_encoder_is_built_again_while_it_serves(
    options: list[str], index_dir: Path
) -> None:
    write_tiny_encoder(Index.open(index_dir).encoder_dir, max_tokens=16)
    assert main(["ask", "How many rivets?", *options]) == 2
    with serving(*options, "--api") as served:
        for _ in range(600):
            if served.ask().status_code == 200:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("it was not built again")


def test_the_page_and_programs_are_served_from_one_address(options: list[str]) -> None:
    with serving(*options, "--api", "--read-only") as served:
        address = served.address
        assert httpx.get(address, timeout=60).status_code == 200
        assert httpx.get(f"{address}v1/health", timeout=60).json()["documents"] == 3
        assert httpx.post(f"{address}mcp", json={}).status_code == 404, "not asked for"
        verdict = {"question": "Who?", "verdict": "up"}
        assert httpx.post(f"{address}v1/feedback", json=verdict).status_code == 403


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--api-key-file", "{keys}"], "goes with --api"),
        (["--api", "--api-key-file", "{none}"], "cannot be read"),
        (["--api-only", "--host", "0.0.0.0"], "no login"),
        (["--api", "--host", "0.0.0.0", "--api-key-file", "{keys}"], "no login"),
        (["--api", "--workers", "2"], "goes with --api-only"),
        (["--workers", "2"], "goes with --api-only"),
        (["--api-only", "--workers", "0"], "expected 1 or more"),
    ],
)
def test_what_would_let_in_more_than_is_meant_is_refused_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], options: list[str], tmp_path: Path,
    arguments: list[str], said: str,
) -> None:  # fmt: skip
    (tmp_path / "keys").write_text(KEY)
    named = [a.format(keys=tmp_path / "keys", none=tmp_path / "none") for a in arguments]
    code, _, err = run(capsys, "serve", "--port", "0", *options, *named)
    assert code == 2
    assert said in err
    assert KEY not in err
    assert not (tmp_path / "index" / "CURRENT").exists()
