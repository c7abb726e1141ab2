"""Things that questions describe."""

import pytest

from qa.answer.described import descriptions


@pytest.mark.parametrize(
    ("question", "asked", "named"),
    [
        (
            "Who leads the squad that runs the search service?",
            "Which squad runs the search service?",
            "Who leads Dipper?",
        ),
        (
            "On which floor do the people who run the payments service sit?",
            "Who run the payments service?",
            "On which floor do Dipper sit?",
        ),
        (
            "Who directs the institute in Brack?",
            "Which institute is in Brack?",
            "Who directs Dipper?",
        ),
        (
            "Where does the head of the Leeds plant live?",
            "Who is the head of the Leeds plant?",
            "Where does Dipper live?",
        ),
        (
            "When was the company founded by Ana Ruiz sold?",
            "Which company was founded by Ana Ruiz?",
            "When was Dipper sold?",
        ),
        (
            "On which floor is the room in which the clock stands?",
            "In which room does the clock stand?",
            "On which floor is Dipper?",
        ),
        (
            "What is the population of the town where the factory is?",
            "In which town is the factory?",
            "What is the population of Dipper?",
        ),
        (
            "Which country does the captain whose ship sank come from?",
            "Which captain’s ship sank?",
            "Which country does Dipper come from?",
        ),
        (
            "How old was the maker of the clock when he died?",
            "Who is the maker of the clock?",
            "How old was Dipper when he died?",
        ),
        (
            "What is the phone number of the person responsible for parking?",
            "Who is responsible for parking?",
            "What is the phone number of Dipper?",
        ),
    ],
)
def test_what_a_question_describes_can_be_asked_for_and_named(
    question: str, asked: str, named: str
) -> None:
    described, *_ = descriptions(question)
    assert described.question == asked
    assert described.named("Dipper", "Dipper") == named


def test_the_innermost_comes_first() -> None:
    first, second = descriptions("How old is the director of the plant in Leeds?")
    assert first.question == "Which plant is in Leeds?"
    assert second.question == "Who is the director of the plant in Leeds?"


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Peru?",
        "What is the airport in Lima called?",
        "Who is the person who runs the lab?",
        "What is the name of the river that floods every year?",
        "How long is the warranty of the wheel?",
        "How many of the ones that were asked said yes?",
        "Why?",
        "",
    ],
)
def test_what_is_asked_for_itself_is_not_described(question: str) -> None:
    assert descriptions(question) == []


@pytest.mark.parametrize(
    ("name", "quote", "asked"),
    [
        ("Dipper", "It is run by the Dipper squad.", "Who leads the Dipper squad?"),
        ("the Dipper squad", "It is run by the Dipper squad.", "Who leads the Dipper squad?"),
        ("red team", "It is run by the red team.", "Who leads the red team?"),
        ("Kite Ltd", "It is run by Kite Ltd.", "Who leads Kite Ltd?"),
    ],
)
def test_a_name_is_put_in_as_the_document_has_it(name: str, quote: str, asked: str) -> None:
    (described,) = descriptions("Who leads the squad that runs search?")
    assert described.named(name, quote) == asked
