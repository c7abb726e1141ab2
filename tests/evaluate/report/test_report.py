"""The report as HTML: what it says, that it is well formed, and that nothing gets out of it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.bootstrap import Interval
from qa.evaluate.compare import compare
from qa.evaluate.measures import Bin
from qa.evaluate.ranking import Ranking
from qa.evaluate.report.plots import reliability_svg, risk_coverage_svg, wilson
from qa.evaluate.report.questions import text_fragment
from qa.evaluate.report.report import Subject, report_fragment, report_html
from tests.evaluate.test_compare import CITED, MISS, RECORD

SUBJECT = Subject("gold.jsonl", "test", "corpus", "2026-01-01 00:00 UTC", 0.5, 0.1)
VOID = {"meta", "br", "input"}
RECORDS = [
    RECORD,
    replace(RECORD, id="q2", citations=(MISS,), confidence=0.7),
    replace(RECORD, id="q3", citations=(MISS,), rank=None, confidence=0.6),
    replace(RECORD, id="q4", citations=(replace(MISS, passage=True),), confidence=0.55),
    replace(RECORD, id="q5", answered=False, confidence=0.3, possible=True),
    replace(RECORD, id="q6", em=0.0, f1=0.0, confidence=0.95),
    replace(RECORD, id="n1", answerable=False, answers=(), evidence=(), citations=(MISS,),
            em=None, f1=None, retrieval=None, rank=None),
    replace(RECORD, id="n2", answerable=False, answers=(), evidence=(), citations=(MISS,),
            em=None, f1=None, retrieval=None, rank=None, answered=False, confidence=0.1),
]  # fmt: skip


class Page(HTMLParser):
    """Checks that what is opened is closed, and keeps tags, attributes and visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_a_manager_reads_the_headline_figures_with_their_counts() -> None:
    text = Page(report_html(RECORDS, SUBJECT)).text
    assert "8 questions, 6 of which the documents answer." in text
    assert "answered 6, showed a sentence as a possible answer to 1 (1 of them right)" in text
    assert "and found none to 1." in text
    assert "“Possibly: " in text
    assert "33 %of the answers given cite the right sentence (2 of 6)" in text
    assert "50 %of the questions without an answer were refused (1 of 2)" in text
    assert "17 %of the questions with an answer were held back (1 of 6)" in text
    assert "below a confidence of 50 %, chosen so that about 10 %" in text


def test_every_question_is_listed_once_under_its_outcome() -> None:
    page = Page(report_html(RECORDS, SUBJECT))
    groups = [tag["id"] for tag in page.all("details") if tag.get("class") == "qr-group"]
    outcomes = [
        "retrieval_missed", "wrong_passage", "wrong_sentence", "wrong_words",
        "wrongly_refused", "answered_unanswerable", "right", "right_refusal",
    ]  # fmt: skip
    assert groups == [f"qr-{outcome}" for outcome in outcomes]
    assert sum(tag.get("class") == "qr-q" for tag in page.all("details")) == len(RECORDS)
    for record in RECORDS:
        assert f"{record.id}, 5 ms" in page.text
    targets = {str(tag["href"])[1:] for tag in page.all("a") if str(tag["href"]).startswith("#")}
    assert targets == set(groups[:6])


def test_citations_say_what_is_right_about_them() -> None:
    text = Page(report_html(RECORDS, SUBJECT)).text
    for note in ("right sentence", "right passage, another sentence",
                 "right document, wrong passage"):  # fmt: skip
        assert note in text
    invalid = replace(RECORD, citations=(replace(CITED, valid=False),))
    assert "the quote does not stand there" in Page(report_html([invalid], SUBJECT)).text


def test_the_page_needs_nothing_but_itself() -> None:
    page = Page(report_html(RECORDS, SUBJECT))
    assert not [tag for tag, _ in page.tags if tag in {"link", "img", "iframe", "base", "form"}]
    assert not [a for _, a in page.tags if "src" in a or any(n.startswith("on") for n in a)]
    (policy,) = [t for t in page.all("meta") if t.get("http-equiv") == "Content-Security-Policy"]
    assert str(policy["content"]).startswith("default-src 'none'; ")


def test_plots_and_tables_can_be_read_without_seeing_them() -> None:
    page = Page(report_html(RECORDS, SUBJECT, comparison=compare(RECORDS, RECORDS)))
    assert [tag["role"] for tag in page.all("svg")] == ["img", "img"]
    first, second = (str(tag["aria-label"]) for tag in page.all("svg"))
    assert first.startswith("Risk–coverage curve. Answering the surest 20 %: ")
    assert second.startswith("Reliability. Confidence about 10 %: 0 % right of 1.")
    assert len(page.all("table")) >= 5
    assert all(tag.get("scope") for tag in page.all("th"))
    assert page.all("html") == [{"lang": "en"}]


def test_a_fragment_is_the_same_without_page_and_script() -> None:
    fragment, page = report_fragment(RECORDS, SUBJECT), report_html(RECORDS, SUBJECT)
    assert fragment in page
    assert not {"html", "head", "body", "script"} & {tag for tag, _ in Page(fragment).tags}


