"""The words of a question: which are kept, in which order, how many."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.languages import language_of
from qa.words import FUNCTION_WORDS, parted, query_terms, words

questions = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [*sorted(FUNCTION_WORDS)[::9], "Roses", "rose's", "1781", "C++", "naïve", "日本"]
    )
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who opened it, in 1781?", ["who", "opened", "it", "in", "1781"]),
        ("6,500,000 rivets", ["6", "500", "000", "rivets"]),
        ("naïve ÉTÉ Straße", ["naïve", "été", "straße"]),
        ("it's e-mail", ["it", "s", "e", "mail"]),
        ("снег 日本語", ["снег", "日本", "本語"]),
        ("?! …", []),
        ("", []),
    ],
)
def test_words_are_lower_case_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(questions)
def test_words_stand_in_the_text_in_order(text: str) -> None:
    position, composed = 0, unicodedata.normalize("NFC", text).lower()
    for word in words(text):
        position = composed.index(word, position) + 1  # pairs of characters overlap


@given(questions)
def test_terms_are_distinct_words_of_the_question_in_order(question: str) -> None:
    terms = query_terms(question)
    found = list(dict.fromkeys(words(question)))
    assert len(set(terms)) == len(terms) <= 64
    assert terms == [word for word in found if word in set(terms)]


@given(questions)
def test_function_words_are_dropped_unless_there_is_nothing_else(question: str) -> None:
    terms, found = query_terms(question), words(question)
    if language_of(question):
        return  # another language has small words of its own
    if set(found) - FUNCTION_WORDS:
        assert not FUNCTION_WORDS & set(terms) - {"may"}
    else:
        assert terms == list(dict.fromkeys(found))[:64]


def test_content_words_are_kept() -> None:
    assert query_terms("How many came in May?") == ["came", "may"]
    assert query_terms("May I come?") == ["come"]
    assert query_terms("When was the Iron Bridge opened?") == ["iron", "bridge", "opened"]
    assert query_terms("Who are you?") == ["who", "are", "you"]


def test_a_pasted_page_becomes_its_first_sixty_four_terms() -> None:
    page = " ".join(f"the word{n} word{n}" for n in range(1_000))
    assert query_terms(page) == [f"word{n}" for n in range(64)]


def test_text_without_blanks_is_parted_into_overlapping_pairs() -> None:
    assert words("図書館は2024年") == ["図書", "書館", "館は", "2024", "年"]
    assert words("Der Turm 塔") == ["der", "turm", "塔"]
    assert query_terms("図書館はどこですか") == ["図書", "書館"]
    assert query_terms("どこですか") == ["どこ", "こで", "です", "すか"]


def test_of_a_question_in_another_language_its_own_small_words_are_left_out() -> None:
    assert query_terms("Wie hoch ist der Turm?") == ["hoch", "turm"]
    assert query_terms("Quand ferme le dépôt ?") == ["ferme", "dépôt"]
    assert query_terms("Who wrote Der Ring?") == ["wrote", "der", "ring"]


@given(st.text())
def test_what_is_parted_loses_nothing_and_stays_parted(text: str) -> None:
    found = parted(text)
    assert set(found) - {" "} == set(text) - {" "}
    assert parted(found).split() == found.split()
