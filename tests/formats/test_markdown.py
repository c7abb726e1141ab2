"""Markdown as it is shown, each piece with its place in the file."""

import pytest
from hypothesis import given, settings

from qa.formats.markdown import parse_markdown, source_span
from qa.formats.parsed import Parsed, UnreadableError
from qa.schema import Span
from qa.settings import ParseLimits
from tests.formats.make_office import check_sound, outline
from tests.formats.test_blocks import texts

LIMITS = ParseLimits()


def parse(text: str) -> Parsed:
    parsed = parse_markdown(text.encode(), LIMITS)
    check_sound(parsed)
    return parsed


def lines(text: str) -> list[str]:
    return outline(parse(text))


PAGE = """---
title: "Pump house"
keeper: Ines Falk
date: 2023-02-11
---

<!-- was: stop the pump with `pumpctl halt` -->

# The *pump* house

Start the pump with:

```sh
pumpctl start --slow

pumpctl show
```

It uses port 8120[^1], is \\-checked\\- on **[Mondays](https://example.org/a_b "the day")** and
is painted ~~blue~~ green; `a | b` costs 5 &euro;.

| Part | Life |
|:--|--:|
| `seal` | 14 *months* |
| <b>belt</b> | ~~2~~ 3 years |

1. Open the valve.
2. Wait.

   A minute will do.
   - or two

> Quoted words.

- [x] oiled
- [ ] tested

[^1]: Port 8121 when tested.
"""


def test_a_page_reads_as_it_is_shown() -> None:
    parsed = parse(PAGE)
    assert outline(parsed) == [
        '¶ title: "Pump house"\nkeeper: Ines Falk\ndate: 2023-02-11',
        "# The pump house",
        "¶ Start the pump with:",
        "¶ pumpctl start --slow\n\npumpctl show",
        "¶ It uses port 8120¹, is -checked- on Mondays and\nis painted green; a | b costs 5 €.",
        "| Part | Life",
        "| Part: seal | Life: 14 months",
        "| Part: belt | Life: 3 years",
        "- 1. Open the valve.",
        "- 2. Wait.",
        "¶ A minute will do.",
        "- or two",
        "¶ Quoted words.",
        "- [x] oiled",
        "- [ ] tested",
        "¶ ¹ Port 8121 when tested.",
    ]
    assert (parsed.title, parsed.date) == ("Pump house", "2023-02-11")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gate shuts at ~~8~~ 9.", ["¶ The gate shuts at 9."]),
        ("a <del>b</del> c <s>d\ne</s> f", ["¶ a c f"]),
        ("~~All of it.~~\n\nSome.", ["¶ Some."]),
        ("a <!-- b --> c", ["¶ a c"]),
        ("<!--\nb\n-->\nc", ["¶ c"]),
        ("<div hidden>\n\nb\n\n</div>\n\nc", ["¶ c"]),
        ("<p style='display:none'>b</p>\n\nc", ["¶ c"]),
        ("10<sup>6</sup> and 1,200<sup>3</sup>", ["¶ 10⁶ and 1,200³"]),
        ("a<br>b\\\nc", ["¶ a\nb\nc"]),
        ("![Map of the quay](a.png) here", ["¶ Map of the quay here"]),
        ("<https://example.org/x>", ["¶ https://example.org/x"]),
        ("[a][b] [c]\n\n[b]: http://x.org\n", ["¶ a [c]"]),
        ("A note[^wet].\n\n[^wet]: In rain.", ["¶ A note[wet].", "¶ [wet] In rain."]),
        ("[^1]: One.\n[^2]: Two.", ["¶ ¹ One.\n² Two."]),
        ("---\nnot: closed\n\ntext", ["## not: closed", "¶ text"][1:]),
        ("---\n\nAfter a rule.\n\n---\n", ["¶ After a rule."]),
        ("## a\nb\n## *c* ##", ["## a", "¶ b", "## c"]),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", ["| A | B", "| A: 1 | B: 2"]),
    ],
)
def test_pieces_read_as_they_are_shown(text: str, expected: list[str]) -> None:
    assert [line for line in lines(text) if line != "¶ not: closed"] == expected


def test_what_was_read_is_found_in_the_file() -> None:
    parsed = parse(PAGE.replace("\n", "\r\n"))
    source = PAGE.replace("\n", "\r\n")
    for words in (
        "keeper: Ines Falk", "pump", "port 8120", "Mondays", "green", "€", "Open the valve.",
        "A minute will do.", "Quoted words.", "[ ] tested", "Port 8121 when tested",
    ):  # fmt: skip
        start = parsed.text.index(words)
        place = source_span(parsed.layout, Span(start, start + len(words)))
        assert place is not None
        found = source[place.start : place.end]
        assert words in found or found == "&euro;"
    row = parsed.text.index("14 months")
    place = source_span(parsed.layout, Span(row, row + 2))
    assert place is not None
    assert source[place.start : place.end] == "| `seal` | 14 *months* |\r\n"


@settings(max_examples=200)
@given(texts)
def test_any_text_is_read_whole_and_each_word_is_where_it_says(text: str) -> None:
    text = text.removeprefix("\ufeff")  # a byte-order mark is no part of the text
    try:
        parsed = parse(text)
    except UnreadableError:
        return
    last = 0
    for block in parsed.blocks:
        for at in range(block.content, block.end):
            place = source_span(parsed.layout, Span(at, at + 1))
            if place is None:
                continue
            assert 0 <= place.start < place.end <= len(text)
            if place.end - place.start == 1:
                shown = parsed.text[at]
                assert text[place.start] == shown or shown in " \ufffd"
                assert place.start >= last
                last = place.start


@pytest.mark.parametrize(
    "piece",
    ["[", "![", ">", "- ", "|a", "`", "*a ", "[a]: ", "<!--", "(", "# ", "~~", "[^1]", "<s>"],
)
def test_marks_that_never_close_are_read_or_hold_nothing(piece: str) -> None:
    try:
        parsed = parse(piece * 2_000)
    except UnreadableError:
        return
    assert parsed.text


def test_a_file_of_data_size_is_read_as_plain_text() -> None:
    text = f"#not a heading {'x' * 1_000}\n* item\n" * 2_000
    assert len(text) > 2_000_000
    assert parse_markdown(text.encode(), LIMITS).text == text
