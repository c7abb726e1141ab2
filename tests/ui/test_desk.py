"""What the page's events do, with whatever a browser may send, and with whatever index."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import CORPUS, tiny_settings, write_corpus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markup_page import Page
from samples import write_pdf

from qa.build import build_index
from qa.errors import IndexDamagedError
from qa.pipeline import Answerer, LiveAnswerer
from qa.schema import Span
from qa.settings import AskSettings, BuildSettings
from qa.ui.app import _server_functions
from qa.ui.desk import Desk
from qa.ui.library import Library
from qa.ui.render import Turn

ALWAYS = AskSettings(max_risk=1.0)
ROSES = "Do roses want sun and clay?"
HOSTILE_NAMES = [
    "",
    "gone.txt",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\a.txt",
    "a\0b",
    "\ud800",
    "x" * 10_000,
    "<script>",
    "bridges.txt/",
    "'; DROP TABLE documents; --",
]


class QuietLibrary(Library):
    """Moves files as ever; its updates do nothing."""

    def update(self) -> None:
        return


def build(folder: Path) -> None:
    names = tiny_settings(folder / "index")
    build_index(
        folder / "corpus",
        folder / "index",
        BuildSettings(encoder=names.encoder, reader=names.reader),
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three-document corpus with a PDF, and its index; not to be changed."""
    folder = tmp_path_factory.mktemp("desk")
    write_corpus(folder / "corpus", CORPUS)
    pages = [[(72, 700, f"Page {number} is about roses and ferns.")] for number in (1, 2, 3)]
    write_pdf(folder / "corpus" / "roses.pdf", pages, "All of the roses")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def desk(place: Path) -> Desk:
    return Desk(LiveAnswerer(place / "index", ALWAYS))


@pytest.fixture
def own(place: Path, tmp_path: Path) -> Path:
    """A copy that may be changed; its index knows where its corpus is."""
    shutil.copytree(place / "corpus", tmp_path / "corpus")
    build(tmp_path)
    return tmp_path


def library_desk(folder: Path) -> tuple[Desk, Library]:
    library = QuietLibrary(folder / "corpus", folder / "index")
    return Desk(LiveAnswerer(folder / "index", ALWAYS), library), library


def shown(html: str) -> str:
    return Page(html).shown


# ---- asking


def test_a_question_is_answered_from_all_documents_or_from_those_chosen(desk: Desk) -> None:
    answer = desk.ask(ROSES, []).answer
    assert answer is not None
    assert answer.citations[0].doc_id == "garden.md"
    turn = desk.ask(ROSES, ["letters/ada.txt", "gone.txt"])
    assert turn.only == 2
    assert turn.answer is not None
    assert {found.passage.doc_id for found in turn.answer.passages} == {"letters/ada.txt"}


def test_chosen_documents_that_are_all_gone_are_not_taken_for_an_answer(desk: Desk) -> None:
    turn = desk.ask(ROSES, ["gone.txt"])
    assert turn.answer is None
    assert "no longer there" in turn.error


@pytest.mark.parametrize("question", ["", "  ", "\0", "\ud800", "x" * 100_000, "<b>", "☃" * 2_000])
def test_any_question_is_answered_or_told_why_not(desk: Desk, question: str) -> None:
    turn = desk.ask(question, [])
    assert (turn.answer is None) == bool(turn.error)
    assert len(turn.question) <= 2_000
    turn.question.encode()
    desk.conversation([turn])


@settings(max_examples=60)
@given(st.text(), st.lists(st.sampled_from([*HOSTILE_NAMES, *CORPUS])))
def test_no_question_and_no_choice_breaks_it(desk: Desk, question: str, only: list[str]) -> None:
    printable = [name.encode("utf-8", "replace").decode() for name in only]
    assert isinstance(desk.ask(question, printable), Turn)


# ---- opening


@pytest.mark.parametrize("doc_id", HOSTILE_NAMES)
def test_a_document_that_is_not_there_is_said_not_to_be(desk: Desk, doc_id: str) -> None:
    printable = doc_id.encode("utf-8", "replace").decode()
    html = desk.open(printable, None, "", None)
    assert "There is no document" in shown(html)
    assert Page(html).values("data-list") == [""], "there is a way back"


