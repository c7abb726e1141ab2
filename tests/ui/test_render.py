"""The page's HTML: nothing from outside becomes markup, and marks are at the right words.

The output is parsed as a browser would and compared with that of harmless input: the
tags and attribute names must be the same, the text and values those that were given.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.pipeline import SourceView
from qa.schema import Answer, Citation, Document, Passage, RetrievedPassage, Span
from qa.store import DocumentInfo
from qa.structure import split_blocks
from qa.ui.render import (
    Turn,
    conversation_html,
    documents_html,
    notice_html,
    source_html,
    text,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)" x="',
    "</mark></p></article></div><h1>out</h1>",
    "</button></li></ul></details>",
    "{{ value }} {{{constructor}}} {% raw %}",
    "${value} ${alert(1)} `${1}`",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<!-- comment --><![CDATA[x]]><?php ?>",
    "&lt;script&gt; &amp;amp; &#60; &quot;",
    "<style>*{display:none}</style>",
    '\\"><b>\\x3cb\\x3e',
    "<plaintext><textarea><title>",
]

outside = st.sampled_from(HOSTILE) | st.text(max_size=30) | st.text("<>&\"'{}$`/= a\n", max_size=20)

VOID = {"img", "br", "input", "meta", "link", "hr"}


class Page(HTMLParser):
    """What a browser would make of the markup: tags, attributes, text and marks."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.marked: list[str] = []
        self.odd: list[str] = []
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "mark":
            self.marked.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if "mark" in self._open:
            self.marked[-1] += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_decl(self, decl: str) -> None:
        self.odd.append(decl)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)

    @property
    def shown(self) -> str:
        return "".join(self.texts)

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.attributes if found == name]


def view(
    body: str, doc_id: str = "a.txt", title: str = "a", state: str = "unchanged"
) -> SourceView:
    return SourceView(Document(doc_id, title, body, "0"), state)


def answered(words: str, doc_id: str, title: str) -> Answer:
    body = f"before {words} after"
    citation = Citation(
        doc_id, title, None, 100, 100 + len(body), body, (Span(107, 107 + len(words)),)
    )
    passage = Passage("id", doc_id, 0, 10, f"other {words}", "", ())
    return Answer(
        question=words,
        answered=True,
        answer=body,
        confidence=0.9,
        citations=(citation,),
        passages=(RetrievedPassage(0, passage, 1, 1, 1, 1),),
        timings_ms={"total": 12.0},
    )


def abstained(words: str, doc_id: str, title: str) -> Answer:
    return replace(answered(words, doc_id, title), answered=False, answer=None, citations=())


def welcome(words: str, doc_id: str, title: str) -> str:
    return conversation_html([], [words, f"{doc_id} {title}"], 2)


def conversation(words: str, doc_id: str, title: str) -> str:
    turns = [
        Turn(words, answered(words, doc_id, title)),
        Turn(words, abstained(words, doc_id, title)),
        Turn(words, None, f"{doc_id} {title}"),
    ]
    return conversation_html(turns, [words], 3)


def listing(words: str, doc_id: str, title: str) -> str:
    return documents_html(
        [DocumentInfo(doc_id, title, words, 5, 6), DocumentInfo("b", words, "", 1, 1)]
    )


def source(words: str, doc_id: str, title: str) -> str:
    # On one line, so that the words make no difference to the blocks.
    line = " ".join(words.split())
    body = f"Before {line} cited {line} after {line}.\n\nElsewhere {line}."
    cited = Span(body.index(" cited "), body.index(" after "))
    return source_html(view(body, f"{doc_id}.txt", title, "changed"), cited)


def notice(words: str, doc_id: str, title: str) -> str:
    return notice_html(f"{words} {doc_id} {title}")


PANES: Sequence[Callable[[str, str, str], str]] = (welcome, conversation, listing, source, notice)


# ---- escaping


