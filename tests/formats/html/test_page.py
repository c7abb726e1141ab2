import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.html.page import add_html, parse_html
from qa.formats.parsed import Parsed, TextBuilder, UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import check_sound, outline

LIMITS = ParseLimits()
SENTENCE = "The harbour was closed for eleven days after the storm of March 1962."


def read(html: str) -> Parsed:
    parsed = parse_html(html.encode(), LIMITS)
    check_sound(parsed)
    return parsed


def lines_of(html: str) -> list[str]:
    return outline(read(html))


def whole(html: str) -> list[str]:
    builder = TextBuilder(LIMITS)
    add_html(builder, html, LIMITS, whole=True)
    return outline(builder.parsed())


ARTICLE = f"""<!DOCTYPE html><html lang=en><head><meta charset=utf-8>
<title>Storm closes harbour | The Daily</title>
<meta property="og:site_name" content="The Daily">
<meta property="article:published_time" content="1962-04-02T08:00:00+01:00">
<style>p{{color:red}}</style><script>var x = "<p>not text</p>";</script></head><body>
<a href="#main" class="skip">Skip to content</a>
<header><a href=/>The Daily</a>
<nav><ul><li><a href=/w>World</a><li><a href=/p>Politics</a></ul></nav></header>
<div class="cookie-banner">We use cookies to offer you more. <button>Accept</button></div>
<main id=main><article>
<h1>Storm closes harbour</h1>
<p class=byline>By A. Writer, <time datetime="1962-04-02">2 April</time></p>
<p>{SENTENCE} A&nbsp;sentence with a <a href=x>link</a>, 10<sup>6</sup> tons of wet&shy;sand&#x2014;
a record.<sup><a href="#n1">1</a></sup></p>
<h2>Numbers<a class=headerlink href="#numbers">¶</a></h2>
<table><caption>Ships by year</caption><thead><tr><th>Year<th>Ships</thead>
<tr><td>1961<td>1,204<tr><td>1962<td>987</table>
<ul><li>First point<ul><li>Nested <b>point</b></ul><li>Second point<p>More of it.</p></ul>
<ol start=3><li>Third</ol>
<pre>code  line 1
    code line 2</pre><blockquote>Quoted words.</blockquote><p>Line one<br>line two</p>
<p hidden>Hidden words</p><p style="display: none">Invisible words</p>
<details><summary>More</summary><p>Detail text.</p></details>
<dl><dt>Quay<dd>Where ships lie.<dt>Mole<dt>Pier<dd><p>Built into the sea.</p><p>Of stone.</p></dl>
<figure><img alt="A photo" src=a.png><figcaption>The quay in 1962</figcaption></figure>
<noscript>Enable JS</noscript><template><p>tmpl</p></template>
<footer>Corrected on 3 April.</footer></article>
<section class="related"><h2>Related</h2><ul><li><a href=1>Other story one</a>
<li><a href=2>Story two</a><li><a href=3>Story three</a></ul></section></main>
<aside><h3>Popular</h3><p>Ten ships you must see.</p></aside>
<footer><p>© 1962 The Daily. <a href=t>Terms</a></p></footer></body></html>"""


def test_an_article_is_read_without_what_is_around_it() -> None:
    parsed = read(ARTICLE)
    assert outline(parsed) == [
        "# Storm closes harbour",
        "¶ By A. Writer, 2 April",
        f"¶ {SENTENCE} A sentence with a link, 10⁶ tons of wetsand— a record.",
        "## Numbers",
        "¶ Ships by year",
        "| Year | Ships",
        "| Year: 1961 | Ships: 1,204",
        "| Year: 1962 | Ships: 987",
        "- First point",
        "- Nested point",
        "- Second point",
        "¶ More of it.",
        "- 3. Third",
        "¶ code line 1\n    code line 2",
        "¶ Quoted words.",
        "¶ Line one\nline two",
        "¶ More",
        "¶ Detail text.",
        "- Quay: Where ships lie.",
        "- Mole, Pier: Built into the sea.",
        "¶ Of stone.",
        "¶ The quay in 1962",
        "¶ Corrected on 3 April.",
    ]
    assert (parsed.title, parsed.date) == ("Storm closes harbour", "1962-04-02")


