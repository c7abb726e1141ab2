"""The language of a question: told where it is plain, and English never taken for another."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.languages import language_of
from tests.conftest import GOLD, PLAIN_GOLD


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann wurde die Mühle gebaut?", "German"),
        ("Combien coûte le billet ?", "French"),
        ("¿Dónde está la fábrica?", "Spanish"),
        ("Quanto costa il biglietto?", "Italian"),
        ("Quantas pessoas trabalham na fábrica?", "Portuguese"),
        ("Hoeveel kost een kaartje?", "Dutch"),
        ("Hur många bor i staden?", "Swedish"),
        ("Hvor mange bor der?", "Danish or Norwegian"),
        ("Kuinka monta asukasta?", "Finnish"),
        ("Gdzie jest muzeum i kiedy?", "Polish"),
        ("Сколько стоит билет?", "Russian or another language in Cyrillic letters"),
        ("門票多少錢？", "Chinese"),
        ("チケットはいくらですか", "Japanese"),
        ("입장료는 얼마입니까?", "Korean"),
    ],
)
def test_another_language_is_told(question: str, language: str) -> None:
    assert language_of(question) == language


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote Der Ring des Nibelungen?",
        "What does “qui est le roi” mean?",
        "Los Angeles population",
        "Casa de la Moneda",
        "war crimes in Die Zeit",
        "When did Kim visit La Paz?",
        "Why?",
        "",
        "2018",
    ],
)
def test_foreign_names_and_few_words_tell_nothing(question: str) -> None:
    assert language_of(question) == ""


def test_no_gold_question_is_taken_for_another_language() -> None:
    for path in (GOLD, PLAIN_GOLD):
        for line in path.read_text("utf-8").splitlines():
            question = json.loads(line)["question"]
            assert language_of(question) == "", question


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert isinstance(language_of(text), str)