@pytest.mark.parametrize("pane", PANES)
@settings(max_examples=50)
@given(words=outside, doc_id=outside, title=outside)
def test_nothing_from_outside_becomes_a_tag_or_an_attribute(
    pane: Callable[[str, str, str], str], words: str, doc_id: str, title: str
) -> None:
    markup = pane(words, doc_id, title)
    page, harmless = Page(markup), Page(pane("words", "id", "title"))
    assert page.tags == harmless.tags
    assert page.odd == []
    assert not any(tag in ("script", "style", "img", "a", "iframe", "form") for tag, _ in page.tags)
    assert not any(
        name.startswith("on") or name in ("href", "src", "style", "srcdoc", "action")
        for name, _ in page.attributes
    )
    assert not set("{}$`") & set(
        markup.replace("`", "") if "`" in words + doc_id + title else markup
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_everything_from_outside_is_shown_as_it_was_given(words: str) -> None:
    shown = Page(conversation(words, f"id {words}", f"title {words}")).shown
    assert shown.count(f"before {words} after") == 1
    assert shown.count(f"title {words}") >= 1
    assert shown.count(f"id {words}") >= 2
    listed = Page(listing(words, f"id {words}", f"title {words}"))
    assert f"title {words}" in listed.texts
    assert listed.values("data-open")[0] == f"id {words}"
    opened = Page(source(words, f"id {words}", f"title {words}"))
    assert f"title {words}" in opened.texts
    assert f"id {words}.txt" in opened.texts
    for part in (f"Before {words}", f"after {words}.", f"Elsewhere {words}."):
        assert part in opened.shown
    assert opened.marked == [f" cited {words}"]
    assert Page(notice_html(words)).texts[-1] == words
    examples = Page(conversation_html([], [words], 1))
    assert examples.values("data-ask") == [words]
    assert words in examples.texts


@given(st.text())
def test_escaped_text_has_no_markup_and_comes_back_exactly(value: str) -> None:
    escaped = text(value)
    assert not set("<>\"'{}$") & set(escaped)
    page = Page(f'<b title="{escaped}">{escaped}</b>')
    assert page.values("title") == [value]
    assert page.shown == value


def test_escaped_text_cannot_be_joined_into_a_template() -> None:
    assert text("${x} {{y}}") == "&#36;&#123;x&#125; &#123;&#123;y&#125;&#125;"


def test_a_button_opens_the_very_document_and_span() -> None:
    page = Page(conversation("words", 'a"b.txt', "title"))
    assert set(page.values("data-open")) == {'a"b.txt'}
    assert page.values("data-start")[0] == "100"
    assert page.values("data-end")[0] == str(100 + len("before words after"))


def test_copying_a_citation_gives_quote_title_and_place() -> None:
    (copied, *_) = Page(conversation("<b>", "b/a.txt", "T")).values("data-copy")
    assert copied == "“before <b> after” (T — b/a.txt, characters 100–116)"


# ---- the conversation


def test_an_answer_shows_its_words_marked_confidence_and_time() -> None:
    page = Page(conversation_html([Turn("Q?", answered("words", "a.txt", "a"))], [], 1))
    assert page.marked == ["words"]
    for part in ("Q?", "before words after", "very likely (90%)", "12 ms"):
        assert part in page.shown


def test_a_short_answer_stands_above_its_sentence() -> None:
    full = answered("351", "a.txt", "a")
    page = Page(conversation_html([Turn("Q?", replace(full, answer="351"))], [], 1))
    assert ("class", "qa-short") in page.attributes
    assert page.shown.index("351") < page.shown.index("before 351 after")
    whole = Page(conversation_html([Turn("Q?", full)], [], 1))
    assert ("class", "qa-short") not in whole.attributes, "it would say the same thing twice"


def test_every_place_that_gives_the_same_answer_can_be_opened() -> None:
    full = answered("351", "a.txt", "a")
    also = Citation("b.txt", "b", None, 7, 20, "It was 351 <b>", (Span(14, 17),))
    page = Page(
        conversation_html([Turn("Q?", replace(full, citations=(*full.citations, also)))], [], 1)
    )
    assert "It was 351 <b>" in page.shown
    assert page.marked == ["351", "351"]
    assert page.values("data-open")[:2] == ["a.txt", "b.txt"]
    assert page.values("data-start")[:2] == ["100", "7"]
    assert "The same answer also stands here" in page.shown


def test_a_passage_that_holds_the_citation_is_not_listed_again() -> None:
    answer = answered("words", "a.txt", "a")
    holder = Passage("id", "a.txt", 90, 200, "It holds the sentence", "", ())
    found = RetrievedPassage(1, holder, 2, 1, 1, 1)
    page = Page(
        conversation_html([Turn("Q?", replace(answer, passages=(*answer.passages, found)))], [], 1)
    )
    assert "It holds" not in page.shown
    assert "Other passages it looked at (1)" in page.shown
    alone = Page(conversation_html([Turn("Q?", replace(answer, passages=(found,)))], [], 1))
    assert "Other passages" not in alone.shown


def test_an_abstention_says_so_and_calls_the_closest_passages_no_answer() -> None:
    page = Page(conversation_html([Turn("Q?", abstained("words", "a.txt", "a"))], [], 1))
    assert "The documents don’t say." in page.shown
    assert "related, not an answer" in page.shown
    assert not any(attribute == ("class", "qa-answer") for attribute in page.attributes)


def test_an_error_is_shown_under_its_question() -> None:
    page = Page(conversation_html([Turn("Q?", None, "It broke.")], [], 1))
    assert page.shown.index("Q?") < page.shown.index("It broke.")


def test_turns_are_shown_in_order() -> None:
    turns = [Turn(f"Question {n}", None, "x") for n in range(3)]
    shown = Page(conversation_html(turns, [], 1)).shown
    assert [shown.index(turn.question) for turn in turns] == sorted(
        shown.index(turn.question) for turn in turns
    )


@pytest.mark.parametrize(
    ("count", "said"), [(1, "your 1 document"), (1234, "your 1,234 documents")]
)
def test_an_empty_conversation_welcomes_with_the_number_of_documents(count: int, said: str) -> None:
    page = Page(conversation_html([], ["Why?"], count))
    assert said in page.shown
    assert page.values("data-ask") == ["Why?"]
    assert "For example" not in Page(conversation_html([], [], count)).shown


@given(st.text(min_size=1, max_size=40), st.data())
def test_highlights_of_an_answer_are_marked_at_their_words(quote: str, data: st.DataObject) -> None:
    quote = quote.replace("\r", " ").replace("\0", " ")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(quote)), max_size=6)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    answer = answered("x", "a.txt", "a")
    citation = replace(
        answer.citations[0],
        quote=quote,
        highlights=tuple(Span(span.start + 100, span.end + 100) for span in spans),
    )
    page = Page(conversation_html([Turn("Q?", replace(answer, citations=(citation,)))], [], 1))
    assert page.marked == [quote[span.start : span.end] for span in spans]
    assert quote in page.shown


