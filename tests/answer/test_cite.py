"""A citation exists only where its quote stands."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa.answer.cite import cite
from qa.errors import CitationError
from qa.schema import Document, Passage, Reading, Span, State

TEXT = "Roses want sun. Prune roses in February. Roses want sun."
DOCUMENT = Document("garden.txt", "garden", TEXT, "0")
PASSAGE = Passage("id", "garden.txt", 0, 40, TEXT[:40], "", (Span(0, 15), Span(16, 40)))
READING = Reading(PASSAGE, Span(16, 40), Span(31, 39), 0.5, (Span(16, 21),))
# Text at the document's end: a slice also finds it by a negative start or an end beyond.
BEHIND = Reading(
    Passage("id", "garden.txt", 41, 56, TEXT[41:], "", ()), Span(41, 56), Span(41, 47), 0.5
)

spans = st.builds(Span, st.integers(-70, 70), st.integers(-70, 70))


def test_a_citation_quotes_the_sentence_with_its_place_and_highlights() -> None:
    citation = cite(READING, DOCUMENT)
    assert citation.quote == "Prune roses in February."
    assert (citation.doc_id, citation.title, citation.page) == ("garden.txt", "garden", None)
    assert (citation.start, citation.end) == (16, 40)
    assert citation.highlights == READING.highlights


@given(
    text=st.sampled_from([TEXT, TEXT[:39], " " + TEXT, ""]) | st.text(max_size=60),
    passage=spans,
    claimed=st.none() | st.sampled_from([TEXT, TEXT[:40]]),
    sentence=spans,
    answer=spans,
)
def test_whatever_is_read_a_citation_stands_at_its_offsets_or_is_refused(
    text: str, passage: Span, claimed: str | None, sentence: Span, answer: Span
) -> None:
    slice_ = text[passage.start : passage.end] if claimed is None else claimed
    reading = Reading(Passage("id", "garden.txt", *passage, slice_, "", ()), sentence, answer, 0.5)
    try:
        citation = cite(reading, replace(DOCUMENT, text=text))
    except CitationError:
        return
    assert 0 <= citation.start < citation.end <= len(text)
    assert citation.quote == text[citation.start : citation.end]
    assert passage.start <= citation.start <= answer.start < answer.end <= citation.end
    assert citation.end <= passage.end


@given(text=st.text(min_size=1), data=st.data())
def test_a_consistent_reading_is_always_cited(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=6, max_size=6)))
    assume(cuts[2] < cuts[3])
    passage = Span(cuts[0], cuts[5])
    reading = Reading(
        Passage("id", "garden.txt", *passage, text[cuts[0] : cuts[5]], "", ()),
        Span(cuts[1], cuts[4]),
        Span(cuts[2], cuts[3]),
        0.5,
    )
    assert cite(reading, replace(DOCUMENT, text=text)).quote == text[cuts[1] : cuts[4]]


@pytest.mark.parametrize(
    "reading",
    [
        replace(READING, passage=replace(PASSAGE, doc_id="other.txt")),
        replace(READING, passage=replace(PASSAGE, start=1, end=41)),
        replace(READING, passage=replace(PASSAGE, text=TEXT[:39] + "!")),
        replace(READING, sentence=Span(16, 41)),
        replace(READING, sentence=Span(40, 40), answer=Span(40, 40)),
        replace(READING, answer=Span(15, 39)),
        replace(READING, answer=Span(31, 41)),
        replace(READING, answer=Span(31, 31)),
        replace(BEHIND, passage=replace(BEHIND.passage, end=99), sentence=Span(41, 99)),
        replace(
            BEHIND,
            passage=replace(BEHIND.passage, start=-15),
            sentence=Span(-15, 56),
        ),
    ],
    ids="document place text sentence blank before after empty end start".split(),
)
def test_a_reading_that_contradicts_its_document_is_refused(reading: Reading) -> None:
    with pytest.raises(CitationError, match=r"build the index again"):
        cite(reading, DOCUMENT)


@given(st.text())
def test_a_document_that_changed_is_never_cited(text: str) -> None:
    assume(text[:40] != TEXT[:40])
    with pytest.raises(CitationError):
        cite(READING, replace(DOCUMENT, text=text))


@pytest.mark.parametrize(
    ("pages", "page"), [((), None), ((0,), 1), ((0, 16), 2), ((0, 17), 1), ((0, 5, 16, 40), 3)]
)
def test_a_citation_names_the_page_its_quote_begins_on(
    pages: tuple[int, ...], page: int | None
) -> None:
    assert cite(READING, replace(DOCUMENT, pages=pages)).page == page


def test_a_citation_carries_the_heading_path_and_the_state_it_is_given() -> None:
    under = replace(READING, passage=replace(PASSAGE, context="A year › Garden › Roses"))
    titled = replace(DOCUMENT, title="A year")
    assert cite(under, titled).heading == "Garden › Roses"
    untitled = replace(DOCUMENT, title=PurePosixPath(DOCUMENT.doc_id).stem)
    assert cite(under, untitled).heading == "A year › Garden › Roses"
    states: tuple[State, ...] = ("unchanged", "changed", "missing")
    assert [cite(under, DOCUMENT, state).state for state in states] == list(states)
    assert cite(READING, DOCUMENT).state == "unchanged"


@given(starts=st.sets(st.integers(1, 50)), offset=st.integers(0, 60))
def test_every_offset_is_on_the_last_page_that_starts_no_later(
    starts: set[int], offset: int
) -> None:
    pages = (0, *sorted(starts))
    page = replace(DOCUMENT, pages=pages).page_of(offset)
    assert page is not None
    assert pages[page - 1] <= offset < [*pages, 61][page]
