"""Find passages that are worth reading for a row that their table's own cells choose.

The one with the most, or those that meet what is asked: whatever the passage shares with the
question. Does not know scores.
"""

from collections.abc import Sequence

from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.explained import about_table
from qa.answer.signs.tables.lookup import cells_asked, is_too_long, may_ask_of_cells
from qa.answer.signs.tables.rows import Tables
from qa.answer.signs.tables.superlative import asks_for_extreme, extreme
from qa.schema import Passage


def worth_reading(
    question: str, passages: Sequence[Passage], first: int, tables: Tables
) -> list[Passage]:
    """Of passages after the first few choose those that hold a row that is asked for.

    Args:
        question: As asked.
        passages: Retrieved, the most promising first.
        first: So many are read anyway.
        tables: Of the documents.

    Returns:
        At most one a table, in order.
    """
    extremes = asks_for_extreme(question)
    if not extremes and not may_ask_of_cells(question):
        return []
    chosen: dict[tuple[str, int], Passage | None] = {}
    for number, passage in enumerate(passages):
        row = next(
            (span for span in passage.sentences if len(cells(passage.slice(span))) > 1), None
        )
        if row is None or (not extremes and is_too_long(tables, passage, row)):
            continue
        rows = tables.around(passage.doc_id, row.start)
        if not rows:
            continue
        table = (passage.doc_id, rows[0].start)
        if extremes:
            best = extreme(question, rows)
            holds = best is not None and passage.start <= best.row.start < passage.end
        else:
            about = about_table(passage, rows, tables.text_of(passage.doc_id))
            holds = table not in chosen and bool(cells_asked(question, rows, about))
        if holds:
            chosen[table] = passage if number >= first else None
        elif number < first:
            chosen.setdefault(table, None)
    return [passage for passage in chosen.values() if passage is not None]
