"""The routes of the HTTP interface: what each takes, and what it gives back."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from qa.api import returned, sent
from qa.api.counts import CONTENT_TYPE
from qa.api.service import Given, Service
from qa.api.writing import follow
from qa.errors import QAError
from qa.waiting import is_waited_for
from qa.web.turns import Turns
from qa.web.visit import PLACE, Place, RefusedError, crowded
from qa.write.present import sentence_to_json, written_to_json
from qa.write.writer import Written

PREFIX = "/v1"
_EVENTS = "text/event-stream"
_ALWAYS = {
    401: "The key is missing or unknown, where the server wants one.",
    403: "It was sent by another page or to another name; or nothing may be changed here.",
    500: "The program has failed.",
    503: "Nothing has been indexed yet, or the index cannot be used.",
}
_WITH_BODY = {
    400: "The body is no JSON.",
    408: "The rest of the body did not come.",
    411: "The request does not say how long its body is.",
    413: "The body is too long.",
    415: "The body is not declared to be JSON.",
    422: "A field is missing, unknown, or not what it should be.",
    429: "Too much is waiting for an answer: try again after the seconds of `Retry-After`.",
}
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["answer", "sentence", "written", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_NO_DOCUMENT = "There is no such document, or no such place in it."


def _problems(told: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """Describe what may go wrong, by status."""
    return {
        status: {"model": returned.Problem, "description": said}
        for status, said in sorted({**_ALWAYS, **told}.items())
    }


_ASKED = {
    200: {
        "description": "The answer object. As a stream: an event `answer` with it; with "
        "`write`, an event `sentence` for each that is written, then `written`.",
        "content": {_EVENTS: {"schema": _EVENT}},
    },
    **_problems(
        {
            **_WITH_BODY,
            404: _NO_DOCUMENT,
            409: "`write` was asked of a server that has no writer.",
        }
    ),
}


def api_routes(service: Service, writing: Turns) -> APIRouter:
    """Return the routes.

    Args:
        service: Does what is asked for.
        writing: Whose turn it is to have something written.
    """
    router = APIRouter(prefix=PREFIX)
    _add_questions(router, service, writing)
    _add_documents(router, service)
    _add_watching(router, service)
    return router


def _add_questions(router: APIRouter, service: Service, writing: Turns) -> None:
    @router.post(
        "/ask",
        summary="Ask the documents",
        response_model=returned.Answer,
        responses=_ASKED,
    )
    async def ask(body: sent.Ask, request: Request) -> Response:
        """Answer in the documents' own words, or say that there is no answer."""
        if body.write:
            service.writer()  # refused before anything is asked
        earlier = [said for one in body.earlier if (said := one.exchange()) is not None]
        given = await run_in_threadpool(service.ask, body.question, body.only, earlier)
        pieces = None
        if body.write:
            place: Place = request.scope[PLACE]
            place.leave()  # writing takes long: others may ask meanwhile
            pieces = _written(service, given, writing, place.client)
        if body.stream:
            return StreamingResponse(_events(given, pieces), media_type=_EVENTS)
        found = given.to_json()
        if pieces is not None:
            found["written"] = await _last(pieces)
        return JSONResponse(found)

    @router.post(
        "/search",
        summary="Find passages",
        response_model=returned.Found,
        responses=_problems({**_WITH_BODY, 404: _NO_DOCUMENT}),
    )
    def search(body: sent.Search) -> Response:
        """Rank passages for a question without reading them: near to it, but no answers."""
        return JSONResponse(service.search(body.question, body.only, body.k))

    @router.post(
        "/feedback",
        summary="Say what an answer was worth",
        response_model=returned.Kept,
        status_code=201,
        responses=_problems(
            {
                **_WITH_BODY,
                409: "The answer does not cite the documents as they are, or is none.",
            }
        ),
    )
    def feedback(body: sent.Judged) -> Response:
        """Keep a verdict beside those given in the page; `qa feedback` makes a test of them."""
        return JSONResponse({"id": service.judge(body)}, 201)


def _add_documents(router: APIRouter, service: Service) -> None:
    @router.get(
        "/documents",
        summary="List the documents",
        response_model=returned.Documents,
        responses=_problems({422: _WITH_BODY[422], 429: _WITH_BODY[429]}),
    )
    def documents(
        after: Annotated[
            str, Query(max_length=4_000, description="`next` of the list before.")
        ] = "",
        limit: Annotated[int, Query(ge=1, le=10_000, description="How many at most.")] = 1_000,
        within: Annotated[
            str, Query(max_length=200, description="Characters that path or title have.")
        ] = "",
    ) -> Response:
        """List documents by path, some at a time."""
        return JSONResponse(service.documents(after, limit, within))

    @router.post(
        "/source",
        summary="Open a citation",
        response_model=returned.Source,
        responses=_problems({**_WITH_BODY, 404: _NO_DOCUMENT}),
    )
    def source(body: sent.Place) -> Response:
        """Give a document's text around a span, and whether its file has changed since."""
        return JSONResponse(service.open(body.doc_id, body.start, body.end, body.around))


def _add_watching(router: APIRouter, service: Service) -> None:
    @router.get(
        "/health",
        summary="Whether questions can be answered",
        response_model=returned.Health,
        responses={
            **_problems({429: _WITH_BODY[429]}),
            503: {"model": returned.Health, "description": "They cannot: `problem` says why."},
        },
    )
    def health() -> Response:
        """Say what index answers, and whether one does."""
        found = service.health()
        return JSONResponse(found, 200 if found["ready"] else 503)

    @router.get(
        "/metrics",
        summary="Counts for Prometheus",
        response_class=Response,
        responses={
            200: {
                "description": "The text format of Prometheus.",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            },
            **_problems({429: _WITH_BODY[429]}),
        },
    )
    def metrics() -> Response:
        """Count questions by outcome, time, errors, verdicts; no word of any of them."""
        return Response(service.metrics(), headers={"Content-Type": CONTENT_TYPE})


async def _written(
    service: Service, given: Given, writing: Turns, client: str
) -> AsyncGenerator[Written]:
    """Yield what is written so far, when it is one's turn."""
    turn = writing.line_up(client)
    if turn is None:
        raise crowded(writing, "too much is being written already")
    try:
        await asyncio.shield(turn)  # only `leave` takes it out of its line
        async with aclosing(follow(service.write(given))) as pieces:
            async for written in pieces:
                yield written
    finally:
        writing.leave(client, turn)


async def _last(pieces: AsyncGenerator[Written]) -> dict[str, Any] | None:
    """Wait until all is written, or nobody waits for it any more."""
    last = None
    async with aclosing(pieces):
        async for written in pieces:
            last = written_to_json(written)
            if not is_waited_for():
                break
    return last


async def _events(given: Given, pieces: AsyncGenerator[Written] | None) -> AsyncGenerator[bytes]:
    """Write a reply, and what is written about it, as server-sent events."""
    yield _event("answer", given.to_json())
    if pieces is None:
        return
    told, last = 0, None
    try:
        async with aclosing(pieces):
            async for written in pieces:
                for sentence in written.sentences[told:]:
                    yield _event("sentence", sentence_to_json(sentence))
                told, last = len(written.sentences), written
    except (QAError, RefusedError) as error:
        yield _event("error", {"error": str(error)})
        return
    yield _event("written", last and written_to_json(last))


def _event(name: str, data: Any) -> bytes:
    """Write a server-sent event; JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
