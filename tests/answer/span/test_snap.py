"""Edges of an answer: amounts, dates and ranges whole, brackets in pairs, never a half word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.span.snap import snap
from qa.schema import Span

_PIECES = (
    "1 24 2018 1990s 55.6 12,000 5 -5 $ US$ S/. € % °C million thousand percent per cent MT km² "
    "ha people to between and of - – — March Mar. May 3rd 2014-03-05 10:30 two ( ) [ ] “ ” ‘ ’ "
    "« » , . ; : ' \" U.S. Ada Jean-Luc COVID-19 café cafe\u0301 \u0301 \u0915\u0940 😀 א ½ ² _"
).split()
_texts = st.text(max_size=40) | st.lists(
    st.sampled_from([*_PIECES, " ", " ", " ", "\n", "\r\n  ", "\u00a0"]), max_size=20
).map("".join)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[str, Span, Span]:
    """Any text, any sentence of it, any answer inside."""
    text = draw(_texts.filter(bool))
    edges = st.lists(st.integers(0, len(text)), min_size=4, max_size=4).map(sorted)
    low, start, end, high = draw(edges.filter(lambda found: found[1] < found[2]))
    return text, Span(start, end), Span(low, high)


@settings(max_examples=500)
@given(_cases())
def test_the_result_is_not_empty_stays_inside_the_sentence_and_meets_the_answer(
    case: tuple[str, Span, Span],
) -> None:
    text, answer, sentence = case
    found = snap(text, answer, sentence)
    assert sentence.start <= found.start < found.end <= sentence.end
    assert found.start < answer.end
    assert answer.start < found.end


@settings(max_examples=500)
@given(_cases())
def test_a_snapped_answer_snaps_to_itself(case: tuple[str, Span, Span]) -> None:
    text, answer, sentence = case
    once = snap(text, answer, sentence)
    assert snap(text, once, sentence) == once


@settings(max_examples=300)
@given(_cases())
def test_no_word_is_cut_but_by_the_end_of_the_sentence(case: tuple[str, Span, Span]) -> None:
    text, answer, sentence = case
    start, end = snap(text, answer, sentence)
    assert start == sentence.start or not text[start - 1 : start + 1].isalnum()
    assert end == sentence.end or not text[end - 1 : end + 1].isalnum()


@settings(max_examples=300)
@given(_cases(), st.sampled_from(_PIECES))
def test_what_stands_after_the_sentence_does_not_matter(
    case: tuple[str, Span, Span], after: str
) -> None:
    text, answer, sentence = case
    other = text[: sentence.end] + after
    assert snap(other, answer, sentence) == snap(text, answer, sentence)


def snapped(marked: str) -> str:
    """Snap what stands between ‹ and ›."""
    start, end = marked.index("‹"), marked.index("›") - 1
    text = marked.replace("‹", "").replace("›", "")
    found = snap(text, Span(start, end), Span(0, len(text)))
    return text[found.start : found.end]


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("It ‹temporarily ›.", "temporarily"),
        ("That temporarily ‹suspends the role›.", "temporarily suspends the role"),
        ("They play every ‹second Friday› at six.", "every second Friday"),
        ("It was not ‹in May› but later.", "not in May"),
        ("It has at least ‹14 characters›.", "at least 14 characters"),
        ("Up to no more than ‹five people› fit.", "no more than five people"),
        ("Those who do not live in town pay ‹more than 20 francs›.", "more than 20 francs"),
        ("Sales ‹rose› in part because of winter.", "rose"),
        ("It ‹allowed the appeal› in part.", "allowed the appeal in part"),
        ("It may not be extended ‹more than twice›.", "not be extended more than twice"),
        ("For no ‹more than two› days it is shut.", "no more than two"),
        ("A leash of no more ‹than two metres›.", "no more than two metres"),
        ("It is not here; ‹more than five› came.", "more than five"),
        ("It was built between ‹March 1911 and late 1912›.", "between March 1911 and late 1912"),
        ("It stood between ‹March› and May.", "March"),
        ("C'est interdit entre ‹10 heures› et 19 heures.", "entre 10 heures et 19 heures"),
        ("Offen zwischen 8 und ‹12 Uhr›.", "zwischen 8 und 12 Uhr"),
        ("The family ‹house› burned.", "house"),
        ("He only met ‹Ada› there.", "Ada"),
        ("It was only ‹Ada› there.", "Ada"),
    ],
)
def test_what_changes_the_meaning_is_kept(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("It cost ‹$24› million in all.", "$24 million"),
        ("It cost $‹24› million in all.", "$24 million"),
        ("It cost US$‹24› million.", "US$24 million"),
        ("It cost US $‹24›.", "US $24"),
        ("It cost C$‹24›.", "C$24"),
        ("It cost €‹3.5› billion.", "€3.5 billion"),
        ("It cost S/. ‹40› at the door.", "S/. 40"),
        ("It cost ‹24›-million soles.", "24-million soles"),
        ("It took ‹55.6› MT of it.", "55.6 MT"),
        ("It took 55.‹6› MT of it.", "55.6 MT"),
        ("About ‹12›,000 hectares burned.", "12,000 hectares"),
        ("Only ‹7› percent of it burned.", "7 percent"),
        ("Only ‹7›% burned.", "7%"),
        ("It made ‹8,679› metric tons.", "8,679 metric tons"),
        ("It has ‹40› km² of forest.", "40 km²"),
        ("It has ‹40› square kilometers.", "40 square kilometers"),
        ("It fell to ‹-5› °C at night.", "-5 °C"),
        ("It fell to -‹5› °C at night.", "-5 °C"),
        ("It shuts at ‹10›:30 sharp.", "10:30"),
        ("Some ‹two› million came.", "two million"),
        ("It cost $‹24›\nmillion in all.", "$24\nmillion"),
        ("It cost ‹24›\u00a0million.", "24\u00a0million"),
    ],
)
def test_an_amount_keeps_its_sign_its_scale_and_its_unit(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("It opened on ‹March› 3, 2014.", "March 3, 2014"),
        ("It opened on March ‹3›, 2014.", "March 3, 2014"),
        ("It opened on March 3, ‹2014›.", "March 3, 2014"),
        ("It opened on March\r\n  3,\r\n  ‹2014›.", "March\r\n  3,\r\n  2014"),
        ("It opened on ‹3rd› of March 2014.", "3rd of March 2014"),
        ("It opened on 3 ‹Sept.› 2014.", "3 Sept. 2014"),
        ("It opened in ‹March› 2014.", "March 2014"),
        ("It was open on March ‹3›–5, 2014.", "March 3–5, 2014"),
        ("It was open 5 to ‹10› March 2014.", "5 to 10 March 2014"),
        ("It opened on ‹2014›-03-05.", "2014-03-05"),
        ("It opened on 2014-03-‹05›.", "2014-03-05"),
        ("They ‹march› 3 miles.", "march"),
        ("It opened in ‹March›.", "March"),
    ],
)
def test_a_date_is_whole(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("It grew ‹5› to 10 percent a year.", "5 to 10 percent"),
        ("It grew 5 to ‹10 percent› a year.", "5 to 10 percent"),
        ("It grew 5-‹10›% a year.", "5-10%"),
        ("It cost $‹2›–3 million.", "$2–3 million"),
        ("It lasted from ‹2010› to 2015.", "2010 to 2015"),
        ("It lasted ‹2010›–15 in all.", "2010–15"),
        ("Some time between ‹2010› and 2015 it fell.", "between 2010 and 2015"),
        ("Between 5 and ‹10› percent burned.", "Between 5 and 10 percent"),
    ],
)
def test_a_range_has_both_ends(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("In ‹2018› people moved.", "2018"),
        ("In ‹2018›, 40 people moved.", "2018"),
        ("In 2018, ‹40› people moved.", "40 people"),
        ("It rose from 10 percent in ‹2018› to 40 percent in 2019.", "2018"),
        ("It rose from 10 percent in 2018 to ‹40 percent› in 2019.", "40 percent"),
        ("It lost ‹40› — 12 more came.", "40"),
        ("In ‹2014› — 55 percent more — it rained.", "2014"),
        ("Of ‹COVID-19› people died.", "COVID-19"),
        ("The ‹two› of them came.", "two"),
        ("The ‹people› of 40 towns came.", "people"),
        ("Bread, ‹salt›, 40 eggs", "salt"),
        ("It took 40 ‹metric tons› away.", "metric tons"),
    ],
)
def test_an_answer_does_not_swallow_its_neighbours(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("the ca‹f›é was", "café"),
        ("the ‹caf›e\u0301s were", "cafe\u0301s"),
        ("the ‹engi›ne", "engine"),
        ("the 1‹990›s were", "1990s"),
        ("in B‹2›B trade", "B2B"),
        ("of ‹Jean›-Luc", "Jean"),
        ("a word\u0915‹\u0940› b", "word\u0915\u0940"),
        ("set ‹NO›_COLOR first", "NO_COLOR"),
        ("use the -‹gray› switch", "-gray"),
        ("run it with --‹all› now", "--all"),
        ("well-‹known› men", "known"),
    ],
)
def test_a_half_word_is_widened(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("to ‹Ada,› who", "Ada"),
        ("to‹ – Ada: ›who", "Ada"),
        ("to ‹Ada›, who", "Ada"),
        ("to ‹the U.S.› Army", "the U.S."),
        ("to ‹Ada.›", "Ada."),
        ("it fell‹ - 5› times", "5"),
        ("to ‹,› nobody", ","),
        ("to ‹,;› nobody", ";"),
    ],
)
def test_loose_punctuation_is_dropped_and_a_full_stop_is_not(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("she (‹Ada›) wrote", "Ada"),
        ("she ‹(Ada›) wrote", "(Ada)"),
        ("she (‹Ada)› wrote", "Ada"),
        ("the ‹engine (new›) ran", "engine (new)"),
        ("the ‹(new›, green) engine", "new"),
        ("the ‹((a (new›))) engine", "((a (new)))"),
        ("the ‹(([new› engine", "new"),
        ("said ‹“never›” again", "“never”"),
        ("said “‹never”› again", "never"),
        ("the ‹workers’› club", "workers"),
        ("the ‹worker’s› club", "worker’s"),
        ("a ‹)› b", ")"),
    ],
)
def test_brackets_and_quotes_come_in_pairs(marked: str, whole: str) -> None:
    assert snapped(marked) == whole


def test_nothing_is_taken_from_beyond_the_sentence() -> None:
    text = "It cost $24 million in March 2014."
    assert snap(text, Span(9, 11), Span(9, 11)) == Span(9, 11)
    assert snap(text, Span(9, 10), Span(8, 15)) == Span(8, 11)
    assert snap(text, Span(29, 33), Span(25, 33)) == Span(29, 33)
    assert snap("the (new) engine", Span(4, 8), Span(0, 8)) == Span(5, 8)


# A pattern that backtracks, or a loop that starts over, would take minutes.
@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1,",
        "1-",
        "1 to ",
        "between 1 and ",
        "$",
        "US $ ",
        "(",
        "“(",
        " ",
        "\n",
        "March ",
        "one ",
    ],
)
def test_a_hostile_sentence_takes_no_longer_than_any_other(piece: str) -> None:
    text = piece * (40_000 // len(piece)) if len(piece) == 1 or piece[0] != "“" else piece * 500
    sentence = Span(0, len(text))
    for answer in (Span(0, 1), sentence, Span(len(text) // 2, len(text) // 2 + 1)):
        found = snap(text, answer, sentence)
        assert snap(text, found, sentence) == found
