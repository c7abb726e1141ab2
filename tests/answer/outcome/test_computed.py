"""What rows come to: exact, or nothing."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.live import open_index
from qa.answer.outcome.computed import Computed, asks_to_compute, computed
from qa.index.build import build_index
from qa.schema import Answer
from tests.answer.outcome.making import candidate
from tests.conftest import write_corpus

OUTPUT = (
    "Plant output\n\n"
    "Plant: Elm | Year: 2020 | Tonnes: 110 | Share: 12 %\n"
    "Plant: Elm | Year: 2021 | Tonnes: 120 | Share: 13 %\n"
    "Plant: Birch | Year: 2021 | Tonnes: 1,385 | Share: 40 %\n"
    "Plant: Cedar | Year: 2021 | Tonnes: 388.5 | Share: 20 %\n"
    "Plant: Total | Year: 2021 | Tonnes: 9,999 | Share: 73 %\n\n"
    "Ship: Tern | Built: 1960 | Crew: 12\nShip: Hope | Built: 1931 | Crew: \n"
)


def compute(
    question: str, text: str = OUTPUT, row: str = "Plant: Elm | Year: 2020"
) -> Computed | None:
    line = next(line for line in text.split("\n") if line.startswith(row))
    return computed(question, [candidate("output.csv", text, line, line[-2:])], lambda _: text)


def value(question: str, text: str = OUTPUT, row: str = "Plant: Elm | Year: 2020") -> str | None:
    found = compute(question, text, row)
    return found and found.value


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many tonnes did all plants produce together in 2021?", "1,893.5"),
        ("How many tonnes did Elm produce in total?", "230.0"),
        ("What is the average of tonnes in 2021?", "about 631.167"),
        ("How many plants are there?", "3"),
        ("How many plants are listed for 2020?", "1"),
        ("How many more tonnes did Birch produce than Cedar in 2021?", "996.5"),
        ("What is the difference between Birch and Cedar in tonnes in 2021?", "996.5"),
        ("How many tonnes did all plants produce together in 2019?", None),
        ("How many tonnes did all plants in Norway produce together?", None),
        ("How many plants closed in 2020?", None),
        ("What is the total share of the plants in 2021?", None),
        ("What is the sum of the years?", None),
        ("How many tonnes did Cedar produce in total?", None),
        ("How many tonnes did Birch produce in 2021?", None),
        ("What is the total price?", None),
    ],
)
def test_what_the_question_names_is_computed_or_nothing(question: str, said: str | None) -> None:
    text = OUTPUT.replace("| Tonnes: 110 ", "| Tonnes: 110.0 ")
    assert value(question, text) == said


def test_how_much_more_is_asked_in_the_right_order() -> None:
    more = "How much more did {} weigh than {}?"
    text = "Bell: Ada | Weight: 300 kg\nBell: Bea | Weight: 120 kg\n"
    assert value(more.format("Ada", "Bea"), text, "Bell") == "180 kg"
    assert value(more.format("Bea", "Ada"), text, "Bell") is None
    assert value(more.replace("more", "less").format("Bea", "Ada"), text, "Bell") == "180 kg"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many tonnes were there in total in 2019?", "200"),
        ("What is the total of tonnes 2020 of all harbours?", "208"),
        ("How many tonnes were there in total in 2018?", None),
    ],
)
def test_of_columns_by_year_the_one_of_the_year_is_added(question: str, said: str | None) -> None:
    text = (
        "Harbour: Velm | Tonnes 2019: 120 | Tonnes 2020: 131\n"
        "Harbour: Orsk | Tonnes 2019: 80 | Tonnes 2020: 77\n"
    )
    assert value(question, text, "Harbour: Velm") == said


def test_all_that_went_in_is_named_and_lies_where_it_says() -> None:
    found = compute("How many tonnes did all plants produce together in 2021?")
    assert found is not None
    assert [(term.name, term.value) for term in found.terms] == [
        ("Elm", "120"),
        ("Birch", "1,385"),
        ("Cedar", "388.5"),
    ]
    assert all(OUTPUT[slice(*term.span)] == term.value for term in found.terms)
    passage = found.passage
    assert passage.text == OUTPUT[passage.start : passage.end]
    assert passage.text.startswith("Plant: Elm | Year: 2021")
    assert passage.text.endswith("388.5 | Share: 20 %")


@pytest.mark.parametrize(
    "spoilt",
    [
        "Plant: Elm | Year: 2021",  # an empty cell
        "Plant: Elm | Year: 2021 | Tonnes: n/a | Share: 13 %",
        "Plant: Elm | Year: 2021 | Tonnes: 120 kg | Share: 13 %",
        "Plant: Elm | Year: 2021 | Tonnes: 1.200 | Share: 13 %",
        "Plant: Elm | Year: 2021 | Tonnes: 100–120 | Share: 13 %",
    ],
)
def test_nothing_is_computed_of_rows_that_are_not_plain(spoilt: str) -> None:
    text = OUTPUT.replace("Plant: Elm | Year: 2021 | Tonnes: 120 | Share: 13 %", spoilt)
    assert value("How many tonnes did all plants produce together in 2021?", text) is None


def test_tables_that_come_to_different_results_come_to_none() -> None:
    other = OUTPUT.replace("1,385", "1,400")
    question = "How many tonnes did all plants produce together in 2021?"
    line = "Plant: Elm | Year: 2020 | Tonnes: 110 | Share: 12 %"
    both = [candidate(name, text, line, "110") for name, text in (("a", OUTPUT), ("b", other))]
    texts = {"a": OUTPUT, "b": other}
    assert computed(question, both, lambda doc_id: texts[doc_id]) is None
    assert computed(question, both, lambda doc_id: OUTPUT) is not None


@settings(max_examples=60)
@given(st.text(max_size=200), st.sampled_from(["total", "average", "How many x are there?"]))
def test_any_text_is_taken(text: str, question: str) -> None:
    text = f"A: 1 | B: 2\n{text}\nA: 3 | B: 4"
    computed(question, [candidate("d", text, "A: 1 | B: 2", "2")], lambda _: text)


def test_an_ordinary_question_asks_for_nothing_computed() -> None:
    assert asks_to_compute("What did Birch produce in 2021?") == []


DOCUMENTS = {
    "output.csv": "Plant,Year,Tonnes\nElm,2020,110\nElm,2021,120\n"
    "Birch,2021,1385\nCedar,2021,388\n",
    "mill.md": "# The mill\n\nThe mill has 12 looms. In total it wove 410 rolls in 2021.\n",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Answer]:
    """Answers from the documents, as shipped."""
    folder = tmp_path_factory.mktemp("computed")
    build_index(write_corpus(folder / "corpus", DOCUMENTS), folder / "index")
    return open_index(folder / "index").ask


@pytest.mark.model
def test_a_result_is_no_answer_and_is_cited_row_by_row(ask: Callable[..., Answer]) -> None:
    answer = ask("How many tonnes did all plants produce together in 2021?")
    assert (answer.state, answer.answered, answer.answer) == ("computed", False, None)
    assert answer.computed is not None
    assert (answer.computed.operation, answer.computed.value) == ("sum", "1893")
    citation = answer.computed.citation
    assert citation.doc_id == "output.csv"
    marked = [
        citation.quote[a - citation.start : b - citation.start] for a, b in citation.highlights
    ]
    assert marked == ["120", "1385", "388"]


@pytest.mark.model
def test_what_a_document_says_itself_is_not_computed(ask: Callable[..., Answer]) -> None:
    answer = ask("How many rolls did the mill weave in total in 2021?")
    assert (answer.state, answer.answer) == ("answer", "410 rolls") or answer.answer == "410"
