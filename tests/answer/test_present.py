"""Answers as text and JSON: exact, complete, and harmless to a terminal."""

import json
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.present import (
    answer_in_words,
    answer_to_json,
    answer_to_text,
    cited_place,
    confidence_in_words,
    one_line,
    pages_in_words,
    state_in_words,
)
from qa.schema import (
    Answer,
    Choice,
    Citation,
    Computation,
    Misspelling,
    Passage,
    RetrievedPassage,
    Span,
    State,
    Term,
    Version,
)

QUOTE = "It was opened in 1781."
PASSAGE = Passage("id", "uk/bridges.txt", 0, 58, f"The Iron Bridge.\n{QUOTE}", "Bridges", ())
FOUND = RetrievedPassage(
    0, PASSAGE, 1, 0.912345, 0.8, 0.7, best=Span(17, 39), marks=(Span(24, 30),)
)
CITATION = Citation("uk/bridges.txt", "Bridges of Britain", None, 36, 58, QUOTE, (Span(53, 57),))
ANSWER = Answer(
    question="When was it opened?",
    answered=True,
    answer=QUOTE,
    confidence=0.87654321,
    citations=(CITATION,),
    passages=(FOUND,),
    titles={"uk/bridges.txt": "Bridges of Britain"},
    timings_ms={"read": 0.5, "total": 12.4},
    id=7,
)
ABSTAINED = replace(
    ANSWER, answered=False, answer=None, citations=(), confidence=0.1, n_documents=3
)

HOSTILE = "a\x1b[31m\x07\r\nb\x9b2J\u202eevil\u2066x\u061cy\u200fz\x00\x7f\u2028w"


def test_an_answer_object_is_that_of_the_contract() -> None:
    cited = replace(CITATION, heading="Bridges › Iron", state="changed")
    assert answer_to_json(replace(ANSWER, citations=(cited,))) == {
        "id": 7,
        "question": "When was it opened?",
        "answered": True,
        "state": "answer",
        "listed": [],
        "versions": [],
        "choices": [],
        "read_as": [],
        "suggestion": None,
        "language": None,
        "possible": None,
        "answer": QUOTE,
        "confidence": 0.8765,
        "citations": [
            {
                "doc_id": "uk/bridges.txt",
                "title": "Bridges of Britain",
                "page": None,
                "start": 36,
                "end": 58,
                "quote": QUOTE,
                "heading": "Bridges › Iron",
                "state": "changed",
                "scanned": False,
                "table": None,
                "trusted": True,
            }
        ],
        "parts": [],
        "computed": None,
        "passages": [
            {
                "rank": 1,
                "doc_id": "uk/bridges.txt",
                "title": "Bridges of Britain",
                "start": 0,
                "end": 58,
                "text": PASSAGE.text,
                "best": [17, 39],
                "score": 0.9123,
            }
        ],
        "timings_ms": {"read": 0.5, "total": 12.4},
    }


def test_an_abstention_has_no_answer_and_no_citations_but_passages() -> None:
    found = answer_to_json(ABSTAINED)
    assert (found["answered"], found["answer"], found["citations"]) == (False, None, [])
    assert len(found["passages"]) == 1


@given(st.text(), st.text(), st.floats(0, 1))
def test_an_answer_object_survives_json_character_for_character(
    quote: str, title: str, confidence: float
) -> None:
    citation = replace(CITATION, quote=quote, title=title)
    answer = replace(ANSWER, answer=quote, citations=(citation,), confidence=confidence)
    made = answer_to_json(answer)
    assert json.loads(json.dumps(made)) == made
    assert made["citations"][0]["quote"] == quote
    assert 0 <= made["confidence"] <= 1


def test_an_answer_is_printed_with_its_place_confidence_and_time() -> None:
    assert answer_to_text(ANSWER) == (
        "It was opened in 1781.\n\n"
        "  [1] Bridges of Britain — uk/bridges.txt, characters 36–58\n"
        "  very likely (88%) · 12 ms"
    )


def test_an_abstention_is_printed_with_the_closest_passages() -> None:
    assert answer_to_text(ABSTAINED) == (
        "I found no answer in these 3 documents.\n\n"
        "Closest passages (related, not an answer):\n"
        "  1. Bridges\n"
        "     The Iron Bridge. It was opened in 1781.  (uk/bridges.txt 0–58)"
    )
    assert "It was \x1b[1mopened\x1b[0m in 1781." in answer_to_text(ABSTAINED, bold=True)
    alone = replace(ABSTAINED, passages=(), n_documents=1)
    assert answer_to_text(alone) == "I found no answer in this document."
    unmentioned = replace(ABSTAINED, passages=(), unmentioned=("Babbage",))
    said = "The documents don’t say. They never mention “Babbage”."
    assert answer_to_text(unmentioned) == said


