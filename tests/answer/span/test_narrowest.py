"""Of several ranges that hold an amount the narrowest is meant, if it tells what is asked for."""

import pytest

from qa.answer.span.narrowest import is_of_wider_range, narrowest_part
from qa.schema import Passage, Span

_SWIM = ("£3 for under-16s.", "Under-3s swim free.")


def _of_wider(question: str, *sentences: str) -> bool:
    """Ask of the first of some sentences, whose last figure would be the answer."""
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        start = text.index(sentence)
        spans.append(Span(start, start + len(sentence)))
    passage = Passage("id", "a.txt", 0, len(text), text, "", tuple(spans))
    figure = sentences[0].rindex("£")
    return is_of_wider_range(question, passage, spans[0], Span(figure, figure + 2))


@pytest.mark.parametrize(
    ("question", "sentences", "wider"),
    [
        ("how much is a swim for a 2-year-old?", _SWIM, True),
        ("how much is a swim for a 9-year-old?", _SWIM, False),
        (
            "How much does a boat trip cost for a child of 10?",
            ("A boat trip costs £5 for under-16s.", "Bikes cost £2 for under-12s."),
            False,
        ),
        (
            "What surcharge is paid for a parcel of 12 kg?",
            ("Parcels over 5 kg pay a surcharge of £3.", "Parcels over 10 kg also need a form."),
            False,
        ),
    ],
)  # fmt: skip
def test_a_narrower_range_beside_it_counts_if_it_tells_the_same(
    question: str, sentences: tuple[str, ...], wider: bool
) -> None:
    assert _of_wider(question, *sentences) is wider


@pytest.mark.parametrize(
    ("question", "text", "part"),
    [
        ("How much credit at 94 %?", "below 99 % it is 25 %; below 95 % it is all.",
         "below 95 % it is all."),
        ("How much credit at 98 %?", "below 99 % it is 25 %; below 95 % it is all.", None),
        ("Who helps a child of 6?", "Under 12s get help from Ann; under 8s need an adult.", None),
        ("How many days does a person of 62 get?",
         "Over 50s get 28 days; staff aged over 60 may work part-time.", None),
    ],
)  # fmt: skip
def test_one_part_of_a_sentence_is_for_the_amount(
    question: str, text: str, part: str | None
) -> None:
    found = narrowest_part(question, text)
    assert (found and text[slice(*found)]) == part
