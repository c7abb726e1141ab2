from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import UsageError
from qa.team.records.people import Person
from qa.team.records.rights import Kind, Right
from qa.team.records.team import Team
from tests.team.serving import add_person


@pytest.fixture
def peopled(team: Team) -> Team:
    for name in ("admin", "ann", "ben"):
        add_person(team, name)
    for name in ("contracts", "letters"):
        team.collections.add(name)
    team.people.join("lawyers", "ANN")
    return team


def right_of(team: Team, name: str, collection: str) -> Right:
    person = team.people.find(name)
    assert isinstance(person, Person)
    return team.rights.of(person, collection)


def test_the_highest_right_of_person_groups_and_everybody_counts(peopled: Team) -> None:
    rights = peopled.rights
    assert right_of(peopled, "ann", "contracts") == Right.NOTHING
    rights.give(Kind.EVERYBODY, "whoever", "contracts", Right.ASK)
    assert (
        right_of(peopled, "ann", "contracts") == right_of(peopled, "ben", "contracts") == Right.ASK
    )
    rights.give(Kind.GROUP, "Lawyers", "contracts", Right.ADMINISTER)
    assert right_of(peopled, "ann", "contracts") == Right.ADMINISTER
    assert right_of(peopled, "ben", "contracts") == Right.ASK
    rights.give(Kind.PERSON, "ann", "contracts", Right.ADD)
    assert right_of(peopled, "ann", "contracts") == Right.ADMINISTER
    peopled.people.leave("lawyers", "Ann")
    assert right_of(peopled, "ann", "contracts") == Right.ADD
    rights.give(Kind.PERSON, "ann", "contracts", Right.NOTHING)
    rights.give(Kind.EVERYBODY, "", "contracts", Right.NOTHING)
    with pytest.raises(UsageError, match="nothing has been taken back"):
        rights.give(Kind.PERSON, "bem", "contracts", Right.NOTHING)  # ben was meant
    assert right_of(peopled, "ann", "contracts") == Right.NOTHING
    assert right_of(peopled, "ann", "letters") == Right.NOTHING


def test_who_looks_after_everything_may_do_everything_there_is(peopled: Team) -> None:
    assert right_of(peopled, "admin", "letters") == Right.ADMINISTER
    assert right_of(peopled, "admin", "nowhere") == Right.NOTHING


def test_rights_go_with_their_collection(peopled: Team, tmp_path: Path) -> None:
    peopled.rights.give(Kind.PERSON, "ben", "letters", Right.ADD)
    key = peopled.keys.make("ben", "", 3, "letters")
    peopled.collections.remove("letters")
    assert right_of(peopled, "ben", "letters") == Right.NOTHING
    assert peopled.keys.find(key) is None
    with pytest.raises(UsageError, match="files of an earlier collection"):
        peopled.collections.add("letters")
    peopled.collections.add("letters", corpus=tmp_path / "new", index_dir=tmp_path / "index")
    assert right_of(peopled, "ben", "letters") == Right.NOTHING


@pytest.mark.parametrize("name", ["", "Big", "a b", "../x", "-x", "x" * 64, "é"])
def test_what_cannot_be_a_collection_s_name_is_refused(team: Team, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a collection's name"):
        team.collections.add(name)
    assert team.collections.all() == []


def test_a_name_is_taken_once(team: Team) -> None:
    first = team.collections.add("letters", "  The \n letters ")
    assert first.title == "The letters"
    with pytest.raises(UsageError, match="already"):
        team.collections.add("letters", "Others")
    assert team.collections.all() == [first]


@given(word=st.text(max_size=20))
def test_a_word_is_a_right_or_says_which_there_are(word: str) -> None:
    if word in ("nothing", "ask", "add", "administer"):
        assert Right.of(word).word == word
    else:
        with pytest.raises(UsageError, match="nothing, ask, add, administer"):
            Right.of(word)
