"""reStructuredText as it is shown, with what only Sphinx knows."""

import pytest

from qa.formats.parsed import Parsed, UnreadableError
from qa.formats.rst import parse_rst
from qa.settings import ParseLimits
from tests.formats.make_office import check_sound, outline

LIMITS = ParseLimits()


def parse(text: str) -> Parsed:
    parsed = parse_rst(text.encode(), LIMITS)
    check_sound(parsed)
    return parsed


def text_of(text: str) -> str:
    return parse(text).text


PAGE = """:orphan:

.. _top:

Pump house
==========

.. note:: Mind the `gap <https://mill.example/gap>`_ and ``valve --open``.

.. versionadded:: 3.2
   The *second* pump.

.. versionchanged:: 4.0

.. seealso::

   :ref:`The mill <mill>`, :doc:`/bakery`, :py:func:`~pump.run.start` and `the keeper`_.

Prices
------

.. list-table:: What it costs
   :header-rows: 1

   * - Thing
     - Euros
   * - Tea
     - 3

.. code-block:: sh
   :linenos:

   run --me

#. Lift the lid.
#. Wait.

.. a comment that nobody sees
.. include:: /etc/passwd
.. raw:: html

   <b>raw</b>

.. toctree::

   other
"""


def test_a_page_is_read_as_it_is_shown() -> None:
    parsed = parse(PAGE)
    assert parsed.title == "Pump house"
    assert outline(parsed)[0] == "# Pump house"
    for words in (
        "Mind the gap and valve --open.",
        "New in version 3.2 The second pump.",
        "Changed in version 4.0",
        "The mill, /bakery, start and the keeper.",
        "Thing: Tea | Euros: 3",
        "run --me",
        "1. Lift the lid.\n2. Wait.",
    ):
        assert words in parsed.text
    for words in ("orphan", "nobody sees", "passwd", "root:", "raw", "other", "linenos", "_top"):
        assert words not in parsed.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("+---+---+\n| A | B |\n+===+===+\n| 1 | 2 |\n+---+--\n", "| 1 | 2 |"),
        ("Bad *emphasis here.\n", "Bad *emphasis here."),
        ("A |thing| that nobody named.\n", "A |thing| that nobody named."),
        ("See `the council`_ and other_.\n", "See the council and other."),
        (".. csv-table:: x\n   :file: /etc/passwd\n", "csv-table"),
        (".. figure:: a.png\n\n   The mill in 1950.\n", "The mill in 1950."),
        ("*a " * 30_000, "*a *a"),
        ("".join("  " * depth + "- a\n\n" for depth in range(400)), "- a"),
        ("word *emph*\n" * 90_000, "word *emph*"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_read_as_it_stands(text: str, words: str) -> None:
    assert words in text_of(text)


@pytest.mark.parametrize("data", [b"", b" \n ", b"\x00\x01\x02\xff" * 50])
def test_what_holds_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse_rst(data, LIMITS)
