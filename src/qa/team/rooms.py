"""Open collections for use: each has a page, an interface for programs, and turns like any other.

A page for those who only ask cannot change documents; one for those who add has all of it. Both
have the same conversations, verdicts and answers. Does not know who may use which.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from qa.answer.live import LiveAnswerer, SharedModels
from qa.api.counts import Counts
from qa.api.service import Service
from qa.api.serving import programs
from qa.errors import IndexMissingError, QAError
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.index.opening import is_outdated, place_of
from qa.settings import AskSettings
from qa.team.lifespans import Lifespans
from qa.team.records.collections import Collection
from qa.ui.app import MountedPage, PageParts, mount
from qa.ui.history.history import History
from qa.ui.history.store import HISTORY_FILE
from qa.ui.library import Library
from qa.web.guard import Gate
from qa.web.server import Beside
from qa.web.turns import Turns
from qa.web.visit import Visit
from qa.write.writer import Writer

HOME = "/"
BELOW = "/c/"
"""Under which collections are."""


@dataclass(frozen=True, slots=True)
class Served:
    """How every collection is served.

    Attributes:
        settings: How to answer.
        questions: Whose turn it is to ask, in all of them together.
        api: Whether there is the HTTP interface.
        mcp: Whether there are tools for agents.
        writes: A model that writes about answers; None for none.
        keeps_history: Whether conversations are written down.
        build_options: Further options for `qa index`.
        called: Told who calls what, before it is done; may refuse.
    """

    settings: AskSettings
    questions: Turns
    api: bool = True
    mcp: bool = False
    writes: Writer | None = None
    keeps_history: bool = True
    build_options: Sequence[str] = ()
    called: Callable[[str, Visit, str], None] = lambda collection, visit, name: None


@dataclass(slots=True)
class _Room:
    """A collection that is open; its pages are mounted when the first person comes."""

    live: LiveAnswerer
    feedback: Feedback
    history: History
    library: Library
    beside: Beside
    pages: dict[bool, MountedPage] = field(default_factory=dict)


class Rooms:
    """The collections that are open. Used from one event loop."""

    def __init__(self, served: Served) -> None:
        """Prepare."""
        self._served = served
        self._models = SharedModels()
        self._rooms: dict[Collection, _Room] = {}
        self._opening = asyncio.Lock()
        self._lifespans = Lifespans()

    async def gates(self, collection: Collection, *, may_add: bool) -> list[Gate]:
        """Return what lets people and programs into a collection; of a path's, the first counts.

        Args:
            collection: Opened now, if it is not open yet.
            may_add: Whether documents may be added and removed.
        """
        room = self._rooms.get(collection)
        if room is None or may_add not in room.pages:
            async with self._opening:
                room = await self._open(collection)
                if may_add not in room.pages:
                    room.pages[may_add] = await self._mount(collection, room, may_add=may_add)
        return [*room.beside.gates, _PageIn(room.pages[may_add])]

    async def close(self) -> None:
        """Stop what is being built, and end what surrounds the pages."""
        for room in self._rooms.values():
            await run_in_threadpool(room.library.stop)
        await self._lifespans.end()
        for room in self._rooms.values():
            for page in room.pages.values():
                page.close()

    async def _open(self, collection: Collection) -> _Room:
        room = self._rooms.get(collection)
        if room is None:
            await self._close_others(collection.name)
            room = await run_in_threadpool(self._room, collection)
            if room.beside.lifespan is not None:
                await self._lifespans.begin(room.beside.lifespan, FastAPI())
            self._rooms[collection] = room
        return room

    async def _close_others(self, name: str) -> None:
        """Let go of what had this name before, and was taken off the list."""
        for collection in [one for one in self._rooms if one.name == name]:
            room = self._rooms.pop(collection)
            await run_in_threadpool(room.library.stop)
            for page in room.pages.values():
                page.close()

    def _room(self, collection: Collection) -> _Room:
        served, index_dir = self._served, collection.index_dir
        live = LiveAnswerer(index_dir, served.settings, models=self._models)
        feedback = Feedback(index_dir / FEEDBACK_FILE)
        library = Library(collection.corpus, index_dir, served.build_options)
        _begin(library, index_dir)
        return _Room(
            live,
            feedback,
            History(index_dir / HISTORY_FILE if served.keeps_history else None),
            library,
            programs(
                # Nor may it tell how busy the others are.
                Service(live, feedback, served.writes, Counts(of_process=False)),
                api=served.api,
                mcp=served.mcp,
                questions=served.questions,
                called=self._told(collection.name),
            ),
        )

    async def _mount(self, collection: Collection, room: _Room, *, may_add: bool) -> MountedPage:
        parts = PageParts(
            room.live,
            collection.index_dir,
            self._served.settings,
            room.library if may_add else None,
            room.feedback,
            room.history,
            is_shared=True,
            writes=self._served.writes,
            beside=room.beside,
            called=self._told(collection.name),
            evaluates=may_add,
            home=HOME,
            title=collection.title,
        )
        page = await run_in_threadpool(mount, parts, lambda gate: FastAPI(openapi_url=None))
        await self._lifespans.begin(page.app.router.lifespan_context, page.app)
        return page

    def _told(self, name: str) -> Callable[[Visit, str], None]:
        return lambda visit, what: self._served.called(name, visit, what)


class _PageIn:
    """The gate of a page, with the page behind it."""

    def __init__(self, page: MountedPage) -> None:
        self._page = page

    def leads_to(self, path: str) -> bool:
        return self._page.gate.leads_to(path)

    async def let_in(self, visit: Visit) -> None:
        await self._page.gate.let_in(visit.to(self._page.app))


def _begin(library: Library, index_dir: Path) -> None:
    """Build the index of a collection that has none to ask, or carry on with what was accepted."""
    place = place_of(index_dir)
    try:
        place.current_generation()
    except IndexMissingError:
        library.update()
    except QAError:
        pass  # it is damaged, of which its page tells
    else:
        if is_outdated(place):
            library.update()
        else:
            library.carry_on()
