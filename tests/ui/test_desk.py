"""What the page's events do, with whatever a browser may send, and with whatever index."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.pipeline import Answerer, LiveAnswerer
from qa.errors import IndexDamagedError
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.evaluate.gold import load_gold
from qa.index.build import build_index
from qa.schema import Span
from qa.settings import AskSettings, BuildSettings
from qa.ui.app import _evaluation_functions, _server_functions
from qa.ui.desk import Desk
from qa.ui.evaluation import Evaluation
from qa.ui.library import Library
from qa.ui.render import Turn
from qa.ui.visit import Talk, Visit
from tests.conftest import CORPUS, tiny_settings, write_corpus
from tests.ui.markup_page import Page
from tests.ui.samples import write_pdf

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
    return desk_of(place / "index")


@pytest.fixture
def own(place: Path, tmp_path: Path) -> Path:
    """A copy that may be changed; its index knows where its corpus is."""
    shutil.copytree(place / "corpus", tmp_path / "corpus")
    build(tmp_path)
    return tmp_path


def desk_of(index_dir: Path, library: Library | None = None) -> Desk:
    """Put a desk in front of an index, answering whatever the confidence."""
    return Desk(
        LiveAnswerer(index_dir, ALWAYS),
        library,
        Evaluation(index_dir, ALWAYS),
        Feedback(index_dir / FEEDBACK_FILE),
    )


def library_desk(folder: Path) -> tuple[Desk, Library]:
    library = QuietLibrary(folder / "corpus", folder / "index")
    return desk_of(folder / "index", library), library


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
    desk.conversation(Talk((turn,)))


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
    html = desk_of(own / "index").open("long.txt", Span(10**9, 10**9 + 5), "", None)
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
    desk = desk_of(own / "index")
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
    desk = desk_of(own / "index")
    monkeypatch.setattr("sys.executable", shutil.which("false"))  # the worker ends at once
    page = Page(desk.open("roses.pdf", None, "page", 1))
    assert "Page 1 is about roses and ferns." in page.shown


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Sixty documents that say nearly the same, and a long one of several passages."""
    folder = tmp_path_factory.mktemp("many")
    texts = {f"{n:02}.txt": f"Clay and sun: roses want clay and sun {n}.\n" for n in range(60)}
    texts["37.txt"] = "Much else.\n\nRoses want sun\nand “clay” OR sand.\n"
    sentences = (f"Sentence {n} is about the fern of garden {n}." for n in range(300))
    write_corpus(folder / "corpus", {**texts, "long.txt": " ".join(sentences)})
    build(folder)
    return desk_of(folder / "index")


@pytest.mark.parametrize(
    "words",
    ["Roses want sun and “clay” OR sand.", "want\tsun  and", " “clay” OR ", "oses want sun"],
)
def test_evidence_is_found_in_whatever_document_it_stands(many: Desk, words: str) -> None:
    page = Page(many.open_evidence(words))
    assert "37.txt" in page.texts
    assert " ".join(page.marked).split() == words.split()


def test_evidence_of_two_passages_is_found(many: Desk) -> None:
    store = many._live.current().index.store
    before, after = store.passages_of("long.txt")[3:5]
    end, start = before.passage.text[-60:], after.passage.text[:90]
    for words in (f"{end} {start}", f"{before.passage.text} {after.passage.text}"):
        assert " ".join(Page(many.open_evidence(words)).marked).split() == words.split()


def test_what_is_more_than_a_report_may_ask_for_is_not_looked_for(many: Desk) -> None:
    page = Page(many.open_evidence(f"Roses want sun{' ' * 20_000}" + "x " * 100_000))
    assert page.marked == ["Roses want sun"]


