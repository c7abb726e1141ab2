"""Hold exact match and token F1 to values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluate.squad import exact_match, normalise, token_f1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Iron Bridge!", ["iron", "bridge"]),
        ("a an the", []),
        ("", []),
        ("An  engine,\n the\tother", ["engine", "other"]),
        ("U.S. $24-million", ["us", "24million"]),  # as in the official script
        ("theatre and a-b", ["theatre", "and", "ab"]),
        ("A.N. Other", ["other"]),  # punctuation goes first, then it is an article
    ],
)
def test_normalising_drops_case_punctuation_articles_and_white_space(
    text: str, words: list[str]
) -> None:
    assert normalise(text) == words


@pytest.mark.parametrize(
    ("text", "answers", "em", "f1"),
    [
        ("The Iron Bridge", ["iron bridge."], 1, 1),
        ("Iron", ["Iron Bridge"], 0, 2 / 3),  # precision 1, recall 1/2
        ("the old Iron Bridge", ["Iron Bridge"], 0, 4 / 5),  # precision 2/3, recall 1
        ("Bridge Iron", ["Iron Bridge"], 0, 1),  # F1 knows no order
        ("Forth", ["Iron Bridge"], 0, 0),
        ("to to be", ["to be be"], 0, 2 / 3),  # shared: one “to”, one “be”
        ("Iron", ["Forth", "Iron Bridge", "Iron rail road"], 0, 2 / 3),  # the nearest counts
        ("Iron", ["Forth", "Iron"], 1, 1),
        ("", ["the"], 1, 1),
        ("", ["Iron"], 0, 0),
        ("Iron", ["the"], 0, 0),
        ("", ["the", "Iron"], 0, 0),  # an answer of which nothing is left does not count
        ("the", ["a", "the"], 1, 1),  # unless there is no other
    ],
)
def test_agreement_has_its_hand_computed_value(
    text: str, answers: list[str], em: float, f1: float
) -> None:
    assert exact_match(text, answers) == em
    assert token_f1(text, answers) == pytest.approx(f1)


# Questions after the official script's own cases: its results for them, worked out by hand.
# F1 of “Saint Bernadette” with the gold “Saint Bernadette Soubirous”: 2 * 2 / (2 + 3).
OFFICIAL = {
    "exact": ("gold copper", ["Gold, copper."], 1, 1),
    "part": ("Saint Bernadette", ["Saint Bernadette Soubirous"], 0, 4 / 5),
    "more": ("in the late 1990s", ["late 1990s", "the 1990s"], 0, 4 / 5),
    "hyphen": ("Bell-shaped", ["bell shaped"], 0, 0),  # “bellshaped” is one word
    "nothing": ("", ["Denver Broncos"], 0, 0),
}


def test_a_set_has_the_official_scripts_totals() -> None:
    em = [exact_match(text, answers) for text, answers, *_ in OFFICIAL.values()]
    f1 = [token_f1(text, answers) for text, answers, *_ in OFFICIAL.values()]
    assert em == [case[2] for case in OFFICIAL.values()]
    assert f1 == pytest.approx([case[3] for case in OFFICIAL.values()])
    # As the script prints them: "exact" and "f1", in per cent.
    assert 100 * sum(em) / len(em) == pytest.approx(20.0)
    assert 100 * sum(f1) / len(f1) == pytest.approx(52.0)


_phrases = st.lists(st.sampled_from("The a Iron iron bridge. — 24".split()), max_size=5).map(
    " ".join
)


@given(_phrases, st.lists(_phrases, min_size=1, max_size=3))
def test_f1_is_a_share_that_is_1_wherever_the_match_is_exact(text: str, answers: list[str]) -> None:
    f1 = token_f1(text, answers)
    assert 0 <= exact_match(text, answers) <= f1 <= 1
    if all(map(normalise, [text, *answers])):
        assert token_f1(text, [*answers, text]) == 1
        assert f1 == pytest.approx(max(token_f1(answer, [text]) for answer in answers))
