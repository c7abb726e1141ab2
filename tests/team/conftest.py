"""A team with one collection, served."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.team.records.team import Team
from tests.team.serving import Served, served


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team(tmp_path / "team")
    yield team
    team.close()


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as found:
        yield found
