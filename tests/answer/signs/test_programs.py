"""Lines of programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.programs import is_program, wants_program


@pytest.mark.parametrize(
    "text",
    [
        ">>> import orjson, numpy",
        "$ dotenv list",
        "pytest --timeout=5 --session-timeout=100",
        "pip install absl-py pytest\npytest --pyargs ml_dtypes",
        "config = {**dotenv_values('.env')}",
        "format=%(log_color)s%(levelname)-8s%(reset)s",
        "def test_foo():",
    ],
)
def test_lines_of_programs_are_told(text: str) -> None:
    assert is_program(text)


@pytest.mark.parametrize(
    "text",
    [
        "Use only Limex powder, since vinegar damages the seals.",
        "Set timeout=0 to switch the timeout off for a test (see below).",
        "Possible values range: [-28; 28]",
        "Monday/Tuesday (all day)",
        "Author: Stuart Bishop <stuart@stuartbishop.net>",
        "Make sure that the lamp is lit.",
        "Import duties are paid by the buyer.",
        "Ms Tove Landin",
        "",
        "図書館は月曜日に閉まります。",
    ],
)
def test_prose_is_no_program(text: str) -> None:
    assert not is_program(text)


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("How do I install it?", True),
        ("Which command lists them?", True),
        ("What does dumps return?", True),
        ("Does it work with PyPy?", False),
        ("Who wrote it?", False),
        ("Why is it slow?", False),
    ],
)
def test_some_questions_want_one(question: str, wants: bool) -> None:
    assert wants_program(question) == wants


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    is_program(text)
    wants_program(text)
