"""What is written is followed piece by piece, and stopped when nobody follows."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from qa.api.writing import follow


class Pieces:
    """Numbers, one whenever `more` allows it."""

    def __init__(self) -> None:
        self.more = threading.Semaphore(0)
        self.closed = threading.Event()
        self.given = 0

    def all(self, most: int = 100) -> Iterator[int]:
        try:
            for number in range(most):
                self.more.acquire(timeout=60)
                self.given += 1
                yield number
        finally:
            self.closed.set()


def test_all_pieces_come_in_order() -> None:
    pieces = Pieces()
    pieces.more.release(5)

    async def read() -> list[int]:
        return [piece async for piece in follow(pieces.all(5))]

    assert asyncio.run(read()) == [0, 1, 2, 3, 4]
    assert pieces.closed.wait(60)


def test_when_nobody_follows_any_more_it_is_closed_after_the_piece_at_hand() -> None:
    pieces = Pieces()
    pieces.more.release(2)

    async def read() -> None:
        following = follow(pieces.all())
        assert await anext(following) == 0
        await following.aclose()

    asyncio.run(read())
    pieces.more.release(100)
    assert pieces.closed.wait(60)
    assert pieces.given <= 4


def test_what_goes_wrong_is_told_to_whoever_follows() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken off")

    async def read() -> None:
        following = follow(broken())
        assert await anext(following) == 1
        with pytest.raises(ValueError, match="broken off"):
            await anext(following)

    asyncio.run(read())
