"""The three-document corpus, served to programs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.serving import served


@pytest.fixture
def index_dir(tiny_build: Callable[..., Path]) -> Path:
    return tiny_build()


@pytest.fixture
def address(index_dir: Path) -> Iterator[str]:
    with served(index_dir) as address:
        yield address
