"""A question that asks several things is answered part by part, and what has no answer is named."""

from pathlib import Path

import pytest

from qa.answer.live import open_index
from qa.answer.pipeline import Answerer
from qa.answer.present import answer_in_words, answer_to_json, answer_to_text
from qa.converse.conversation import exchanges_of, reply
from qa.converse.parts import answered, asked_in_turn, asked_of_two
from qa.index.build import build_index
from tests.conftest import write_corpus

DOCUMENTS = {
    "tenancy.md": "# Tenancy of 14 Marlow Street\n\n## Parties\n\nThe landlord is Greenacre Homes. "
    "The tenants are Amira Haddad and Jonas Weber.\n\n## Rent\n\nThe tenancy begins on 1 September "
    "2024 and runs for twelve months. The rent is 1,150 pounds a month. The deposit is 1,325 "
    "pounds and is held by the Deposit Protection Service.\n",
    "trip.txt": "Trip to the lakes\n\nThe price is 285 pounds a child. A deposit of 60 pounds is "
    "due by 14 March. Sheets are provided; towels are not.\n",
    "sites.csv": "Site,Opened,Employees\nBrno,2004,655\nCork,1999,230\nDijon,1976,187\n",
}


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("When does it begin and how long does it run?",
         ["When does it begin?", "How long does it run?"]),
        ("Who leads the trip, and who comes along?", ["Who leads the trip?", "Who comes along?"]),
        ("When and where does the coach leave?",
         ["When does the coach leave?", "Where does the coach leave?"]),
        ("Who is the landlord? How high is the rent?",
         ["Who is the landlord?", "How high is the rent?"]),
        ("Did she make a password? And why?", ["Did she make a password?", "Why?"]),
        ("Who and who went last year?", []),
        ("What was seized, where and why?", []),
        ("What did she ask for and why?", ["What did she ask for?", "Why?"]),
        ("how much is it per hour and whats the minimum",
         ["How much is it per hour?", "Whats the minimum?"]),
        ("Is it allowed and in which rooms?", ["Is it allowed?", "In which rooms?"]),
    ],
)  # fmt: skip
def test_several_questions_are_told_apart(question: str, parts: list[str]) -> None:
    assert asked_in_turn(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who is the man who founded the museum and who led it?",
        "What is the difference between what is owed and what is paid?",
        "Explain who pays and who does not",
        "How many trains and buses run?",
        "Is it true? I doubt it. Who says so?",
        "What happens between April and when the ice melts?",
        "?",
        "and",
    ],
)
def test_one_question_is_left_whole(question: str) -> None:
    assert asked_in_turn(question) == []


@pytest.mark.parametrize(
    ("question", "questions"),
    [
        ("Compare the warranty of Ash and Bay",
         ("What is the warranty of Ash?", "What is the warranty of Bay?")),
        ("Compare hotel costs in Basic and Premium",
         ("What are the hotel costs in Basic?", "What are the hotel costs in Premium?")),
        ("What is the difference in flow between the 300 and the 500?",
         ("What is the flow of the 300?", "What is the flow of the 500?")),
        ("What is the difference between a lease and a loan?",
         ("What is a lease?", "What is a loan?")),
        ("What is the difference between a letter of credit and a guarantee?",
         ("What is a letter of credit?", "What is a guarantee?")),
        ("Compare the Bank of Ash and Bay & Sons",
         ("What is the Bank of Ash?", "What are Bay & Sons?")),
        ("Compare the cost of living in Oslo and Bergen",
         ("What is the cost of living in Oslo?", "What is the cost of living in Bergen?")),
        ("difference in price between 2019 and 2020",
         ("What is the price in 2019?", "What is the price in 2020?")),
    ],
)  # fmt: skip
def test_what_is_compared_is_asked_of_each(question: str, questions: tuple[str, str]) -> None:
    pair = asked_of_two(question)
    assert pair is not None
    assert pair.questions == questions


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """Real models, and documents in which two things stand in several places."""
    folder: Path = tmp_path_factory.mktemp("parts")
    build_index(write_corpus(folder / "corpus", DOCUMENTS), folder / "index")
    return open_index(folder / "index")


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("When does the tenancy begin and how long does it run?", ["1 September 2024", "twelve"]),
        ("How much are the rent and the deposit of the tenancy?", ["1,150", "1,325"]),
        ("How many employees do Brno and Cork have?", ["655", "230"]),
        ("How many employees do Cork and Dijon have?", ["230", "187"]),
    ],
)
def test_each_part_has_its_own_answer_and_place(
    answerer: Answerer, question: str, found: list[str]
) -> None:
    answer = answered(answerer, question)
    assert (answer.state, answer.answered) == ("parts", True)
    for part, words in zip(answer.parts, found, strict=True):
        assert words in (part.answer or "")
        assert part.citations[0] in answer.citations
        assert (part.answer or "") in part.citations[0].quote
    assert answer.answer == answer.parts[0].answer
    assert answer.confidence == min(part.confidence for part in answer.parts)


@pytest.mark.model
def test_a_part_without_an_answer_is_named(answerer: Answerer) -> None:
    answer = answered(answerer, "When does the tenancy begin and who washes the windows?")
    first, second = answer.parts
    assert (first.answered, second.answered) == (True, False)
    assert second.possible is None or second.possible.quote != first.citations[0].quote
    assert answer.answered
    for text in (answer_to_text(answer), answer_in_words(answer)):
        assert "1 September 2024" in text
        assert second.question in text
    made = answer_to_json(answer)
    assert [part["answered"] for part in made["parts"]] == [True, False]
    assert made["answer"] == first.answer


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["Are sheets and towels provided?", "Who are Amira Haddad and Jonas Weber?"]
)
def test_what_one_sentence_says_of_both_is_said_once(answerer: Answerer, question: str) -> None:
    assert answered(answerer, question).state == "answer"


@pytest.mark.model
def test_what_was_talked_about_is_meant_where_several_documents_would_answer(
    answerer: Answerer,
) -> None:
    first = reply(answerer, "How much is the rent?")
    then = reply(answerer, "And the deposit?", exchanges_of([first]))
    assert then.answer is not None
    assert then.answer.answer is not None
    assert "1,325" in then.answer.answer
    assert "Tenancy of 14 Marlow Street" in then.understood
    again = reply(answerer, "who holds it?", exchanges_of([first, then]))
    assert again.answer is not None
    assert "Deposit Protection Service" in (again.answer.answer or "")