def test_the_whole_page_leaves_out_only_what_is_not_shown() -> None:
    text = "\n".join(whole(ARTICLE))
    for shown in ("World", "We use cookies", "Accept", "Popular", "Terms", "Story two"):
        assert shown in text
    for unseen in ("not text", "color", "Hidden", "Invisible", "Enable JS", "tmpl", "record.1"):
        assert unseen not in text


ENCYCLOPEDIA = f"""<html><head><title>Peru - Encyclopedia</title></head><body>
<div id=mw-panel role=navigation><h3>Navigation</h3><ul><li><a href=/m>Main page</a></ul></div>
<div id=content role=main><h1 id=firstHeading>Peru</h1>
<div id=toc class=toc role=navigation><h2>Contents</h2><ul><li><a href="#h">1 History</a></ul></div>
<table class=infobox><tr><th colspan=2>Republic of Peru</th></tr>
<tr><td colspan=2><img src=flag.png></td></tr>
<tr><th>Capital</th><td>Lima<br>12.05° S</td></tr>
<tr><th>Languages</th><td><ul><li>Spanish</li><li>Quechua</li></ul></td></tr></table>
<p><b>Peru</b> is a country.<sup class=reference><a href="#cite-1">[1]</a></sup> {SENTENCE}</p>
<h2><span>History</span><span class=mw-editsection>[<a href=e>edit</a>]</span></h2>
<table class=wikitable><tr><th rowspan=2>Region<th colspan=2>Population<tr><th>1993<th>2007
<tr><th scope=row>Lima<td>6,386<td>8,445
<tr><th colspan=3>Jungle
<tr><td rowspan=2>Loreto<td>687<td>891
<tr><td colspan=2>no census</table>
<h2>See also</h2><ul><li><a href=/q>Quipu</a></ul>
<div class=navbox role=navigation><a href=1>Chile</a> <a href=2>Bolivia</a></div></div>"""


def test_tables_that_span_rows_and_columns_are_understood_row_by_row() -> None:
    parsed = read(ENCYCLOPEDIA)
    assert outline(parsed) == [
        "# Peru",
        "| Republic of Peru",
        "| Capital: Lima 12.05° S",
        "| Languages: Spanish; Quechua",
        f"¶ Peru is a country. {SENTENCE}",
        "## History",
        "| Region | Population 1993 | Population 2007",
        "| Region: Lima | Population 1993: 6,386 | Population 2007: 8,445",
        "| Jungle",
        "| Region: Loreto | Population 1993: 687 | Population 2007: 891",
        "| Region: Loreto | no census",
        "## See also",
        "- Quipu",
    ]
    assert parsed.title == "Peru"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("<tr><td>Room<td>Phone<tr><td>12<td>555", ["| Room | Phone", "| Room: 12 | Phone: 555"]),
        ("<tr><th>A<th>B<tr><td>1<td>2<tr><th>C<th>D<tr><td>3<td>4",
         ["| A | B", "| A: 1 | B: 2", "| C | D", "| C: 3 | D: 4"]),
        ("<tr><td><th>2017<th>2018<tr><th>Peru<td>1<td>2",
         ["| 2017 | 2018", "| Peru | 2017: 1 | 2018: 2"]),
        ("<tr><td>One cell only", ["¶ One cell only"]),
        ("<tr><td>Left<td>Right", ["¶ Left", "¶ Right"]),
        ("<tr><td><h2>Title</h2><td><p>Text", ["## Title", "¶ Text"]),
        ("<tr><td><table><tr><td>a<td>b<tr><td>c<td>4</table><td>e<tr><td>f",
         ["| a | b", "| a: c | b: 4", "¶ e", "¶ f"]),
        ("<tr><th>A<th>B<tr><th>1<th>2<tr><th>3<th>4",
         ["| A | B", "| A: 1 | B: 2", "| A: 3 | B: 4"]),
        ("<tr><td><b>Role</b><td><b>Who</b><tr><td>Chair<td>Ada",
         ["| Role | Who", "| Role: Chair | Who: Ada"]),
        ("<tr><td><b>Chair</b><td><b>Ada</b><tr><td><b>Clerk</b><td><b>Bob</b>",
         ["| Chair | Ada", "| Clerk | Bob"]),
        ("<tr><th>A<th>B<tr><td rowspan=0>x<td>1<tr><td>2",
         ["| A | B", "| A: x | B: 1", "| A: x | B: 2"]),
        ("<tr><th>A<th>B<tr hidden><td>1<td>2<tr><td>3<td>4", ["| A | B", "| A: 3 | B: 4"]),
        ("<thead><tr><th>A<td>B</thead><tfoot><tr><td>sum<td>9</tfoot><tr><td>1<td>2",
         ["| A | B", "| A: sum | B: 9", "| A: 1 | B: 2"]),
        ("<tr><th>A<th>B<tr><td>x | y<td>2", ["| A | B", "| A: x / y | B: 2"]),
    ],
)  # fmt: skip
def test_tables(table: str, expected: list[str]) -> None:
    assert lines_of(f"<p>{SENTENCE}</p><table>{table}</table>")[1:] == expected


