"""Listing, opening, finding and removing documents, with whatever a browser names."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.schema import Span
from qa.ui.library import Library
from tests.conftest import CORPUS, write_corpus
from tests.ui.markup_page import Page
from tests.ui.panes.opening import HOSTILE_NAMES, Panes, build, library_panes, panes_of, shown

TWO = "Nothing grows in the yard of the old mill before May."

# ---- opening


@pytest.mark.parametrize("doc_id", HOSTILE_NAMES)
def test_a_document_that_is_not_there_is_said_not_to_be(panes: Panes, doc_id: str) -> None:
    printable = doc_id.encode("utf-8", "replace").decode()
    html = panes.documents.open(printable, None, "", None)
    assert "There is no document" in shown(html)
    assert Page(html).values("data-documents") == [""], "there is a way back"


@given(st.integers(0, 2**40), st.integers(1, 2**40), st.integers() | st.none(), st.text(max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_place_of_a_document_opens(
    panes: Panes, start: int, length: int, page: int | None, kind: str
) -> None:
    html = panes.documents.open("bridges.txt", Span(start, start + length), kind, page)
    words = CORPUS["bridges.txt"][start : start + length].split()
    assert " ".join(Page(html).marked).split() == words


def test_a_citation_past_the_end_of_a_long_document_opens_its_start(own: Path) -> None:
    (own / "corpus" / "long.txt").write_text("Some words about ferns.\n\n" * 20_000)
    build(own)
    html = panes_of(own / "index").documents.open("long.txt", Span(10**9, 10**9 + 5), "", None)
    assert "characters 0 to 200,000" in shown(html)


@pytest.mark.parametrize(
    ("page", "said"), [(None, 1), (2, 2), (3, 3), (0, 1), (-5, 1), (4, 3), (10**18, 3)]
)
def test_a_page_is_kept_within_the_document(panes: Panes, page: int | None, said: int) -> None:
    html = panes.documents.open("roses.pdf", None, "page", page)
    assert f"Page {said} of 3" in Page(html).texts


def test_a_citation_opens_its_own_page_with_a_box_and_other_pages_without(panes: Panes) -> None:
    answer = panes.conversation.ask("Is page 2 about roses and ferns?", ["roses.pdf"]).answer
    assert answer is not None
    citation = answer.citations[0]
    span = Span(citation.start, citation.end)
    own_page = Page(panes.documents.open("roses.pdf", span, "", None))
    assert f"Page {citation.page} of 3" in own_page.texts
    assert own_page.values("id") == ["qa-cited"]
    other = 1 if citation.page != 1 else 2
    assert Page(panes.documents.open("roses.pdf", span, "page", other)).values("id") == []
    assert Page(panes.documents.open("roses.pdf", span, "text", None)).marked == [citation.quote]


def test_a_pdf_whose_file_is_not_as_indexed_opens_as_text_and_says_so(own: Path) -> None:
    panes = panes_of(own / "index")
    assert Page(panes.documents.open("roses.pdf", None, "", None)).values("src")
    (own / "corpus" / "roses.pdf").write_bytes(b"%PDF-1.7 something else")
    changed = Page(panes.documents.open("roses.pdf", None, "", None))
    assert "has changed since it was indexed" in changed.shown
    assert "Page 1 is about roses and ferns." in changed.shown
    assert changed.values("src") == []
    (own / "corpus" / "roses.pdf").unlink()
    missing = Page(panes.documents.open("roses.pdf", None, "page", 2))
    assert "no longer where it was indexed" in missing.shown
    assert "Page 1 is about roses and ferns." in missing.shown


def test_a_page_that_cannot_be_drawn_opens_as_text(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panes = panes_of(own / "index")
    monkeypatch.setattr("sys.executable", shutil.which("false"))  # the worker ends at once
    page = Page(panes.documents.open("roses.pdf", None, "page", 1))
    assert "Page 1 is about roses and ferns." in page.shown


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Panes:
    """Sixty documents that say nearly the same, and a long one of several passages."""
    folder = tmp_path_factory.mktemp("many")
    texts = {f"{n:02}.txt": f"Clay and sun: roses want clay and sun {n}.\n" for n in range(60)}
    texts["37.txt"] = "Much else.\n\nRoses want sun\nand “clay” OR sand.\n"
    sentences = (f"Sentence {n} is about the fern of garden {n}." for n in range(300))
    write_corpus(folder / "corpus", {**texts, "long.txt": " ".join(sentences)})
    build(folder)
    return panes_of(folder / "index")


@pytest.mark.parametrize(
    "words",
    ["Roses want sun and “clay” OR sand.", "want\tsun  and", " “clay” OR ", "oses want sun"],
)
def test_evidence_is_found_in_whatever_document_it_stands(many: Panes, words: str) -> None:
    page = Page(many.documents.open_evidence(words))
    assert "37.txt" in page.texts
    assert " ".join(page.marked).split() == words.split()


def test_evidence_of_two_passages_is_found(many: Panes) -> None:
    store = many.documents._live.current().index.store
    before, after = store.passages_of("long.txt")[3:5]
    end, start = before.passage.text[-60:], after.passage.text[:90]
    for words in (f"{end} {start}", f"{before.passage.text} {after.passage.text}"):
        assert " ".join(Page(many.documents.open_evidence(words)).marked).split() == words.split()


def test_what_is_more_than_a_report_may_ask_for_is_not_looked_for(many: Panes) -> None:
    page = Page(many.documents.open_evidence(f"Roses want sun{' ' * 20_000}" + "x " * 100_000))
    assert page.marked == ["Roses want sun"]


@pytest.mark.parametrize(
    "words",
    [*HOSTILE_NAMES, "Roses want\0sun", "roses want SUN and “clay”", '" OR "', "x " * 10_000],
)
def test_evidence_that_stands_nowhere_is_said_not_to(many: Panes, words: str) -> None:
    printable = words.encode("utf-8", "replace").decode()
    assert "were not found" in shown(many.documents.open_evidence(printable))


# ---- the list


def test_documents_are_listed_and_found(panes: Panes) -> None:
    assert Page(panes.documents.show([])).values("data-open") == [*sorted(CORPUS), "roses.pdf"]
    assert Page(panes.documents.find("ROSES all", [])).values("data-open") == ["roses.pdf"]
    ticked = Page(panes.documents.find("", ["garden.md", "gone.txt"]))
    assert ticked.values("checked") == [""]


def test_where_nothing_can_be_changed_nothing_is(panes: Panes, place: Path) -> None:
    before = sorted(path.name for path in (place / "corpus").rglob("*"))
    panes.documents.add([(place / "corpus" / "bridges.txt", "copy.txt")])
    assert panes.documents.remove(["bridges.txt"])
    assert panes.documents.restore()["problem"] == ""
    panes.documents.update()
    assert sorted(path.name for path in (place / "corpus").rglob("*")) == before
    assert not {"data-add", "data-remove"} & {
        name for name, _ in Page(panes.documents.show([])).attributes
    }


def test_only_listed_documents_can_be_removed(own: Path) -> None:
    (own / "corpus" / ".hidden").mkdir()
    (own / "corpus" / ".hidden" / "a.txt").write_text("x")
    (own / "corpus" / "unread.exe").write_text("x")
    panes, library = library_panes(own)
    names = [name.encode("utf-8", "replace").decode() for name in HOSTILE_NAMES]
    assert panes.documents.remove([*names, ".hidden/a.txt", "unread.exe"]) == ""
    assert (own / "corpus" / ".hidden" / "a.txt").exists()
    assert (own / "corpus" / "unread.exe").exists()
    assert not library.can_restore
    assert panes.documents.remove(["bridges.txt"]) == ""
    assert not (own / "corpus" / "bridges.txt").exists()
    assert panes.documents.restore()["problem"] == ""
    assert (own / "corpus" / "bridges.txt").exists()


@pytest.mark.parametrize("names", [["Ferns.txt"], ["Ferns.txt", "Clay.txt"]])
def test_what_was_added_is_introduced_once_it_has_been_read(own: Path, names: list[str]) -> None:
    panes, _ = library_panes(own)
    assert panes.documents.introduce() == ""
    for name in names:
        (own / name).write_text(f"{name[:-4]} wants rain in spring and shade in summer. {TWO}")
    panes.documents.add([(own / name, name) for name in names])
    assert panes.documents.introduce() == ""
    build(own)
    page = Page(panes.documents.introduce())
    assert "Just added" in page.shown
    assert ("Just added: 2 documents" in page.shown) == (len(names) == 2)
    assert {*page.values("data-open")} == {*names}
    for name in names:
        assert f"{name[:-4]} wants rain in spring and shade in summer." in page.shown


def test_failures_that_are_dismissed_are_told_no_more_until_tried_again(own: Path) -> None:
    (own / "corpus" / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    build(own)
    panes, _ = library_panes(own)
    assert "bad.pdf" in shown(panes.documents.status()["html"])
    told = panes.documents.dismiss()
    assert "bad.pdf" not in shown(told["html"])
    assert "could not be read" not in told["news"]
    again, _ = library_panes(own)
    assert "bad.pdf" not in shown(again.documents.status()["html"])
    (own / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    now = shown(again.documents.add([(own / "bad.pdf", "bad.pdf")])["html"])
    assert "could not be read" in now
    assert "bad.pdf" in now


def test_a_removal_that_fails_says_why(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panes, _ = library_panes(own)

    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", fail)
    assert (
        panes.documents.remove(["bridges.txt"])
        == "bridges.txt cannot be removed: Permission denied"
    )


def test_an_older_generation_that_stands_in_for_a_damaged_one_says_so(own: Path) -> None:
    first = (own / "index" / "CURRENT").read_text().strip()
    (own / "corpus" / "new.txt").write_text("Ferns.")
    build(own)
    current = (own / "index" / "CURRENT").read_text().strip()
    assert current != first
    for path in (own / "index" / "generations" / current).iterdir():
        path.write_bytes(b"rubbish")
    panes, _ = library_panes(own)
    assert panes.documents.status()["generation"] == first
    page = Page(panes.documents.show([]))
    assert "qa-notice" in page.values("class")
    assert "damaged" in page.shown


def test_news_is_given_once_for_beginning_and_end(own: Path) -> None:
    (own / "corpus" / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    build(own)
    library = Library(
        own / "corpus",
        own / "index",
        ["--encoder=tiny-test-encoder", "--reader=tiny-test-reader"],
    )
    panes = panes_of(own / "index", library)
    panes.documents.update()
    assert panes.documents.status()["news"] == "The documents are being read."
    library.wait()
    assert panes.documents.status()["news"] == "Everything is up to date. 1 file could not be read"
    assert panes.documents.status()["said"] == ""
