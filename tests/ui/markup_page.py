"""HTML as a browser would take it, and what must never become any."""

from html.parser import HTMLParser

from hypothesis import strategies as st

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


def assert_only_text_differs(markup: str, harmless: str, *given: str) -> None:
    """Check that what was given became text and values: no tag, no attribute, no template."""
    page, expected = Page(markup), Page(harmless)
    assert page.tags == expected.tags
    assert page.odd == []
    assert not any(tag in ("script", "style", "a", "iframe", "form") for tag, _ in page.tags)
    assert not any(
        name.startswith("on") or name in ("href", "srcdoc", "action") for name, _ in page.attributes
    )
    assert page.values("src") == expected.values("src")
    assert page.values("style") == expected.values("style")
    assert not set("{}$") & set(markup)
    assert "`" not in markup or any("`" in value for value in given)