def test_what_may_answer_is_printed_as_such_with_its_place() -> None:
    possible = replace(ABSTAINED, possible=CITATION, confidence=0.31, passages=())
    assert possible.state == "possible"
    assert answer_to_text(possible) == (
        "I found no sure answer. Possibly:\n\n"
        "  “It was opened in 1781.”\n"
        "      Bridges of Britain — uk/bridges.txt, characters 36–58\n"
        "  uncertain (31%) · 12 ms"
    )
    made = answer_to_json(possible)
    assert (made["state"], made["answered"], made["answer"]) == ("possible", False, None)
    assert made["possible"] == answer_to_json(ANSWER)["citations"][0]
    assert answer_to_json(ABSTAINED)["state"] == "none"
    assert answer_to_json(ANSWER)["state"] == "answer"


def test_what_differs_is_printed_with_its_date_and_place_in_order() -> None:
    older = replace(CITATION, doc_id="old.txt", title="Old", quote="It was opened in 1780.")
    versions = (Version("1781", "2024", CITATION), Version("1780", "", older))
    answer = replace(ANSWER, answer="1781", citations=(CITATION, older), versions=versions)
    assert answer.state == "differ"
    assert answer_to_text(answer) == (
        "Two documents differ:\n\n"
        "  2024: 1781\n"
        "  [1] Bridges of Britain — uk/bridges.txt, characters 36–58\n"
        "      “It was opened in 1781.”\n\n"
        "  Old, undated: 1780\n"
        "  [2] Old — old.txt, characters 36–58\n"
        "      “It was opened in 1780.”\n\n"
        "  very likely (88%) · 12 ms"
    ).replace("”\n\n  very", "”\n  very")
    made = answer_to_json(answer)
    assert (made["state"], made["answered"]) == ("differ", True)
    assert made["versions"] == [
        {"answer": "1781", "date": "2024", "doc_id": "uk/bridges.txt"},
        {"answer": "1780", "date": "", "doc_id": "old.txt"},
    ]
    within = replace(answer, versions=(versions[0], replace(versions[1], citation=CITATION)))
    assert answer_to_text(within).startswith("The document says different things:")


def test_a_word_read_as_another_is_said_first_and_a_name_is_asked_about() -> None:
    words = (Misspelling("opned", "opened"), Misspelling("brigde", "bridge"))
    read = replace(ANSWER, read_as=words)
    said = "Read “opned” as “opened” and “brigde” as “bridge”.\n\n"
    assert answer_to_text(read) == said + answer_to_text(ANSWER)
    assert answer_to_json(read)["read_as"][0] == {"typed": "opned", "read": "opened"}
    refused = replace(
        ABSTAINED, passages=(), unmentioned=("Severm",), suggestion="Is it the Severn?"
    )
    assert answer_to_text(refused) == (
        "The documents don’t say. They never mention “Severm”.\nDid you mean: Is it the Severn?"
    )
    assert answer_to_json(refused)["suggestion"] == "Is it the Severn?"


def test_what_is_unclear_is_asked_back_with_the_documents() -> None:
    choices = (Choice("uk/bridges.txt", "Bridges of Britain"), Choice("weirs.txt", "weirs"))
    unclear = replace(ABSTAINED, choices=choices)
    assert unclear.state == "unclear"
    assert answer_to_text(unclear) == (
        "Which one do you mean? Each of these documents would answer:\n\n"
        "  1. Bridges of Britain — uk/bridges.txt\n"
        "  2. weirs.txt\n\n"
        "Name it in the question, or ask of one with --only."
    )
    made = answer_to_json(unclear)
    assert (made["state"], made["answered"]) == ("unclear", False)
    assert made["choices"][1] == {"doc_id": "weirs.txt", "title": "weirs"}


def test_an_abstention_prints_three_passages_at_most() -> None:
    many = tuple(replace(FOUND, rank=rank) for rank in range(1, 6))
    lines = answer_to_text(replace(ABSTAINED, passages=many)).splitlines()
    assert [line.split()[0] for line in lines[3::2]] == ["1.", "2.", "3."]


def test_nothing_of_a_document_reaches_a_terminal_as_a_command() -> None:
    passage = replace(PASSAGE, text=HOSTILE, doc_id=HOSTILE)
    citation = replace(
        CITATION, title=HOSTILE, doc_id=HOSTILE, quote=HOSTILE, heading=HOSTILE, state="missing"
    )
    for answer in (ANSWER, ABSTAINED):
        hostile = replace(
            answer,
            question=HOSTILE,
            answer=HOSTILE if answer.answered else None,
            citations=(citation,) if answer.answered else (),
            passages=(replace(FOUND, passage=passage),),
        )
        printed = answer_to_text(hostile)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", printed)
        assert not set("\u061c\u200e\u200f") & set(printed)
        assert not any(unicodedata.bidirectional(c) in _DIRECTIONS for c in printed)
        assert len(printed.splitlines()) == len(answer_to_text(answer).splitlines())


