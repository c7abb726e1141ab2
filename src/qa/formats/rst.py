"""Read reStructuredText as it is shown: without marks, addresses and comments.

Docutils makes a page of it, which is then read like any other. What only Sphinx knows, its roles
and directives, is read for the text it has. Files are not included, raw HTML is left out.
"""

import re
from typing import Any, cast

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en

from qa.formats.blocks import split_blocks
from qa.formats.html.page import add_html
from qa.formats.parsed import Parsed, TextBuilder
from qa.formats.text import read_text
from qa.settings import ParseLimits

# Docutils reads some 300 kB a second; beyond this it is data, not prose.
_LIMIT = 1_000_000
_LEAST_SHOWN = 0.1
_NAME = r"([a-zA-Z](?:[-_.+:]?[a-zA-Z0-9]){0,40})"
_ROLE, _DIRECTIVE = re.compile(rf":{_NAME}:`"), re.compile(rf"(?m)^[ \t]*\.\.[ \t]+{_NAME}::")
_TITLED = re.compile(r"(?P<said>.+?)\s*<[^<>]*>", re.DOTALL)
_REFERENCE = re.compile(r"(?P<ticks>`?)(?P<said>[^`]+)(?P=ticks)__?", re.DOTALL)
_CODE = frozenset(
    "code-block sourcecode testcode testoutput doctest prompt ipython productionlist".split()
)
_UNSEEN = frozenset(
    "toctree index highlight tabularcolumns testsetup graphviz digraph mermaid currentmodule "
    "module automodule autoclass autofunction literalinclude include raw".split()
)
# What these say of themselves is part of what is read.
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
}
_FOR_SPHINX = ("orphan", "nosearch", "tocdepth", "nocomments")
_SETTINGS: dict[str, object] = {
    "_disable_config": True,
    "doctitle_xform": False,
    "embed_stylesheet": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "initial_header_level": 1,
    "math_output": "LaTeX",
    "output_encoding": "unicode",
    "raw_enabled": False,
    "report_level": 3,
    "stylesheet_path": None,
    "syntax_highlight": "none",
    "warning_stream": False,
}


def parse_rst(data: bytes, limits: ParseLimits) -> Parsed:
    """Read reStructuredText; its title is its first heading.

    Raises:
        UnreadableError: It is empty, too long or not text.
    """
    text = read_text(data, limits)
    parsed = _shown(text, limits) if len(text) <= _LIMIT else None
    return parsed or Parsed(text, tuple(split_blocks(text)))


def _shown(text: str, limits: ParseLimits) -> Parsed | None:
    """Read what Docutils shows; None if it shows next to nothing, as of lines without end."""
    _know(_ROLE.findall(text), _DIRECTIVE.findall(text))
    try:
        document = publish_doctree(text, settings_overrides=_SETTINGS)
        _keep_words_of_errors(document)
        page: str = publish_from_doctree(document, writer="html5", settings_overrides=_SETTINGS)
    except RecursionError:
        return None
    builder = TextBuilder(limits)
    add_html(builder, page, limits, whole=True)
    if builder.length < _LEAST_SHOWN * len(text):
        return None
    title = next((node.astext() for node in document.findall(nodes.title)), "")
    return builder.parsed(title=" ".join(title.split()))


class _Shown(Directive):
    """A directive that Docutils does not know: what it holds is read, as code or as text."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return what a reader would see of it."""
        argument = self.arguments[0] if self.arguments else ""
        content = "\n".join(self.content)
        if self.name in _UNSEEN:
            return []
        if self.name in _CODE:
            return [nodes.literal_block(content, content)] if content else []
        box = nodes.container()
        if self.name in _VERSIONS:
            argument = f"{_VERSIONS[self.name]} {argument.replace(chr(10), ' ')}"
        if argument:
            inline, messages = self.state.inline_text(argument, self.lineno)
            box += nodes.paragraph(argument, "", *inline)
            box += messages
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class _AnyOption(dict[str, Any]):
    """Options of any name, each with a value or none."""

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


_Shown.option_spec = _AnyOption(name=directives.unchanged)


def _said(_role: str, raw: str, text: str, *_: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Show a role that Docutils does not know as Sphinx does: the title, or the last name."""
    plain = nodes.unescape(text)
    titled = _TITLED.fullmatch(plain)
    if titled:
        plain = titled["said"]
    elif plain.startswith("~"):
        plain = plain.rpartition(".")[2].lstrip("~")
    return [nodes.inline(raw, plain.lstrip("!"))], []


def _know(role_names: list[str], directive_names: list[str]) -> None:
    """Make those names known that Docutils does not know."""
    for name in {name.lower() for name in role_names} - en.roles.keys():
        roles.register_local_role(name, cast("Any", _said))
    names = {name.lower() for name in directive_names}
    for name in names - (en.directives.keys() - _CODE - _UNSEEN):
        directives.register_directive(name, _Shown)


def _keep_words_of_errors(document: nodes.document) -> None:
    """Put what could not be understood in the place of what Docutils says about it."""
    for broken in list(document.findall(nodes.problematic)):
        raw = broken.astext()
        reference = _REFERENCE.fullmatch(raw)
        broken.parent.replace(broken, nodes.Text(reference["said"] if reference else raw))
    document.transform_messages.clear()
    for settings in list(document.findall(nodes.field)):
        if settings[0].astext() in _FOR_SPHINX:
            settings.parent.remove(settings)
    for message in list(document.findall(nodes.system_message)):
        held = [node for node in message.children if isinstance(node, nodes.literal_block)]
        message.parent.replace(message, held)
