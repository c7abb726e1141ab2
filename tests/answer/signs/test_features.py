"""Signs for and against a sentence: numbers, dates, figures, names, words in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.signs.features import (
    asked_words,
    gives_no_reason,
    held_words,
    key_words,
    missing_figure,
    repeats_figure,
    share,
    stands_out,
    surroundings,
    unmentioned_names,
)
from qa.answer.signs.subjects import said_beside
from qa.answer.signs.values.kinds import (
    has_asked_type,
    says_no_age,
    says_not_how_often,
    speaks_of_no_money,
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


def missing(question: str, read: Passage, sentence: Span, answer: Span | None = None) -> float:
    """What `missing_figure` says of a sentence of a passage."""
    above = surroundings(read)[read.sentences.index(sentence)]
    return missing_figure(question, read, sentence, answer or sentence, above)


def covered(question: str, read: Passage, weights: dict[str, float]) -> list[float]:
    return [
        share(held, weights)
        for held in held_words(weights, read, surroundings(read), said_beside(read))
    ]


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
        ("Who wrote in 1843?", TEXT, 0.0),
        ("Who wrote?", "No figure at all.", 0.0),
        ("Who made 8679 tonnes?", "It made 8,679 tonnes.", 0.0),
        ("Who made 8.679 tonnes?", "It made 8679 tonnes.", 0.0),
        ("Who made 1,234,567?", "It made 1.234.567.", 0.0),
        ("Who made 8678 tonnes?", "It made 8,679 tonnes.", 3.0),
        ("Who made 5.5?", "It made 5.", 1.0),
        ("Who made 55?", "It made 5.5.", 1.0),
        ("Who made 43?", "It was 1843.", 1.0),
        ("What fell by 20%?", "It fell by 20 percent.", 0.0),
    ],
)
def test_a_passage_lacks_a_figure_of_the_question_whatever_the_separators(
    question: str, text: str, lacks: float
) -> None:
    read = passage(text)
    assert missing(question, read, read.sentences[0]) == lacks


def test_a_figure_in_the_heading_is_in_the_passage() -> None:
    headed = passage(context="Report › 2017")
    assert missing("How many in 2017?", passage(), SENTENCES[1]) == 1
    assert missing("How many in 2017?", headed, SENTENCES[0]) == 0


def test_a_figure_of_another_sentence_is_half_missing() -> None:
    assert missing("What was built in 1843?", passage(), SENTENCES[1]) == 0.5


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("Who led it in 2013?", "Ada led it in 2010.", 3),
        ("Who led it in 2013?", "Ada led it from 2010 to 2015.", 0),
        ("Who led it in 2013?", "Ada has led it since 2010.", 1),
        ("Who led it in 2009?", "Ada has led it since 2010.", 3),
        ("Who led it in 2013?", "Ada led it.", 1),
        ("Who led it in 2013?", "Ada led it in 2013.", 0),
    ],
)
def test_another_year_speaks_more_than_none(question: str, text: str, lacks: float) -> None:
    read = passage(text)
    assert missing(question, read, read.sentences[0]) == lacks


@pytest.mark.parametrize(
    ("question", "answer", "lacks"),
    [
        ("What was mended in 2013?", "roof", 0),
        ("What was mended in 2016?", "roof", 3),
        ("What was mended in 2016?", "lift", 0),
        ("What was mended?", "roof", 0),
    ],
)
def test_the_year_of_another_part_of_the_sentence_is_another_year(
    question: str, answer: str, lacks: float
) -> None:
    text = "The roof was mended in 2013; the lift was put in in 2016."
    read = passage(text)
    start = 100 + text.index(answer)
    assert missing(question, read, read.sentences[0], Span(start, start + len(answer))) == lacks


def test_a_span_of_years_is_one() -> None:
    text = "She led it between 2010 and 2015."
    assert missing("Who led it in 2015?", passage(text), Span(100, 133), Span(100, 103)) == 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who got $1,200,000?", "The farm got 1.2 million dollars."),
        ("Who got 3.45 million dollars?", "The farm got 3,450,000 dollars."),
        ("What happened on 5 July 2019?", "It burned on 2019-07-05."),
        ("What happened on 2019-07-05?", "It burned on July 5th, 2019."),
        ("Who sent 12 ships?", "They sent twelve ships."),
    ],
)
def test_forms_of_one_number_or_date_are_equal(question: str, text: str) -> None:
    read = passage(text)
    assert missing(question, read, read.sentences[0]) == 0


def test_an_answer_that_gives_the_number_back_is_none() -> None:
    assert repeats_figure("What was paid as $1,200,000?", "They paid 1.2 million")
    assert not repeats_figure("How many of 1,200,000 are left?", "1.2 million")
    assert not repeats_figure("What was paid in 2019?", "It was paid in 2019")


@pytest.mark.parametrize(
    ("question", "answer", "fits"),
    [
        ("How much did the hall receive?", "41,000", False),
        ("How much did the hall receive?", "41,000 crowns", True),
        ("How much rain did the hall receive?", "40 mm", True),
        ("How many guests came?", "2.2 million crowns", False),
        ("How many crowns were paid?", "2.2 million crowns", True),
        ("When is it paid back?", "six weeks after moving out", True),
        ("When is it paid back?", "six weeks", False),
    ],
)
def test_money_is_told_from_counts_and_a_time_may_be_relative(
    question: str, answer: str, fits: bool
) -> None:
    assert has_asked_type(question, answer) is fits


def test_coverage_is_the_share_of_words_by_rarity_of_sentence_and_headings() -> None:
    def rarity(word: str) -> float:
        return 3.0 if word == "engine" else 1.0

    question = "Was the engine built by Ada?"
    weights = asked_words(question, rarity)
    assert weights == {"engin": 3.0, "built": 1.0, "ada": 1.0}
    assert covered(question, passage(), weights) == [1 / 5, 4 / 5]
    headed = passage(context="Ada")
    assert covered(question, headed, weights) == [1 / 5, 1.0]
    letters = asked_words("1,843 letters?", rarity)
    assert covered("1,843 letters?", passage(), letters) == [1.0, 0.0]


def sentences_of(text: str, *sentences: str) -> Passage:
    spans = tuple(
        Span(text.index(each), text.index(each) + len(each)).shift(100) for each in sentences
    )
    return Passage("id", "a.txt", 100, 100 + len(text), text, "Guide", spans)


def test_a_sentence_that_points_back_has_the_words_of_the_one_before_but_not_its_figures() -> None:
    read = sentences_of(
        "The museum got 2 vans in 2011. It got more in 2014. Guests came.",
        "The museum got 2 vans in 2011.",
        "It got more in 2014.",
        "Guests came.",
    )
    asked = ("museum", "2011", "2014")
    held = held_words(asked, read, surroundings(read), said_beside(read))
    assert held == [{"museum", "2011"}, {"museum", "2014"}, set()]


def test_headings_in_a_passage_stand_over_what_follows() -> None:
    read = sentences_of(
        "It is old.\n\nReset\n\n1. Press it.\n2. Go home.",
        "It is old.",
        "Press it.",
        "Go home.",
    )
    above = [" ".join(text.split()) for text in surroundings(read)]
    assert above == ["Guide a txt", "Guide Reset 1. a txt", "Guide Reset 1. a txt"]


def test_writing_without_spaces_is_compared_by_pairs_of_signs() -> None:
    read = sentences_of("本は二週間です。", "本は二週間です。")
    weights = asked_words("二週間", lambda word: 1.0)
    assert covered("二週間", read, weights) == [1.0]


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


_WHY = "Why was the miss option taken out of the hit rule?"


@pytest.mark.parametrize(
    ("question", "text", "none"),
    [
        ("How much did the museum receive?", "Visitors numbered 41,000 in 2012.", True),
        ("Combien coûte la visite ?", "La visite dure 75 minutes.", True),
        ("Combien coûte la visite ?", "La visite coûte 8 euros.", False),
        ("Was kostet die Karte?", "Die Karte gilt 3 Tage.", True),
        ("How much does the soup cost?", "Soup of the day 4.50", False),
        ("How much does the soup cost?", "The price is 4.", False),
        ("How much does the soup cost?", "Soup is good.", False),
        ("How much rain fell?", "It fell for 3 days.", False),
    ],
)
def test_figures_of_other_things_are_no_money(question: str, text: str, none: bool) -> None:
    assert speaks_of_no_money(question, text) is none


@pytest.mark.parametrize(
    ("question", "text", "context", "lacks"),
    [
        ("Who led it in 2015?", "Ada led it.", "Report 2018", 3),
        ("Who led it in 2015?", "Ada led it.", "Report 2015", 0),
        ("Who led it in 2015?", "Ada led it.", "Report", 1),
        ("Who gave 180,000 euros?", "Ada gave 18,000 euros.", "", 3),
        ("How many gave 5 euros?", "Of them 40 gave 9 euros.", "", 1),
    ],
)
def test_a_title_of_another_year_and_another_amount_are_plainly_missed(
    question: str, text: str, context: str, lacks: float
) -> None:
    read = passage(text, context)
    assert missing(question, read, read.sentences[0]) == lacks


_WHY = "Why was the miss option taken out of the hit rule?"


@pytest.mark.parametrize(
    ("question", "text", "none"),
    [
        (_WHY, "The miss option of the hit rule is now removed.", True),
        (_WHY, "The miss option of the hit rule hung the server.", True),
        (_WHY, "The miss option of the hit rule went as it hung.", False),
        (_WHY.replace("Why", "When"), "The miss option of the hit rule went.", False),
        ("Why do the pads stay on?", "They have hooks on the back.", False),
    ],
)
def test_a_sentence_that_repeats_the_question_gives_no_reason(
    question: str, text: str, none: bool
) -> None:
    assert gives_no_reason(question, text) is none


def test_what_is_far_from_all_others_stands_out() -> None:
    scores = [0.8, *[0.2] * 9]
    assert stands_out(0.8, scores) == pytest.approx(0.6)
    assert stands_out(0.8, [*scores, *[0.0] * 40]) == pytest.approx(0.6)
    assert stands_out(0.2, [0.2] * 10) == 0
    assert stands_out(0.8, []) == stands_out(0.1, []) > 0
    assert stands_out(0.2, [0.2] * 10) < stands_out(0.2, [0.2] * 3) < stands_out(0.2, [])


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("Elections at times when the council deems them fit.", True),
        ("The council is elected every other year.", False),
        ("It is chosen after each release.", False),
        ("They vote on Mondays.", False),
        ("It keeps failing.", True),
    ],
)
def test_how_often_wants_a_word_that_says_so(text: str, none: bool) -> None:
    assert says_not_how_often("How often is the council elected?", text) is none
    assert not says_not_how_often("Who elects the council?", text)


@pytest.mark.parametrize(
    ("question", "answer", "fits"),
    [
        ("How often should I descale?", "25 minutes", False),
        ("How often should I descale?", "every 200 cups", True),
        ("How often must it be rinsed?", "after every use", True),
        ("How often is it checked?", "Service interval: 6 months", True),
        ("How long did it last?", "one night a fortnight", False),
        ("How long did it last?", "for two years", True),
        ("How much descaler do I need?", "Descaling takes 25 minutes", False),
        ("How much descaler do I need?", "one sachet in 0.5 l", True),
        ("How much notice must I give?", "two months", True),
        ("Which model has the bigger tank?", "1.2 l", False),
        ("Which year had more rain?", "2019", True),
    ],
)
def test_a_measure_of_another_kind_is_not_what_is_asked(
    question: str, answer: str, fits: bool
) -> None:
    assert has_asked_type(question, answer) == fits


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("He was born in 1702 and died in 1768.", True),
        ("He died in 1768 at 66.", False),
        ("She died aged sixty.", False),
    ],
)
def test_years_alone_are_no_age(text: str, none: bool) -> None:
    assert says_no_age("How old was she when she died?", text) == none
    assert not says_no_age("How old is the bridge?", text)
