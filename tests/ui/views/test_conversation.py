"""The left pane's HTML: nothing from outside becomes markup, and marks are at the right words.

The output is parsed as a browser would and compared with that of harmless input: the
tags and attribute names must be the same, the text and values those that were given.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Table,
    Term,
    Version,
)
from qa.ui.page_state import Turn
from qa.ui.views.conversation import conversation_html, welcome_html
from qa.words import counted
from tests.ui.markup_page import HOSTILE, Page, assert_only_text_differs, outside


def answered(words: str, doc_id: str, title: str) -> Answer:
    body = f"before {words} after"
    marks = (Span(107, 107 + len(words)),)
    citation = Citation(
        doc_id, title, None, 100, 100 + len(body), body, marks, f"Heading {words}", "changed"
    )
    passage = Passage("id", doc_id, 0, 10, f"other {words}", f"under {words}", ())
    return Answer(
        question=words,
        answered=True,
        answer=body,
        confidence=0.9,
        citations=(citation,),
        passages=(RetrievedPassage(0, passage, 1, 1, 1, 1),),
        timings_ms={"total": 12.0},
    )


def abstained(words: str, doc_id: str, title: str) -> Answer:
    return replace(answered(words, doc_id, title), answered=False, answer=None, citations=())


def differing(words: str, doc_id: str, title: str) -> Answer:
    answer = answered(words, doc_id, title)
    (citation,) = answer.citations
    return replace(
        answer,
        citations=(citation, citation),
        versions=(Version(words, words, citation), Version(f"{words}!", "", citation)),
    )


def unclear(words: str, doc_id: str, title: str) -> Answer:
    choices = (Choice(doc_id, title), Choice(f"{doc_id}2", f"{title}2"))
    return replace(abstained(words, doc_id, title), choices=choices)


def computed(words: str, doc_id: str, title: str) -> Answer:
    terms = (Term(words, title, Span(0, 1)), Term(title, words, Span(0, 1)))
    citation = answered(words, doc_id, title).citations[0]
    found = Computation("sum", words, title, terms * 15, citation)
    return replace(abstained(words, doc_id, title), computed=found)


def mistyped(words: str, doc_id: str, title: str) -> Answer:
    return replace(
        abstained(words, doc_id, title),
        read_as=(Misspelling(words, title),),
        unmentioned=(words,),
        suggestion=f"{words}?",
    )


def tabled(words: str, doc_id: str, title: str) -> Answer:
    answer = answered(words, doc_id, title)
    table = Table((words, title), ((doc_id, words), ("", words)), 1, 1)
    return replace(answer, citations=(replace(answer.citations[0], table=table),))


def listed(words: str, doc_id: str, title: str) -> Answer:
    answer = tabled(words, doc_id, title)
    (citation,) = answer.citations
    second = replace(citation, start=500, end=500 + len(citation.quote))
    return replace(answer, citations=(citation, second), listed=(words, f"{words}!"))


def welcome(words: str, doc_id: str, title: str) -> str:
    return welcome_html([words, f"{doc_id} {title}"], 2, can_add=False)


def start(words: str, doc_id: str, title: str) -> str:
    return welcome_html([words], 0, can_add=True)


def conversation(words: str, doc_id: str, title: str) -> str:
    turns = [
        Turn(words, answered(words, doc_id, title)),
        Turn(words, abstained(words, doc_id, title), only=2),
        Turn(words, differing(words, doc_id, title)),
        Turn(words, unclear(words, doc_id, title)),
        Turn(words, computed(words, doc_id, title)),
        Turn(words, mistyped(words, doc_id, title)),
        Turn(words, tabled(words, doc_id, title)),
        Turn(words, listed(words, doc_id, title)),
        Turn(words, None, f"{doc_id} {title}"),
        Turn(words, abstained(words, doc_id, title), f"unwritable {doc_id}"),
    ]
    return conversation_html(turns, conversation=doc_id, problem=f"It is {title}")


PANES: Sequence[Callable[[str, str, str], str]] = (welcome, start, conversation)


# ---- escaping


@pytest.mark.parametrize("pane", PANES)
@settings(max_examples=50)
@given(words=outside, doc_id=outside, title=outside)
def test_nothing_from_outside_becomes_a_tag_or_an_attribute(
    pane: Callable[[str, str, str], str], words: str, doc_id: str, title: str
) -> None:
    harmless = pane("words", "id", "title")
    assert_only_text_differs(pane(words, doc_id, title), harmless, words, doc_id, title)


@pytest.mark.parametrize("words", HOSTILE)
def test_everything_from_outside_is_shown_as_it_was_given(words: str) -> None:
    shown = Page(conversation(words, f"id {words}", f"title {words}")).shown
    assert shown.count(f"before {words} after") == 3
    assert shown.count(f"title {words}") >= 1
    assert shown.count(f"id {words}") >= 2
    assert f"Heading {words}" in shown
    examples = Page(welcome_html([words], 1, can_add=False))
    assert examples.values("data-ask") == [words]
    assert words in examples.texts


def test_a_button_opens_the_very_document_and_span() -> None:
    page = Page(conversation("words", 'a"b.txt', "title"))
    assert set(page.values("data-open")) == {'a"b.txt'}
    assert page.values("data-start")[0] == "100"
    assert page.values("data-end")[0] == str(100 + len("before words after"))


def test_copying_a_citation_gives_quote_title_and_place() -> None:
    (copied, *_) = Page(conversation("<b>", "b/a.txt", "T")).values("data-copy")
    assert copied == "“before <b> after” — T (b/a.txt), Heading <b>"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1234, "1,234 files")]
)
def test_a_number_stands_with_its_noun(number: int, said: str) -> None:
    assert counted(number, "file") == said


# ---- the conversation


def test_an_answer_shows_its_words_marked_and_its_confidence() -> None:
    page = Page(conversation_html([Turn("Q?", answered("words", "a.txt", "a"))]))
    assert page.marked == ["words"]
    for part in ("Q?", "before words after", "very likely (90%)"):
        assert part in page.shown


def test_how_long_an_answer_took_is_told_to_whoever_asks() -> None:
    for answer in (answered("words", "a.txt", "a"), abstained("words", "a.txt", "a")):
        assert " ms" not in Page(conversation_html([Turn("Q?", answer)])).shown
    page = Page(conversation_html([Turn("Q?", answered("words", "a.txt", "a"))]))
    assert any("It took 12 ms." in title for title in page.values("title"))


def test_a_short_answer_stands_above_its_sentence() -> None:
    full = answered("351", "a.txt", "a")
    page = Page(conversation_html([Turn("Q?", replace(full, answer="351"))]))
    assert ("class", "qa-short") in page.attributes
    assert page.shown.index("351") < page.shown.index("before 351 after")
    whole = Page(conversation_html([Turn("Q?", full)]))
    assert ("class", "qa-short") not in whole.attributes, "it would say the same thing twice"


def test_every_place_that_gives_the_same_answer_can_be_opened() -> None:
    full = answered("351", "a.txt", "a")
    also = Citation("b.txt", "b", None, 7, 20, "It was 351 <b>", (Span(14, 17),))
    page = Page(conversation_html([Turn("Q?", replace(full, citations=(*full.citations, also)))]))
    assert "It was 351 <b>" in page.shown
    assert page.marked == ["351", "351"]
    assert page.values("data-open")[:2] == ["a.txt", "b.txt"]
    assert page.values("data-start")[:2] == ["100", "7"]
    assert "The same answer also stands here" in page.shown


def test_a_passage_that_holds_the_citation_is_not_listed_again() -> None:
    answer = answered("words", "a.txt", "a")
    holder = Passage("id", "a.txt", 90, 200, "It holds the sentence", "", ())
    found = RetrievedPassage(1, holder, 2, 1, 1, 1)
    page = Page(
        conversation_html([Turn("Q?", replace(answer, passages=(*answer.passages, found)))])
    )
    assert "It holds" not in page.shown
    assert "Other passages it looked at (1)" in page.shown
    alone = Page(conversation_html([Turn("Q?", replace(answer, passages=(found,)))]))
    assert "Other passages" not in alone.shown


def test_an_abstention_says_so_and_calls_the_closest_passages_no_answer() -> None:
    answer = replace(abstained("words", "a.txt", "a"), n_documents=3)
    page = Page(conversation_html([Turn("Q?", answer)]))
    assert "I found no answer in these 3 documents." in page.shown
    assert "related, not an answer" in page.shown
    assert not any(attribute == ("class", "qa-answer") for attribute in page.attributes)


def test_a_name_that_no_document_mentions_is_told() -> None:
    answer = replace(abstained("words", "a.txt", "a"), unmentioned=("<b>Ada",))
    page = Page(conversation_html([Turn("Q?", answer)]))
    assert "The documents don’t say. They never mention “<b>Ada”." in page.shown


def test_what_may_answer_is_shown_as_such_and_opens_its_place() -> None:
    (citation,) = answered("words", "a.txt", "a").citations
    answer = replace(abstained("words", "a.txt", "a"), possible=citation)
    page = Page(conversation_html([Turn("Q?", answer)]))
    assert "I found no sure answer. Possibly:" in page.shown
    assert citation.quote in page.shown
    assert str(citation.start) in page.values("data-start")
    assert not any(attribute == ("class", "qa-short") for attribute in page.attributes)


def test_an_error_is_shown_under_its_question() -> None:
    page = Page(conversation_html([Turn("Q?", None, "It broke.")]))
    assert page.shown.index("Q?") < page.shown.index("It broke.")


def test_turns_are_shown_in_order() -> None:
    turns = [Turn(f"Question {n}", None, "x") for n in range(3)]
    shown = Page(conversation_html(turns)).shown
    assert [shown.index(turn.question) for turn in turns] == sorted(
        shown.index(turn.question) for turn in turns
    )


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        (answered("words", "a.txt", "a"), ["up", "down", "wrong_citation"]),
        (abstained("words", "a.txt", "a"), ["up", "down"]),
        (None, []),
    ],
)
def test_an_answer_can_be_judged_and_an_abstention_has_no_citation_to_be_wrong(
    answer: Answer | None, offered: list[str]
) -> None:
    page = Page(conversation_html([Turn("First?", None, "x"), Turn("Q?", answer)]))
    assert page.values("data-judge") == offered
    assert page.values("data-turn") == ["1" for _ in offered]


def test_a_judged_answer_is_thanked_for_and_not_asked_about_again() -> None:
    turn = Turn("Q?", answered("words", "a.txt", "a"), verdict="down")
    page = Page(conversation_html([turn]))
    assert "Thank you" in page.shown
    assert page.values("data-judge") == []


def test_a_verdict_that_could_not_be_kept_says_so_and_can_be_given_again() -> None:
    turn = Turn("Q?", answered("words", "a.txt", "a"), "The disk is full.")
    page = Page(conversation_html([turn]))
    assert "The disk is full." in page.texts
    assert page.values("data-judge") == ["up", "down", "wrong_citation"]


@pytest.mark.parametrize(
    ("count", "said"), [(1, "your 1 document"), (1234, "your 1,234 documents")]
)
def test_an_empty_conversation_welcomes_with_the_number_of_documents(count: int, said: str) -> None:
    page = Page(welcome_html(["Why?"], count, can_add=False))
    assert said in page.shown
    assert page.values("data-ask") == ["Why?"]
    assert "For example" not in Page(welcome_html([], count, can_add=False)).shown


@given(st.text(min_size=1, max_size=40), st.data())
def test_highlights_of_an_answer_are_marked_at_their_words(quote: str, data: st.DataObject) -> None:
    quote = quote.replace("\r", " ").replace("\0", " ")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(quote)), max_size=6)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    answer = answered("x", "a.txt", "a")
    citation = replace(
        answer.citations[0],
        quote=quote,
        highlights=tuple(Span(span.start + 100, span.end + 100) for span in spans),
    )
    page = Page(conversation_html([Turn("Q?", replace(answer, citations=(citation,)))]))
    assert page.marked == [quote[span.start : span.end] for span in spans]
    assert quote in page.shown


def test_without_documents_the_welcome_asks_for_some_where_they_can_be_added() -> None:
    page = Page(welcome_html([], 0, can_add=True))
    assert "Add your documents" in page.texts
    assert page.values("data-add") == ["files"]
    fixed = Page(welcome_html([], 0, can_add=False))
    assert "There are no documents yet" in fixed.texts
    assert fixed.values("data-add") == []


@pytest.mark.parametrize(
    ("page", "heading", "said"),
    [(7, "Chapter", "page 7"), (None, "Part › Chapter", "Part › Chapter")],
)
def test_a_citation_says_where_in_its_document_it_stands(
    page: int | None, heading: str, said: str
) -> None:
    answer = answered("words", "a.pdf", "Report")
    citation = replace(answer.citations[0], page=page, heading=heading, state="unchanged")
    shown = Page(conversation_html([Turn("Q?", replace(answer, citations=(citation,)))]))
    assert said in shown.texts
    assert f"Report {said}" in shown.shown
    plain = replace(citation, page=None, heading="")
    nowhere = Page(conversation_html([Turn("Q?", replace(answer, citations=(plain,)))]))
    assert "qa-chip-where" not in nowhere.values("class")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("changed", "The file has changed since it was indexed."),
        ("missing", "The file is no longer there."),
    ],
)
def test_a_citation_says_that_its_file_is_not_as_it_was(state: State, said: str) -> None:
    answer = answered("words", "a.txt", "a")
    citation = replace(answer.citations[0], state=state)
    turn = Turn("Q?", replace(answer, citations=(citation,)))
    assert said in Page(conversation_html([turn])).texts
    unchanged = replace(citation, state="unchanged")
    turn = Turn("Q?", replace(answer, citations=(unchanged,)))
    assert "qa-changed" not in Page(conversation_html([turn])).values("class")


def test_a_turn_that_asked_some_documents_says_how_many() -> None:
    answer = answered("words", "a.txt", "a")
    assert (
        "Asked of 2 documents only" in Page(conversation_html([Turn("Q?", answer, only=2)])).texts
    )
    assert "Asked of" not in Page(conversation_html([Turn("Q?", answer)])).shown


def test_versions_are_shown_each_with_its_date_answer_and_source() -> None:
    page = Page(conversation_html([Turn("Q?", differing("words", "a.txt", "Title"))]))
    said = ("The document says different things:", "Title, undated", "words!")
    assert tuple(text for text in page.texts if text in said) == said
    assert page.values("data-open") == ["a.txt", "a.txt", "a.txt"]


def test_a_choice_asks_the_same_of_the_one_document() -> None:
    page = Page(conversation_html([Turn("How <high>?", unclear("words", "a.txt", "Title"))]))
    assert "Which one do you mean?" in page.texts
    assert page.values("data-ask-only") == ["a.txt", "a.txt2"]


def test_a_passage_is_shown_under_its_heading_with_the_words_marked_and_opens_there() -> None:
    text = "A first one. <b>Looms</b> stand here."
    passage = Passage("id", "a.txt", 0, len(text), text, "Mills <i>", ())
    found = RetrievedPassage(0, passage, 1, 1, 1, 1, Span(13, len(text)), (Span(16, 21),))
    answer = replace(abstained("words", "a.txt", "a"), passages=(found,))
    page = Page(conversation_html([Turn("Q?", answer)]))
    assert page.marked == ["Looms"]
    assert "Mills <i>" in page.texts
    assert page.values("data-start") == ["13"]


def test_a_row_is_shown_in_its_table_with_the_cell_that_answers_marked() -> None:
    page = Page(conversation_html([Turn("Q?", tabled("w<i>", "a.txt", "T"))]))
    assert page.marked == ["w<i>"]
    tags = [tag for tag, _ in page.tags]
    assert (tags.count("td"), tags.count("th")) == (4, 2)
    assert page.values("class").count("qa-cited-row") == 1


def test_rows_that_answer_together_stand_in_one_table_each_with_its_button() -> None:
    page = Page(conversation_html([Turn("Q?", listed("w<i>", "a.txt", "T"))]))
    assert page.marked == ["w<i>", "w<i>"]
    assert page.values("class").count("qa-cited-row") == 2
    assert page.values("data-start")[:2] == ["100", "500"]
    assert page.texts.count("w<i>!") == 1
    assert [tag for tag, _ in page.tags].count("table") == 1


def test_lines_and_rows_without_a_table_that_answer_together_are_quoted_one_by_one() -> None:
    answer = listed("w<i>", "a.txt", "T")
    plain = replace(answer.citations[1], table=None)
    for citations in ((answer.citations[0], plain), (plain, plain)):
        turn = Turn("Q?", replace(answer, citations=citations))
        page = Page(conversation_html([turn]))
        assert page.values("class").count("qa-chip") == 2
        assert "The same answer also stands here:" not in page.texts


def test_what_was_computed_is_shown_with_its_figures_and_opens_where_they_stand() -> None:
    answer = computed("1,505 <t>", "a.csv", "Output")
    page = Page(conversation_html([Turn("How much in all?", answer)]))
    assert "Sum of “Output” over 30 rows: computed, no document says it itself." in page.texts
    assert page.texts.count("1,505 <t>") > 20
    assert "and 10 more rows" in page.texts
    assert "a.csv" in page.values("data-open")


@pytest.mark.parametrize("make", [computed, unclear])
def test_what_is_neither_quoted_nor_refused_has_no_verdict(
    make: Callable[[str, str, str], Answer],
) -> None:
    page = Page(conversation_html([Turn("Q?", make("words", "a.txt", "Title"))]))
    assert page.values("data-judge") == []
    page = Page(conversation_html([Turn("Q?", abstained("words", "a.txt", "Title"))]))
    assert page.values("data-judge")
