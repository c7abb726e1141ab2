"""An index of the tiny corpus, and a way to run commands on it."""

from pathlib import Path

import pytest

from qa.cli import main
from tests.conftest import tiny_settings


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def index_dir(tmp_path: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "index"
    settings = tiny_settings(folder)
    main(["index", "--corpus", str(corpus), "--index", str(folder), "--encoder", settings.encoder,
          "--reader", settings.reader])  # fmt: skip
    capsys.readouterr()
    return folder


@pytest.fixture
def options(tmp_path: Path, corpus: Path) -> list[str]:
    """Options that make a command use the tiny corpus and encoder; nothing is built yet."""
    index_dir = tmp_path / "index"
    settings = tiny_settings(index_dir)
    return ["--corpus", str(corpus), "--index", str(index_dir), "--encoder", settings.encoder,
            "--reader", settings.reader]  # fmt: skip