# ---- a document

BODY = "# Garden\n\nRoses want sun. Prune them.\n\n- first item\n- second <b> item\n\nThe end."


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("words", ["want sun.", "second <b> item", "Garden", "The end.", "R", "."])
def test_the_cited_words_are_marked_and_nothing_else(name: str, words: str) -> None:
    start = BODY.index(words)
    page = Page(source_html(view(BODY, name), Span(start, start + len(words))))
    assert page.marked == [words]
    assert page.values("id") == ["qa-cited"]


def test_a_span_over_several_blocks_is_marked_in_each_and_anchored_once() -> None:
    start, end = BODY.index("sun"), BODY.index(" item\n\nThe")
    page = Page(source_html(view(BODY, "a.md"), Span(start, end)))
    assert page.marked == ["sun. Prune them.", "first item", "second <b>"]
    assert page.values("id") == ["qa-cited"]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["Words go.", "- item", "# Head", "", "<b>", "日本。", "{{x}}"])).map(
        "\n".join
    ),
    st.booleans(),
    st.data(),
)
def test_any_words_of_a_block_that_are_cited_are_marked_and_anchored(
    body: str, markdown: bool, data: st.DataObject
) -> None:
    blocks = split_blocks(body, markdown=markdown)
    if not blocks:
        assert Page(source_html(view(body), None)).marked == []
        return
    block = data.draw(st.sampled_from(blocks))
    start = data.draw(st.integers(block.content, block.end - 1))
    end = data.draw(st.integers(start + 1, block.end))
    page = Page(source_html(view(body, "a.md" if markdown else "a.txt"), Span(start, end)))
    assert page.marked == [body[start:end]]
    assert page.values("id") == ["qa-cited"]


