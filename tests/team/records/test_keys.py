import time

import pytest

from qa.errors import UsageError
from qa.team.records.team import Team
from tests.team.serving import add_person


@pytest.fixture
def ann(team: Team) -> Team:
    add_person(team, "ann")
    return team


def test_a_key_is_its_person_s_until_it_ends(ann: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ann.keys.make("ann", " my\n script ", 2, "letters")
    found = ann.keys.find(key)
    assert found is not None
    person, known = found
    assert (person.name, known.label, known.collection) == ("ann", "my script", "letters")
    later = time.time() + 2 * 86_400 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert ann.keys.find(key) is None
    assert ann.keys.all() == []


@pytest.mark.parametrize("days", [-1, 0, 367, 10**9])
def test_a_key_lasts_a_year_at_most(ann: Team, days: int) -> None:
    with pytest.raises(UsageError, match="1 to 366 days"):
        ann.keys.make("ann", "", days)


def test_a_person_takes_back_only_their_own(ann: Team) -> None:
    add_person(ann, "ben")
    key = ann.keys.make("ann", "", 1)
    (known,) = ann.keys.all("Ann")
    assert not ann.keys.take_back(known.number, "ben")
    assert ann.keys.find(key) is not None
    assert ann.keys.take_back(known.number, "ann")
    assert ann.keys.find(key) is None


@pytest.mark.parametrize("key", ["", "qa_", "qa_' OR 1=1 --", "\udcff", "x" * 100_000])
def test_what_is_no_key_is_nobody_s(ann: Team, key: str) -> None:
    assert ann.keys.find(key) is None
