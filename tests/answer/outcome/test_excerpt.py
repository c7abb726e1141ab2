"""What is shown of a passage is around its best sentence, in its own words, marks in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.outcome.excerpt import SHOWN_CHARACTERS, excerpt, with_best_sentence
from qa.schema import Passage, RetrievedPassage, Span

texts = st.text(st.sampled_from("ab c\n.•é"), min_size=1, max_size=700).filter(str.strip)


def found(text: str, best: Span | None = None, marks: tuple[Span, ...] = ()) -> RetrievedPassage:
    passage = Passage("p", "a.txt", 100, 100 + len(text), text, "", (best,) if best else ())
    return RetrievedPassage(0, passage, 1, 1, 1, 1, best=best, marks=marks)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@given(texts, st.data())
def test_an_excerpt_is_a_stretch_of_the_text_and_no_longer_than_a_few_lines(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    middle = (start + end) // 2
    marks = (Span(100 + start, 100 + middle),) if middle > start else ()
    parts = excerpt(found(text, Span(100 + start, 100 + end), marks))
    said = "".join(part.text for part in parts)
    inner = squeezed(said.removeprefix("… ").removesuffix(" …"))
    assert inner in squeezed(text)
    assert len(said) <= SHOWN_CHARACTERS + 4
    for part in parts:
        assert not part.marked or squeezed(part.text) in squeezed(text[start:middle])


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_the_best_sentence_is_shown_whole_wherever_it_stands(at: int) -> None:
    sentences = [f"Sentence number {n:02} is about thing {n:02}." for n in range(40)]
    text = " ".join(sentences)
    start = 100 + text.index(sentences[at])
    shown = excerpt(found(text, Span(start, start + len(sentences[at]))))
    said = "".join(part.text for part in shown)
    assert sentences[at] in said
    assert said.startswith("… ") == (at > 2)
    assert said.endswith(" …") == (at < 37)


def test_of_a_sentence_too_long_the_part_with_the_marks_is_shown() -> None:
    text = f"{'word ' * 200}wheel {'word ' * 200}"
    mark = Span(100 + text.index("wheel"), 105 + text.index("wheel"))
    parts = excerpt(found(text, Span(100, 100 + len(text)), (mark,)))
    assert [part.text for part in parts if part.marked] == ["wheel"]


def test_a_short_passage_is_shown_whole_without_its_list_marker() -> None:
    (part,) = excerpt(found("•  Feed the\r\n  tomatoes."))
    assert part == ("Feed the tomatoes.", False)


def test_of_a_passage_that_was_not_read_the_sentence_with_the_rarest_words_is_best() -> None:
    text = "The bridge is old. Its rivets are iron. The bridge is long."
    sentences = (Span(100, 118), Span(119, 139), Span(140, 159))
    passage = Passage("p", "a.txt", 100, 159, text, "", sentences)
    given = [RetrievedPassage(0, passage, 1, 1, 1, 1)]
    weights = {"bridge": 0.5, "rivets": 3.0}
    (best,) = with_best_sentence("Which bridge has rivets?", given, [], lambda w: weights.get(w, 1))
    assert best.best == sentences[1]
    assert [text[mark.start - 100 : mark.end - 100] for mark in best.marks] == ["rivets"]


def test_pairs_of_chinese_characters_are_marked_as_one() -> None:
    text = "図書館は毎週月曜日に休館します。"
    passage = Passage("p", "a.txt", 0, len(text), text, "", (Span(0, len(text)),))
    given = [RetrievedPassage(0, passage, 1, 1, 1, 1)]
    (best,) = with_best_sentence("図書館はどこですか", given, [], lambda word: 1.0)
    assert [text[slice(*mark)] for mark in best.marks] == ["図書館"]
