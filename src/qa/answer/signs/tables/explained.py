"""Tell whether a table explains every word of a question: what it is about, and what is left open.

Does not know what is asked.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from qa.answer.signs.tables.beside import Beside, Token
from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.naming import PEOPLE, PLAIN_VERBS, THINGS, names
from qa.answer.signs.tables.rows import Row
from qa.schema import Passage
from qa.words import FUNCTION_WORDS, stem, words

_CAPTION_CHARACTERS = 400
_GAP = " | "
_OF_ASKING = frozenset(
    map(
        stem,
        """please exactly test listed list table row rows entry entries money amount number value
        shift status s t don doesn didn isn aren wasn weren hasn haven""".split(),
    )
)
# Small words that leave rows out, where they have not been understood.
_TELLING = frozenset(
    """off out up down or not no nor only both again once further more most few over under above
    below during other same""".split()
)


class About(NamedTuple):
    """What a table is about: the title and headings above it, and the prose beside it."""

    above: str
    beside: str


def about_table(passage: Passage, rows: Sequence[Row], text: str) -> About:
    """Say what a table is about that a passage has rows of.

    Args:
        passage: Which has some of them.
        rows: All of them.
        text: The document's.
    """
    prose = (passage.slice(each) for each in passage.sentences)
    told = " ".join(said for said in prose if not cells(said))
    start = max(0, rows[0].start - _CAPTION_CHARACTERS)
    before = text[start : rows[0].start].split("\n")[1 if start else 0 :]  # the first may be cut
    lines = [line for line in before if line.strip() and _GAP not in line]
    caption = lines[-1] if lines else ""
    return About(f"{passage.context} {passage.doc_id} {caption}", told)


def is_explained(beside: Beside, about: About, columns: Collection[str]) -> bool:
    """Whether every word is taken, of asking, of a column, of what stands above, or a plain verb.

    A number or a name is not explained by the prose beside a table.
    """
    above = {stem(word) for word in words(about.above)}
    told = {stem(word) for word in words(about.beside)}
    known = told | _OF_ASKING | PLAIN_VERBS | THINGS | PEOPLE

    def is_known(token: Token) -> bool:
        if (token.said in FUNCTION_WORDS and token.said not in _TELLING) or token.root in above:
            return True
        if any(names(label, token.root) for label in columns):
            return True
        return not token.capital and not token.said.isdigit() and token.root in known

    return all(is_known(token) for token in beside.open)
