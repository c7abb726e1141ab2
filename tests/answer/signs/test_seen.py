"""What a network is given to read: under the name of its file where a question names that."""

import pytest

from qa.answer.signs.seen import under_its_file
from qa.schema import Passage, Span


@pytest.mark.parametrize(
    ("doc_id", "question", "context", "read"),
    [
        ("plant-east.txt", "How much was made in plant-east.txt?", "", "plant east"),
        ("a/plant-east.txt", "How much does plant east make?", "Year", "plant east › Year"),
        ("plant-east.txt", "How much does plant east make?", "Plant East", "Plant East"),
        ("plant-east.txt", "How much does the plant make?", "", ""),
        ("boat.txt", "What is the boat called?", "", ""),
        ("boat.txt", "What is it called in boat.txt?", "", "boat"),
    ],
)
def test_a_file_that_is_named_stands_above_its_passages(
    doc_id: str, question: str, context: str, read: str
) -> None:
    text = "It made 3,900 tonnes."
    passage = Passage("p", doc_id, 0, len(text), text, context, (Span(0, len(text)),))
    assert under_its_file(question, passage).context == read
