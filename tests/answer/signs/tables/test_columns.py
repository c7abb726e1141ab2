"""Which cell of a row says who, where or when."""

import pytest

from qa.answer.signs.tables.cells import cells
from qa.answer.signs.tables.columns import cell_of_kind

TASK = "No.: 1 | Action: Order the gutters | Owner: Tomasz Bielik | Due: 21 March"
TOOL = "Item: Extension reel | Bin: C6 | On hand: 4 | Supplier: Voss Electric"
TWO = "Event: Fair | Contact: Ann Lee | Speaker: Bo Karlsen | Room: B-3 | City: Ely"


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Who has to order the gutters?", TASK, "Tomasz Bielik"),
        ("When must the gutters be ordered?", TASK, "21 March"),
        ("By when must the gutters be ordered?", TASK, "21 March"),
        ("Where is the extension reel kept?", TOOL, "C6"),
        ("What is kept in C6?", TOOL, None),
        ("Who is at the fair?", TWO, None),
        ("Where is the fair?", TWO, None),
    ],
)
def test_the_one_cell_of_the_kind_that_is_asked(question: str, text: str, said: str | None) -> None:
    cell = cell_of_kind(question, text, cells(text))
    assert (cell and text[slice(*cell.value)]) == said
