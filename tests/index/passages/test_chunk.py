"""Passages, over texts of every kind: exact slices that cover all and fit the encoder."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qa.formats.markdown import parse_markdown
from qa.formats.parsed import UnreadableError
from qa.formats.text import parse_plain
from qa.index.passages.chunk import ChunkLimits
from qa.index.passages.chunk import chunk as chunk_blocks
from qa.index.passages.context import CountTokens, context_title, fit_contexts
from qa.models.encoder import Encoder
from qa.schema import Block, Document, ParsedDocument, Passage, Span
from qa.settings import ParseLimits
from tests.conftest import CORPUS
from tests.formats.test_blocks import texts

TINY = ChunkLimits(max_tokens=30, merge_tokens=4, context_tokens=8)
SUFFIXES = (".txt", ".md")

suffixes = st.sampled_from(SUFFIXES)
limits = st.builds(
    lambda budget, merge, context: ChunkLimits(budget + context, merge, context),
    st.integers(1, 40),
    st.integers(0, 20),
    st.integers(0, 12),
)


LIMITS = ChunkLimits(max_tokens=40, merge_tokens=8, context_tokens=8)


def document(text: str, suffix: str = ".txt", title: str = "a") -> ParsedDocument:
    """Read a text as a file of this kind; one with nothing in it has no blocks."""
    parser = parse_markdown if suffix == ".md" else parse_plain
    try:
        parsed = parser(text.encode("utf-8", "ignore"), ParseLimits())
    except UnreadableError:
        return ParsedDocument(Document(f"file{suffix}", title, "", "0"), ())
    return ParsedDocument(Document(f"file{suffix}", title, parsed.text, "0"), parsed.blocks)


def chunk(
    read: ParsedDocument, count: CountTokens, limits: ChunkLimits, *, language: str = "en"
) -> list[Passage]:
    """Cut a document as its parser has it cut: at its own structure."""
    return chunk_blocks(read.document, read.blocks, count, limits, language=language)


def count_characters(texts: Sequence[str]) -> list[int]:
    """A token for each character but white space: no text without spaces is short."""
    return [len("".join(text.split())) for text in texts]


def count_words(texts: Sequence[str]) -> list[int]:
    """A token for each word, however long, as an encoder with one [UNK] sees it."""
    return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def check(text: str, passages: list[Passage], count: CountTokens, limits: ChunkLimits) -> None:
    """Assert what holds for the passages of any document."""
    position = 0
    for passage in passages:
        assert position <= passage.start < passage.end <= len(text)
        assert passage.text == text[passage.start : passage.end]
        assert not text[position : passage.start].strip()
        position = passage.end
        inside = passage.start
        for start, end in passage.sentences:
            assert inside <= start < end <= passage.end
            assert text[start:end].strip()
            inside = end
        assert passage.sentences
    assert not text[position:].strip()
    joined = [f"{p.context}\n{p.text}" if p.context else p.text for p in passages]
    for passage, tokens in zip(passages, count(joined), strict=True):
        # A single character cannot be cut, however many tokens it is.
        assert tokens <= limits.max_tokens or len(passage.text) == 1
    assert all(tokens <= limits.context_tokens for tokens in count([p.context for p in passages]))
    assert len({p.passage_id for p in passages}) == len(passages)


@settings(max_examples=150)
@given(text=texts, suffix=suffixes)
def test_passages_are_ordered_slices_that_cover_all_and_fit_the_tiny_encoder(
    tiny_encoder: Encoder, text: str, suffix: str
) -> None:
    read = document(text, suffix)
    passages = chunk(read, tiny_encoder.count_tokens, TINY)
    check(read.document.text, passages, tiny_encoder.count_tokens, TINY)


@settings(max_examples=100)
@given(
    text=texts,
    suffix=suffixes,
    count=st.sampled_from([count_characters, count_words]),
    limits=limits,
    language=st.sampled_from(["en", "de", "ja", "ar", "hi"]),
)
def test_passages_are_ordered_slices_that_cover_all_and_fit_any_limits(
    text: str, suffix: str, count: CountTokens, limits: ChunkLimits, language: str
) -> None:
    read = document(text, suffix)
    passages = chunk(read, count, limits, language=language)
    check(read.document.text, passages, count, limits)


@settings(max_examples=60)
@given(text=texts, suffix=suffixes)
def test_the_same_document_gives_the_same_passages(text: str, suffix: str) -> None:
    first, second = (chunk(document(text, suffix), count_words, TINY) for _ in range(2))
    assert first == second


@settings(max_examples=100)
@given(
    text=texts,
    added=st.sampled_from(["\n\nAdded.", "\n\n# Added\n\nMore.\n", "\n\n- added\n- more\n"])
    | texts,
)
def test_an_edit_at_the_end_leaves_the_passages_before_the_last_block_alone(
    text: str, added: str
) -> None:
    # In Markdown an edit may change what comes before: a rule below makes it a heading.
    read = document(text)
    before = chunk(read, count_words, TINY)
    after = chunk(document(f"{text}\n\n{added}"), count_words, TINY)
    assume(after)  # a text with control characters may be none
    blocks = read.blocks
    # A heading waits for what follows it, so the passage before the last one may grow.
    settled = [p for p in before if blocks and p.end <= blocks[-1].start][:-1]
    assert after[: len(settled)] == settled


@settings(max_examples=60)
@given(text=texts, added=st.sampled_from(["Added. ", "Added one. Added two.", "x" * 400]))
def test_an_edit_at_the_start_leaves_the_text_of_later_blocks_alone(text: str, added: str) -> None:
    none = ChunkLimits(max_tokens=30, merge_tokens=0, context_tokens=8)
    body = f"A first paragraph that stands.\n\n{text}"
    before = chunk(document(body), count_words, none)
    assume(before)  # a text with many control characters is none
    after = chunk(document(f"{added}\n\n{body}"), count_words, none)
    assert [p.text for p in after[-len(before) :]] == [p.text for p in before]


@pytest.mark.parametrize("name", CORPUS)
def test_a_list_marker_is_in_the_passage_but_not_in_its_first_sentence(
    tiny_encoder: Encoder, name: str
) -> None:
    read = document(CORPUS[name], name[-4:].lstrip("n"))
    for passage in chunk(read, tiny_encoder.count_tokens, TINY):
        for start, end in passage.sentences:
            assert read.document.text[start:end][0] not in "-#"


def test_sentences_are_the_units_of_a_passage_and_headings_only_if_alone() -> None:
    text = "# Roses\n\n- Roses want sun. Prune them, e.g. in February, hard.\n"
    read = document(text, ".md")
    (passage,) = chunk(read, count_words, TINY)
    assert [read.document.text[s.start : s.end] for s in passage.sentences] == [
        "Roses want sun.",
        "Prune them, e.g. in February, hard.",
    ]
    assert passage.text == read.document.text
    (passage,) = chunk(document("# Roses\n", ".md"), count_words, TINY)
    assert passage.sentences == (Span(0, 5),)


def test_a_passage_carries_its_documents_title_and_the_headings_above_it_as_context() -> None:
    text = "# Garden\n\n## Roses\n\n" + "Roses want sun. " * 10 + "\n\n# Pond\n\nDeep water."
    contexts = [p.context for p in chunk(document(text, ".md"), count_words, TINY)]
    assert contexts[0] == "a"  # the passage holds the headings themselves
    assert set(contexts[1:-1]) == {"a › Garden › Roses"}
    assert contexts[-1] == "a"


def test_a_title_that_is_a_heading_is_told_once() -> None:
    text = "# Garden\n\n## Roses\n\n" + "Roses want sun. " * 10
    garden = document(text, ".md", title="Garden")
    contexts = [p.context for p in chunk(garden, count_words, TINY)]
    assert contexts[0] == ""
    assert set(contexts[1:]) == {"Garden › Roses"}


LONG = ChunkLimits(max_tokens=60, merge_tokens=4, context_tokens=16)


@pytest.mark.parametrize(
    ("title", "headings", "expected"),
    [
        ("Atlas", ("Outer " * 9, "Six seven", "Nine ten"), "Atlas › Six seven › Nine ten"),
        ("Atlas", ("a " * 9, "Inner"), "Atlas › a a a a a a a a a › Inner"),
        ("Atlas", ("long " * 16, "Inner"), "Atlas › Inner"),
        ("Atlas", ("Inner " + "long " * 20,), "Atlas › Inner" + " long" * 12 + " …"),
        (
            "Yearbook of the Society for Tides and Currents of the Northern Sea: Skagen in 1987",
            ("Inner",),
            "Yearbook of the Society for Tides … the Northern Sea: Skagen in 1987 › Inner",
        ),
        (
            "Yearbook of the Society for Tides in the Year 1987 with Notes on Currents of the Sea",
            ("Deep and " * 9,),
            "Yearbook of the 1987 … of the Sea › Deep and Deep and Deep and …",
        ),
    ],
)  # fmt: skip
def test_a_long_context_keeps_the_title_its_year_and_the_innermost_heading(
    title: str, headings: tuple[str, ...], expected: str
) -> None:
    lines = [f"{'#' * level} {words.strip()}" for level, words in enumerate(headings, start=1)]
    text = "\n\n".join([*lines, "Words go on here. " * 20])
    found = chunk(document(text, ".md", title), count_words, LONG)
    assert found[-1].context == expected


@settings(max_examples=100)
@example(title="Report of 1999 Sea", headings=["a"], limit=4)
@given(
    title=st.lists(st.sampled_from(["Report", "of", "1999", "Sea"]), min_size=1).map(" ".join),
    headings=st.lists(st.text("ab ›", max_size=30), max_size=4),
    limit=st.integers(0, 20),
)  # fmt: skip
def test_a_context_fits_and_begins_with_the_titles_first_word(
    title: str, headings: list[str], limit: int
) -> None:
    path = (title, *filter(None, headings))
    (context,) = fit_contexts([path], count_words, limit)
    assert count_words([context]) <= [limit]
    assert limit < 4 or context.split()[0] == title.split()[0]


def test_a_year_in_the_name_of_the_file_or_its_folder_is_told_with_the_title() -> None:
    for doc_id, title, expected in (
        ("2019/ghana.md", "Ghana", "Ghana (2019)"),
        ("2019/ghana-2021.txt", "Ghana", "Ghana (2021)"),
        ("2019/ghana.md", "Ghana in 2018", "Ghana in 2018"),
        ("item-120190.txt", "Ghana", "Ghana"),
        ("2019/ghana.md", "ghana", ""),  # called after its file: it has no title of its own
    ):
        assert context_title(Document(doc_id, title, "", "")) == expected


def test_a_list_keeps_what_introduces_it() -> None:
    items = [f"- item {number} is told in so very many words" for number in range(6)]
    text = "\n\n".join(["Some words before that are no part of the list.", "You need:", *items])
    found = chunk(document(text, ".md"), count_words, ChunkLimits(40, 4, 8))
    assert found[1].text.startswith("You need:")
    assert "item 0" in found[1].text
    assert found[1].context == "a"
    assert {p.context for p in found[2:]} == {"a › You need"}


def test_short_neighbours_share_a_passage_and_long_ones_do_not() -> None:
    text = "One.\n\nTwo.\n\n" + "A paragraph of some length stands here, by itself.\n\n" * 2
    limits = ChunkLimits(max_tokens=30, merge_tokens=5, context_tokens=0)
    passages = chunk(document(text), count_words, limits)
    assert [p.text.split() for p in passages] == [
        ("One. Two. A paragraph of some length stands here, by itself.").split(),
        "A paragraph of some length stands here, by itself.".split(),
    ]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(f"Sentence number {n} has seven words." for n in range(40))
    for passage in chunk(document(text), count_words, TINY):
        assert passage.text.startswith("Sentence number")
        assert passage.text.endswith("words.")


def test_a_sentence_without_end_is_cut_between_words() -> None:
    text = "wording " * 500
    for passage in chunk(document(text), count_words, TINY):
        assert set(passage.text.split()) == {"wording"}


def test_a_word_without_end_does_not_make_an_unbounded_passage() -> None:
    passages = chunk(document("x" * 5_000), count_words, TINY)
    assert max(len(p.text) for p in passages) < 500


@pytest.mark.parametrize("sentence", ["A sentence of some words. ", "日本の首都は東京である。"])
def test_a_paragraph_longer_than_the_segmenter_is_given_is_cut_between_sentences_only(
    sentence: str,
) -> None:
    text = sentence * (45_000 // len(sentence))
    limits = ChunkLimits(max_tokens=80, merge_tokens=0, context_tokens=0)
    passages = chunk(document(text), count_characters, limits)
    sentences = [text[s.start : s.end] for p in passages for s in p.sentences]
    assert set(sentences) == {sentence.strip()}
    assert len(sentences) == 45_000 // len(sentence)


def test_equal_passages_of_a_document_have_distinct_ids() -> None:
    text = "The same paragraph again and again.\n\n" * 5
    passages = chunk(document(text), count_words, ChunkLimits(30, 0, 0))
    assert len(passages) == 5
    assert len({p.passage_id for p in passages}) == 5


def test_a_passage_id_tells_documents_apart() -> None:
    block = Block(0, 5, 0, "paragraph", 0)
    ids = {
        chunk_blocks(Document(name, "", "Same.", ""), [block], count_words, TINY)[0].passage_id
        for name in ("a.txt", "b.txt", "a.md")
    }
    assert len(ids) == 3


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\u3000\x1c"])
def test_a_document_of_white_space_has_no_passages(text: str) -> None:
    assert chunk(document(text), count_words, TINY) == []


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u2028", "\x85", "\u2003"])
def test_a_space_beyond_ascii_before_a_full_stop_does_not_stop_a_build(space: str) -> None:
    text = f"Take vitamin K{space}. Then rest."
    (found,) = chunk(document(text), count_words, LIMITS)
    assert found.text == text
    assert len(found.sentences) == 2


def test_a_tokenizer_that_counts_the_seams_is_obeyed() -> None:
    def with_seams(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 3 * text.count("\n") for text in texts]

    text = "\n\n".join(f"- item {number}" for number in range(60))
    passages = chunk(document(text), with_seams, LIMITS)
    assert max(with_seams([found.text for found in passages])) <= LIMITS.max_tokens
    assert " ".join(found.text for found in passages).split() == text.split()


# ---- blocks that a parser gave


def plain(text: str) -> Document:
    return Document("a.txt", "a", text, "0")


def rows_of(text: str) -> list[Block]:
    """One block a line, as the parsers of tables give them."""
    return [
        Block(m.start(), m.end(), m.start(), "row", 0) for m in re.finditer(r"\S(?:.*\S)?", text)
    ]


@settings(max_examples=80)
@given(text=texts, limits=limits)
def test_rows_too_are_ordered_slices_that_cover_all_and_fit(text: str, limits: ChunkLimits) -> None:
    passages = chunk_blocks(plain(text), rows_of(text), count_characters, limits)
    check(text, passages, count_characters, limits)


def test_a_row_is_cited_as_a_whole_whatever_stops_are_in_its_cells() -> None:
    text = "Item: Glue. Strong. | Price: 3. Net. | Stock: 12\nItem: Nails | Price: 4 | Stock: 1"
    passages = chunk_blocks(plain(text), rows_of(text), count_words, TINY)
    sentences = [text[s.start : s.end] for p in passages for s in p.sentences]
    assert sentences == text.splitlines()


def test_a_row_longer_than_the_encoder_reads_is_cut_all_the_same() -> None:
    text = " | ".join(f"Column {n}: value {n}" for n in range(60))
    passages = chunk_blocks(plain(text), rows_of(text), count_words, TINY)
    check(text, passages, count_words, TINY)
    assert len(passages) > 5


def test_passages_follow_the_blocks_they_are_given_not_what_the_text_looks_like() -> None:
    text = "# One two three four\n\nFive six seven eight nine ten"
    given = [Block(0, 20, 0, "paragraph", 0), Block(22, len(text), 22, "paragraph", 0)]
    as_given = chunk_blocks(plain(text), given, count_words, ChunkLimits(40, 0, 8))
    assert [p.text for p in as_given] == text.split("\n\n")
    assert {p.context for p in as_given} == {""}


def test_a_document_without_blocks_has_no_passages() -> None:
    assert chunk_blocks(plain("Words."), [], count_words, TINY) == []
