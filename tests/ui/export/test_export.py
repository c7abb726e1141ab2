"""A conversation on paper: every word is there, means itself, and says where it stands."""

import io
import zipfile
from dataclasses import replace

from hypothesis import given
from markdown_it import MarkdownIt

from qa.formats import parse
from qa.schema import Answer, Choice, Citation, Computation, Span, Term, Version
from qa.settings import ParseLimits
from qa.ui.export.lines import lines
from qa.ui.export.markdown import to_markdown
from qa.ui.export.word import to_word
from qa.ui.page_state import Conversation, Turn
from qa.words import squeezed
from qa.write.writer import Written, WrittenSentence
from tests.ui.markup_page import Page, outside

CITATION = Citation(
    "a/report.pdf", "The report", 3, 10, 40, "Roses want sun and clay today.", (Span(16, 24),),
    "Garden > Roses",
)  # fmt: skip
ANSWER = Answer("What do roses want?", True, "sun", 0.9, (CITATION,), ())
REFERENCE = "The report (a/report.pdf), Garden > Roses, page 3"

COMPUTATION = Computation(
    "sum", "11", "Beds", (Term("a", "5", Span(0, 1)), Term("b", "6", Span(2, 3))), CITATION
)


def conversation(*answers: Answer | None, title: str = "A title") -> Conversation:
    turns = (Turn(f"Question {n}?", answer, "It broke.") for n, answer in enumerate(answers))
    return Conversation(tuple(turns), title=title)


def rendered(markdown: str) -> Page:
    return Page(MarkdownIt("commonmark").render(markdown).replace("<br />", "<br>"))


def texts_of(word: bytes) -> list[str]:
    return [line for line in parse("a.docx", word, ParseLimits()).text.splitlines() if line.strip()]


def test_an_answer_is_written_with_its_quote_marked_and_where_it_stands() -> None:
    assert [
        (line.kind, "".join(piece.text for piece in line.pieces))
        for line in lines(conversation(ANSWER))
    ] == [
        ("title", "A title"),
        ("question", "Question 0?"),
        ("answer", "sun"),
        ("quote", CITATION.quote),
        ("reference", REFERENCE),
    ]
    assert "> Roses **want sun** and clay today." in to_markdown(conversation(ANSWER))


def test_prose_stands_above_with_what_supports_it_and_without_what_was_struck() -> None:
    other = replace(CITATION, quote="Roses want shade.", start=50, end=67, highlights=())
    written = Written(
        "a-model",
        "127.0.0.1:11434",
        (
            WrittenSentence("Roses want sun.", (CITATION,), ""),
            WrittenSentence("They sing.", (), "“sing” stands nowhere"),
            WrittenSentence("Some want shade.", (other, CITATION), ""),
        ),
        done=True,
    )
    told = Conversation((Turn("What do roses want?", ANSWER, written=written),), title="A title")
    said = [("".join(piece.text for piece in line.pieces), line.kind) for line in lines(told)]
    assert said[2:] == [
        ("Roses want sun. [1] Some want shade. [2][1]", "prose"),
        (CITATION.quote, "quote"),
        (f"[1] {REFERENCE}", "reference"),
        ("Roses want shade.", "quote"),
        (f"[2] {REFERENCE}", "reference"),
        (
            "Written by a-model at 127.0.0.1:11434, 1 sentence struck. "
            "In the documents’ own words:",
            "note",
        ),
        ("sun", "answer"),
        (CITATION.quote, "quote"),
        (REFERENCE, "reference"),
    ]
    for shown in (to_markdown(told), "\n".join(texts_of(to_word(told)))):
        assert "sing" not in shown


def test_both_formats_hold_every_kind_of_answer() -> None:
    other = replace(CITATION, quote="Roses want shade.", highlights=(), state="outdated")
    versions = (Version("sun", "2019", CITATION), Version("shade", "2018", other))
    talk = conversation(
        ANSWER,
        replace(ANSWER, citations=(CITATION, other), versions=versions),
        replace(ANSWER, answered=False, answer=None, citations=(), possible=CITATION),
        replace(ANSWER, answered=False, answer=None, citations=(), n_documents=2),
        replace(
            ANSWER,
            answered=False,
            answer=None,
            citations=(),
            choices=(Choice("b.txt", "The B"), Choice("c.txt", "The C")),
        ),
        replace(ANSWER, answered=False, answer=None, citations=(), computed=COMPUTATION),
        None,
    )
    expected = [
        "2019: sun", "2018: shade", "The document says different things:", "Roses want shade.",
        "I found no sure answer. Possibly:", "I found no answer in these 2 documents.",
        "11 (sum of “Beds” over 2 rows)", "Which one do you mean?", "The B (b.txt)", "It broke.",
        f"{REFERENCE}. The document has changed since, and these words no longer stand in it.",
    ]  # fmt: skip
    shown = squeezed(rendered(to_markdown(talk)).shown)
    word = squeezed(" ".join(texts_of(to_word(talk))))
    for words in expected:
        assert words in shown
        assert words in word


@given(outside, outside, outside)
def test_whatever_documents_say_is_text_in_both(words: str, title: str, doc_id: str) -> None:
    citation = replace(
        CITATION, quote=f"a{words}b", start=0, end=len(words) + 2, doc_id=f"x{doc_id}",
        highlights=(Span(1, 1 + len(words)),), title=f"t{title}", heading="",
    )  # fmt: skip
    talk = conversation(replace(ANSWER, answer=f"c{words}d", citations=(citation,)), title=title)
    page = rendered(to_markdown(talk))
    assert {tag for tag, _ in page.tags} <= {
        "h1", "h2", "p", "strong", "blockquote", "br"
    }  # fmt: skip
    word = to_word(talk)
    assert zipfile.ZipFile(io.BytesIO(word)).testzip() is None
    assert word == to_word(talk)
    read = squeezed(" ".join(texts_of(word)))
    assert "Question 0?" in read
    if words.isalnum():
        assert f"a{words}b" in squeezed(page.shown)
        assert f"a{words}b" in read
