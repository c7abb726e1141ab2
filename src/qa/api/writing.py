"""Have the writer write while a program reads along, and stop it when nobody reads any more.

Does not know what is written about.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

Piece = TypeVar("Piece")
_END = object()


async def follow(pieces: Iterator[Piece]) -> AsyncGenerator[Piece]:
    """Yield what an iterator yields, which runs in a thread of its own.

    It is closed by that thread: after the piece at hand, once nobody follows any more.

    Raises:
        Exception: What the iterator raises.
    """
    loop = asyncio.get_running_loop()
    come: asyncio.Queue[object] = asyncio.Queue()
    left = threading.Event()

    def tell(piece: object) -> None:
        if not left.is_set():
            loop.call_soon_threadsafe(come.put_nowait, piece)

    def run() -> None:
        try:
            for piece in pieces:
                tell(piece)
                if left.is_set():
                    break
            tell(_END)
        except Exception as error:  # told to whoever follows
            tell(error)
        finally:
            if close := getattr(pieces, "close", None):
                close()

    threading.Thread(target=run, daemon=True, name="writing").start()
    try:
        while (piece := await come.get()) is not _END:
            if isinstance(piece, Exception):
                raise piece
            yield piece  # type: ignore[misc]  # what the iterator yields
    finally:
        left.set()
