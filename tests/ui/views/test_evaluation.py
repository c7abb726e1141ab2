"""The third pane's HTML: nothing from outside becomes markup, and what counts is said."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings

from qa.evaluate.feedback import CitedPlace, Correction, Entry, Verdict
from qa.ui.evaluator import EvaluationStatus
from qa.ui.views.evaluation import evaluation_html, feedback_html, status_html, status_in_words
from tests.ui.markup_page import HOSTILE, Page, assert_only_text_differs, outside

UNSAID = "The documents don’t say."


def entry(
    number: int = 1,
    verdict: Verdict = Verdict.DOWN,
    words: str = "words",
    doc_id: str = "id",
    correction: Correction | None = None,
    *,
    answered: bool = True,
) -> Entry:
    return Entry(
        id=number,
        at="2026-01-01T00:00:00+00:00",
        verdict=verdict,
        question=f"Q {words}",
        answer=f"A {words}" if answered else None,
        confidence=0.5,
        citations=(CitedPlace(doc_id, 0, 5, f"Quote A {words}"),) if answered else (),
        generation="00001",
        correction=correction,
    )


def running(words: str, doc_id: str) -> str:
    return status_html(EvaluationStatus(gold=words, running=True, done=1, total=3))


def failed(words: str, doc_id: str) -> str:
    return status_html(EvaluationStatus(gold=words, error=doc_id))


def finished(words: str, doc_id: str) -> str:
    return status_html(EvaluationStatus(gold=words, done=3, total=3, report=f"<html>{doc_id}"))


def feedback(words: str, doc_id: str) -> str:
    said = Correction((words, doc_id), (f"{words} {doc_id}",))
    entries = [
        entry(1, Verdict.UP, words, doc_id),
        entry(2, Verdict.DOWN, words, doc_id),
        entry(3, Verdict.WRONG_CITATION, words, doc_id),
        entry(4, Verdict.DOWN, words, doc_id, said),
        entry(5, Verdict.UP, words, doc_id, answered=False),
        entry(6, Verdict.DOWN, words, doc_id, Correction((), ())),
    ]
    return feedback_html(entries)


PARTS: Sequence[Callable[[str, str], str]] = (running, failed, finished, feedback)


# ---- escaping


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=50)
@given(words=outside, doc_id=outside)
def test_nothing_from_outside_becomes_a_tag_or_an_attribute(
    part: Callable[[str, str], str], words: str, doc_id: str
) -> None:
    if part is failed and not doc_id:
        return  # no error is no message
    assert_only_text_differs(part(words, doc_id), part("words", "id"), words, doc_id)


@pytest.mark.parametrize("words", HOSTILE)
def test_everything_from_outside_is_shown_as_it_was_given(words: str) -> None:
    page = Page(feedback(words, f"id {words}"))
    for shown in (f"Q {words}", f" A {words}", f"Quote A {words} ", f"id {words}"):
        assert shown in page.texts
    assert f"{words}; id {words}" in page.texts
    assert page.values("value") == [f"A {words}" if v else "" for v in (1, 0)]
    assert f"Asking {words}: 1 of 3 questions" in Page(running(words, "")).texts
    assert f"{words}: {words}" in Page(failed(words, words)).texts


def test_a_report_never_becomes_part_of_the_page() -> None:
    status = EvaluationStatus(gold="g", done=1, total=1, report="<script>alert(1)</script>")
    html = evaluation_html(status, [], can_start=True)
    assert "alert" not in html
    page = Page(html)
    assert page.values("sandbox") == ["allow-scripts allow-downloads"], "no origin of its own"
    assert page.values("srcdoc") == []


# ---- a gold file that is asked


def test_nothing_is_said_before_the_first_evaluation() -> None:
    assert (status_html(EvaluationStatus()), status_in_words(EvaluationStatus())) == ("", "")


@pytest.mark.parametrize(("total", "most"), [(0, "1"), (1, "1"), (1234, "1234")])
def test_progress_is_a_bar_that_can_be_stopped(total: int, most: str) -> None:
    page = Page(status_html(EvaluationStatus(gold="g", running=True, done=0, total=total)))
    assert (page.values("value"), page.values("max")) == (["0"], [most])
    assert ("data-stop-evaluation", "") in page.attributes
    assert f"of {total:,} question" in page.shown


def test_only_a_report_can_be_saved() -> None:
    for status, can in (
        (EvaluationStatus(gold="g", total=2, report="<html>"), True),
        (EvaluationStatus(gold="g", total=2, running=True), False),
        (EvaluationStatus(gold="g", total=2, error="it was stopped"), False),
    ):
        names = dict(Page(status_html(status)).attributes)
        assert ("data-save-report" in names) is can


def test_what_is_read_out_does_not_count() -> None:
    first, later = (EvaluationStatus(gold="g", running=True, done=n, total=9) for n in (1, 8))
    assert status_in_words(first) == status_in_words(later) == "Asking g."
    assert status_in_words(EvaluationStatus(gold="g", report="x")) == "The report on g is ready."
    assert (
        status_in_words(EvaluationStatus(gold="g", error="it was stopped")) == "g: it was stopped"
    )


# ---- feedback


def test_without_feedback_it_says_how_to_give_some() -> None:
    page = Page(feedback_html([]))
    assert "None yet" in page.shown
    assert page.values("data-entry") == []
    assert page.values("data-export") == []


def test_the_newest_is_first_and_the_oldest_of_very_many_are_left_out() -> None:
    page = Page(feedback_html([entry(number) for number in range(1, 1451)]))
    listed = [int(number) for number in page.values("data-entry")]
    assert listed == list(range(1450, 1250, -1))
    assert "1,450 verdicts" in page.shown
    assert "… and 1,250 more" in page.shown


def test_what_is_settled_is_counted_and_can_be_exported() -> None:
    up, down = entry(1, Verdict.UP), entry(2, Verdict.DOWN)
    assert "2 verdicts, 1 of them settled" in Page(feedback_html([up, down])).shown
    assert ("data-export", "") in Page(feedback_html([up, down])).attributes
    unsettled = Page(feedback_html([down]))
    assert "1 verdict, 0 of them settled" in unsettled.shown
    assert ("data-export", "") not in unsettled.attributes, "there is nothing to export"


@pytest.mark.parametrize(
    ("verdict", "said", "offered"),
    [
        (Verdict.UP, "Right", None),
        (Verdict.DOWN, "Not right", ""),
        (Verdict.WRONG_CITATION, "Wrong citation", "A words"),
    ],
)
def test_what_was_wrong_is_not_offered_as_what_is_right(
    verdict: Verdict, said: str, offered: str | None
) -> None:
    page = Page(feedback_html([entry(verdict=verdict)]))
    assert said in page.texts
    assert page.values("data-verdict") == [verdict.value]
    assert page.values("value") == ([] if offered is None else [offered])


def test_a_correction_shows_what_is_right() -> None:
    right = Page(feedback_html([entry(correction=Correction(("351",), ("They were 351.",)))]))
    assert {"351", "They were 351."} <= set(right.texts)
    assert right.values("data-correct") == []
    silent = Page(feedback_html([entry(correction=Correction((), ()))]))
    assert UNSAID in silent.texts
    only_sentence = Page(feedback_html([entry(correction=Correction((), ("They were 351.",)))]))
    assert "They were 351." in only_sentence.texts
    assert UNSAID not in only_sentence.texts


def test_an_abstention_is_told_as_such() -> None:
    page = Page(feedback_html([entry(answered=False)]))
    assert f" {UNSAID}" in page.texts
    assert page.values("data-correct") == ["", "none"]


def test_an_answer_that_is_its_sentence_is_not_said_twice() -> None:
    whole = Entry(
        id=1,
        at="",
        verdict=Verdict.UP,
        question="Q?",
        answer="Roses want sun.",
        confidence=1.0,
        citations=(CitedPlace("garden.md", 0, 15, "Roses want sun."),),
        generation="",
        correction=None,
    )
    shown = Page(feedback_html([whole])).shown
    assert shown.count("Roses want sun.") == 1
    assert "garden.md" in shown


def test_every_entry_can_be_deleted_by_a_name_of_its_own() -> None:
    page = Page(feedback_html([entry(1, words="one"), entry(2, Verdict.UP, words="two")]))
    labels = [label for label in page.values("aria-label") if label.startswith("Delete")]
    assert labels == ["Delete the verdict on Q two", "Delete the verdict on Q one"]


def test_a_page_for_reading_only_offers_no_gold_file() -> None:
    html = evaluation_html(EvaluationStatus(), [], can_start=False)
    assert "data-gold" not in html
    assert "qa eval" in html
