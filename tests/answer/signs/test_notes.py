"""Tell a note's mark from a power."""

import pytest

from qa.answer.signs.notes import annotated, without_marks
from qa.schema import Passage, Span


@pytest.mark.parametrize(
    ("marked", "left"),
    [
        ("The clinic admitted ‹6,410¹› patients.", "6,410"),
        ("The clinic admitted ‹6,410¹ patients› in 2024.", "6,410"),
        ("It takes ‹70⁴ seconds› for a sample.", "70"),
        ("A ticket is ‹€ 3,500²,³› in all.", "€ 3,500"),
        ("A ticket costs ‹14 €⁵›.", "14 €"),
        ("It was built by ‹Ada Holm²› in 1904.", "Ada Holm"),
        ("It was built in ‹1904.¹²›", "1904."),
        ("It has ‹351[12]› beds.", "351"),
        ("It has ‹351†› beds.", "351"),
        ("Of 212² guests the stay was ‹5³ days›.", "5"),
        ("The stay was ‹5³ days›.\n³ Children: 8 days.", "5"),
        # Powers, units, and what may be either.
        ("The stay was ‹5³ days›.", "5³ days"),
        ("There are ‹10⁹› cells.", "10⁹"),
        ("There were 45⁴ men and ‹10⁵ kg› of silt.", "10⁵ kg"),
        ("There are ‹4 × 70⁴› cells.", "4 × 70⁴"),
        ("It is ‹70⁴ × 3›.", "70⁴ × 3"),
        ("It has ‹2,900 m²›.", "2,900 m²"),
        ("It has ‹45 m³ of rainwater›.", "45 m³ of rainwater"),
        ("It has ‹20 square feet²›.", "20 square feet²"),
        ("There are ‹10⁻³› grams.", "10⁻³"),
        ("It opened on the ‹3rd of May›.", "3rd of May"),
        ("The clinic admitted ‹6,410¹ patients, and 212² of them came by air›.",) * 2,
        ("The clinic admitted 6,410¹ ‹patients›.", "patients"),
        ("Call ‹items[0]› first.", "items[0]"),
    ],
)
def test_a_note_s_mark_is_left_out_and_a_power_is_not(marked: str, left: str) -> None:
    start, end = marked.index("‹"), marked.index("›") - 1
    text = marked.replace("‹", "").replace("›", "")
    passage = Passage("id", "doc", 7, 7 + len(text), text, "", (Span(7, 7 + len(text)),))
    answer = without_marks(passage, Span(start + 7, end + 7))
    assert passage.slice(answer) == (text[start:end] if "‹" in left else left)


@pytest.mark.parametrize(
    ("text", "note", "referring"),
    [
        (
            "It holds 1,500 jobs[q]. It is green.\n\n[q] On the small one 250.",
            "[q] On the small one 250.",
            "It holds 1,500 jobs",
        ),
        (
            "All is well. It took 6,410¹ guests in 2024. They left.\n\n¹ Without 1,733.",
            "¹ Without 1,733.",
            "It took 6,410 guests in 2024",
        ),
        ("It took 6,410¹ guests\n\n1 Without 1,733.", "1 Without 1,733.", "It took 6,410 guests"),
        ("It took 6,410 guests\n\n1 Without 1,733.", "1 Without 1,733.", ""),
        ("It took 10¹ guests\n\n1 Without 1,733.", "1 Without 1,733.", ""),
        ("Of 212¹ and 311¹.\n\n1 By night.", "1 By night.", ""),
        ("It took 6,410¹. 1 March is a holiday.", "1 March is a holiday.", ""),
    ],
)
def test_a_note_speaks_of_the_sentence_that_refers_to_it(
    text: str, note: str, referring: str
) -> None:
    start = text.index(note)
    passage = Passage("id", "doc", 0, len(text), text, "", (Span(start, start + len(note)),))
    found = annotated(passage, lambda doc_id: text)
    assert [" ".join(each.split()) for each in found] == [referring]
