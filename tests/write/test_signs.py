"""What words say for and against a text's supporting a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.write.signs import figures, names, signs

TEXT = "The Iron Bridge opened in 1912. It cost 1,200 pounds and was never painted red."


def test_a_text_supports_its_own_words() -> None:
    found = signs("The Iron Bridge opened in 1912.", TEXT)
    assert found.coverage == 1
    assert (found.missing_figures, found.missing_names, found.opposites) == (0, 0, 0)


@pytest.mark.parametrize(
    ("sentence", "figures_missing", "names_missing"),
    [
        ("The Iron Bridge opened in 1913.", 1, 0),
        ("It cost 1200 pounds.", 0, 0),
        ("It cost 1,300 pounds in 1912.", 1, 0),
        ("Built by Telford, the Iron Bridge opened in 1912.", 0, 1),
        ("It cost twelve pounds.", 1, 0),
    ],
)
def test_figures_and_names_must_stand_there(
    sentence: str, figures_missing: int, names_missing: int
) -> None:
    found = signs(sentence, TEXT)
    assert found.missing_figures == figures_missing
    assert found.missing_names == names_missing


def test_a_denial_and_an_opposite_are_told() -> None:
    assert signs("Prices rose in May.", "Prices did not rise in May.").denial == 1
    assert signs("Exports increase.", "Exports decrease every year.").opposites == 1
    assert signs("Exports increase.", "Exports increase, imports decrease.").opposites == 0


def test_a_rare_word_counts_more() -> None:
    rare = signs("red whale", "red", lambda word: 9.0 if word == "whale" else 1.0)
    assert rare.coverage == pytest.approx(0.1)


def test_figures_are_read_without_signs_of_thousands() -> None:
    assert figures("1,200 of 3.50 and seven, 2.0") == {"1200", "3.50", "7", "2"}


def test_what_begins_a_sentence_is_no_name() -> None:
    assert names("Prices rose. Peru and the DEA agreed.") == ["DEA"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared_and_has_its_own_words(one: str, two: str) -> None:
    assert 0 <= signs(one, two).coverage <= 1 + 1e-9
    own = signs(one, one)
    assert own.missing_figures == own.missing_names == own.denial == own.opposites == 0