@given(st.integers(0, 2**40), st.integers(1, 2**40), st.integers() | st.none(), st.text(max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_place_of_a_document_opens(
    desk: Desk, start: int, length: int, page: int | None, kind: str
) -> None:
    html = desk.open("bridges.txt", Span(start, start + length), kind, page)
    words = CORPUS["bridges.txt"][start : start + length].split()
    assert " ".join(Page(html).marked).split() == words


def test_a_citation_past_the_end_of_a_long_document_opens_its_start(own: Path) -> None:
    (own / "corpus" / "long.txt").write_text("Some words about ferns.\n\n" * 20_000)
    build(own)
    html = Desk(LiveAnswerer(own / "index")).open("long.txt", Span(10**9, 10**9 + 5), "", None)
    assert "characters 0 to 200,000" in shown(html)


@pytest.mark.parametrize(
    ("page", "said"), [(None, 1), (2, 2), (3, 3), (0, 1), (-5, 1), (4, 3), (10**18, 3)]
)
def test_a_page_is_kept_within_the_document(desk: Desk, page: int | None, said: int) -> None:
    html = desk.open("roses.pdf", None, "page", page)
    assert f"Page {said} of 3" in Page(html).texts


def test_a_citation_opens_its_own_page_with_a_box_and_other_pages_without(desk: Desk) -> None:
    answer = desk.ask("Is page 2 about roses and ferns?", ["roses.pdf"]).answer
    assert answer is not None
    citation = answer.citations[0]
    span = Span(citation.start, citation.end)
    own_page = Page(desk.open("roses.pdf", span, "", None))
    assert f"Page {citation.page} of 3" in own_page.texts
    assert own_page.values("id") == ["qa-cited"]
    other = 1 if citation.page != 1 else 2
    assert Page(desk.open("roses.pdf", span, "page", other)).values("id") == []
    assert Page(desk.open("roses.pdf", span, "text", None)).marked == [citation.quote]


def test_a_pdf_whose_file_is_not_as_indexed_opens_as_text_and_says_so(own: Path) -> None:
    desk = Desk(LiveAnswerer(own / "index", ALWAYS))
    assert Page(desk.open("roses.pdf", None, "", None)).values("src")
    (own / "corpus" / "roses.pdf").write_bytes(b"%PDF-1.7 something else")
    changed = Page(desk.open("roses.pdf", None, "", None))
    assert "has changed since it was indexed" in changed.shown
    assert "Page 1 is about roses and ferns." in changed.shown
    assert changed.values("src") == []
    (own / "corpus" / "roses.pdf").unlink()
    missing = Page(desk.open("roses.pdf", None, "page", 2))
    assert "no longer where it was indexed" in missing.shown
    assert "Page 1 is about roses and ferns." in missing.shown


def test_a_page_that_cannot_be_drawn_opens_as_text(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(LiveAnswerer(own / "index", ALWAYS))
    monkeypatch.setattr("sys.executable", shutil.which("false"))  # the worker ends at once
    page = Page(desk.open("roses.pdf", None, "page", 1))
    assert "Page 1 is about roses and ferns." in page.shown


# ---- the list


def test_documents_are_listed_and_found(desk: Desk) -> None:
    assert Page(desk.documents([])).values("data-open") == [*sorted(CORPUS), "roses.pdf"]
    assert Page(desk.found("ROSES all", [])).values("data-open") == ["roses.pdf"]
    ticked = Page(desk.found("", ["garden.md", "gone.txt"]))
    assert ticked.values("checked") == [""]


def test_where_nothing_can_be_changed_nothing_is(desk: Desk, place: Path) -> None:
    before = sorted(path.name for path in (place / "corpus").rglob("*"))
    assert desk.add([(place / "corpus" / "bridges.txt", "copy.txt")]) == []
    assert desk.remove(["bridges.txt"])
    assert desk.restore() == ""
    desk.update()
    assert sorted(path.name for path in (place / "corpus").rglob("*")) == before
    assert not {"data-add", "data-remove"} & {
        name for name, _ in Page(desk.documents([])).attributes
    }


def test_only_listed_documents_can_be_removed(own: Path) -> None:
    (own / "corpus" / ".hidden").mkdir()
    (own / "corpus" / ".hidden" / "a.txt").write_text("x")
    (own / "corpus" / "unread.exe").write_text("x")
    desk, library = library_desk(own)
    names = [name.encode("utf-8", "replace").decode() for name in HOSTILE_NAMES]
    assert desk.remove([*names, ".hidden/a.txt", "unread.exe"]) == ""
    assert (own / "corpus" / ".hidden" / "a.txt").exists()
    assert (own / "corpus" / "unread.exe").exists()
    assert not library.can_restore
    assert desk.remove(["bridges.txt"]) == ""
    assert not (own / "corpus" / "bridges.txt").exists()
    assert desk.restore() == ""
    assert (own / "corpus" / "bridges.txt").exists()


def test_a_removal_that_fails_says_why(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, _ = library_desk(own)

    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", fail)
    assert desk.remove(["bridges.txt"]) == "bridges.txt cannot be removed: Permission denied"


# ---- no index, a damaged index, a new one


def test_without_an_index_everything_says_so(tmp_path: Path) -> None:
    for desk, said in (
        (Desk(LiveAnswerer(tmp_path / "index")), "There are no documents yet."),
        (library_desk(tmp_path)[0], "There are no documents yet: add some first."),
    ):
        assert desk.ask("Who?", []).error == said
        assert desk.ask("Who?", ["a.txt"]).error == said
        assert "no index" in shown(desk.open("a.txt", None, "", None))
        assert Page(desk.documents(["a.txt"])).values("data-open") == []
        assert desk.found("x", []) != ""
        now = desk.progress()
        assert (now["running"], now["generation"], now["news"]) == (False, "", "")
    assert "Add your documents" in library_desk(tmp_path)[0].conversation([])
    assert "Add your documents" not in Desk(LiveAnswerer(tmp_path / "index")).conversation([])


def test_while_the_first_documents_are_read_a_question_is_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, library = library_desk(tmp_path)
    monkeypatch.setattr(
        library, "_progress", library.progress().__class__(running=True, stage="looking")
    )
    assert "being read" in desk.ask("Who?", []).error
    assert desk.progress()["said"] == "Looking"
    assert desk.progress()["news"] == "The documents are being read."


def test_questions_are_suggested_after_documents_were_removed(own: Path) -> None:
    (own / "corpus" / "bridges.txt").unlink()
    build(own)
    html = Desk(LiveAnswerer(own / "index", ALWAYS)).conversation([])
    assert "Ask your 3 documents" in Page(html).texts


def test_an_index_that_cannot_suggest_anything_still_welcomes(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(answerer: Answerer) -> list[str]:
        raise IndexDamagedError("it is damaged")

    monkeypatch.setattr("qa.ui.desk.suggest_questions", fail)
    page = Page(Desk(LiveAnswerer(own / "index", ALWAYS)).conversation([]))
    assert "Ask your 4 documents" in page.texts
    assert page.values("data-ask") == []


def test_an_older_generation_that_stands_in_for_a_damaged_one_says_so(own: Path) -> None:
    first = (own / "index" / "CURRENT").read_text().strip()
    (own / "corpus" / "new.txt").write_text("Ferns.")
    build(own)
    current = (own / "index" / "CURRENT").read_text().strip()
    assert current != first
    for path in (own / "index" / "generations" / current).iterdir():
        path.write_bytes(b"rubbish")
    desk, _ = library_desk(own)
    assert desk.progress()["generation"] == first
    page = Page(desk.documents([]))
    assert "qa-notice" in page.values("class")
    assert "damaged" in page.shown


def test_a_new_generation_is_what_the_next_question_asks(own: Path) -> None:
    desk = Desk(LiveAnswerer(own / "index", ALWAYS))
    before = desk.progress()["generation"]
    write_corpus(own / "corpus", {"new.txt": "Charles prunes the tomatoes twice a week."})
    build(own)
    answer = desk.ask("Who prunes the tomatoes twice a week?", []).answer
    assert answer is not None
    assert answer.citations[0].doc_id == "new.txt"
    assert desk.progress()["generation"] != before
    assert "new.txt" in Page(desk.documents([])).values("data-open")


def test_news_is_given_once_for_beginning_and_end(own: Path) -> None:
    (own / "corpus" / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    build(own)
    library = Library(
        own / "corpus",
        own / "index",
        ["--encoder=tiny-test-encoder", "--reader=tiny-test-reader"],
    )
    desk = Desk(LiveAnswerer(own / "index", ALWAYS), library)
    desk.update()
    assert desk.progress()["news"] == "The documents are being read."
    library.wait()
    assert desk.progress()["news"] == "Everything is up to date. 1 file could not be read"
    assert desk.progress()["said"] == ""


# ---- what a browser may send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["files", "path", "name", "doc_ids", "query", "chosen"]), inner
        )
    ),
    max_leaves=8,
)


class _Blocks:
    """Stands in for the page: what it has uploaded."""

    upload_file_set: set[str] = set()  # noqa: RUF012 - never changed


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    write_corpus(folder / "corpus", CORPUS)
    build(folder)
    return folder


@settings(max_examples=40)
@given(JSON)
def test_the_pages_script_may_send_anything(changing: Path, sent: object) -> None:
    desk, _ = library_desk(changing)
    for function in _server_functions(desk, _Blocks):
        json.dumps(function(sent))
    assert sorted(CORPUS) == sorted(
        path.relative_to(changing / "corpus").as_posix()
        for path in (changing / "corpus").rglob("*.*")
        if path.is_file()
    )


def test_only_what_the_page_uploaded_is_added(changing: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    desk, _ = library_desk(changing)
    add = next(
        function
        for function in _server_functions(desk, _Blocks)
        if function.__name__ == "add_files"
    )
    add({"files": [{"path": str(secret), "name": "mine.txt"}]})
    assert secret.exists(), "and it is not deleted either"
    assert not (changing / "corpus" / "mine.txt").exists()