@pytest.mark.parametrize(
    "words",
    [*HOSTILE_NAMES, "Roses want\0sun", "roses want SUN and “clay”", '" OR "', "x " * 10_000],
)
def test_evidence_that_stands_nowhere_is_said_not_to(many: Desk, words: str) -> None:
    printable = words.encode("utf-8", "replace").decode()
    assert "were not found" in shown(many.open_evidence(printable))


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
        (desk_of(tmp_path / "index"), "There are no documents yet."),
        (library_desk(tmp_path)[0], "There are no documents yet: add some first."),
    ):
        assert desk.ask("Who?", []).error == said
        assert desk.ask("Who?", ["a.txt"]).error == said
        assert "no index" in shown(desk.open("a.txt", None, "", None))
        assert Page(desk.documents(["a.txt"])).values("data-open") == []
        assert desk.found("x", []) != ""
        now = desk.progress()
        assert (now["running"], now["generation"], now["news"]) == (False, "", "")
    assert "Add your documents" in library_desk(tmp_path)[0].conversation(Talk())
    assert "Add your documents" not in desk_of(tmp_path / "index").conversation(Talk())


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
    html = desk_of(own / "index").conversation(Talk())
    assert "Ask your 3 documents" in Page(html).texts


def test_questions_are_suggested_anew_only_when_a_document_of_theirs_is_gone(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def suggest(answerer: Answerer) -> dict[str, str]:
        looked.append(answerer.index.generation)
        return {f"Question {len(looked)}?": "bridges.txt" if len(looked) == 1 else "garden.md"}

    monkeypatch.setattr("qa.ui.desk.suggest_questions", suggest)
    desk = desk_of(own / "index")
    desk.conversation(Talk())
    (own / "corpus" / "new.txt").write_text("Ferns.")
    build(own)
    assert Page(desk.conversation(Talk())).values("data-ask") == ["Question 1?"]
    (own / "corpus" / "bridges.txt").unlink()
    build(own)
    assert Page(desk.conversation(Talk())).values("data-ask") == ["Question 2?"]


def test_an_index_that_cannot_suggest_anything_still_welcomes(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(answerer: Answerer) -> dict[str, str]:
        raise IndexDamagedError("it is damaged")

    monkeypatch.setattr("qa.ui.desk.suggest_questions", fail)
    page = Page(desk_of(own / "index").conversation(Talk()))
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
    desk = desk_of(own / "index")
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
    desk = desk_of(own / "index", library)
    desk.update()
    assert desk.progress()["news"] == "The documents are being read."
    library.wait()
    assert desk.progress()["news"] == "Everything is up to date. 1 file could not be read"
    assert desk.progress()["said"] == ""


# ---- what people think of answers

HOSTILE_WORDS = [
    "<script>alert(1)</script>",
    "a\0b",
    "\ud800",
    "'; DROP TABLE entries; --",
    "{{x}}",
]
NOT_ENTRIES = [None, True, 1.0, "1", [1], {"id": 1}, 0, -1, 2**63, 10**30, float("nan")]


@pytest.fixture
def judging(place: Path, tmp_path: Path) -> Desk:
    """Feedback of its own."""
    live = LiveAnswerer(place / "index", ALWAYS)
    evaluation = Evaluation(place / "index", ALWAYS)
    return Desk(live, None, evaluation, Feedback(tmp_path / FEEDBACK_FILE))


def judged(desk: Desk, verdict: str, question: str = ROSES) -> Turn:
    return desk.judge(desk.ask(question, []), verdict)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_kept_and_thanked_for(judging: Desk, verdict: Verdict) -> None:
    turn = judged(judging, verdict.value)
    assert (turn.verdict, turn.error) == (verdict.value, "")
    assert "Thank you" in shown(judging.conversation(Talk((turn,))))
    page = Page(judging.feedback()["html"])
    assert page.values("data-verdict") == [verdict.value]
    assert ROSES in page.texts
    assert turn.answer is not None
    assert turn.answer.citations[0].quote in page.shown


def test_a_turn_is_judged_once(judging: Desk) -> None:
    turn = judged(judging, "up")
    assert judging.judge(turn, "down") == turn
    assert Page(judging.feedback()["html"]).values("data-verdict") == ["up"]


def test_of_two_verdicts_on_a_turn_at_once_one_is_kept_and_no_answer_waits_for_it(
    place: Path, tmp_path: Path
) -> None:
    visit = Visit()

    def judge(verdict: str) -> None:
        visit.change(0, lambda turn: desk.judge(turn, verdict))

    def meanwhile() -> None:
        pool.submit(judge, "down").result(10)
        pool.submit(visit.add, desk.ask("Who wrote to Charles?", [])).result(10)

    class SlowFeedback(Feedback):
        """Written to a disk so slow that other things happen meanwhile."""

        def add(self, *args: Any, **options: Any) -> int:
            entry = super().add(*args, **options)
            meanwhile()
            return entry

    feedback = SlowFeedback(tmp_path / FEEDBACK_FILE)
    desk = Desk(LiveAnswerer(place / "index", ALWAYS), None, Evaluation(place / "index"), feedback)
    visit.add(desk.ask(ROSES, []))
    with ThreadPoolExecutor(1) as pool:
        judge("up")
    assert [entry.verdict for entry in feedback.entries()] == [Verdict.UP]
    assert [turn.verdict for turn in visit.talk.turns] == ["up", ""]


@pytest.mark.parametrize("verdict", ["", "UP", "up ", "None", "<b>", "\ud800", "x" * 10_000])
def test_what_is_no_verdict_changes_nothing(judging: Desk, verdict: str) -> None:
    turn = judging.ask(ROSES, [])
    assert judging.judge(turn, verdict) == turn
    assert Page(judging.feedback()["html"]).values("data-verdict") == []


def test_a_turn_without_an_answer_cannot_be_judged(judging: Desk) -> None:
    turn = Turn("Q?", None, "It broke.")
    assert judging.judge(turn, "up") == turn
    assert "None yet" in shown(judging.feedback()["html"])


@pytest.mark.parametrize("words", [*HOSTILE_WORDS, "x" * 5_000])
def test_hostile_questions_are_kept_and_shown_as_text(judging: Desk, words: str) -> None:
    turn = judged(judging, "down", f"Do roses want {words}"[:2_000])
    html = judging.feedback()["html"]
    assert turn.question in Page(html).texts
    assert "<script" not in html


def test_feedback_that_cannot_be_written_is_said_in_the_turn(place: Path, tmp_path: Path) -> None:
    for path in (tmp_path / FEEDBACK_FILE, tmp_path / "file" / FEEDBACK_FILE):
        (tmp_path / "file").write_text("not a folder")
        (tmp_path / FEEDBACK_FILE).mkdir(exist_ok=True)
        live = LiveAnswerer(place / "index", ALWAYS)
        desk = Desk(live, None, Evaluation(place / "index"), Feedback(path))
        turn = judged(desk, "up")
        assert turn.answer is not None
        assert (turn.verdict, "cannot be used" in turn.error) == ("", True)
        page = Page(desk.conversation(Talk((turn,))))
        assert turn.error in page.texts
        assert page.values("data-judge") == ["up", "down", "wrong_citation"], "to try again"


def test_after_a_failure_the_next_try_is_thanked_for(place: Path, tmp_path: Path) -> None:
    (tmp_path / FEEDBACK_FILE).mkdir()
    live = LiveAnswerer(place / "index", ALWAYS)
    desk = Desk(live, None, Evaluation(place / "index"), Feedback(tmp_path / FEEDBACK_FILE))
    turn = judged(desk, "up")
    (tmp_path / FEEDBACK_FILE).rmdir()
    turn = desk.judge(turn, "up")
    assert (turn.verdict, turn.error) == ("up", "")


def test_feedback_that_cannot_be_read_is_not_taken_for_none(place: Path, tmp_path: Path) -> None:
    (tmp_path / FEEDBACK_FILE).write_bytes(b"rubbish" * 100)
    live = LiveAnswerer(place / "index", ALWAYS)
    desk = Desk(live, None, Evaluation(place / "index"), Feedback(tmp_path / FEEDBACK_FILE))
    assert "cannot be used" in desk.feedback()["problem"]
    assert "cannot be used" in desk.export_feedback()["problem"]
    assert "cannot be used" in desk.delete_feedback(1)["problem"]


def test_a_correction_is_shown_and_exported(judging: Desk, tmp_path: Path) -> None:
    judged(judging, "down")
    said = judging.correct(1, "  clay ", " Roses want sun\nand clay. ", none=False)
    assert said["problem"] == ""
    assert "clay" in Page(said["html"]).texts
    gold_file = tmp_path / "gold.jsonl"
    gold_file.write_text(judging.export_feedback()["lines"], "utf-8")
    (gold,) = load_gold(gold_file)
    assert (gold.question, gold.answers, gold.answerable) == (ROSES, ("clay",), True)


def test_the_documents_may_not_say(judging: Desk, tmp_path: Path) -> None:
    judged(judging, "down")
    said = judging.correct(1, "left over", "left over", none=True)
    assert "The documents don’t say." in Page(said["html"]).texts
    gold_file = tmp_path / "gold.jsonl"
    gold_file.write_text(judging.export_feedback()["lines"], "utf-8")
    (gold,) = load_gold(gold_file)
    assert (gold.answers, gold.evidence, gold.answerable) == ((), (), False)


@pytest.mark.parametrize(
    ("answer", "evidence", "said"),
    [
        ("clay", "", "give the sentence"),
        ("clay", " \n", "give the sentence"),
        ("sand", "Roses want sun and clay.", "does not stand in the evidence"),
    ],
)
def test_a_correction_that_proves_nothing_says_what_is_missing(
    judging: Desk, answer: str, evidence: str, said: str
) -> None:
    judged(judging, "down")
    answered = judging.correct(1, answer, evidence, none=False)
    assert said in answered["problem"]
    assert "data-correct" in answered["html"], "it can be tried again"


@pytest.mark.parametrize("words", HOSTILE_WORDS)
def test_hostile_corrections_are_kept_and_shown_as_text(judging: Desk, words: str) -> None:
    judged(judging, "down")
    said = judging.correct(1, words, f"It says {words} there", none=False)
    assert said["problem"] == ""
    shown_words = words.encode("utf-8", "replace").decode()
    assert f"It says {shown_words} there" in Page(said["html"]).shown
    json.loads(judging.export_feedback()["lines"])


@pytest.mark.parametrize("entry", NOT_ENTRIES)
def test_an_entry_that_is_not_there_is_said_not_to_be(judging: Desk, entry: object) -> None:
    judged(judging, "up")
    for said in (
        judging.delete_feedback(entry),
        judging.correct(entry, "", "", none=True),
        judging.correct(entry, "a", "a", none=False),
    ):
        assert "there is no" in said["problem"]
        assert Page(said["html"]).values("data-entry") == ["1"]


def test_deleting_forgets_one_entry(judging: Desk) -> None:
    judged(judging, "up")
    judged(judging, "down", "Who wrote to Charles?")
    said = judging.delete_feedback(1)
    assert (said["problem"], Page(said["html"]).values("data-entry")) == ("", ["2"])
    assert "there is no" in judging.delete_feedback(1)["problem"]


def test_nothing_settled_exports_nothing_and_says_so(judging: Desk) -> None:
    assert judging.export_feedback() == {"lines": "", "problem": "nothing is settled yet"}
    judged(judging, "down")
    assert judging.export_feedback()["problem"] == "nothing is settled yet"


# ---- what a browser may send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "files path name doc_ids query chosen id answer evidence none doc_id start end "
                "shown page".split()
            ),
            inner,
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
    for function in (*_server_functions(desk, _Blocks), *_evaluation_functions(desk, _Blocks)):
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


def test_only_what_the_page_uploaded_is_asked(desk: Desk, tmp_path: Path) -> None:
    gold_file = tmp_path / "gold.jsonl"
    gold_file.write_text('{"question": "Who?", "answerable": false}')
    begin = _evaluation_functions(desk, _Blocks)[0]
    assert begin({"path": str(gold_file), "name": "mine"}) == "the file could not be read"
    assert gold_file.exists()
    assert not desk.trial()["running"]
