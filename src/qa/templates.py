"""Fill in HTML templates, with everything that is put into them escaped.

The one place where the words of documents, people and models meet HTML: a template cannot
switch the escaping off, and names a value that is missing instead of leaving a gap. Does not
know what the templates say.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

# Gradio takes a page's HTML for a template of its own, in which these mean something.
_MORE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;"})
# What makes HTML of its input, or takes escaping away from it, on a path of its own.
_FORBIDDEN = ("safe", "e", "escape", "forceescape", "tojson", "urlize", "xmlattr")


class _Ready(Markup):
    """What a template made, or a file of ours: it is put in as it stands."""


class Templates:
    """A folder of templates."""

    def __init__(
        self,
        folder: Path,
        filters: Mapping[str, Callable[..., Any]] | None = None,
        clean: Callable[[str], str] = str,
    ) -> None:
        """Prepare to read the folder's templates.

        Args:
            folder: Where they are, with the files that `asset("name")` puts into them.
            filters: What a template can put a value into words with, by name.
            clean: Is given every text before it is escaped.
        """
        self._folder = folder
        self._clean = clean
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=self._escaped,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        for name in _FORBIDDEN:
            del self._environment.filters[name]
        self._environment.filters.update(filters or {})
        self._environment.globals["asset"] = self.asset

    def render(self, name: str, /, **values: object) -> Markup:
        """Fill in a template; what is made can be put into another as it stands.

        Raises:
            jinja2.UndefinedError: A value that the template names is missing.
        """
        filled = self._environment.get_template(name).render(values)
        return _Ready(filled.strip())

    def asset(self, name: str) -> Markup:
        """Return the text of a style sheet or script beside the templates."""
        return _Ready((self._folder / name).read_text("utf-8"))

    def _escaped(self, value: object) -> Markup:
        if isinstance(value, _Ready):
            return value
        if isinstance(value, str) and not isinstance(value, Markup):
            value = self._clean(value)
        return Markup(escape(value).translate(_MORE))  # noqa: S704
