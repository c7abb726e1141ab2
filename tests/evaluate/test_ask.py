"""Hold the measures of asked questions to values worked out by hand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from math import log2
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.pipeline import Answerer
from qa.answer.sources import SourceView
from qa.evaluate.ask import evaluate
from qa.evaluate.gold import GoldQuestion
from qa.evaluate.measures import measure as measured_with_intervals
from qa.evaluate.measures import risk_at_coverage
from qa.evaluate.record import Record
from qa.schema import Answer, Citation, Document, Passage, RetrievedPassage

NAMES = "abcdefghijkl"
SENTENCES = tuple(f"Fact number {n} stands here." for n in NAMES)
DOCUMENT = Document("facts.txt", "facts", " ".join(SENTENCES), "0")


class Scripted(Answerer):
    """Gives prepared answers, and abstains below a confidence of 0.5."""

    min_confidence = 0.5

    def __init__(self, answers: Iterable[Answer]) -> None:
        self.answers = {answer.question: answer for answer in answers}

    def ask(
        self, question: str, *, abstain: bool = True, only: Collection[str] | None = None
    ) -> Answer:
        assert not abstain
        assert only is None
        return self.answers[question]

    def open_source(self, doc_id: str) -> SourceView | None:
        return SourceView(DOCUMENT, (), "unchanged", None) if doc_id == DOCUMENT.doc_id else None


def found(order: str) -> tuple[RetrievedPassage, ...]:
    """Passages that hold the named facts, one each, best first."""
    passages = [
        Passage(name, "facts.txt", start, start + len(fact(name)), f"• {fact(name)}\n", "", ())
        for name in order
        if (start := DOCUMENT.text.index(fact(name))) >= 0
    ]
    return tuple(
        RetrievedPassage(rank, passage, rank, 1, 1, 1)
        for rank, passage in enumerate(passages, start=1)
    )


def fact(name: str) -> str:
    return SENTENCES[NAMES.index(name)]


def answer(
    question: str, cited: str, order: str, confidence: float, total: float = 1.0, shift: int = 0
) -> Answer:
    quote = fact(cited)
    start = DOCUMENT.text.index(quote) + shift
    citation = Citation("facts.txt", "facts", None, start, start + len(quote), quote)
    return Answer(
        question, True, quote, confidence, (citation,), found(order), timings_ms={"total": total}
    )


def gold(question: str, evidence: str = "", *answers: str, answerable: bool = True) -> GoldQuestion:
    return GoldQuestion(question, question, answers, tuple(map(fact, evidence)), answerable)


def measured(records: Sequence[Record]) -> dict[str, Any]:
    values: dict[str, Any] = {n: i.value for n, i in measured_with_intervals(records).items()}
    return values | {"risk_at_coverage": tuple(i.value for i in risk_at_coverage(records))}


def measure(gold: Sequence[GoldQuestion], answers: Iterable[Answer]) -> dict[str, Any]:
    return measured(evaluate(Scripted(answers), gold))


def test_every_measure_has_its_hand_computed_value() -> None:
    questions = [
        gold("q1", "a", "never", 'The FACT number "a" stands here'),
        gold("q2", "b", "number b"),
        gold("q3", "c"),
        gold("q4", "dl", "nothing", "stands here"),
        gold("n1", answerable=False),
        gold("n2", answerable=False),
    ]
    answers = [
        answer("q1", "a", "abcde", 0.9, 10),  # right, rank 1, answered
        answer("q2", "e", "eabcd", 0.8, 20),  # wrong, rank 3, answered
        answer("q3", "c", "abdec", 0.4, 30),  # right, rank 5, refused
        answer("q4", "a", "abceg", 0.3, 40),  # wrong, not found, refused
        answer("n1", "a", "abcde", 0.6, 50, shift=1),  # answered, and its citation is off
        answer("n2", "a", "abcde", 0.3, 60),  # refused
    ]
    # F1 by hand: q1 all five words shared; q2 “number b” with “fact number e stands here”: one
    # word of 5 and of 2; q4 “stands here” with “fact number stands here”: both, of 4 and of 2.
    f1 = (1, 2 * 1 / (5 + 2), 2 * 2 / (4 + 2))
    assert measure(questions, answers) == {
        "recall_at_1": 1 / 4,
        "recall_at_5": 3 / 4,
        "recall_at_10": 3 / 4,
        "mrr_at_10": pytest.approx((1 + 1 / 3 + 1 / 5) / 4),
        "ndcg_at_10": pytest.approx((1 + 1 / log2(4) + 1 / log2(6)) / 4),
        "sentence_accuracy": 2 / 4,
        # Of q1, q2 and q4; as a word, “a” is an article.
        "answer_em": pytest.approx(1 / 3),
        "answer_f1": pytest.approx(sum(f1) / 3),
        # Given: q1 and q2; q4 is refused, n1 answered, n2 refused; q3 has no gold answer.
        "squad_em": (1 + 0 + 0 + 0 + 1) / 5,
        "squad_f1": pytest.approx((1 + f1[1] + 0 + 0 + 1) / 5),
        "citation_validity": 5 / 6,
        # Given: q1 right, q2 the right document but another passage, n1 nothing right.
        "citation_precision_sentence": 1 / 3,
        "citation_precision_passage": 1 / 3,
        "citation_precision_document": 2 / 3,
        "citation_recall_sentence": 1 / 4,
        "citation_recall_passage": 1 / 4,
        "citation_recall_document": 2 / 4,
        "right_document_wrong_passage": 1 / 3,
        "answered": 3 / 6,
        "correct_when_answered": 1 / 3,
        "wrongly_refused": 2 / 4,
        "refusal_recall": 1 / 2,
        "refusal_precision": 1 / 3,
        # Not sure enough, but as likely as one in four: q3, q4 and n2, of which q4 is right.
        "possible": 3 / 6,
        "correct_when_possible": 1 / 3,
        # Pairs won: 0.9 and 0.8 beat both; 0.4 beats 0.3; 0.3 ties with 0.3.
        "answerability_auroc": (2 + 2 + 1 + 0.5) / 8,
        # By confidence: right, wrong, wrong (n1), right, and two wrong ones tied at 0.3.
        "risk_at_coverage": pytest.approx(
            (0, 1 / 2, 1 / 2, 2 / 3, 2 / 3, 2 / 4, 4 / 6, 4 / 6, 4 / 6, 4 / 6)
        ),
        "aurc": pytest.approx((0 + 1 / 2 + 2 / 3 + 2 / 4 + 4 / 6 + 4 / 6) / 6),
        # Bins of .9: |.9 - 1|; .8: |.8 - 0|; .6: |.6 - 0|; .4: |.4 - 1|; .3, twice: |.6 - 0|.
        "ece": pytest.approx((0.1 + 0.8 + 0.6 + 0.6 + 0.6) / 6),
        "latency_p50_ms": 30,
        "latency_p95_ms": 60,
        "latency_p99_ms": 60,
    }


_UP = (
    "recall_at_1 recall_at_5 recall_at_10 mrr_at_10 ndcg_at_10 sentence_accuracy answer_em "
    "answer_f1 squad_em squad_f1 citation_validity citation_precision_sentence "
    "citation_precision_passage citation_precision_document citation_recall_sentence "
    "citation_recall_passage citation_recall_document correct_when_answered refusal_recall "
    "refusal_precision answerability_auroc"
).split()


def test_a_perfect_run_scores_one_and_refuses_nothing_wrongly() -> None:
    questions = [
        gold("q1", "a", fact("a")),
        gold("q2", "b", fact("b")),
        gold("n1", answerable=False),
    ]
    answers = [
        answer("q1", "a", "abc", 1.0),
        answer("q2", "b", "bac", 1.0),
        answer("n1", "c", "abc", 0.0),
    ]
    measures = measure(questions, answers)
    assert {name: measures[name] for name in _UP} == dict.fromkeys(_UP, 1.0)
    assert measures["wrongly_refused"] == measures["right_document_wrong_passage"] == 0
    assert measures["ece"] == 0
    # Whoever answers all answers n1 too.
    assert measures["risk_at_coverage"] == pytest.approx((0,) * 6 + (1 / 3,) * 4)
    assert measures["aurc"] == pytest.approx(1 / 9)


def test_an_answer_at_the_threshold_is_given() -> None:
    assert measure([gold("q1", "a")], [answer("q1", "a", "a", 0.5)])["answered"] == 1


def test_a_run_that_is_wrong_throughout_scores_nothing() -> None:
    questions = [gold("q1", "l", "quite another"), gold("n1", answerable=False)]
    answers = [answer("q1", "b", "bcdef", 0.0, shift=1), answer("n1", "b", "bcdef", 1.0, shift=1)]
    measures = measure(questions, answers)
    assert {name: measures[name] for name in _UP} == dict.fromkeys(_UP, 0.0)
    assert measures["wrongly_refused"] == measures["aurc"] == 1
    assert measures["risk_at_coverage"] == (1,) * 10
    assert measures["ece"] == 0.5  # sure of one wrong answer, not at all of the other


def test_a_run_without_answers_scores_nothing() -> None:
    questions = [gold("q1", "a", fact("a")), gold("n1", answerable=False)]
    empty = replace(answer("q1", "a", "", 0.0), citations=(), answered=False, answer=None)
    measures = measure(questions, [empty, replace(empty, question="n1")])
    refusals = {"squad_em": 0.5, "squad_f1": 0.5, "refusal_recall": 1, "refusal_precision": 0.5}
    for name in _UP:
        expected: float | None = refusals.get(name, 0)
        if "precision_" in name or name in ("citation_validity", "correct_when_answered"):
            expected = None  # of no citations
        assert measures[name] == (0.5 if name == "answerability_auroc" else expected), name
    assert (measures["answered"], measures["wrongly_refused"]) == (0, 1)


@pytest.mark.parametrize(
    ("cited", "levels"),
    [
        ("a", (True, True, True)),
        ("b", (False, True, True)),  # the same passage, another sentence
        ("c", (False, False, True)),  # the same document, another passage
        ("x", (False, False, False)),
    ],
)
def test_a_citation_is_judged_by_sentence_passage_and_document(
    cited: str, levels: tuple[bool, bool, bool]
) -> None:
    first, second = f"{fact('a')} {fact('b')}", fact("c")
    passages = (
        Passage("1", "facts.txt", 0, len(first), first, "", ()),
        Passage("2", "facts.txt", len(first) + 1, len(first) + 1 + len(second), second, "", ()),
    )
    found = tuple(RetrievedPassage(n, p, n, 1, 1, 1) for n, p in enumerate(passages, start=1))
    given = replace(answer("q1", "a" if cited == "x" else cited, "", 0.9), passages=found)
    if cited == "x":
        given = replace(given, citations=(replace(given.citations[0], doc_id="x", quote="X."),))
    (record,) = evaluate(Scripted([given]), [gold("q1", "a")])
    (citation,) = record.citations
    assert (citation.sentence, citation.passage, citation.document) == levels
    measures = measured([record])
    assert measures["right_document_wrong_passage"] == float(levels == (False, False, True))
    assert [measures[f"citation_precision_{n}"] for n in ("sentence", "passage", "document")] == [
        float(level) for level in levels
    ]


def test_every_citation_given_counts_for_precision_and_one_right_one_for_recall() -> None:
    right, wrong = answer("q1", "a", "ab", 0.9), answer("q1", "b", "ab", 0.9)
    both = replace(right, citations=(*wrong.citations, *right.citations))
    measures = measure([gold("q1", "a")], [both])
    assert measures["citation_precision_sentence"] == 0.5
    assert measures["citation_recall_sentence"] == 1
    assert measures["sentence_accuracy"] == 0  # the first citation holds the answer


@pytest.mark.parametrize(
    ("entry", "given", "outcome"),
    [
        (gold("q", "a"), answer("q", "a", "a", 0.9), "right"),
        (gold("q", "a", "stands"), answer("q", "a", "a", 0.9), "right"),
        (gold("q", "a", "elsewhere"), answer("q", "a", "a", 0.9), "wrong_words"),
        (gold("q", "a"), answer("q", "a", "a", 0.1), "wrongly_refused"),
        (gold("q", "a"), answer("q", "b", "bcd", 0.9), "retrieval_missed"),
        (gold("q", "a"), answer("q", "b", "ba", 0.9), "wrong_passage"),
        (gold("q", answerable=False), answer("q", "a", "a", 0.9), "answered_unanswerable"),
        (gold("q", answerable=False), answer("q", "a", "a", 0.1), "right_refusal"),
    ],
)
def test_a_failure_has_a_cause(entry: GoldQuestion, given: Answer, outcome: str) -> None:
    (record,) = evaluate(Scripted([given]), [entry])
    assert record.outcome == outcome


def risks(*runs: tuple[bool, float]) -> tuple[tuple[float, ...], float]:
    """Measure answers that are right or not, with these confidences."""
    names = [f"q{n}" for n in range(len(runs))]
    answers = [
        answer(q, "a" if right else "b", "ab", p) for q, (right, p) in zip(names, runs, strict=True)
    ]
    measures = measure([gold(name, "a") for name in names], answers)
    return measures["risk_at_coverage"], measures["aurc"]


def test_ten_answers_have_their_risk_at_every_tenth() -> None:
    runs = [(n not in (2, 5, 9), 1 - n / 20) for n in range(10)]
    curve, area = risks(*reversed(runs))
    expected = (0, 0, 1 / 3, 1 / 4, 1 / 5, 2 / 6, 2 / 7, 2 / 8, 2 / 9, 3 / 10)
    assert curve == pytest.approx(expected)
    assert area == pytest.approx(sum(expected) / 10)


def test_equal_confidences_are_answered_together_whatever_their_order() -> None:
    runs = [(True, 0.9), (True, 0.5), (False, 0.5), (False, 0.5), (True, 0.2)]
    for order in (runs, runs[::-1]):
        curve, area = risks(*order)
        assert curve == pytest.approx((0, 0) + (2 / 4,) * 6 + (2 / 5,) * 2)
        assert area == pytest.approx((0 + 3 * 2 / 4 + 2 / 5) / 5)


def test_one_answer_has_the_same_risk_at_every_coverage() -> None:
    assert risks((True, 0.0)) == ((0,) * 10, 0)
    assert risks((False, 1.0)) == ((1,) * 10, 1)


def test_an_unanswerable_question_is_wrong_whenever_it_is_answered() -> None:
    questions = [gold("q1", "a"), gold("n1", answerable=False)]
    measures = measure(questions, [answer("q1", "a", "a", 0.2), answer("n1", "a", "a", 0.1)])
    assert measures["risk_at_coverage"] == (0,) * 5 + (1 / 2,) * 5
    measures = measure(questions, [answer("q1", "a", "a", 0.1), answer("n1", "a", "a", 0.2)])
    assert measures["risk_at_coverage"] == (1,) * 5 + (1 / 2,) * 5
    assert measures["correct_when_answered"] is None  # the curve does not know the threshold


def test_answers_are_compared_where_there_is_one_to_compare_with() -> None:
    questions = [gold("q1", "a", fact("a")), gold("q2", "b"), gold("n1", "", "x", answerable=False)]
    answers = [answer(entry.id, "a", "a", 0.1) for entry in questions]
    measures = measure(questions, answers)
    assert (measures["answer_em"], measures["answer_f1"]) == (1, 1)
    measures = measure(questions[1:], answers[1:])
    assert (measures["answer_em"], measures["answer_f1"]) == (None, None)


@pytest.mark.parametrize(
    ("place", "expected"),
    [(5, (1, 1, 1 / 5)), (6, (0, 1, 1 / 6)), (10, (0, 1, 1 / 10)), (11, (0, 0, 0))],
)
def test_evidence_counts_down_to_the_tenth_passage(
    place: int, expected: tuple[float, float, float]
) -> None:
    measures = measure([gold("q1", NAMES[place - 1])], [answer("q1", "a", NAMES[:11], 0.9)])
    found = (measures["recall_at_5"], measures["recall_at_10"], measures["mrr_at_10"])
    assert found == pytest.approx(expected)


def test_an_answer_without_citation_is_not_right() -> None:
    nothing = replace(answer("q1", "a", "", 0.0), citations=(), answered=False, answer=None)
    measures = measure([gold("q1", "a", fact("a"))], [nothing])
    assert (measures["answer_em"], measures["answer_f1"], measures["aurc"]) == (0, 0, 1)
    assert (measures["sentence_accuracy"], measures["recall_at_1"]) == (0, 0)
    assert measures["wrongly_refused"] == 1


def test_a_citation_of_a_document_that_is_not_there_is_not_valid() -> None:
    right = answer("q1", "a", "a", 0.9)
    gone = replace(right, citations=(replace(right.citations[0], doc_id="gone.txt"),))
    assert measure([gold("q1", "a")], [gone])["citation_validity"] == 0


def test_line_ends_inside_evidence_do_not_matter() -> None:
    wrapped = replace(gold("q1"), evidence=(fact("a").replace(" ", "\r\n  "),))
    assert measure([wrapped], [answer("q1", "a", "a", 0.9)])["sentence_accuracy"] == 1


def test_a_share_of_nothing_is_none() -> None:
    answered = measure([gold("q1", "a")], [answer("q1", "a", "a", 0.9)])
    assert answered["refusal_recall"] is None
    assert answered["refusal_precision"] is None
    assert answered["answerability_auroc"] is None
    refused = measure([gold("n1", answerable=False)], [answer("n1", "a", "a", 0.1)])
    for name in ("recall_at_1", "ndcg_at_10", "sentence_accuracy", "answer_f1", "wrongly_refused"):
        assert refused[name] is None
    assert refused["correct_when_answered"] is None


@pytest.mark.parametrize(
    ("count", "p50", "p95", "p99"),
    [(1, 1, 1, 1), (2, 1, 2, 2), (19, 10, 19, 19), (20, 10, 19, 20), (100, 50, 95, 99)],
)
def test_latencies_are_nearest_ranks(count: int, p50: int, p95: int, p99: int) -> None:
    numbers = range(1, count + 1)
    answers = [answer(f"q{n}", "a", "a", 0.9, total=n) for n in reversed(numbers)]
    measures = measure([gold(f"q{n}", "a") for n in numbers], answers)
    assert [measures[f"latency_p{p}_ms"] for p in (50, 95, 99)] == [p50, p95, p99]


def test_progress_counts_every_question() -> None:
    calls: list[tuple[int, int]] = []
    answers = [answer(name, "a", "a", 0.9) for name in "xyz"]
    evaluate(Scripted(answers), [gold(name, "a") for name in "xyz"], lambda *n: calls.append(n))
    assert calls == [(1, 3), (2, 3), (3, 3)]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "a", "b", "ab"]),
            st.sampled_from("abc"),
            st.permutations("abc").map("".join),
            st.sampled_from([0.1, 0.4, 0.5, 0.9]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_shares_are_shares_and_agree_with_each_other_in_any_order(
    runs: list[tuple[str, str, str, float]],
) -> None:
    questions = [
        gold(str(n), e, *map(fact, e), answerable=bool(e)) for n, (e, *_) in enumerate(runs)
    ]
    answers = [answer(str(n), c, o, p) for n, (_, c, o, p) in enumerate(runs)]
    measures = measure(questions, answers)
    curve = measures["risk_at_coverage"]
    shares = [v for n, v in measures.items() if isinstance(v, float) and "latency" not in n]
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in (*shares, *curve))
    right = sum(o[0] != "" and o[1] in o[0] for o in runs)
    assert curve[-1] == pytest.approx(1 - right / len(runs))
    if measures["answer_em"] is not None:
        assert measures["answer_em"] <= measures["answer_f1"]
    if measures["mrr_at_10"] is not None:
        assert measures["recall_at_1"] <= measures["mrr_at_10"] + 1e-9
        assert measures["mrr_at_10"] <= measures["ndcg_at_10"] + 1e-9
        assert measures["ndcg_at_10"] <= measures["recall_at_10"] + 1e-9
    if measures["citation_precision_sentence"] is not None:
        levels = [measures[f"citation_precision_{n}"] for n in ("sentence", "passage", "document")]
        assert levels == sorted(levels)
    backwards = measure(questions[::-1], answers)
    assert backwards.pop("risk_at_coverage") == pytest.approx(measures.pop("risk_at_coverage"))
    assert backwards == pytest.approx(measures)


def test_the_tiny_corpus_is_measured_through_the_whole_program(tiny_answerer: Answerer) -> None:
    records = evaluate(
        tiny_answerer,
        [
            GoldQuestion("1", "When was the Iron Bridge opened?", (), ("opened in 1781",), True),
            GoldQuestion("2", "Who keeps bees?", (), (), False),
        ],
    )
    measures = measured(records)
    assert [record.id for record in records] == ["1", "2"]
    assert measures["recall_at_1"] == measures["citation_validity"] == 1
    assert measures["refusal_recall"] == 0  # this answerer never abstains