_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text() | st.text("\x00\x1b\r\n\t a\u202e\u2029\x85\x9b", max_size=20))
def test_one_line_is_one_line_of_the_same_words_without_controls(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert not any(unicodedata.category(c) == "Cc" for c in line)
    assert not any(unicodedata.bidirectional(c) in _DIRECTIONS for c in line)
    assert one_line(line) == line


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_one_line_changes_nothing_in_plain_words(text: str) -> None:
    assert one_line(text) == text


def test_a_short_answer_is_printed_with_the_sentence_it_stands_in() -> None:
    also = replace(CITATION, doc_id="b.txt", title="b", quote="Opened:\n1781")
    short = replace(ANSWER, answer="1781", citations=(CITATION, also))
    lines = answer_to_text(short).splitlines()
    assert lines[0] == "1781"
    assert [line.strip() for line in lines if "“" in line] == [f"“{QUOTE}”", "“Opened: 1781”"]
    assert "“" not in answer_to_text(ANSWER)


@pytest.mark.parametrize(
    ("doc_id", "title", "page", "heading", "place"),
    [
        ("a.txt", "a", None, "", "a.txt, characters 36–58"),
        ("b/a.txt", "a", None, "", "a — b/a.txt, characters 36–58"),
        ("a.pdf", "The garden", 3, "", "The garden — a.pdf, page 3, characters 36–58"),
        ("a.pdf", "a", 3, "Ferns", "a.pdf, page 3, characters 36–58"),
        ("a.PPTX", "a", 3, "", "a.PPTX, slide 3, characters 36–58"),
        ("a.md", "a", None, "Garden › Ferns", "a.md, Garden › Ferns, characters 36–58"),
        ("a\nb.txt", "T\x1b[0m", None, "H\x07", "T [0m — a b.txt, H , characters 36–58"),
    ],
)
def test_a_place_names_title_file_page_or_heading_and_characters(
    doc_id: str, title: str, page: int | None, heading: str, place: str
) -> None:
    cited = replace(CITATION, doc_id=doc_id, title=title, page=page, heading=heading)
    assert cited_place(cited) == place


def test_a_place_on_a_scanned_page_says_so() -> None:
    cited = replace(CITATION, doc_id="a.pdf", title="a", page=3, scanned=True)
    assert cited_place(cited) == "a.pdf, page 3 (scanned), characters 36–58"


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ((4,), "page 4"),
        ((1, 2), "pages 1–2"),
        ((1, 3, 4, 5, 9), "pages 1, 3–5, 9"),
        (tuple(range(1, 41, 2)), "pages 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 10 more"),
    ],
)
def test_pages_are_named_in_few_words(pages: tuple[int, ...], said: str) -> None:
    assert pages_in_words(pages) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("unchanged", ""),
        ("changed", " (the file has changed since it was indexed)"),
        ("missing", " (the file is no longer there)"),
    ],
)
def test_a_file_that_is_no_longer_what_was_indexed_is_told_beside_its_place(
    state: State, said: str
) -> None:
    citation = replace(CITATION, state=state)
    lines = answer_to_text(replace(ANSWER, citations=(citation,))).splitlines()
    assert lines[2] == f"  [1] {cited_place(citation)}{said}"
    assert said == (f" ({state_in_words(state)})" if state_in_words(state) else "")


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (1.0, "very likely (100%)"),
        (0.85, "very likely (85%)"),
        (0.84, "likely (84%)"),
        (0.6, "likely (60%)"),
        (0.5, "plausible (50%)"),
        (0.49, "uncertain (49%)"),
        (0.0, "uncertain (0%)"),
    ],
)
def test_a_confidence_is_said_in_words_with_its_figure(confidence: float, said: str) -> None:
    assert confidence_in_words(confidence) == said


def test_what_was_computed_is_said_to_be_with_each_figure_that_went_in() -> None:
    terms = (Term("Elm", "120", Span(12, 15)), Term("Birch", "1,385", Span(30, 35)))
    found = Computation("sum", "1,505", "Tonnes", terms, CITATION)
    answer = replace(ABSTAINED, computed=found)
    assert answer.state == "computed"
    said = answer_to_text(answer)
    assert "1,505  (sum of “Tonnes” over 2 rows)" in said
    assert "  Elm    120\n  Birch  1,385" in said
    assert cited_place(CITATION) in said
    made = answer_to_json(answer)
    assert (made["state"], made["answered"]) == ("computed", False)
    assert made["computed"]["terms"][0] == {"name": "Elm", "value": "120", "start": 12, "end": 15}
    assert "1,505" in answer_in_words(answer)
    long = replace(answer, computed=replace(found, terms=terms * 15))
    assert "… and 10 more rows" in answer_to_text(long)
