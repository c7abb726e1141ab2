"""Every measure against values worked out by hand; gold files, good and bad."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import GOLD
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import GoldError
from qa.evaluate import GoldQuestion, Measures, evaluate, load_gold
from qa.pipeline import Answerer, SourceView
from qa.schema import Answer, Citation, Document, Passage, RetrievedPassage

SENTENCES = tuple(f"Fact number {n} stands here." for n in "abcdefgh")
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
    passages = [Passage(name, "facts.txt", 0, 1, f"• {fact(name)}\n", "", ()) for name in order]
    return tuple(
        RetrievedPassage(rank, passage, rank, 1, 1, 1)
        for rank, passage in enumerate(passages, start=1)
    )


def fact(name: str) -> str:
    return SENTENCES["abcdefgh".index(name)]


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


def measure(gold: Sequence[GoldQuestion], answers: Iterable[Answer]) -> dict[str, Any]:
    return asdict(evaluate(Scripted(answers), gold))


def test_every_measure_has_its_hand_computed_value() -> None:
    questions = [
        gold("q1", "a", "never", 'The FACT number "a" stands here'),
        gold("q2", "b", "number b"),
        gold("q3", "c"),
        gold("q4", "dh", "nothing", "stands here"),
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
    assert measure(questions, answers) == {
        "questions": 6,
        "answerable": 4,
        "recall_at_1": 1 / 4,
        "recall_at_5": 3 / 4,
        "mrr_at_5": pytest.approx((1 + 1 / 3 + 1 / 5) / 4),
        "sentence_accuracy": 2 / 4,
        # Of q1, q2 and q4; as a word, “a” is an article.
        "answer_em": pytest.approx(1 / 3),
        "answer_f1": pytest.approx((1 + 2 * 1 / (5 + 2) + 2 * 2 / (4 + 2)) / 3),
        "correct_when_answered": 1 / 3,
        "citation_validity": 5 / 6,
        "wrongly_refused": 2 / 4,
        "refusal_recall": 1 / 2,
        "refusal_precision": 1 / 3,
        # Pairs won: 0.9 and 0.8 beat both; 0.4 beats 0.3; 0.3 ties with 0.3.
        "answerability_auroc": (2 + 2 + 1 + 0.5) / 8,
        # By confidence: right, wrong, wrong (n1), right, and two wrong ones tied at 0.3.
        "risk_at_coverage": pytest.approx(
            (0, 1 / 2, 1 / 2, 2 / 3, 2 / 3, 2 / 4, 4 / 6, 4 / 6, 4 / 6, 4 / 6)
        ),
        "aurc": pytest.approx((0 + 1 / 2 + 2 / 3 + 2 / 4 + 4 / 6 + 4 / 6) / 6),
        "latency_p50_ms": 35.0,
        "latency_p95_ms": 60,
    }


def test_a_perfect_run_scores_one_and_refuses_nothing_wrongly() -> None:
    questions = [
        gold("q1", "a", fact("a")),
        gold("q2", "b", fact("b")),
        gold("n1", answerable=False),
    ]
    answers = [
        answer("q1", "a", "abc", 0.9),
        answer("q2", "b", "bac", 0.5),  # at the threshold is answered
        answer("n1", "c", "abc", 0.1),
    ]
    measures = measure(questions, answers)
    assert measures.pop("wrongly_refused") == 0
    # Whoever answers all answers n1 too.
    assert measures.pop("risk_at_coverage") == pytest.approx((0,) * 6 + (1 / 3,) * 4)
    assert measures.pop("aurc") == pytest.approx(1 / 9)
    assert set(list(measures.values())[2:-2]) == {1.0}


def test_a_run_that_is_wrong_throughout_scores_nothing() -> None:
    questions = [gold("q1", "a", "quite another"), gold("n1", answerable=False)]
    answers = [answer("q1", "b", "bcdef", 0.1, shift=1), answer("n1", "b", "bcdef", 0.9, shift=1)]
    measures = measure(questions, answers)
    assert measures.pop("wrongly_refused") == 1
    assert measures.pop("risk_at_coverage") == (1,) * 10
    assert measures.pop("aurc") == 1
    assert set(list(measures.values())[2:-2]) == {0.0}


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


def test_evidence_below_the_fifth_passage_does_not_count() -> None:
    measures = measure([gold("q1", "f")], [answer("q1", "a", "abcdef", 0.9)])
    assert (measures["recall_at_5"], measures["mrr_at_5"]) == (0, 0)


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
    for name in ("recall_at_1", "recall_at_5", "mrr_at_5", "sentence_accuracy", "wrongly_refused"):
        assert refused[name] is None
    assert refused["correct_when_answered"] is None


@pytest.mark.parametrize(
    ("count", "p50", "p95"), [(1, 1, 1), (2, 1.5, 2), (19, 10, 19), (20, 10.5, 19), (100, 50.5, 95)]
)
def test_latencies_are_the_median_and_the_nearest_rank(count: int, p50: float, p95: int) -> None:
    numbers = range(1, count + 1)
    answers = [answer(f"q{n}", "a", "a", 0.9, total=n) for n in reversed(numbers)]
    measures = measure([gold(f"q{n}", "a") for n in numbers], answers)
    assert (measures["latency_p50_ms"], measures["latency_p95_ms"]) == (p50, p95)


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
def test_shares_are_shares_and_agree_with_each_other(
    runs: list[tuple[str, str, str, float]],
) -> None:
    questions = [
        gold(str(n), e, *map(fact, e), answerable=bool(e)) for n, (e, *_) in enumerate(runs)
    ]
    answers = [answer(str(n), c, o, p) for n, (_, c, o, p) in enumerate(runs)]
    measures = evaluate(Scripted(answers), questions)
    shares = [v for v in asdict(measures).values() if isinstance(v, float)][:-2]
    assert all(0 <= share <= 1 for share in (*shares, *measures.risk_at_coverage))
    if measures.answer_em is not None:
        assert measures.answer_f1 is not None
        assert measures.answer_em <= measures.answer_f1
    right = sum(o[0] != "" and o[1] in o[0] for o in runs)
    assert measures.risk_at_coverage[-1] == pytest.approx(1 - right / len(runs))
    if measures.mrr_at_5 is not None:
        assert measures.recall_at_1 is not None
        assert measures.recall_at_5 is not None
        assert measures.recall_at_1 <= measures.mrr_at_5 <= measures.recall_at_5 + 1e-9
    backwards, forwards = measure(questions[::-1], answers), asdict(measures)
    curve = backwards.pop("risk_at_coverage")
    assert curve == pytest.approx(forwards.pop("risk_at_coverage"))
    assert backwards == pytest.approx(forwards)


def test_the_tiny_corpus_is_measured_through_the_whole_program(tiny_answerer: Answerer) -> None:
    measures = evaluate(
        tiny_answerer,
        [
            GoldQuestion("1", "When was the Iron Bridge opened?", (), ("opened in 1781",), True),
            GoldQuestion("2", "Who keeps bees?", (), (), False),
        ],
    )
    assert isinstance(measures, Measures)
    assert (measures.questions, measures.answerable) == (2, 1)
    assert measures.recall_at_1 == measures.citation_validity == 1
    assert measures.refusal_recall == 0  # this answerer never abstains


# ---- gold files


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), "utf-8")
    return path


def entry(**changes: object) -> dict[str, object]:
    return {"id": "1", "question": "Q?", "answerable": True, "evidence": ["E."], **changes}


def squad(*questions: dict[str, object]) -> dict[str, object]:
    paragraph = {"context": "Roses want sun.", "qas": list(questions)}
    return {"version": "v2.0", "data": [{"title": "Roses", "paragraphs": [paragraph]}]}


def test_gold_lines_are_read_in_order_with_all_their_fields(tmp_path: Path) -> None:
    path = write(
        tmp_path / "gold.jsonl",
        entry(answers=["A"], split="test", kind="ignored"),
        "",
        {"question": "No?", "answerable": False},
    )
    assert load_gold(path) == [
        GoldQuestion("1", "Q?", ("A",), ("E.",), True, "test"),
        GoldQuestion(f"{path}, line 3", "No?", (), (), False, ""),
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(entry()).encode() + b"\r\n\r\n")
    assert [question.id for question in load_gold(path)] == ["1"]


def test_a_split_keeps_only_its_questions(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", entry(split="test"), entry(id="2", split="calibration"))
    assert [question.id for question in load_gold(path, "test")] == ["1"]
    assert len(load_gold(path)) == 2
    with pytest.raises(GoldError, match="no questions of split 'other'"):
        load_gold(path, "other")


@pytest.mark.parametrize("indent", [None, 2])
def test_a_squad_file_is_flattened(tmp_path: Path, indent: int | None) -> None:
    whole = squad(
        {"id": "s1", "question": "What?", "answers": [{"text": "sun", "answer_start": 11}]},
        {"id": "s2", "question": "Why?", "answers": [], "is_impossible": True},
        {"id": "s3", "question": "How?", "answers": [{"text": "sun"}], "is_impossible": True},
        {"id": "s4", "question": "Who?"},
    )
    path = write(tmp_path / "squad.json", json.dumps(whole, indent=indent))
    assert load_gold(path) == [
        GoldQuestion("s1", "What?", ("sun",), ("Roses want sun.",), True),
        GoldQuestion("s2", "Why?", (), (), False),
        GoldQuestion("s3", "How?", (), (), False),
        GoldQuestion("s4", "Who?", (), (), False),
    ]


def test_a_malformed_squad_file_says_what_it_lacks(tmp_path: Path) -> None:
    wholes: list[dict[str, object]] = [{"data": [{}]}, {"data": 5}, squad({"id": 1}), squad({})]
    for whole in wholes:
        with pytest.raises(GoldError, match="SQuAD"):
            load_gold(write(tmp_path / "squad.json", whole))
    with pytest.raises(GoldError, match="question s1: needs 'question'"):
        load_gold(write(tmp_path / "squad.json", squad({"id": "s1", "question": 5})))
    with pytest.raises(GoldError, match="holds no questions"):
        load_gold(write(tmp_path / "squad.json", json.dumps(squad() | {"data": []}, indent=1)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("not JSON", "not JSON"),
        ("5", "expected a JSON object, found int"),
        ("[]", "expected a JSON object, found list"),
        ("null", "expected a JSON object, found NoneType"),
        ({}, "needs 'question'"),
        (entry(question=5), "needs 'question'"),
        (entry(question=" \n"), "question is blank"),
        (entry(answerable="yes"), "needs 'answerable'"),
        (entry(answerable=None), "needs 'answerable'"),
        (entry(evidence="E."), "'evidence' must be a list of strings"),
        (entry(evidence=[1]), "'evidence' must be a list of strings"),
        (entry(evidence=None), "'evidence' must be a list of strings"),
        (entry(evidence=[""]), "'evidence' holds a blank string"),
        (entry(evidence=["E.", " "]), "'evidence' holds a blank string"),
        (entry(answers={}), "'answers' must be a list of strings"),
        (entry(evidence=[]), "needs 'evidence'"),
    ],
)
def test_a_malformed_line_is_named_by_its_number(
    tmp_path: Path, line: object, message: str
) -> None:
    path = write(tmp_path / "gold.jsonl", entry(id="first"), "", line)
    with pytest.raises(GoldError, match=f"gold.jsonl, line 3: .*{message}"):
        load_gold(path)


def test_an_id_that_occurs_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="'1' occurs twice"):
        load_gold(write(tmp_path / "gold.jsonl", entry(), entry()))


@pytest.mark.parametrize("data", [None, b"", b"\n \n", b"\xff\xfe\0", "folder"])
def test_a_gold_file_that_cannot_be_read_or_is_empty_is_an_error(
    tmp_path: Path, data: bytes | str | None
) -> None:
    path = tmp_path / "gold.jsonl"
    if isinstance(data, bytes):
        path.write_bytes(data)
    elif data:
        path.mkdir()
    with pytest.raises(GoldError, match=r"gold\.jsonl"):
        load_gold(path)


_NAMES = "id question answerable answers evidence split data paragraphs qas context text".split()
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=120)
@given(st.lists(_json.map(json.dumps) | st.text(max_size=20), max_size=4).map("\n".join))
def test_rubbish_is_a_gold_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        gold = load_gold(path)
    except GoldError:
        return
    assert gold
    assert all(question.evidence for question in gold if question.answerable)


def test_the_shipped_gold_is_well_formed() -> None:
    gold = load_gold(GOLD)
    assert {question.split for question in gold} == {"calibration", "test"}
    assert {question.answerable for question in gold} == {True, False}
