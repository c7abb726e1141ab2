"""Whatever is put into a template comes out as text, and no template can do otherwise."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError, UndefinedError
from markupsafe import Markup

import qa
from qa.answer.present import one_line
from qa.templates import Templates
from tests.ui.markup_page import HOSTILE

PACKAGE = Path(qa.__file__).parent
WAYS = {
    "plain": "{{ value }}",
    "switched off": "{% autoescape false %}{{ value }}{% endautoescape %}",
    "macro": "{% macro m(v) %}{{ v }}{% endmacro %}{{ m(value) }}",
    "macro switched off": "{% macro m(v) %}{{ v }}{% endmacro %}"
    "{% autoescape false %}{{ m(value) }}{% endautoescape %}",
    "joined": "{{ [value] | join }}",
    "added": "{{ value ~ '' }}",
    "block": "{% set v %}{{ value }}{% endset %}{{ v }}",
    "included": "{% include 'plain.html' %}",
}
values = st.text() | st.sampled_from(HOSTILE)


class Shown(HTMLParser):
    """The text and attributes a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.values: list[str | None] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    for name, body in WAYS.items():
        (folder / f"{name}.html").write_text(f'<b title="{{{{ value }}}}">|{body}|</b>')
    (folder / "plain.html").write_text("{{ value }}")
    (folder / "both.html").write_text('<b title="{{ value }}">|{{ value }}|</b>')
    (folder / "own.css").write_text("b { color: red; } /* </b> */")
    return folder


def write(folder: Path, body: str) -> Templates:
    (folder / "x.html").write_text(body)
    return Templates(folder)


@given(values)
def test_what_is_put_in_has_no_markup_and_comes_back_exactly(folder: Path, value: str) -> None:
    filled = Templates(folder).render("both.html", value=value)
    shown = Shown(filled)
    assert shown.tags == ["b"]
    assert shown.values == [value]
    assert shown.text == f"|{value}|"
    inside = filled.removeprefix('<b title="').removesuffix("|</b>").replace('">|', "", 1)
    assert not set("<>\"'{}$") & set(inside)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "plain"])
@given(value=values)
def test_there_is_no_way_around_it(folder: Path, way: str, value: str) -> None:
    filled = Templates(folder).render(f"{way}.html", value=value)
    assert Shown(filled).tags == ["b"]
    assert not set("{}$") & set(filled)


@pytest.mark.parametrize("name", ["safe", "e", "escape", "forceescape", "tojson", "urlize"])
def test_a_filter_that_makes_html_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(TemplateError, match="No filter"):
        write(tmp_path, f"{{{{ value | {name} }}}}").render("x.html", value="<b>")


def test_a_value_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="nobody"):
        write(tmp_path, "<p>{{ nobody }}</p>").render("x.html")
    with pytest.raises(UndefinedError, match="nothing"):
        write(tmp_path, "{% if value.nothing %}x{% endif %}").render("x.html", value="")


def test_what_a_template_made_can_be_put_into_another(tmp_path: Path) -> None:
    templates = write(tmp_path, "<p>{{ value }}</p>")
    inner = templates.render("x.html", value="<b>{x}")
    assert templates.render("x.html", value=inner) == f"<p>{inner}</p>"


def test_a_style_sheet_stays_as_it_is_inside_another_template(folder: Path) -> None:
    (folder / "outer.html").write_text("<i>{{ value }}</i>")
    (folder / "styled.html").write_text('<style>{{ asset("own.css") }}</style>')
    templates = Templates(folder)
    filled = templates.render("outer.html", value=templates.render("styled.html"))
    assert "b { color: red; }" in filled


def test_a_string_made_of_it_is_text_again(tmp_path: Path) -> None:
    templates = write(tmp_path, "{{ value }}")
    inner = templates.render("x.html", value="<b>")
    assert isinstance(inner, Markup)
    assert templates.render("x.html", value=f"{inner}") == "&amp;lt;b&amp;gt;"


def test_a_style_sheet_is_put_in_as_it_stands(folder: Path) -> None:
    (folder / "style.html").write_text('<style>{{ asset("own.css") }}</style>')
    filled = Templates(folder).render("style.html")
    assert filled == "<style>b { color: red; } /* </b> */</style>"


def test_every_text_is_cleaned_first(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<p>{{ value }}</p>{{ inner }}")
    templates = Templates(tmp_path, clean=one_line)
    filled = templates.render("x.html", value=" a\x1b\n b\u202e", inner=Markup("<i> x </i>"))
    assert filled == "<p>a b</p><i> x </i>"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("templates/*")), ids=lambda p: p.name)
def test_every_value_in_an_attribute_of_ours_is_quoted(path: Path) -> None:
    assert not re.search(r"=\s*\{\{", path.read_text("utf-8"))


def test_no_html_is_made_in_python() -> None:
    """But by the templates: neither tags in strings nor texts that are declared to be safe."""
    tag = re.compile(r"</\w|<(?:p|div|span|li|td|tr|mark|button|section|svg)\b")
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text("utf-8")
        if path.name != "templates.py":
            assert "Markup(" not in source, path
        if {"ui", "report"} & set(path.parts) and path.name != "word.py":  # Word's XML is none
            assert not tag.search(source), path
