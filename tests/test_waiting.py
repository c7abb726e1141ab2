"""An answer that nobody waits for any more is not worked out to the end."""

from collections.abc import Callable
from itertools import count

import pytest

from qa.answer.pipeline import Answerer
from qa.answer.read import Reader
from qa.converse.parts import answered
from qa.errors import AbandonedError
from qa.waiting import asked_by, check_waited_for, is_waited_for

QUESTION = "How many rivets does the Forth Bridge need?"


def gone_after(looks: int) -> Callable[[], bool]:
    """Return what says that the asker has gone once it has been looked for so often."""
    numbers = count(1)
    return lambda: next(numbers) > looks


def test_who_cannot_be_known_to_have_gone_is_waited_for() -> None:
    assert is_waited_for()
    with asked_by(lambda: True):
        assert not is_waited_for()
        with pytest.raises(AbandonedError):
            check_waited_for()
    check_waited_for()


@pytest.mark.parametrize(("looks", "read"), [(0, 0), (1, 0), (2, 1)])
def test_between_its_stages_an_answer_is_given_up(
    tiny_answerer: Answerer, monkeypatch: pytest.MonkeyPatch, looks: int, read: int
) -> None:
    reads = []
    candidates = Reader.candidates

    def counting(reader: Reader, *rest: object) -> object:
        reads.append(rest)
        return candidates(reader, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "candidates", counting)
    with asked_by(gone_after(looks)), pytest.raises(AbandonedError):
        tiny_answerer.ask(QUESTION)
    assert len(reads) == read
    with asked_by(gone_after(3)):
        assert tiny_answerer.ask(QUESTION).answered


def test_parts_that_nobody_waits_for_are_not_asked(tiny_answerer: Answerer) -> None:
    several = f"{QUESTION} When was the Iron Bridge opened?"
    assert len(answered(tiny_answerer, several).parts) == 2
    with asked_by(gone_after(3)), pytest.raises(AbandonedError):
        answered(tiny_answerer, several)
