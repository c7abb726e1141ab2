"""Signs for and against a sentence: numbers, dates, figures, names, words in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.features import (
    coverage,
    has_asked_type,
    key_words,
    missing_figure,
    unmentioned_names,
)
from qa.schema import Passage, Span

TEXT = "Ada wrote 40 letters in 1843. The engine was never built."
SENTENCES = (Span(100, 129), Span(130, 157))
KNOWN = {"ada", "wrote", "40", "letters", "1843", "engine", "built", "jean"}


def passage(text: str = TEXT, context: str = "") -> Passage:
    """A passage that starts at character 100 of its document."""
    whole = Span(100, 100 + len(text))
    sentences = SENTENCES if text == TEXT else (whole,)
    return Passage("id", "a.txt", *whole, text, context, sentences)


@pytest.mark.parametrize(
    "sentence",
    [
        "She sent 40.",
        "There were twelve.",
        "Twenty came.",
        "thirty-five",
        "some thousands",
        "Two Billion",
        "Water it twice a week.",
        "Half of them left.",
    ],
)
def test_a_number_in_figures_or_words_is_of_the_type_asked_for(sentence: str) -> None:
    assert has_asked_type("How many were there?", sentence)


@pytest.mark.parametrize("sentence", ["Many came.", "Someone tended it.", "The stone fell.", ""])
def test_a_sentence_without_a_number_is_not(sentence: str) -> None:
    assert not has_asked_type("How many were there?", sentence)
    assert has_asked_type("Who was there?", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It opened in 1781.",
        "In the 1780s it was iron.",
        "Prune roses in February.",
        "On 3 Sept. it rained.",
        "It came in the 19th century.",
        "She asked for it by Monday.",
        "It shuts at 10:30.",
        "It was 3/5/2014.",
    ],
)
def test_a_year_a_month_a_day_or_a_time_is_of_the_type_asked_for(sentence: str) -> None:
    assert has_asked_type("When was it?", sentence)


@pytest.mark.parametrize("sentence", ["It weighs 8,679 tonnes.", "40 came.", "Octopus is eaten."])
def test_a_sentence_without_a_date_is_not(sentence: str) -> None:
    assert not has_asked_type("When was it?", sentence)


@pytest.mark.parametrize(
    ("question", "answer", "fits"),
    [
        ("What percentage burned?", "7 percent", True),
        ("What percentage burned?", "7%", True),
        ("What percentage burned?", "half", True),
        ("What percentage burned?", "7 hectares", False),
        ("What did it cost?", "$24", True),
        ("What did it cost?", "24 million", True),
        ("What did it cost?", "40 soles", True),
        ("What did it cost?", "24 tonnes", False),
        ("What did it cost?", "many dollars", False),
        ("How many hectares burned?", "12,000", True),
        ("How many hectares burned?", "$12,000", False),
        ("How many hectares burned?", "some hectares", False),
        ("How many dollars were paid?", "40", True),
        ("Who wrote it?", "Ada", True),
        ("Who wrote it?", "40 letters", False),
        ("Where was it?", "in 1843", True),
        ("Where was it?", "“1843”", False),
        ("Who came?", "2nd Lieutenant Bob", True),
        ("Who came?", "40-year-old Ada", True),
        ("What was it?", "40 letters", True),
    ],
)
def test_an_answer_fits_if_its_number_has_the_unit_asked_for_and_a_name_is_no_number(
    question: str, answer: str, fits: bool
) -> None:
    assert has_asked_type(question, answer) is fits


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("Who wrote in 1843?", TEXT, False),
        ("Who wrote?", "No figure at all.", False),
        ("Who made 8679 tonnes?", "It made 8,679 tonnes.", False),
        ("Who made 8.679 tonnes?", "It made 8679 tonnes.", False),
        ("Who made 1,234,567?", "It made 1.234.567.", False),
        ("Who made 8678 tonnes?", "It made 8,679 tonnes.", True),
        ("Who made 5.5?", "It made 5.", True),
        ("Who made 55?", "It made 5.5.", True),
        ("Who made 43?", "It was 1843.", True),
        ("What fell by 20%?", "It fell by 20 percent.", False),
    ],
)
def test_a_passage_lacks_a_figure_of_the_question_whatever_the_separators(
    question: str, text: str, lacks: bool
) -> None:
    read = passage(text)
    assert missing_figure(question, read, read.sentences[0]) == float(lacks)


def test_a_figure_in_the_heading_is_in_the_passage() -> None:
    headed = passage(context="Report › 2017")
    assert missing_figure("How many in 2017?", passage(), SENTENCES[1]) == 1
    assert missing_figure("How many in 2017?", headed, SENTENCES[0]) == 0


def test_a_figure_of_another_sentence_is_half_missing() -> None:
    assert missing_figure("What was built in 1843?", passage(), SENTENCES[1]) == 0.5


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("Who led it in 2013?", "Ada led it in 2010.", 2),
        ("Who led it in 2013?", "Ada led it from 2010 to 2015.", 1),
        ("Who led it in 2013?", "Ada has led it since 2010.", 1),
        ("Who led it in 2009?", "Ada has led it since 2010.", 2),
        ("Who led it in 2013?", "Ada led it.", 1),
        ("Who led it in 2013?", "Ada led it in 2013.", 0),
    ],
)
def test_another_year_speaks_more_than_none(question: str, text: str, missing: float) -> None:
    read = passage(text)
    assert missing_figure(question, read, read.sentences[0]) == missing


def test_coverage_is_the_share_of_words_by_rarity_of_sentence_and_headings() -> None:
    def rarity(word: str) -> float:
        return 3.0 if word == "engine" else 1.0

    question = "Was the engine built by Ada?"
    assert coverage(question, passage(), SENTENCES, rarity) == [1 / 5, 4 / 5]
    headed = passage(context="Ada")
    assert coverage(question, headed, SENTENCES, rarity) == [1 / 5, 1.0]
    assert coverage("1,843 letters?", passage(), SENTENCES, rarity) == [1.0, 0.0]


def test_a_name_is_unmentioned_if_one_of_its_words_is() -> None:
    question = "Did Ada meet Jean-Luc, Engine or Babbage?"
    assert unmentioned_names(question, KNOWN.__contains__) == ("Jean-Luc", "Babbage")
    assert unmentioned_names("did ada meet babbage?", KNOWN.__contains__) == ()


@pytest.mark.parametrize(
    ("question", "sentence", "marked"),
    [
        ("Who was writing the letters?", 0, ["letters"]),
        ("How many letter did she send?", 0, ["40", "letters", "1843"]),
        ("When did ADA go?", 0, ["Ada", "40", "1843"]),
        ("Who was constructing engines?", 1, ["engine"]),
        ("What was it?", 0, []),
    ],
)
def test_key_words_are_shared_stems_and_figures_if_a_number_or_date_is_asked_for(
    question: str, sentence: int, marked: list[str]
) -> None:
    found = key_words(question, passage(), SENTENCES[sentence])
    assert [passage().slice(span) for span in found] == marked


def test_a_figure_that_is_also_a_shared_word_is_marked_once_and_whole() -> None:
    text = "It made 8,679,000 tonnes."
    spans = key_words("How many tonnes are 679 and 8?", passage(text), Span(100, 125))
    assert spans == (Span(108, 117), Span(118, 124))


@given(
    st.text(alphabet="Ada 40,.é\u0301\n😀", max_size=40),
    st.text(alphabet="Ada 40,.é\u0301\n😀", max_size=40),
    st.sampled_from(["", "How many ", "When "]),
    st.data(),
)
def test_key_words_are_in_order_disjoint_and_inside_the_sentence(
    question: str, text: str, prefix: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    sentence = Span(start, data.draw(st.integers(start, len(text)))).shift(100)
    edges = [
        edge for span in key_words(prefix + question, passage(text), sentence) for edge in span
    ]
    assert edges == sorted(set(edges))
    assert all(sentence.start <= edge <= sentence.end for edge in edges)
