"""The page in a real browser: judging answers, settling what is right, asking gold files.

With the tiny models, whose answers are whatever sentence shares most words with the
question. Every test fails on a request that would leave the machine and on an error in the
browser's console.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Frame, Locator, Page, expect

from qa.evaluate.feedback import FEEDBACK_FILE, Feedback, Verdict
from qa.evaluate.gold import GoldQuestion, load_gold
from qa.files import json_lines as to_lines
from tests.conftest import CORPUS
from tests.ui.browsing import (
    DESKTOP,
    PHONE,
    OpenPage,
    Serve,
    Served,
    ask,
    assert_in_view,
    assert_no_sideways_scrolling,
    focus_by_tab,
    open_evaluation,
    small_targets,
    unreadable,
)

pytest_plugins = ["tests.ui.browser_fixtures"]
pytestmark = pytest.mark.browser

ROSES, ROSES_SENTENCE = "Do roses want sun and clay?", "Roses want sun and clay."
FERNS = "How often are the ferns to be given water?"
GOLD = [
    {
        "id": "roses",
        "question": ROSES,
        "answers": ["sun and clay"],
        "evidence": [ROSES_SENTENCE],
        "answerable": True,
    },
    {"id": "ceiling", "question": "Who painted the ceiling?", "answerable": False},
    {
        "question": "When was <b>it</b> opened?",
        "answers": ["1781"],
        "evidence": ["It was opened in 1781."],
        "answerable": True,
    },
]
HOSTILE = "<img src=x onerror=window.pwned=1>{{7*7}}${7*7}"


@pytest.fixture(scope="module")
def still(serve: Serve) -> Served:
    """Documents that no test changes; what people think of them is forgotten between tests."""
    return serve(CORPUS)


@pytest.fixture
def served(still: Served) -> Iterator[Served]:
    yield still
    for path in still.index_dir.glob(f"{FEEDBACK_FILE}*"):
        path.unlink()


def feedback_of(served: Served) -> Feedback:
    return Feedback(served.index_dir / FEEDBACK_FILE)


def entries(page: Page) -> Locator:
    return page.locator("#qa-feedback [data-entry]")


def evaluate_pane(page: Page) -> Page:
    open_evaluation(page)
    return page


def back(page: Page) -> None:
    page.get_by_role("button", name="Back to the conversation").click()
    expect(page.get_by_label("Question")).to_be_focused()


def judge(turn: Locator, verdict: str) -> None:
    turn.get_by_role("button", name=verdict, exact=True).click()
    expect(turn).to_contain_text("Thank you")


def payload(name: str, content: str | bytes) -> FilePayload:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def choose_gold(page: Page, name: str, content: str | bytes) -> None:
    """Choose a gold file as with the button's dialogue."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file of questions").click()
    chooser.value.set_files(payload(name, content))


def many_questions(number: int = 5_000) -> str:
    """Enough gold questions to be stopped while they are asked."""
    return to_lines([{"id": str(i), "question": ROSES, "answerable": False} for i in range(number)])


def report_of(page: Page) -> Frame:
    expect(page.locator("#qa-report")).to_be_visible()
    frame = page.locator("#qa-report").element_handle().content_frame()
    assert frame is not None
    expect(frame.get_by_role("heading", name="How well it answers")).to_be_visible()
    return frame