def test_a_table_that_lays_out_the_page_is_not_data() -> None:
    page = f"""<table width=100%><tr><td class=menu><a href=1>Home</a><br><a href=2>About</a><br>
    <a href=3>Products</a><td><font size=4><b>Opening hours</b></font><p>{SENTENCE}<p>Visitors bring
    an <i>identity card</i>.<table border=1><tr><td>Room<td>Phone<tr><td>12<td>555</table></table>
    <div id=foot><a href=i>Imprint</a> | <a href=p>Privacy</a></div>"""
    assert lines_of(page) == [
        "¶ Opening hours",
        f"¶ {SENTENCE}",
        "¶ Visitors bring an identity card.",
        "| Room | Phone",
        "| Room: 12 | Phone: 555",
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<ul><li>a<ol><li>b<ul><li>c</ul></ol>d<li>e</ul>",
            ["- a", "- 1. b", "- c", "¶ d", "- e"],
        ),
        ("<ul><li><p>a</p><p>b</p><li><h3>T</h3><p>c</p></ul>", ["- a", "¶ b", "### T", "¶ c"]),
        ("one<br><br>two<br>three", ["¶ one", "¶ two\nthree"]),
        ("<h2>a<br>b</h2>", ["## a b"]),
        ("<div role=heading aria-level=3>a</div><div role=heading>b</div>", ["### a", "## b"]),
        ("<h3><button>How?</button></h3><p>So.</p>", ["### How?", "¶ So."]),
        ("<h1>Name <button>Copy</button></h1>", ["# Name"]),
        ("<p>He said <q>no</q>.", ["¶ He said “no”."]),
        ("<dl><dt>a<dd></dl><dl><dt>b</dl><dl><dd>c</dl>", ["- a", "- b", "¶ c"]),
        ("<dl><dt>f(x)<dd><pre>x</pre></dl>", ["- f(x)", "¶ x"]),
        ("<dl><dt>a<dd><dl><dt>b<dd>c</dl></dl>", ["- a", "- b: c"]),
        ("<p>a<ruby>漢<rp>(<rt>kan<rp>)</ruby>b", ["¶ a漢b"]),
        ("<p>x<sub>2</sub> m<sup>2</sup> 10<sup>−3</sup>", ["¶ x2 m² 10⁻³"]),
        ("<p>1,905<sup>4</sup> men, 19<sup>th</sup>, 11<sub>2</sub>", ["¶ 1,905⁴ men, 19th, 11₂"]),
        ("<p>7<span style='vertical-align: super'>5</span>", ["¶ 7⁵"]),
        (
            "<table><tr><th>A<th>B<tr><td>x<td>10<sup>6</sup></table>",
            ["| A | B", "| A: x | B: 10⁶"],
        ),
        ("<p>a</p><p style='font-size:0'>b</p><p style='font-size: 0.8em'>c", ["¶ a", "¶ c"]),
        ("<p>a <i style='opacity:0'>b</i><i style='opacity: 0.9'>c</i>", ["¶ a c"]),
        ("<p style='position:absolute; left:-9999px'>b</p><p>c", ["¶ c"]),
        ("<p style='text-indent:-9999px'>b</p><p style='text-indent:-9px'>c", ["¶ c"]),
        ("<p style='color:#fff'>b</p><p style='color:#000'>c", ["¶ c"]),
        ("<p style='color:white;background:navy'>b</p><p>c", ["¶ b", "¶ c"]),
        ("<p style='color:#fff;background-color:white'>b</p><p>c", ["¶ c"]),
        ("<p style='opacity:0;transition:opacity 1s'>b</p>", ["¶ b"]),
        ("<p>Costs <del>8</del><ins>9</ins>, <s>now</s> <strike>then</strike>", ["¶ Costs 9,"]),
        ("<p>a <span style='text-decoration: line-through'>b</span>c", ["¶ a c"]),
        ("<p>a <i style='text-decoration-line:underline line-through'>b</i>c", ["¶ a c"]),
        ("<p>a <i style='text-decoration: underline'>b</i>", ["¶ a b"]),
        ("<ul><li><del>old</del><li>new</ul>", ["- new"]),
        ("<p>wo<!-- x -->rd wo<wbr>rd <img alt=x>", ["¶ word word"]),
        ("<p><img class=math alt='E=mc^2'>", ["¶ E=mc^2"]),
        ("<p><math><mi>E</mi><mo>=</mo><annotation>TeX</annotation></math>", ["¶ E="]),
        ("<xmp><b>raw</b></xmp>", ["¶ <b>raw</b>"]),
        ("<pre>\n\n  a\n\tb\n\n\n\nc\n</pre>", ["¶ a\n        b\n\nc"]),
        ("<p>a</p>stray<p>b</p>", ["¶ a", "¶ stray", "¶ b"]),
        ("<button aria-controls=x>+</button><div id=x hidden>Opened.</div>", ["¶ Opened."]),
        ("<div hidden=until-found>Found.</div>", ["¶ Found."]),
        ("<dialog>no</dialog><dialog open>Yes.</dialog>", []),
    ],
)
def test_blocks(html: str, expected: list[str]) -> None:
    assert lines_of(f"<p>{SENTENCE}</p><div>{html}</div>")[1:] == expected


