"""Which items of a list are meant by the names in a question."""

import pytest

from qa.answer.span.extent import extent
from qa.answer.span.items import items_apart
from qa.schema import Passage, Span

ACTIONS = (
    "Actions\n\n"
    "Maria Lopez writes to the owners by 15 May.\n"
    "Ben Okafor orders cables by 20 May.\n"
    "Maria Lopez updates the page by 6 May.\n"
    "Jill Stein tests the handle by 30 May."
)
DUTIES = "Duties:\n- Ann: keys\n- Ann: alarm\n- Bo: bins\n- Cy: post"
PROSE = "Maria Lopez writes to the owners. Ben Okafor orders cables. Maria Lopez updates the page."


def passage(text: str, sentences: list[str]) -> Passage:
    spans, at = [], 0
    for sentence in sentences:
        at = text.index(sentence, at)
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence)
    return Passage("p", "a.md", 0, len(text), text, "", tuple(spans))


LINES = passage(ACTIONS, ACTIONS.split("\n")[2:])
MARKED = passage(DUTIES, ["Duties:", "Ann: keys", "Ann: alarm", "Bo: bins", "Cy: post"])


@pytest.mark.parametrize(
    ("question", "number", "said"),
    [
        ("What does Maria Lopez have to do?", 0, [0, 2]),
        ("Which things must Maria do?", 2, [0, 2]),
        ("What does Maria Lopez have to do?", 1, []),  # that is of Ben
        ("What does Ben have to do?", 1, []),  # one alone
        ("What do they have to do?", 0, []),  # nobody is named
        ("When does Maria Lopez write?", 0, []),  # one is asked for
    ],
)
def test_lines_with_the_name_that_is_asked_are_meant_together(
    question: str, number: int, said: list[int]
) -> None:
    found = items_apart(question, LINES, number)
    assert [LINES.sentences.index(one.row) for one in found] == said
    assert all(one.answer == one.row for one in found)


def test_items_that_stand_together_are_one_answer() -> None:
    asked = "What does Ann have to do?"
    assert items_apart(asked, MARKED, 1) == ()
    whole = extent(asked, MARKED, 1, [0.0] * 5)
    assert MARKED.slice(whole) == "Ann: keys\n- Ann: alarm"
    assert MARKED.slice(extent("What does Bo have to do?", MARKED, 3, [0.0] * 5)) == "Bo: bins"
    every = MARKED.slice(extent("What are the duties?", MARKED, 1, [0.0] * 5))
    assert every.count("\n") == 4  # the whole list, where nobody is named


def test_sentences_of_a_paragraph_are_no_items() -> None:
    prose = passage(PROSE, [f"{part}." for part in PROSE.rstrip(".").split(". ")])
    assert items_apart("What does Maria Lopez have to do?", prose, 0) == ()