def saved(page: Page, button: str, folder: Path) -> tuple[str, Path]:
    """Press a button that saves a file; give its suggested name and where it is now."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return download.value.suggested_filename, path


def exported(page: Page, folder: Path) -> list[GoldQuestion]:
    name, path = saved(page, "Save as test questions", folder)
    assert name == "feedback-gold.jsonl"
    return load_gold(path)


# ---- judging


@pytest.mark.parametrize(
    ("button", "said", "verdict"),
    [
        ("Yes", "Right", Verdict.UP),
        ("No", "Not right", Verdict.DOWN),
        ("Wrong citation", "Wrong citation", Verdict.WRONG_CITATION),
    ],
)
def test_a_verdict_is_thanked_for_and_listed(
    visit: OpenPage, served: Served, button: str, said: str, verdict: Verdict
) -> None:
    page = visit(served.address)
    turn = ask(page, ROSES)
    judge(turn, button)
    expect(turn.locator(".qa-judge")).to_have_count(0)
    evaluate_pane(page)
    expect(entries(page)).to_have_count(1)
    expect(entries(page)).to_contain_text(ROSES)
    expect(entries(page).locator(".qa-verdict")).to_have_text(said)
    (entry,) = feedback_of(served).entries()
    assert (entry.verdict, entry.question) == (verdict, ROSES)
    assert entry.generation


def test_judging_an_earlier_answer_leaves_the_conversation_where_it_is(
    visit: OpenPage, served: Served
) -> None:
    page = visit(served.address)
    for question in (
        ROSES,
        FERNS,
        "Who wrote to Charles about the engine?",
        "Who asked for Napoleon?",
    ):
        ask(page, question)
    turn = page.locator(".qa-turn").nth(1)
    button = turn.get_by_role("button", name="No", exact=True)
    button.scroll_into_view_if_needed()
    log = page.locator(".qa-thread")
    before = log.evaluate("e => e.scrollTop")
    assert before > 0
    button.click()
    expect(turn).to_contain_text("Thank you")
    page.wait_for_timeout(300)  # what would scroll does so in the next frame
    assert abs(log.evaluate("e => e.scrollTop") - before) < 2
    assert_in_view(page, turn.get_by_text("Thank you"))
    expect(page.locator(".qa-turn .qa-judging", has_text="Thank you")).to_have_count(1)
    last = ask(page, ROSES)
    assert_in_view(page, last.locator(".qa-question"))


def test_several_answers_are_judged_each_for_itself(visit: OpenPage, served: Served) -> None:
    page = visit(served.address)
    first, second = ask(page, ROSES), page.locator(".qa-turn").nth(1)
    ask(page, FERNS)
    judge(second, "No")
    judge(page.locator(".qa-turn").first, "Yes")
    expect(first).to_be_visible()
    evaluate_pane(page)
    expect(entries(page).locator(".qa-entry-question")).to_have_text([ROSES, FERNS])
    assert [entry.verdict for entry in feedback_of(served).entries()] == ["down", "up"]


def test_feedback_that_cannot_be_kept_is_said_and_asking_goes_on(
    visit: OpenPage, served: Served
) -> None:
    path = served.index_dir / FEEDBACK_FILE
    path.mkdir()
    try:
        page = visit(served.address)
        turn = ask(page, ROSES)
        turn.get_by_role("button", name="Yes").click()
        expect(turn.locator(".qa-error")).to_contain_text("cannot be used")
        evaluate_pane(page)
        expect(page.locator("#qa-feedback").get_by_role("alert")).to_contain_text("cannot be used")
    finally:
        path.rmdir()
    back(page)
    judge(turn, "Yes")
    expect(turn.locator(".qa-error")).to_have_count(0)
    assert len(feedback_of(served).entries()) == 1


# ---- settling what is right


def test_an_answer_is_corrected_and_saved_as_gold(
    visit: OpenPage, served: Served, tmp_path: Path
) -> None:
    page = visit(served.address)
    judge(ask(page, FERNS), "No")
    evaluate_pane(page)
    expect(page.get_by_role("button", name="Save as test questions")).to_have_count(0)
    entry = entries(page)
    entry.locator("summary").click()
    entry.get_by_label("Answer").fill("twice a week")
    entry.get_by_label("The sentence").fill("Water the ferns\ntwice a week.")
    entry.get_by_role("button", name="This is right").click()
    expect(entry).to_contain_text("Right is: twice a week")
    expect(entry.locator("summary")).to_have_count(0)
    expect(entry).to_be_focused()
    expect(page.locator("#qa-feedback")).to_contain_text("1 verdict, 1 of them settled")
    (gold,) = exported(page, tmp_path)
    assert (gold.question, gold.answers, gold.answerable) == (FERNS, ("twice a week",), True)


def test_the_documents_may_not_say(visit: OpenPage, served: Served, tmp_path: Path) -> None:
    page = visit(served.address)
    judge(ask(page, ROSES), "Wrong citation")
    evaluate_pane(page)
    entries(page).locator("summary").click()
    entries(page).get_by_role("button", name="The documents don’t say").click()
    expect(entries(page)).to_contain_text("Right is: The documents don’t say.")
    (gold,) = exported(page, tmp_path)
    assert (gold.answers, gold.evidence, gold.answerable) == ((), (), False)


def test_approved_answers_are_saved_with_their_sentence(
    visit: OpenPage, served: Served, tmp_path: Path
) -> None:
    page = visit(served.address)
    judge(ask(page, ROSES), "Yes")
    evaluate_pane(page)
    (gold,) = exported(page, tmp_path)
    assert (gold.question, gold.evidence) == (ROSES, (ROSES_SENTENCE,))


def test_what_is_typed_stays_while_a_person_looks_up_the_sentence(
    visit: OpenPage, served: Served
) -> None:
    page = visit(served.address)
    for question in (ROSES, FERNS):
        judge(ask(page, question), "No")
    evaluate_pane(page)
    entry = entries(page).filter(has_text=ROSES)
    entry.locator("summary").click()
    entry.get_by_label("Answer").fill("clay")
    back(page)
    judge(ask(page, "Who asked for Napoleon?"), "Yes")
    evaluate_pane(page)
    expect(entries(page)).to_have_count(3)
    expect(entry.get_by_label("Answer")).to_have_value("clay")
    other = entries(page).filter(has_text=FERNS)
    other.locator("summary").click()
    other.get_by_role("button", name="The documents don’t say").click()
    expect(other).to_contain_text("Right is:")
    expect(entry.get_by_label("Answer")).to_have_value("clay")
    entry.get_by_role("button", name="This is right").click()
    expect(entry.get_by_role("alert")).to_contain_text("give the sentence of the documents")
    entry.get_by_label("The sentence").fill("Roses want sun.")
    entry.get_by_role("button", name="This is right").click()
    expect(entry.get_by_role("alert")).to_contain_text("does not stand in the evidence")
    expect(entry.get_by_role("alert")).to_have_count(1)
    expect(entry.get_by_label("The sentence")).to_have_value("Roses want sun.")
    entry.get_by_label("The sentence").fill(ROSES_SENTENCE)
    entry.get_by_role("button", name="This is right").click()
    expect(entry).to_contain_text("Right is: clay")
    expect(page.locator("#qa-feedback").get_by_role("alert")).to_have_count(0)


def test_deleting_asks_first(visit: OpenPage, served: Served) -> None:
    page = visit(served.address)
    for question in (ROSES, FERNS):
        judge(ask(page, question), "Yes")
    evaluate_pane(page)
    entries(page).filter(has_text=ROSES).get_by_role("button", name="Delete").click()
    expect(entries(page)).to_have_count(2)
    page.get_by_role("button", name=f"Really delete the verdict on {ROSES}").click()
    expect(entries(page).locator(".qa-entry-question")).to_have_text([FERNS])
    expect(page.get_by_role("heading", name="Feedback")).to_be_focused()
    assert [entry.question for entry in feedback_of(served).entries()] == [FERNS]


def test_an_entry_deleted_elsewhere_is_said_to_be_gone(visit: OpenPage, served: Served) -> None:
    page = visit(served.address)
    judge(ask(page, ROSES), "No")
    evaluate_pane(page)
    entries(page).locator("summary").click()
    feedback_of(served).delete(feedback_of(served).entries()[0].id)
    entries(page).get_by_role("button", name="The documents don’t say").click()
    expect(page.locator("#qa-feedback").get_by_role("alert")).to_contain_text("there is no")
    expect(entries(page)).to_have_count(0)


def test_hostile_feedback_shows_as_text(visit: OpenPage, served: Served) -> None:
    page = visit(served.address)
    question = f"Do roses want sun {HOSTILE}"
    judge(ask(page, question), "No")
    evaluate_pane(page)
    expect(entries(page).locator(".qa-entry-question")).to_have_text(question)
    entries(page).locator("summary").click()
    entries(page).get_by_label("Answer").fill(HOSTILE)
    entries(page).get_by_label("The sentence").fill(f"It was {HOSTILE}.")
    entries(page).get_by_role("button", name="This is right").click()
    expect(entries(page)).to_contain_text(f"Right is: {HOSTILE}")
    choose_gold(page, f"{HOSTILE.replace('/', '')}.jsonl", "{")
    expect(page.locator("#qa-refused")).to_contain_text("line 1: not JSON")
    assert page.locator("#qa-evaluate img").count() == 0
    assert page.evaluate("window.pwned") is None


# ---- gold files


def test_a_gold_file_gives_a_report_that_can_be_saved(
    visit: OpenPage, serve: Serve, tmp_path: Path
) -> None:
    page = evaluate_pane(visit(serve(CORPUS).address))
    expect(page.locator("#qa-report")).to_be_hidden()
    choose_gold(page, "mine.jsonl", to_lines(GOLD))
    report = report_of(page)
    for question in GOLD:
        expect(report.get_by_text(str(question["question"])).first).to_be_attached()
    assert page.locator("#qa-report").get_attribute("sandbox") == "allow-scripts allow-downloads"
    assert report.evaluate("self.origin") == "null"
    assert report.evaluate("(() => { try { return parent.document.title } catch { } })()") is None
    expect(page.locator("#qa-asking")).to_contain_text("mine.jsonl, 3 questions")
    expect(page.locator("#qa-news")).to_have_text("The report on mine.jsonl is ready.")
    name, path = saved(page, "Save the report", tmp_path)
    assert name == "report.html"
    assert path.read_text("utf-8") == page.locator("#qa-report").get_attribute("srcdoc")
    assert "gradio" not in path.read_text("utf-8"), "the path of the upload"

    report.get_by_label("Find").fill("ceiling")
    back(page)
    evaluate_pane(page)
    expect(page.locator("#qa-report")).to_be_visible()
    expect(report.get_by_label("Find")).to_have_value("ceiling")


def test_another_window_and_a_reload_show_the_last_report(visit: OpenPage, serve: Serve) -> None:
    address = serve(CORPUS).address
    page = evaluate_pane(visit(address))
    choose_gold(page, "mine.jsonl", to_lines(GOLD))
    report_of(page)
    report_of(evaluate_pane(visit(address)))


def test_progress_is_shown_another_file_refused_and_asking_goes_on_until_it_is_stopped(
    visit: OpenPage, serve: Serve
) -> None:
    page = evaluate_pane(visit(serve(CORPUS).address))
    choose_gold(page, "long.jsonl", many_questions())
    expect(page.locator("#qa-asking")).to_contain_text("of 5,000 questions")
    page.wait_for_function("document.querySelector('#qa-asking progress').value > 0")
    expect(page.locator("#qa-news")).to_have_text("Asking long.jsonl.")
    stop = page.get_by_role("button", name="Stop")
    stop.focus()
    choose_gold(page, "second.jsonl", to_lines(GOLD))
    refused = page.locator("#qa-refused").get_by_role("alert")
    expect(refused).to_contain_text("wait for it or stop it")
    stop.focus()
    before = page.locator("#qa-asking progress").evaluate("e => e.value")
    page.wait_for_function(
        "n => document.querySelector('#qa-asking progress').value > n", arg=before
    )
    expect(refused).to_be_visible()
    expect(stop).to_be_focused()
    back(page)
    expect(ask(page, ROSES).locator(".qa-answer")).to_have_text(ROSES_SENTENCE)
    evaluate_pane(page)
    stop.press("Enter")
    expect(page.locator("#qa-asking")).to_have_text("long.jsonl: it was stopped")
    expect(page.locator("#qa-report")).to_be_hidden()
    expect(page.get_by_role("heading", name="How often is it right?")).to_be_focused()
    choose_gold(page, "second.jsonl", to_lines(GOLD))
    report_of(page)
    expect(refused).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.jsonl", to_lines(GOLD[:1]) + "{oops\n", "mine.jsonl, line 2: not JSON"),
        ("mine.jsonl", '{"answerable": true}', "mine.jsonl, line 1: it lacks 'question'"),
        ("empty.jsonl", "\n", "empty.jsonl holds no questions"),
        ("squad.json", "{", "squad.json: not JSON"),
        ("binary.jsonl", b"\xff\xfe", "the gold file binary.jsonl cannot be read"),
    ],
)
def test_a_malformed_gold_file_is_refused_clearly(
    visit: OpenPage, still: Served, name: str, content: str | bytes, said: str
) -> None:
    page = evaluate_pane(visit(still.address))
    choose_gold(page, name, content)
    refused = page.locator("#qa-refused").get_by_role("alert")
    expect(refused).to_contain_text(said)
    expect(refused).not_to_contain_text("gradio")
    expect(page.locator("#qa-asking progress")).to_have_count(0)


def test_a_gold_file_in_squads_format_is_asked(visit: OpenPage, serve: Serve) -> None:
    asked = {"id": "1", "question": ROSES, "answers": [{"text": "sun", "answer_start": 11}]}
    paragraph = {"context": ROSES_SENTENCE, "qas": [asked]}
    page = evaluate_pane(visit(serve(CORPUS).address))
    choose_gold(page, "squad.json", json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    expect(report_of(page).get_by_text(ROSES).first).to_be_attached()


def test_without_documents_a_trial_says_so(visit: OpenPage, serve: Serve) -> None:
    page = evaluate_pane(visit(serve({}).address))
    choose_gold(page, "mine.jsonl", to_lines(GOLD))
    expect(page.locator("#qa-asking .qa-notice")).to_contain_text("no index")


# ---- by keyboard, on a phone, for every eye


def test_feedback_is_given_and_settled_by_keyboard_alone(visit: OpenPage, served: Served) -> None:
    page = visit(served.address)
    page.keyboard.type(ROSES)
    page.keyboard.press("Enter")
    turn = page.locator(".qa-turn")
    focus_by_tab(page, turn.get_by_role("button", name="No", exact=True), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(turn).to_contain_text("Thank you")
    focus_by_tab(page, page.locator("#qa-more summary"), "Shift+Tab")
    page.keyboard.press("Enter")
    focus_by_tab(page, page.get_by_role("button", name="How often is it right?"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How often is it right?")).to_be_focused()
    expect(entries(page)).to_have_count(1)
    focus_by_tab(page, page.get_by_role("button", name="Choose a file of questions"))
    focus_by_tab(page, entries(page).locator("summary"))
    page.keyboard.press("Enter")
    focus_by_tab(page, entries(page).get_by_label("Answer"))
    page.keyboard.type("clay")
    focus_by_tab(page, entries(page).get_by_label("The sentence"))
    page.keyboard.type(ROSES_SENTENCE)
    focus_by_tab(page, entries(page).get_by_role("button", name="This is right"))
    page.keyboard.press("Enter")
    expect(entries(page)).to_contain_text("Right is: clay")
    focus_by_tab(page, entries(page).get_by_role("button", name="Delete"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(entries(page)).to_have_count(0)


def test_of_the_menus_one_is_open_at_a_time_and_escape_closes_it(
    visit: OpenPage, still: Served
) -> None:
    page = visit(still.address)
    ask(page, ROSES)
    more, share = page.locator("#qa-more"), page.locator("#qa-share")
    more.locator("summary").click()
    share.locator("summary").click()
    expect(more).not_to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(share).not_to_have_attribute("open", "")
    expect(share.locator("summary")).to_be_focused()
    more.locator("summary").click()
    page.get_by_role("button", name="New conversation").first.click()
    expect(page.locator(".qa-welcome")).to_be_visible()
    expect(more).not_to_have_attribute("open", "")


def fill(page: Page) -> None:
    """Give one verdict of every kind; leave one corrected, one open to be."""
    for question, verdict in (
        (ROSES, "Yes"),
        (FERNS, "No"),
        ("Who asked for Napoleon?", "Wrong citation"),
    ):
        judge(ask(page, question), verdict)
    judge(ask(page, f"Do roses want {'clay' * 60}?"), "No")
    evaluate_pane(page)
    expect(entries(page).filter(has_text="clayclay")).to_be_visible()
    entry = entries(page).filter(has_text=FERNS)
    entry.locator("summary").click()
    entry.get_by_label("Answer").fill("twice a week")
    entry.get_by_label("The sentence").fill("Water the ferns twice a week.")
    entry.get_by_role("button", name="This is right").click()
    expect(entry).to_contain_text("Right is: twice a week")
    entries(page).filter(has_text="Who asked for Napoleon?").locator("summary").click()


def assert_fits_a_finger(page: Page) -> None:
    """Check that nothing scrolls sideways and what is to be tapped is high enough."""
    assert_no_sideways_scrolling(page)
    assert small_targets(page) == []
    amiss = page.locator("#qa-evaluate").evaluate(
        """pane => [...pane.querySelectorAll("button, summary, input, textarea")]
          .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 40)
          .map((e) => e.outerHTML)
          .concat(pane.scrollWidth > pane.clientWidth + 1 ? ["sideways"] : [])"""
    )
    assert amiss == []


def test_on_a_phone_nothing_scrolls_sideways_and_everything_can_be_tapped(
    visit: OpenPage, serve: Serve
) -> None:
    served = serve(CORPUS)
    page = visit(served.address, PHONE)
    ask(page, ROSES)
    assert_fits_a_finger(page)
    fill(page)
    assert_fits_a_finger(page)
    choose_gold(page, "long.jsonl", many_questions())
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert_fits_a_finger(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#qa-asking")).to_contain_text("it was stopped")
    choose_gold(page, f"{'mine' * 40}.jsonl", to_lines(GOLD))
    report_of(page)
    assert_fits_a_finger(page)
    frame = report_of(page)
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_on_its_background(
    visit: OpenPage, serve: Serve, scheme: str
) -> None:
    page = visit(serve(CORPUS).address, scheme=scheme)
    turn = ask(page, ROSES)
    assert unreadable(page, [".qa-judging .qa-meta", ".qa-judge"]) == {}
    judge(turn, "Yes")
    assert unreadable(page, [".qa-judging"]) == {}
    fill(page)
    settled = ".qa-entry-question", ".qa-entries blockquote", ".qa-entries .qa-meta"
    verdicts = [f".qa-verdict[data-verdict={v}]" for v in Verdict]
    form = ".qa-correct label", ".qa-correct input", ".qa-correct textarea", ".qa-entries summary"
    buttons = "[data-correct]", "[data-correct=none]", "[data-delete-entry]", "[data-export]"
    pane = ".qa-evaluation > p", ".qa-evaluation h2", "[data-gold]", ".qa-evaluation .qa-meta"
    assert unreadable(page, [*settled, *verdicts, *form, *buttons, *pane]) == {}
    choose_gold(page, "bad.jsonl", "{")
    expect(page.locator("#qa-refused .qa-notice")).to_contain_text("line 1")
    assert unreadable(page, ["#qa-refused .qa-notice"]) == {}
    choose_gold(page, "mine.jsonl", to_lines(GOLD))
    report_of(page)
    assert unreadable(page, ["[data-save-report]", "#qa-asking .qa-meta"]) == {}


def test_every_control_has_a_name(visit: OpenPage, serve: Serve) -> None:
    page = visit(serve(CORPUS).address)
    fill(page)
    nameless = """() => [...document.querySelectorAll("button, input, textarea, progress, iframe")]
        .filter((e) => e.closest("#qa-evaluate"))
        .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.title
          || e.closest("label")))
        .map((e) => e.outerHTML)"""
    assert page.evaluate(nameless) == []


# ---- from the report into the documents


def reported(visit: OpenPage, serve: Serve, size: tuple[int, int]) -> tuple[Page, Frame]:
    page = evaluate_pane(visit(serve(CORPUS).address, size))
    choose_gold(page, "mine.jsonl", to_lines(GOLD))
    report = report_of(page)
    report.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    return page, report


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_what_the_report_cites_opens_in_the_page_and_leads_back(
    visit: OpenPage, serve: Serve, size: tuple[int, int]
) -> None:
    page, report = reported(visit, serve, size)
    roses = report.locator(".qr-q", has_text=ROSES)
    cited = roses.get_by_role("button", name="Open garden.md, characters").first
    evidence = roses.get_by_role("button", name=f"Open the evidence “{ROSES_SENTENCE}")
    for link in (cited, evidence):
        link.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        expect(link).to_be_focused()
        assert link.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
        box = link.bounding_box()
        assert box is not None
        assert size != PHONE or box["height"] >= 40
        page.keyboard.press("Enter")
        expect(page.locator("#qa-cited")).to_have_text(ROSES_SENTENCE)
        assert_in_view(page, page.locator("#qa-cited"))
        assert page.locator("#qa-report").is_visible() is (size == DESKTOP)
        assert_no_sideways_scrolling(page)
        assert small_targets(page) == [] or size == DESKTOP
        page.get_by_role("button", name="Back to the report").press("Enter")
        expect(page.locator("#qa-report")).to_be_visible()
        expect(link).to_be_focused()
    expect(page.locator(".qa-return")).to_be_hidden()


HOSTILE_MESSAGES = [
    "null",
    "'open'",
    "[1]",
    "{ doc_id: 'garden.md', start: 0, end: 5 }",
    "{ qa: 'open', doc_id: 'garden.md', start: -1, end: 5 }",
    "{ qa: 'open', doc_id: 'garden.md', start: 0, end: '5' }",
    "{ qa: 'open', doc_id: { toString: 1 }, start: 0, end: 5 }",
    "{ qa: 'open', text: 'x'.repeat(20001) }",
]


def test_a_message_of_another_shape_or_from_elsewhere_opens_nothing(
    visit: OpenPage, serve: Serve
) -> None:
    page, _ = reported(visit, serve, DESKTOP)
    page.evaluate(
        """() => {
            window.opened = 0;
            document.addEventListener("qa-open", () => { window.opened += 1; });
        }"""
    )
    handle = page.locator("#qa-report").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame is not None
    opens = "{ qa: 'open', doc_id: 'garden.md', start: 14, end: 19 }"
    page.evaluate(f"postMessage({opens}, '*')")
    for sent in HOSTILE_MESSAGES:
        frame.evaluate(f"() => parent.postMessage(({sent}), '*')")
    # Messages come in order: what a last, good one opens is the first that was opened.
    frame.evaluate(f"() => parent.postMessage(({opens}), '*')")
    expect(page.locator("#qa-cited")).to_be_visible()
    assert page.evaluate("window.opened") == 1


def test_evidence_that_stands_nowhere_is_said_not_to(visit: OpenPage, serve: Serve) -> None:
    page = evaluate_pane(visit(serve(CORPUS).address))
    nowhere = {**GOLD[0], "evidence": ["Nobody wrote sun and clay."]}
    choose_gold(page, "mine.jsonl", to_lines([nowhere]))
    report = report_of(page)
    report.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    report.get_by_role("button", name="Open the evidence").click()
    expect(page.locator("#qa-source .qa-notice")).to_contain_text("not found in the documents")
    page.get_by_role("button", name="Back to the report").click()
    expect(page.locator("#qa-report")).to_be_visible()