@pytest.mark.parametrize(
    ("attributes", "markers"),
    [
        ("", ["1.", "2.", "3."]),
        ("start=9", ["9.", "10.", "11."]),
        ("start=-1", ["-1.", "0.", "1."]),
        ("start=rubbish", ["1.", "2.", "3."]),
        ("reversed", ["3.", "2.", "1."]),
        ("type=a", ["a.", "b.", "c."]),
        ("type=A start=25", ["Y.", "Z.", "27."]),
        ("type=i start=8", ["viii.", "ix.", "x."]),
        ("type=I start=1998", ["MCMXCVIII.", "MCMXCIX.", "MM."]),
        ("style='list-style: none'", ["", "", ""]),
    ],
)
def test_items_of_ordered_lists_are_numbered(attributes: str, markers: list[str]) -> None:
    page = read(f"<p>{SENTENCE}</p><ol {attributes}><li>a<li><p>b</p><p>b</p><li>c</ol>")
    items = [b for b in page.blocks if b.kind == "item"]
    assert [page.text[b.start : b.content].strip() for b in items] == markers
    assert [page.text[b.content : b.end] for b in items] == ["a", "b", "c"]


def test_an_item_may_set_its_number() -> None:
    page = f"<p>{SENTENCE}</p><ol><li>a<li value=7>b<li>c</ol>"
    assert lines_of(page)[1:] == ["- 1. a", "- 7. b", "- 8. c"]