def test_a_document_that_can_be_opened_is_linked_to() -> None:
    page = Page(report_html([RECORD], SUBJECT, {"a.txt": "../my%20corpus/a.txt"}))
    links = [tag for tag in page.all("a") if not str(tag["href"]).startswith("#q")]
    assert [link["href"] for link in links] == ["../my%20corpus/a.txt#:~:text=Roses"]
    assert not [t for t in Page(report_html([RECORD], SUBJECT)).all("a") if "txt" in str(t["href"])]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Roses want sun.", "#:~:text=Roses%20want%20sun."),
        ("a-b, c & d", "#:~:text=a%2Db%2C%20c%20%26%20d"),
        ("line\r\n  ends", "#:~:text=line%20ends"),
        (" ".join("abcdefghijk"), "#:~:text=a%20b%20c%20d%20e,g%20h%20i%20j%20k"),
        ("\ud800é", "#:~:text=%3F%C3%A9"),
    ],
)
def test_a_link_names_the_quote_by_its_words(text: str, fragment: str) -> None:
    assert text_fragment(text) == fragment


@pytest.mark.parametrize(
    ("threshold", "says"),
    [(None, "it always abstains"), (0.0, "told to answer whatever its confidence")],
)
def test_a_threshold_that_is_none_is_said_in_words(threshold: float | None, says: str) -> None:
    assert says in Page(report_html(RECORDS, replace(SUBJECT, threshold=threshold))).text


def test_a_comparison_shows_what_changed_and_folds_what_did_not() -> None:
    better = [replace(RECORD, id=f"q{n}") for n in range(30)]
    worse = [replace(record, em=0.0, citations=(MISS,), latency_ms=9.0) for record in better]
    subject = replace(SUBJECT, other="before.json")
    text = Page(report_html(better, subject, comparison=compare(better, worse))).text
    shown, folded = text.split("No clear change:")
    assert "Against before.json" in shown
    assert "The answer is a gold one (EM), abstaining offbetter1.0000.000+1.000" in shown
    assert "50 % of answers take at mostbetter5 ms9 ms-4 (-4 to -4)" in shown
    assert "The best passage holds the evidence" in folded
    text = Page(report_html(worse, subject, comparison=compare(worse, better))).text
    assert "The answer is a gold one (EM), abstaining offworse0.0001.000-1.000" in text
    text = Page(report_html(worse, subject, comparison=compare(worse, worse))).text
    assert "No clear change." in text


def test_a_search_is_reported_without_what_reading_measures() -> None:
    nothing = Ranking(0, 0, 0, 0, 0)
    searched = replace(RECORD, confidence=None, citations=(), em=None, f1=None, answer=None)
    missed = replace(searched, id="q2", rank=None, retrieval=nothing)
    page = Page(report_html([searched, missed], SUBJECT))
    assert "2 queries; retrieval alone was measured." in page.text
    assert "Not found" in page.text
    assert "% sure" not in page.text
    assert not page.all("svg")


def test_one_right_answer_is_enough_for_a_report() -> None:
    assert "It did not, on these questions." in Page(report_html([RECORD], SUBJECT)).text


EVIL = (
    "</details></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"
    "\x1b[2J\u202e"
)
_evil = st.sampled_from([EVIL, '" onmouseover="alert(3)', "<!--", "]]>", "javascript:alert(4)"])


def _without_lists(page: Page) -> list[str]:
    """Name the tags, but for those of which there are as many as there is evidence."""
    lists = ("ul", "li", "mark")
    return [t for t, a in page.tags if t not in lists and a != {"class": "qr-evidence"}]


@settings(max_examples=25)
@given(_evil | st.text(max_size=30))
def test_nothing_from_documents_or_questions_becomes_markup(text: str) -> None:
    cited = replace(CITED, doc_id=text, quote=f"{text} x {text}")
    record = replace(
        RECORD, id=text, question=text, answers=(text,), evidence=(text, text), answer=text,
        citations=(cited,),
    )  # fmt: skip
    subject = Subject(text, text, text, text, 0.5, 0.1, text)
    plain = Page(report_html([RECORD], SUBJECT, {"a.txt": "a.txt"}, compare([RECORD], [RECORD])))
    page = report_html([record], subject, {text: "a.txt"}, compare([record], [record]))
    shown = Page(page)
    assert _without_lists(shown) == _without_lists(plain)
    assert not [a for _, a in shown.tags if any(name.startswith("on") for name in a)]
    assert not {"\x1b", "\u202e"} & set(page)


# ---- plots


def test_a_wilson_interval_has_its_hand_computed_value() -> None:
    # Of 10, none: (0, z² / (n + z²)) with z = 1.96.
    assert wilson(0, 10) == pytest.approx((0, 3.8416 / 13.8416))
    low, high = wilson(0.5, 10)
    assert low + high == pytest.approx(1)
    assert (low, high) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_a_plot_without_a_choice_has_no_dot() -> None:
    tenths = [Interval(0.5, 0.4, 0.6)] * 10
    assert "<circle" not in risk_coverage_svg([(1.0, 0.5)], tenths, None)
    assert "in use: 50 % answered, 10 % wrong" in risk_coverage_svg(
        [(1.0, 0.5)], tenths, (0.5, 0.1)
    )


def test_each_bin_is_a_point_at_its_place() -> None:
    svg = Page(reliability_svg([Bin(0.0, 0.1, 4, 0.0, 0.0), Bin(0.9, 1.0, 9, 1.0, 1.0)]))
    low, high = svg.all("circle")
    assert (low["cx"], low["cy"]) == ("76.0", "248.0")
    assert (high["cx"], high["cy"]) == ("392.0", "12.0")
