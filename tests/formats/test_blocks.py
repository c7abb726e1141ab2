"""Blocks, over texts of every kind: what they cover, and what they are called."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.formats.blocks import heading_paths, split_blocks, trim
from qa.schema import Block, Span

_WORDS = st.sampled_from(
    "The a cat sat. Dr. e.g. 3.14 U.S. Why? Yes! end.” (see “quoted. x -- — www.example.org/a?b=c "
    "snake_case **bold** _em_ `code` [link](http://a.b) <b> &amp; \\* | |a|b| :-: # ## > - * + 1. "
    "2) (a) IV. 1.2.3 Chapter --- === ~~~ *** ``` • – café cafe\u0301 n\u0303 \u0301 שלום العربية "
    "\u200f\u200b\ufeff 日本語。 東京は首都。本当？ 中文！句子。 "
    "ไทย हिन्दी नमस्ते। 👩‍👩‍👧 🇵🇪 👍🏽 ﬁ İ ß \u2028 \x85 \x1c \xa0 \x0b"
    .split(" ")
)  # fmt: skip
_LONG_WORDS = st.sampled_from(
    ["x" * 300, "ab" * 90 + ".", "日本" * 60, "https://example.org/" + "a/b-c_d?" * 20, "👍" * 50]
)
_LINES = st.lists(_WORDS | _WORDS | _WORDS | _LONG_WORDS | st.text(max_size=6), max_size=14).map(
    " ".join
)
_OPENINGS = st.sampled_from(
    ["", "", "", "- ", "* ", "  - ", "    - ", "\t* ", "1. ", "2) ", "(a) ", "• ", "# ", "## ",
     "###### ", "#", "> ", "> - ", ">> # ", "| ", "    ", "\t", "```", "~~~", "<div>", "<!--",
     "[a]: ", "\ufeff", " ", "\x0c"]
)  # fmt: skip
_WHOLE_LINES = st.sampled_from(
    ["", "", "", " ", "\t", "\u3000", "---", "===", "***", "- - -", "|a|b|", "|-|-|", "| c | d |",
     "CAPITAL HEADING", "1.2 Numbered heading", "Chapter IV. The Sea", "-", "#", "1.", ">", "```"]
)  # fmt: skip
_LINE_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n"])


def _join(lines: list[tuple[str, str, str]]) -> str:
    return "".join(opening + line + end for opening, line, end in lines)


texts = (
    st.lists(
        st.tuples(_OPENINGS, _LINES, _LINE_ENDS) | st.tuples(st.just(""), _WHOLE_LINES, _LINE_ENDS),
        max_size=14,
    ).map(_join)
    | st.text(max_size=200)
    | st.text("ab .\n\r#-*>|1\t日", max_size=120)
)
"""Texts that a document may hold: prose, lists, tables and rubbish, in many scripts."""

anything = given(text=texts)


def words_of(blocks: list[Block], text: str) -> list[str]:
    return [text[block.content : block.end] for block in blocks]


@anything
@example(text="")
@example(text=" \r\n\t")
def test_blocks_cover_all_but_white_space_in_order_and_disjoint(text: str) -> None:
    blocks = split_blocks(text)
    position = 0
    for block in blocks:
        assert position <= block.start < block.end <= len(text)
        assert not text[position : block.start].strip()
        position = block.end
    assert not text[position:].strip()


@anything
def test_a_block_is_trimmed_and_has_words_after_its_marker(text: str) -> None:
    for block in split_blocks(text):
        assert trim(text, Span(block.start, block.end)) == (block.start, block.end)
        assert block.start <= block.content < block.end
        assert not text[block.content].isspace()


@anything
def test_a_block_begins_and_ends_with_a_line(text: str) -> None:
    for block in split_blocks(text):
        before, after = text[: block.start], text[block.end :]
        assert not before.replace("\r", "\n").rpartition("\n")[2].strip()
        assert not after.replace("\r", "\n").partition("\n")[0].strip()


@anything
def test_only_headings_have_a_level(text: str) -> None:
    for block in split_blocks(text):
        assert (block.level > 0) == (block.kind == "heading")
        assert block.level <= 1


@anything
def test_every_block_has_a_heading_path_without_blank_titles(text: str) -> None:
    blocks = split_blocks(text)
    paths = heading_paths(text, blocks)
    assert len(paths) == len(blocks)
    headings = {
        title.splitlines()[0].strip()
        for title in words_of([b for b in blocks if b.kind == "heading"], text)
    }
    for path in paths:
        assert set(path) <= headings - {""}


@settings(max_examples=50)
@given(text=texts, markdown=st.booleans(), end=st.sampled_from(["\r\n", "\r"]))
def test_line_ends_do_not_change_the_structure(text: str, markdown: bool, end: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    expected = [
        (block.kind, block.level, text[block.start : block.end]) for block in split_blocks(text)
    ]
    other = text.replace("\n", end)
    assert [
        (block.kind, block.level, other[block.start : block.end].replace(end, "\n"))
        for block in split_blocks(other)
    ] == expected


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_trim_keeps_exactly_what_is_not_white_space(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    span = Span(start, min(start + length, len(text)))
    trimmed = trim(text, span)
    assert (text[trimmed.start : trimmed.end] if trimmed else "") == text[
        span.start : span.end
    ].strip()


def test_plain_text_is_cut_at_blank_lines_markers_and_headings() -> None:
    text = (
        "INTRODUCTION\n\nOne line\nand the next.\n\n1.2 Scope\n\n- first\n  goes on\n- second\n"
        "(b) third\n\nHistory\n=======\nIt began.\n"
    )
    blocks = split_blocks(text)
    assert [(block.kind, text[block.content : block.end]) for block in blocks] == [
        ("heading", "INTRODUCTION"),
        ("paragraph", "One line\nand the next."),
        ("heading", "1.2 Scope"),
        ("item", "first\n  goes on"),
        ("item", "second"),
        ("item", "third"),
        ("heading", "History\n======="),
        ("paragraph", "It began."),
    ]


def test_numbered_titles_on_top_of_text_are_headings() -> None:
    text = "1. Times\nLessons begin at 8.\n\n2. Food and drink\nLunch is at 12.\n"
    assert [block.kind for block in split_blocks(text)] == ["heading", "paragraph"] * 2
    alone = "1. Times\nLessons begin at 8.\n\nLunch is at 12.\n"
    assert [block.kind for block in split_blocks(alone)] == ["item", "paragraph"]


RUNNING = "We pay for what is stolen from a locked room, or a hotel room, for a year and a day."


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        (f"TRAVEL\n{RUNNING}\n\nLIMITS\n{RUNNING}\n", ["TRAVEL", "LIMITS"]),
        (f"TRAVEL\n{RUNNING}\n", ["TRAVEL"]),
        (f"1 Devices\n{RUNNING}\n\n2 Incidents\n{RUNNING}\n", ["1 Devices", "2 Incidents"]),
        (f"What to do first\n{RUNNING}\n\nThe rest\n{RUNNING}\n",
         ["What to do first", "The rest"]),
        (f"What to do first\n{RUNNING}\n", []),  # may be how a line broke
        (f"Parking costs nothing here\n{RUNNING}\n\nThe castle opens at 9\n{RUNNING}\n", []),
        ("JOAN MILL\n12 HIGH STREET\n", []),
        ("2 Eggs\nFlour\n\n3 Pears\nSugar\n", []),
        (f"Dear Mrs Boyle,\n{RUNNING}\n\nKind regards\nJ. Mill\n", []),
        (f"Item      Due      By\n{RUNNING}\n\nPart     Due\n{RUNNING}\n", []),
    ],
)  # fmt: skip
def test_titles_on_top_of_running_text_are_headings(text: str, headings: list[str]) -> None:
    found = [text[one.content : one.end] for one in split_blocks(text) if one.kind == "heading"]
    assert found == headings


def test_what_stands_below_a_list_is_none_of_its_items() -> None:
    text = "- a clean record, needed on the first day\nA car is not, nor is a licence to drive one."
    assert [block.kind for block in split_blocks(text)] == ["item", "paragraph"]
    wrapped = "- a clean record, which is needed before the first\nMay of the year, not with it\n"
    assert [block.kind for block in split_blocks(wrapped)] == ["item"]


def test_a_heading_path_holds_the_headings_above_and_not_the_block_itself() -> None:
    lines = [("A", 1), ("B", 2), ("text", 0), ("C#", 2), ("text", 0), ("D", 1), ("text", 0)]
    text, blocks = "", []
    for words, level in lines:
        at = len(text)
        blocks.append(Block(at, at + len(words), at, "heading" if level else "paragraph", level))
        text += f"{words}\n\n"
    assert heading_paths(text, blocks) == [
        (), ("A",), ("A", "B"), ("A",), ("A", "C#"), (), ("D",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["A sentence in the middle of things", "ENDS LIKE A SENTENCE.", "1234", "X" * 91, "---"]
)
def test_a_line_that_is_no_heading_is_a_paragraph(line: str) -> None:
    assert [block.kind for block in split_blocks(f"{line}\n\nMore.\n")] == [
        "paragraph",
        "paragraph",
    ]


@pytest.mark.parametrize(
    "piece", ["[", "![", ">", "- ", "|a", "`", "*a ", "[a]: ", "<!--", "(", "# "]
)
def test_signs_in_a_row_are_one_block(piece: str) -> None:
    assert len(split_blocks(piece * 2_000)) == 1