def test_a_long_preformatted_text_is_cut_where_a_line_is_empty() -> None:
    lines = lines_of(f"<pre>{'word ' * 200}\n\n  next\n</pre>")
    assert len(lines) == 2
    assert lines[1] == "¶ next"


def test_a_title_outside_the_main_part_is_kept_with_what_stands_with_it() -> None:
    page = (
        f"<header><nav>Home</nav><h1>Storms</h1><p>A lead.</p></header><main><p>{SENTENCE}</main>"
    )
    assert lines_of(page) == ["# Storms", "¶ A lead.", f"¶ {SENTENCE}"]


def test_several_articles_are_all_kept() -> None:
    page = "".join(f"<article><h2>{n}</h2><p>{SENTENCE}</p></article>" for n in "abc")
    assert len(lines_of(f"<nav>Menu</nav>{page}")) == 6


def test_a_list_of_links_that_belongs_to_the_text_is_kept() -> None:
    links = "".join(f"<li><a href=/{n}>Member {n}</a>" for n in range(4))
    main = lines_of(f"<main><p>{SENTENCE * 3}</p><p>Members</p><ul>{links}</ul></main>")
    assert main[-4:] == [f"- Member {n}" for n in range(4)]
    led_in = lines_of(f"<p>{SENTENCE * 3}</p><p>The members are:</p><ul>{links}</ul>")
    assert led_in[-4:] == [f"- Member {n}" for n in range(4)]
    assert lines_of(f"<p>{SENTENCE * 3}</p><ul>{links}</ul>") == [f"¶ {SENTENCE * 3}"]


def test_a_page_of_links_only_is_kept_as_it_is() -> None:
    page = "<h1>Index</h1><nav><a href=a>Alpha</a> <a href=b>Beta</a><a href=c>Gamma</a></nav>"
    assert lines_of(page) == ["# Index", "¶ Alpha Beta Gamma"]


def test_a_short_notice_is_not_taken_for_nothing() -> None:
    assert lines_of("<nav>Home</nav><p>The pool is closed.</p>") == ["¶ The pool is closed."]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>France - Encyclopedia</title>", "France - Encyclopedia"),
        ("<title>Land - Encyclopedia</title><h1>Land</h1>", "Land"),
        ("<title>Site: Land</title><meta property=og:title content=Land>", "Land"),
        ("<title>Land | Site</title><meta property=og:site_name content=site>", "Land"),
        ("<title>Site | Land</title><meta property=og:site_name content=site>", "Land"),
        ("<title>Land | Site</title><h1>Site</h1>", "Land | Site"),
        ("<title>Untitled Document</title><h1>Land</h1>", "Land"),
        ("<meta property=og:title content=Land><h1>Other</h1>", "Land"),
        ("<title>\n A &amp;\n B </title>", "A & B"),
        ("", ""),
    ],
)
def test_titles(head: str, title: str) -> None:
    assert read(f"{head}<p>{SENTENCE}</p>").title == title


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("<meta name=date content=2018-05-06>", "2018-05-06"),
        ("<meta name=DC.date content=2018-05>", "2018-05"),
        ("<meta name=dcterms.issued content=2018>", "2018"),
        ("<meta itemprop=datePublished content='2018-05-06T07:08:09Z'>", "2018-05-06"),
        ("<meta name=citation_publication_date content=2018/5/6>", "2018-05-06"),
        ('<script type=application/ld+json>{"datePublished": "2018-05-06"}</script>', "2018-05-06"),
        ("<time datetime=2018-05-06T07:08>6 May</time>", "2018-05-06"),
        ("<time datetime=PT2H30M>2:30</time>", ""),
        ("<meta name=date content='6 May'>", ""),
        ("<meta name=date content=2018-13-45>", ""),
        ("", ""),
    ],
)
def test_dates(head: str, date: str) -> None:
    assert read(f"{head}<p>{SENTENCE}</p>").date == date


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset=utf-8><p>Größe – 5 €".encode(),
        "<meta charset=iso-8859-1><p>Größe – 5 €".encode("cp1252"),
        "<meta http-equiv=a content='text/html; charset=latin1'><p>Größe – 5 €".encode("cp1252"),
        "<meta charset=iso-8859-1><p>Größe – 5 €".encode(),
        "<meta charset=utf-8><p>Größe – 5 €".encode("cp1252"),
        "<meta charset=no-such-thing><p>Größe – 5 €".encode(),
        "<meta charset=punycode><p>Größe – 5 €".encode(),
        "<meta charset=utf-16><p>Größe – 5 €".encode(),
        '<?xml version="1.0" encoding="windows-1252"?><p>Größe – 5 €'.encode("cp1252"),
        "<p>Größe – 5 €".encode("utf-8-sig"),
        "<p>Größe – 5 €".encode("utf-16"),
        "<html><body><p>Größe – 5 €</p></body></html>".encode("utf-16-le"),
    ],
)  # fmt: skip
def test_charsets(data: bytes) -> None:
    assert parse_html(data, LIMITS).text == "Größe – 5 €"


