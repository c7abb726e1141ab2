"""Requests take turns: as many as there are places, every client in its turn."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qa.web.turns import Turns, question_turns


def in_a_loop(act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(act())


def test_places_are_given_at_once_while_there_are_any() -> None:
    async def act() -> None:
        turns = Turns(2, 5, 5)
        first, second, third = (turns.line_up("a") for _ in range(3))
        assert first
        assert second
        assert third
        assert first.done()
        assert second.done()
        assert not third.done()
        turns.leave("a", first)
        assert third.done()

    in_a_loop(act)


def test_a_client_who_sends_one_waits_for_one_of_each_not_for_all() -> None:
    async def act() -> None:
        turns = Turns(1, 100, 50)
        running = turns.line_up("greedy")
        greedy = [turns.line_up("greedy") for _ in range(40)]
        modest = turns.line_up("modest")
        assert running
        assert modest
        turns.leave("greedy", running)
        first = greedy[0]
        assert first
        assert first.done()
        turns.leave("greedy", first)
        assert modest.done()

    in_a_loop(act)


def test_who_would_be_one_too_many_is_told() -> None:
    async def act() -> None:
        turns = Turns(1, 3, 2)
        assert turns.line_up("a")
        assert turns.line_up("a")
        assert turns.line_up("a")
        assert turns.line_up("a") is None, "too many of one client"
        assert turns.line_up("b")
        assert turns.line_up("c") is None, "too many of all"

    in_a_loop(act)


def test_a_hundred_who_ask_at_once_are_let_in_though_they_count_as_one() -> None:
    async def act() -> None:
        questions = question_turns()
        assert all(questions.line_up("an office") for _ in range(100))

    in_a_loop(act)


def test_how_long_all_take_is_told_from_how_long_places_are_held() -> None:
    async def act() -> None:
        turns = Turns(2, 2000, 2000)
        assert turns.seconds_left() == 1, "nobody waits; not at once, though"
        first, *_ = [turns.line_up("a") for _ in range(102)]
        assert turns.seconds_left() == 10, "a hundred, each a fifth of a second, two at a time"
        assert first
        await asyncio.sleep(0.25)
        turns.leave("a", first)
        assert 10 <= turns.seconds_left() <= 60, "this one took longer"
        for _ in range(1000):
            turns.line_up("a")
        assert turns.seconds_left() == 60

    in_a_loop(act)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60))
def test_places_are_never_lost_nor_given_twice(steps: list[tuple[str, bool]]) -> None:
    async def act() -> None:
        turns = Turns(2, 8, 4)
        there: list[tuple[str, asyncio.Future[None]]] = []
        for client, leaves in steps:
            if leaves and there:
                turns.leave(*there.pop(len(there) // 2))
            elif (turn := turns.line_up(client)) is not None:
                there.append((client, turn))
            running = sum(turn.done() for _, turn in there)
            assert running == min(2, len(there))
        while there:
            turns.leave(*there.pop())
        alone = [turns.line_up("z") for _ in range(2)]
        assert all(turn and turn.done() for turn in alone)

    in_a_loop(act)
