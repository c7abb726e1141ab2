"""The reader: what ranks sentences, how sure it is, what it answers and what supports it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.calibration import UNCALIBRATED, Calibration, Risk
from qa.answer.outcome.decide import supporting
from qa.answer.pipeline import Answerer
from qa.answer.read import Corpus, Query, Reader
from qa.answer.signs.candidate import Candidate
from qa.answer.signs.features import Features
from qa.errors import ReaderError
from qa.models.encoder import Vectors
from qa.models.span_network import ClaimScores, PassageScores, SpanNetwork, SpanScore
from qa.schema import Passage, Reading, RetrievedPassage, Span
from tests.conftest import TINY_CALIBRATION

TEXT = "Ada wrote 40 letters in 1843. The engine was never built."
FIRST, SECOND = SENTENCES = (Span(100, 129), Span(130, 157))
KNOWN = {"ada", "wrote", "40", "letters", "1843", "engine", "built"}
NONE = Features(0, 0, 0, 0, 0, 0, 0, 0)


class Scripted(SpanNetwork):
    """Returns prepared scores by passage."""

    def __init__(self, scores: Mapping[str, PassageScores]) -> None:
        self.scores = scores
        self.looks = self.read = 0

    def score(self, question: str, passages: Sequence[Passage]) -> list[PassageScores]:
        assert question
        self.read += len(passages)
        return [self.scores[read.passage_id] for read in passages]

    def look(self, question: str, passage: Passage, claim: str) -> tuple[float, ClaimScores | None]:
        assert question
        self.looks += 1
        self.looked = (passage.text, claim)
        return -3.0, ClaimScores(2.0, 0.0, 0.0)


def scores(margins: Sequence[float], answerable: float = 0.0) -> PassageScores:
    """Scores of a passage whose best spans are “40” and “engine”."""
    spans = (Span(110, 112), Span(134, 140))
    evidence = (-0.25, -0.5)
    return PassageScores(
        answerable,
        tuple(
            SpanScore(span, margin, evidence=belongs)
            for span, margin, belongs in zip(spans, margins, evidence, strict=False)
        ),
    )


def passage(name: str = "p", score: float = 0.5, row: int = 0) -> RetrievedPassage:
    """A passage that starts at character 100 of its document."""
    read = Passage(name, "a.txt", 100, 157, TEXT, "", SENTENCES)
    return RetrievedPassage(row, read, rank=row + 1, score=score, dense=0.5, lexical=0.5)


def query(text: str) -> Query:
    return Query(text, np.array([1, 0], dtype=np.float32))


def reader(
    margins: Mapping[str, Sequence[float]],
    calibration: Calibration = TINY_CALIBRATION,
    cosines: Sequence[float] = (0.5, 0.5),
    answerable: float = 0.0,
) -> Reader:
    """A reader whose sentences have these margins, and these cosines to the query (1, 0)."""
    vectors = np.array([[c, (1 - c * c) ** 0.5] for c in cosines], dtype=np.float32)
    network = Scripted({name: scores(pair, answerable) for name, pair in margins.items()})
    corpus = Corpus(lambda row: vectors, KNOWN.__contains__, lambda word: 1.0, lambda doc_id: TEXT)
    return Reader(network, corpus, calibration)


def weighing(rank: Features = NONE, confidence: Features = NONE, bias: float = 0.0) -> Calibration:
    return Calibration(rank, confidence, bias, ())


BY_MARGIN = weighing(rank=NONE._replace(margin=1))


# ---- ranking


@pytest.mark.parametrize(
    ("weights", "order"),
    [
        ({"margin": 1}, ["a2", "b1", "a1", "b2"]),
        ({"cosine": 1}, ["a1", "b1", "a2", "b2"]),
        ({"retrieval": 1}, ["b1", "b2", "a1", "a2"]),
        ({"retrieval": -1}, ["a1", "a2", "b1", "b2"]),
        ({"wrong_type": -1}, ["a1", "b1", "a2", "b2"]),
        ({"wrong_type": -0.5, "margin": 1}, ["b1", "a2", "a1", "b2"]),
        ({"answerable": 1, "lead": 1}, ["a1", "a2", "b1", "b2"]),
    ],
)
def test_sentences_are_ordered_by_the_rank_weights_and_ties_keep_their_order(
    weights: dict[str, float], order: list[str]
) -> None:
    found = reader(
        {"a": [1, 2.5], "b": [2, 0]},
        weighing(rank=NONE._replace(**weights)),
        cosines=(0.9, 0.2),
        answerable=3,
    ).candidates(query("How many?"), [passage("a", 0.4), passage("b", 0.6)])
    names = [c.passage.passage_id + str(SENTENCES.index(c.sentence) + 1) for c in found]
    assert names == order


def test_every_feature_has_its_value() -> None:
    (first, second) = reader(
        {"p": [4, 1]}, BY_MARGIN, cosines=(0.8, 0.6), answerable=-2
    ).candidates(query("How many times did Ada and Babbage meet in 1999?"), [passage(score=0.7)])
    share, chance = 1 / (1 + math.exp(-3)), 1 / (1 + math.exp(2))
    expected = (-2, 4, 0.8, 0.7, 0, 3, 1, share * chance, -0.25, 0.2, 0, 0, 0, 0.198)
    assert tuple(first.features) == pytest.approx(expected, abs=1e-6)
    expected = (-2, 1, 0.6, 0.7, 2, 1, 1, (1 - share) * chance, -0.5, 0, 0, 0, 0, 0.198)
    assert tuple(second.features) == pytest.approx(expected, abs=1e-6)


def test_a_question_with_nothing_against_it_has_no_features_against_it() -> None:
    first, second = reader({"p": [0, 0]}).candidates(query("Did Ada write in 1843?"), [passage()])
    assert first.features[4:7] == (0, 0, 0)
    assert second.features[4:7] == (0, 0.5, 0)  # the year is in the other sentence


_margins = st.lists(st.floats(-1e9, 1e9) | st.floats(-30, 30), min_size=2, max_size=2)


@settings(deadline=None)
@given(st.lists(_margins, min_size=1, max_size=6))
def test_leads_sum_to_the_chance_of_an_answer_and_fall_with_the_rank(
    margins: list[list[float]],
) -> None:
    passages = [passage(str(row), row=row) for row in range(len(margins))]
    by_name = {str(row): pair for row, pair in enumerate(margins)}
    found = reader(by_name, BY_MARGIN).candidates(query("who"), passages)
    leads = {
        found_one.passage.slice(found_one.answer): found_one.features.lead for found_one in found
    }
    assert sum(leads.values()) == pytest.approx(0.5)  # no log-odds either way
    if len(margins) == 1:
        assert [c.features.lead for c in found] == sorted(leads.values(), reverse=True)


def test_passages_that_give_the_same_answer_strengthen_each_other() -> None:
    by_lead = weighing(rank=NONE._replace(margin=1), confidence=NONE._replace(lead=4), bias=-2)
    (alone,) = reader({"a": [3, 3]}, by_lead).read(query("How many letters?"), [passage("a")])
    both = reader({"a": [3, 3], "b": [3, 1]}, by_lead).read(
        query("How many letters?"), [passage("a"), passage("b", row=1)]
    )
    assert both[0].confidence > alone.confidence
    assert both[1].confidence == both[0].confidence
    assert supporting(both, both[0].confidence) == [both[1]]


def test_each_passage_gives_its_best_sentence_the_best_passage_first() -> None:
    readings = reader({"a": [1, 2], "b": [4, 3], "c": [0, 2]}, BY_MARGIN).read(
        query("who"), [passage("a"), passage("b"), passage("c")]
    )
    assert [(r.passage.passage_id, r.sentence) for r in readings] == [
        ("b", FIRST),
        ("a", SECOND),
        ("c", SECOND),
    ]


def test_what_has_more_of_the_question_is_read_before_what_scores_a_little_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Grace wrote 12 poems in 1943. Snow fell for a week or so."
    other = replace(passage("other", 0.6), passage=replace(passage().passage, text=text))
    asked = query("How many letters did Ada write in 1843?")
    both = reader({"p": (1, 0), "other": (1, 0)})
    chosen = both.candidates(asked, [other, passage("p", 0.5, 1)], 1)
    assert len({candidate.passage for candidate in chosen}) == 2, "both are short"
    monkeypatch.setattr("qa.answer.read._READ_CHARACTERS", 0)
    chosen = both.candidates(asked, [other, passage("p", 0.5, 1)], 1)
    assert {candidate.passage.passage_id for candidate in chosen} == {"p"}
    far = [other, passage("p", 0.1, 1)]
    chosen = both.candidates(asked, far, 1)
    assert {candidate.passage for candidate in chosen} == {other.passage}


def test_without_passages_there_is_nothing_to_read() -> None:
    assert reader({}).read(query("who"), []) == []
    assert reader({}).candidates(query("who"), []) == []


def test_a_passage_without_sentences_is_passed_over() -> None:
    empty = passage("none")
    empty = replace(empty, passage=replace(empty.passage, sentences=()))
    vectors = {0: np.zeros((0, 2), dtype=np.float32), 1: np.eye(2, dtype=np.float32)}

    def of(row: int) -> Vectors:
        return vectors[row]

    network = Scripted({"none": scores([]), "a": scores([1, 2])})
    readings = Reader(
        network, Corpus(of, KNOWN.__contains__, lambda word: 1.0, lambda doc_id: TEXT), BY_MARGIN
    ).read(query("who"), [empty, passage("a", row=1)])
    assert [found.passage.passage_id for found in readings] == ["a"]


# ---- answers


@pytest.mark.parametrize("question", ["Why was it written?", "List the letters.", "Did Ada write?"])
def test_a_reason_a_list_or_yes_and_no_is_answered_by_the_whole_sentence(question: str) -> None:
    (found,) = reader({"p": [2, 1]}, BY_MARGIN).read(query(question), [passage()])
    assert found.sentence == found.answer == FIRST
    assert all(FIRST.start <= s < e <= FIRST.end for s, e in found.highlights)


def test_key_words_are_marked_in_a_sentence_that_is_the_answer() -> None:
    (found,) = reader({"p": [2, 1]}, BY_MARGIN).read(
        query("Why did Ada write letters?"), [passage()]
    )
    assert [found.passage.slice(span) for span in found.highlights] == ["Ada", "letters"]


def test_any_other_question_is_answered_by_the_span_which_alone_is_marked() -> None:
    (found,) = reader({"p": [1, 2]}, BY_MARGIN).read(query("Who was built?"), [passage()])
    assert found.sentence == SECOND
    assert found.passage.slice(found.answer) == "engine"
    assert found.highlights == (found.answer,)


def test_a_span_is_snapped_inside_its_sentence() -> None:
    text = "It cost $24 million. Much."
    read = Passage("p", "a.txt", 100, 126, text, "", (Span(100, 111), Span(121, 126)))

    half = PassageScores(0, (SpanScore(Span(110, 111), 2), SpanScore(Span(121, 122), 1)))
    vectors = np.zeros((2, 2), dtype=np.float32)
    corpus = Corpus(lambda row: vectors, KNOWN.__contains__, lambda word: 1.0, lambda doc_id: TEXT)

    def answers(read: Passage) -> list[str]:
        found = Reader(Scripted({"p": half}), corpus, BY_MARGIN).read(
            query("What?"), [RetrievedPassage(0, read, 1, 1, 1, 1)]
        )
        return [read.slice(reading.answer) for reading in found]

    assert answers(read) == ["$24"]  # the sentence ends there
    assert answers(replace(read, sentences=(Span(100, 120), Span(121, 126)))) == ["$24 million"]


@pytest.mark.parametrize(
    ("question", "answer", "margin", "wrong_type"),
    [
        ("What was it?", "letters", 5, 0),
        ("How many were there?", "40 letters", 3, 0),
        ("When was it?", "1843", 1, 0),
        ("What did it cost?", "letters", 5, 2),  # nothing fits: the best one
        ("Why so many?", TEXT[:29], 5, 0),  # the whole sentence
    ],
)
def test_the_best_span_of_the_kind_asked_for_is_the_answer(
    question: str, answer: str, margin: float, wrong_type: float
) -> None:
    others = (
        SpanScore(Span(113, 119), 4),  # half of “letters”, which snaps to the same answer
        SpanScore(Span(110, 120), 3),
        SpanScore(Span(110, 112), 2),
        SpanScore(Span(124, 128), 1),
    )
    first = SpanScore(Span(113, 120), 5, others)
    found = passage()
    found = replace(found, passage=replace(found.passage, sentences=(FIRST,)))
    network = Scripted({"p": PassageScores(0, (first,))})
    vectors = np.zeros((1, 2), dtype=np.float32)
    corpus = Corpus(lambda row: vectors, KNOWN.__contains__, lambda word: 1.0, lambda doc_id: TEXT)
    network_reader = Reader(network, corpus, BY_MARGIN)
    (candidate,) = network_reader.candidates(query(question), [found])
    assert candidate.passage.slice(candidate.answer) == answer
    assert (candidate.features.margin, candidate.features.wrong_type) == (margin, wrong_type)
    (reading,) = network_reader.read(query(question), [found])
    assert (reading.sentence, reading.answer) == (FIRST, candidate.answer)


def test_a_whole_sentence_too_is_of_the_wrong_type_without_the_number_asked_for() -> None:
    found = reader({"p": [2, 1]}, BY_MARGIN).candidates(query("Tell me how many"), [passage()])
    assert [candidate.answer for candidate in found] == [FIRST, SECOND]
    assert [candidate.features.wrong_type for candidate in found] == [0, 2]


def test_an_answer_names_what_no_document_mentions(tiny_answerer: Answerer) -> None:
    answer = tiny_answerer.ask("Did Charles meet Napoleon in Fife?")
    assert answer.unmentioned == ("Napoleon",)


# ---- confidence


@pytest.mark.parametrize("features", [NONE, Features(1, -2, 0.5, 0.3, 1, 0, 1, 0.25)])
def test_confidence_is_the_logistic_function_of_the_signs(features: Features) -> None:
    weights = Features(0.5, 0.25, 2, 1, -1, -1.5, -3, 0.75)
    odds = -1 + sum(weight * sign for weight, sign in zip(weights, features, strict=True))
    probability = weighing(confidence=weights, bias=-1).probability(features)
    assert probability == pytest.approx(1 / (1 + math.exp(-odds)))


def test_a_reading_has_the_confidence_of_its_sentence_with_its_lead() -> None:
    calibration = Calibration(
        rank=NONE._replace(margin=1),
        confidence=Features(0, 0.5, 0, 0, 0, -0.5, -3, 2),
        bias=-1,
        risks=(),
    )

    def confidence(question: str) -> float:
        (found,) = reader({"p": [3, 1]}, calibration).read(query(question), [passage()])
        return found.confidence

    plain = -1 + 0.5 * 3 + 2 * 0.5 / (1 + math.exp(-2))
    assert confidence("engine") == pytest.approx(1 / (1 + math.exp(-plain)))
    assert confidence("engine of Babbage") == pytest.approx(1 / (1 + math.exp(-(plain - 3))))
    assert confidence("engine 1999") == pytest.approx(1 / (1 + math.exp(-(plain - 1.5))))


_features = st.builds(Features, *[st.floats(-1e9, 1e9)] * len(Features._fields))


@given(_features, _features, st.floats(-1e9, 1e9))
def test_any_features_have_a_probability(
    weights: Features, features: Features, bias: float
) -> None:
    assert 0 <= weighing(confidence=weights, bias=bias).probability(features) <= 1


# ---- a second look


def test_the_best_sentence_is_looked_at_alone_and_as_a_claim() -> None:
    asked = query("How many letters did Ada write?")
    weights = weighing(rank=NONE._replace(margin=1), confidence=NONE._replace(alone=1, claimed=1))
    both = reader({"p": [2, 1]}, weights)
    first, second = both.candidates(asked, [passage()])
    looked = both.looked_again(asked, first)
    network = both._network
    assert isinstance(network, Scripted)
    assert network.looked == ("Ada wrote 40 letters in 1843.", "40 letters did Ada write.")
    odds = 2 - math.log(2)
    expected = first.features._replace(alone=-3.0, claimed=odds)
    assert tuple(looked.features) == pytest.approx(tuple(expected))
    assert both.reading(asked, looked).confidence == pytest.approx(1 / (1 + math.exp(3 - odds)))
    assert both.confidence_alone(asked, [first]) == both.reading(asked, looked).confidence
    assert both.looked_again(asked, second).features.lead == second.features.lead


def test_a_sentence_that_several_passages_have_is_looked_at_once_a_question() -> None:
    weights = weighing(rank=NONE._replace(margin=1), confidence=NONE._replace(alone=1))
    one = reader({"p": [2, 1], "q": [2, 1]}, weights)
    network = one._network
    assert isinstance(network, Scripted)
    for looks in (1, 2):
        asked = query("How many letters did Ada write?")
        first, same, *_ = one.candidates(asked, [passage("p"), passage("q")])
        assert first.passage.passage_id != same.passage.passage_id
        assert one.looked_again(asked, first).features == one.looked_again(asked, same).features
        assert network.looks == looks


def test_a_passage_is_read_once_a_question() -> None:
    one = reader({"p": [2, 1], "q": [2, 1]}, BY_MARGIN)
    network = one._network
    assert isinstance(network, Scripted)
    asked = query("engine")
    first = one.candidates(asked, [passage("p")])
    again = one.candidates(asked, [passage("p"), passage("q")])
    assert network.read == 2
    assert first[0].answer == again[0].answer


def test_a_calibration_without_weights_for_it_takes_no_second_look() -> None:
    asked = query("How many letters did Ada write?")
    plain = reader({"p": [2, 1]}, BY_MARGIN)
    first, _ = plain.candidates(asked, [passage()])
    assert plain.looked_again(asked, first) is first
    assert plain.looked_again(asked, first, always=True).features.alone == -3.0


def test_a_sentence_that_points_back_is_looked_at_with_the_one_before() -> None:
    text = "The mill was built in 1843. It cost 40 pounds. Ada paid."
    spans = (Span(0, 27), Span(28, 46), Span(47, 56))
    read = Passage("p", "a.txt", 0, 56, text, "", spans)
    weights = weighing(confidence=NONE._replace(alone=1))
    one = reader({"p": [0, 1, 0]}, weights, cosines=(0.5, 0.5, 0.5))
    candidate = Candidate(read, spans[1], Span(36, 38), NONE, ())
    one.looked_again(query("How much did the mill cost?"), candidate)
    network = one._network
    assert isinstance(network, Scripted)
    assert network.looked[0] == "The mill was built in 1843. It cost 40 pounds."


# ---- calibration

_risks = st.lists(
    st.builds(Risk, *[st.floats(0, 1)] * 5),
    max_size=8,
).map(tuple)


@given(_features, _features, st.floats(-50, 50), _risks)
def test_a_calibration_is_read_as_it_was_written(
    rank: Features, confidence: Features, bias: float, risks: tuple[Risk, ...]
) -> None:
    calibration = Calibration(rank, confidence, bias, risks)
    assert Calibration.from_json(json.loads(json.dumps(calibration.to_json()))) == calibration


_GOOD = TINY_CALIBRATION.to_json()


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": None},
        {"rank": []},
        {"rank": {"margin": 1}},
        {"rank": {**_GOOD["rank"], "margin": "much"}},
        {"rank": {**_GOOD["rank"], "margin": None}},
        {"rank": {**_GOOD["rank"], "unheard_of": 1}},
        {"confidence": {**_GOOD["confidence"], "lead": [1]}},
        {"confidence": {**_GOOD["confidence"], "lead": math.nan}},
        {"bias": None},
        {"bias": "low"},
        {"bias": 10**400},
        {"bias": math.inf},
        {"risks": None},
        {"risks": 5},
        {"risks": [5]},
        {"risks": [[0, 0, 0, 0, 0]]},
        {"risks": [{"min_confidence": 0.5}]},
        {"risks": [{**_GOOD["risks"][0], "expected": "low"}]},
    ],
)
def test_a_malformed_calibration_says_how_to_make_one(changes: dict[str, Any]) -> None:
    with pytest.raises(ReaderError, match=r"train\.calibrate"):
        Calibration.from_json({**_GOOD, **changes})


def test_a_card_without_a_calibration_gets_the_plain_one() -> None:
    assert Calibration.of_card({"name": "foreign"}) == UNCALIBRATED
    assert Calibration.of_card({"calibration": _GOOD}) == Calibration.from_json(_GOOD)
    with pytest.raises(ReaderError, match=r"train\.calibrate"):
        Calibration.of_card({"calibration": {}})


@pytest.mark.parametrize("record", [{}, [], None, 5, "text", {"rank": _GOOD["rank"]}])
def test_what_is_no_calibration_is_a_reader_error(record: Any) -> None:
    with pytest.raises(ReaderError, match=r"train\.calibrate"):
        Calibration.from_json(record)


def _risk(min_confidence: float, expected: float) -> Risk:
    return Risk(min_confidence, expected, 0.0, 1.0, 1 - min_confidence)


RISKS = replace(TINY_CALIBRATION, risks=(_risk(0.9, 0.05), _risk(0.6, 0.2), _risk(0.5, 0.1)))


@pytest.mark.parametrize(
    ("max_risk", "threshold"),
    [
        (0.04, math.inf),
        (0.05, 0.9),
        (0.1, 0.5),
        (0.3, 0.5),
        (0.999, 0.5),
        (1.0, 0.0),
        (0, math.inf),
    ],
)
def test_the_lowest_threshold_that_is_safe_enough_is_taken(
    max_risk: float, threshold: float
) -> None:
    assert RISKS.risk(max_risk).min_confidence == threshold


def test_no_risk_answers_nothing_unless_a_threshold_has_none() -> None:
    nothing = RISKS.risk(0)
    assert nothing.answered == 0
    assert nothing.min_confidence > 1
    safe = replace(RISKS, risks=(_risk(0.97, 0.0), *RISKS.risks))
    assert safe.risk(0) == _risk(0.97, 0.0)
    assert replace(RISKS, risks=()).risk(0.99).min_confidence > 1


def test_full_risk_answers_everything() -> None:
    for calibration in (RISKS, replace(RISKS, risks=()), UNCALIBRATED):
        everything = calibration.risk(1)
        assert everything.min_confidence == 0
        assert everything.answered == 1


@given(_risks, st.floats(0, 1), st.floats(0, 1))
def test_a_smaller_risk_never_lowers_the_threshold(
    risks: tuple[Risk, ...], one: float, other: float
) -> None:
    calibration = replace(TINY_CALIBRATION, risks=risks)
    less, more = sorted((one, other))
    assert calibration.risk(less).min_confidence >= calibration.risk(more).min_confidence
    assert calibration.risk(less).expected <= max(less, 0)


def test_the_fallback_calibration_takes_a_surer_answer_for_less_risk() -> None:
    thresholds = [UNCALIBRATED.risk(risk / 20).min_confidence for risk in range(1, 20)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert 0 < thresholds[-1] < thresholds[0] < 1


# ---- support


def reading(text: str, confidence: float = 0.9, name: str = "x") -> Reading:
    """A reading whose answer is all of its passage."""
    whole = Span(0, len(text))
    return Reading(Passage(name, name, 0, len(text), text, "", (whole,)), whole, whole, confidence)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the Iron Bridge", "iron bridge"),
        ("An engine", "The engine."),
        ("“Ada”", "Ada,"),
        ("Iron\r\n  Bridge", "Iron Bridge"),
        ("café", "CAFE\u0301"),
        ("the", "The"),
    ],
)
def test_an_answer_in_other_case_with_other_articles_or_punctuation_supports(
    one: str, other: str
) -> None:
    second = reading(other)
    assert supporting([reading(one), second], 0.5) == [second]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iron Bridge", "Forth Bridge"),
        ("Iron Bridge", "Bridge Iron"),
        ("Ada", "Ada Lovelace"),
        ("$5", "€5"),
        ("5%", "5"),
        ("-5", "5"),
        ("5.6", "5-6"),
        ("the", "a"),
        ("😀", "★"),
        ("—", "the"),
        ("?", "!"),
    ],
)
def test_another_answer_does_not_support(one: str, other: str) -> None:
    assert supporting([reading(one), reading(other)], 0.5) == []
    assert supporting([reading(other), reading(one)], 0.5) == []


def test_support_is_sure_enough_in_order_and_not_endless() -> None:
    first, *others = [
        reading("Ada", p, str(n)) for n, p in enumerate([0.9, 0.5, 0.4, 0.8, 0.7, 0.6])
    ]
    assert supporting([first, *others], 0.5) == [others[0], others[2], others[3]]
    assert supporting([first, *others], 0.85) == []
    assert supporting([first], 0.0) == []