@pytest.mark.parametrize(
    ("charset", "text"),
    [("shift_jis", "日本語の文"), ("euc-kr", "한국어 문장"), ("gb2312", "中文句子"),
     ("iso-2022-jp", "日本語の文"), ("koi8-r", "Русский текст"), ("windows-1256", "نص عربي")],
)  # fmt: skip
def test_charsets_of_the_world(charset: str, text: str) -> None:
    data = f"<meta charset={charset}><p>{text}</p>".encode(charset)
    assert parse_html(data, LIMITS).text == text


def test_xhtml_elements_may_close_themselves() -> None:
    page = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>'
        '<script src="x.js"/></head><body><a id="p1"/><h1>One</h1><p>A<br/>b <i/>c.</p><div/>'
        "<p><![CDATA[1 < 2 & 3]]></p></body></html>"
    )
    assert lines_of(page) == ["# One", "¶ A\nb c.", "¶ 1 < 2 & 3"]


@pytest.mark.parametrize(
    "page",
    [
        "<noscript>You need to enable JavaScript.</noscript><div></div><script src=a></script>",
        "<div id=app>Loading...</div><script src=a></script>",
        "<p>Please enable JavaScript to continue.</p><script src=a></script>",
    ],
)
def test_a_page_that_a_script_puts_together_is_unreadable(page: str) -> None:
    with pytest.raises(UnreadableError, match="a script puts the page together"):
        read(f"<title>App</title>{page}")


@pytest.mark.parametrize("page", ["", " ", "<title>x</title>", "<!-- x -->", "<p hidden>x"])
def test_a_page_without_text_is_unreadable(page: str) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        read(page)


def test_binary_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="binary"):
        parse_html(bytes(range(256)) * 8, LIMITS)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("<p onclick=alert(1)>a<svg onload=x><p>b", "a\n\nb"),
        ("&amp;amp; &notit; &#0;&#xD800;&#x110000;&nbsp;&ampx &",
         "&amp; ¬it; \ufffd\ufffd\ufffd &x &"),
        ("a\0bc", "abc"),
        ("שלום עולם e\u0301 العربية", "שלום עולם e\u0301 العربية"),
        ("<b>a<i>b</b>c</i><table>d<tr>e", "abcde"),
        ("</p></div></body>a</html>b", "ab"),
        ("a<plaintext><p>b", "a\n\n<p>b"),
    ],
)  # fmt: skip
def test_odd_markup(html: str, expected: str) -> None:
    padding = f"<p>{SENTENCE}</p>" * 3
    text = read(f"{padding}<div>{html}").text
    assert text.removeprefix(f"{SENTENCE}\n\n" * 3).removeprefix("\n") == expected


def test_levels_of_headings_can_be_lowered() -> None:
    builder = TextBuilder(LIMITS)
    add_html(builder, "<h1>a</h1><h2>b</h2>", LIMITS, whole=True, below=2)
    assert outline(builder.parsed()) == ["### a", "#### b"]