def test_without_a_citation_nothing_is_marked() -> None:
    page = Page(source_html(view(BODY), None))
    assert page.marked == []
    assert page.values("id") == []


def test_all_words_of_a_document_are_shown_but_list_markers() -> None:
    shown = Page(source_html(view(BODY, "a.md"), None)).shown
    for line in BODY.splitlines():
        assert line.removeprefix("- ") in shown
    assert "- first" not in shown


def test_headings_and_items_are_told_apart_by_their_tags() -> None:
    tags = [tag for tag, _ in Page(source_html(view(BODY, "a.md"), None)).tags]
    assert tags[-5:] == ["h3", "p", "li", "li", "p"]
    assert [tag for tag, _ in Page(source_html(view("###### Deep", "a.md"), None)).tags][-1] == "h6"


LONG = "".join(f"Paragraph {n} of a long document.\n\n" for n in range(10_000))


@pytest.mark.parametrize("number", [0, 1, 5_000, 9_999])
def test_a_long_document_is_shown_around_the_citation_and_says_which_part(number: int) -> None:
    words = f"Paragraph {number} of"
    start = LONG.index(words)
    page = Page(source_html(view(LONG), Span(start, start + len(words))))
    assert page.marked == [words]
    assert page.values("id") == ["qa-cited"]
    assert len(page.shown) < 210_000
    assert number == 0 or f"Paragraph {number - 1} of" in page.shown
    assert "A long document: characters " in page.shown
    assert f" of {len(LONG):,} are shown" in page.shown


def test_a_long_document_without_citation_is_shown_from_its_start() -> None:
    page = Page(source_html(view(LONG), None))
    assert "Paragraph 0 of" in page.shown
    assert "characters 0 to 200,000 of" in page.shown
    assert "Paragraph 9999 of" not in page.shown


def test_a_long_block_is_shown_in_part_with_its_cited_words_marked() -> None:
    body = "word " * 100_000
    page = Page(source_html(view(body), Span(250_000, 250_004)))
    assert page.marked == ["word"]
    assert page.values("id") == ["qa-cited"]
    assert len(page.shown) < 210_000


def test_a_short_document_is_not_called_long() -> None:
    assert "A long document" not in Page(source_html(view(BODY), None)).shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("changed", "has changed since it was indexed"),
        ("missing", "no longer where it was indexed"),
    ],
)
def test_a_source_that_is_not_as_it_was_says_so_to_everyone(state: str, said: str) -> None:
    page = Page(source_html(view(BODY, state=state), None))
    assert said in page.shown
    assert page.values("role") == ["status"]


def test_an_unchanged_source_has_no_notice() -> None:
    page = Page(source_html(view(BODY), None))
    assert "qa-notice" not in page.values("class")


# ---- the list


def test_documents_are_listed_with_title_id_and_size() -> None:
    page = Page(documents_html([DocumentInfo("b/a.txt", "T", "", 12_345, 1_000)]))
    assert page.values("data-open") == ["b/a.txt"]
    assert "T" in page.texts
    assert "b/a.txt · 12,345 characters · 1,000 passages" in page.texts


def test_a_long_list_is_cut_and_says_how_many_are_left() -> None:
    many = [DocumentInfo(f"{n}.txt", "t", "", 1, 1) for n in range(1_700)]
    page = Page(documents_html(many))
    assert len(page.values("data-open")) == 500
    assert "… and 1,200 more" in page.texts
    assert "more" not in Page(documents_html(many[:500])).shown


def test_an_empty_list_is_still_a_pane() -> None:
    assert "Documents" in Page(documents_html([])).shown