N = 20_000
HOSTILE = {
    "nested": "<div>" * 10_000 + SENTENCE,
    "nested lists": "<ul><li>" * 2_000 + SENTENCE,
    "nested tables": "<table><tr><td>" * 2_000 + SENTENCE,
    "nested navigation": "<nav>" * 5_000 + SENTENCE,
    "unclosed": "<b><i><a href=x>" * 500 + "<p>" * 50 + SENTENCE,
    "unclosed comments": SENTENCE + "<!--" * 100_000,
    "unclosed data": "<?xml?>" + SENTENCE + "<![CDATA[" * 100_000,
    "open brackets": SENTENCE + "<" * 300_000,
    "one line": SENTENCE + " word" * 100_000,
    "line ends": SENTENCE + "x<br>" * 5_000,
    "long class": f"<p class='{'toc-' * N}'>{SENTENCE}",
    "spans": SENTENCE + "a<span> </span>" * 5_000,
    "menus": SENTENCE + "<h2>a</h2><ul><li><a href=#>b</a><li><a href=#>b</a></ul>" * 3_000,
    "many attributes": "<p " + " ".join(f"a{n}" for n in range(5_000)) + f">{SENTENCE}",
    "reaching cells": "<table><tr>" + "<td rowspan=65534 colspan=999>cell" * 99 + "<tr><td>a" * 300,
    "quotes": "<q>" * 1_000 + SENTENCE,
    "title": f"<title>{' - ' * 100_000}</title><p>{SENTENCE}",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read(name: str) -> None:
    parsed = read(HOSTILE[name])
    assert (SENTENCE if name != "reaching cells" else "cell") in parsed.text


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<div>" * 100_000 + "x", "nested too deeply"),
        ("<p " + " ".join(f"a{n}=1" for n in range(30_000)) + ">x", "attributes"),
        ("<table><tr>" + "<td rowspan=65534>cell" * 100 + "<tr><td>a" * 1000, "5,000 table cells"),
    ],
)
def test_hostile_pages_are_refused(page: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        parse_html(page.encode(), ParseLimits(cells=5_000))


def test_the_limit_of_characters_is_kept() -> None:
    with pytest.raises(UnreadableError, match="more than 50 characters"):
        parse_html(f"<p>{SENTENCE}</p>".encode(), ParseLimits(characters=50))


TAGS = """a article aside blockquote body br button caption code dd details div dl dt footer form
    h1 h2 h3 head header html img li main math nav noscript ol p plaintext pre q script section
    select span style summary sup svg table tbody td template textarea th thead title tr ul
    """.split()
MARKUP = st.lists(
    st.builds(
        lambda close, tag, attributes, text: f"<{close}{tag}{attributes}>{text}",
        st.sampled_from(["", "", "/"]),
        st.sampled_from(TAGS),
        st.sampled_from(
            ["", "", " href=#a", " href=b", " class=toc", " hidden", " colspan=3", " rowspan=2",
             " role=main", " role=heading", " id=x aria-controls=x", "/"]
        ),
        st.sampled_from(["", "word", "Some more words, as text.", "\n", "1", "&nbsp;", "&#x200b;"]),
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(MARKUP | st.text())
def test_any_markup_is_read_or_refused(html: str) -> None:
    with contextlib.suppress(UnreadableError):
        check_sound(parse_html(html.encode("utf-8", "replace"), LIMITS))
    builder = TextBuilder(LIMITS)
    add_html(builder, html, LIMITS, whole=True)


@settings(max_examples=100, deadline=None)
@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        check_sound(parse_html(data, LIMITS))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["p", "li", "h2", "td", "div", "dd", "pre", "th", "dt"]),
        min_size=1,
        max_size=12,
    )
)
def test_no_word_is_lost_and_none_comes_twice(tags: list[str]) -> None:
    words = [f"word{n}end" for n in range(len(tags))]
    body = "".join(f"<{tag}>{word}</{tag}>" for tag, word in zip(tags, words, strict=True))
    for page in (body, f"<ul>{body}</ul>", f"<dl>{body}</dl>", f"<main>{body}</main>"):
        text = read(page).text
        assert [text.count(word) for word in words] == [1] * len(words)
