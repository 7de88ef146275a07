"""The endpoint of each route: the request in, the answer or the problem out."""

from __future__ import annotations

import re
import time
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request, Response

from adapters.door.door import Caller, Done, Door
from adapters.door.downloads import streamed
from adapters.http.answers import as_body
from adapters.http.bodies import fields_of
from adapters.http.problems import Problem, problem_of
from adapters.http.route import Route
from adapters.views.query import FileAnswer, StreamedFile
from commands.platform.bus import Seen
from commands.platform.identity import new_id

JSON = "application/json"
CORRELATION = "X-Correlation-ID"
MOST_KEY = 255
MOST_AGENT = 200
TAG = re.compile(r'"([^"@]{1,200})@([0-9]{1,18})"')

GIVEN, OF_EVERY_QUERY = "given", ("as_of", "min_position")

log = structlog.get_logger("billing.http")
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint_of(route: Route, door: Door) -> Endpoint:
    """What a route does."""
    return _reading(route, door) if route.is_query else _changing(route, door)


def _reading(route: Route, door: Door) -> Endpoint:
    async def respond(request: Request) -> Response:
        values = with_path(_named(parameters_of(request), route), request)
        answer = await to_thread(door.answer, route.operation, values, caller_of(request))
        if isinstance(answer, FileAnswer):
            return Response(answer.content, route.status, media_type=answer.media_type)
        if isinstance(answer, StreamedFile):
            return streamed(answer)
        headers = {"ETag": tag_of(answer.seen())} if hasattr(answer, "seen") and "as_of" not in values else None
        return Response(as_body(answer), route.status, headers, JSON)

    return answering(respond, route.operation.name)


def _changing(route: Route, door: Door) -> Endpoint:
    async def respond(request: Request) -> Response:
        fields = await fields_of(request)
        request.state.written = fields = with_path(fields, request)
        dry_run = request.query_params.get("dry_run", "") == "true"

        def execute() -> Done:
            return door.execute(route.operation, fields, caller_of(request), dry_run=dry_run)

        done = await to_thread(execute)
        status = HTTPStatus.ACCEPTED if done.is_waiting else route.status
        return Response(as_body(done), HTTPStatus.OK if dry_run else status, media_type=JSON)

    return answering(respond, route.operation.name)


def answering(respond: Endpoint, name: str, *, logs_success: bool = True) -> Endpoint:
    """Any error becomes a problem, and every request a line of the program's own log, or every one that failed."""

    async def respond_always(request: Request) -> Response:
        started = time.perf_counter()
        try:
            request.state.correlation_id = _correlation_id(request)
            response = await respond(request)
        except Exception as error:
            response = problem_of(error, getattr(request.state, "written", None))
            if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
                log.exception("fault", operation=name, correlation_id=_known_id(request))
        response.headers[CORRELATION] = _known_id(request)
        milliseconds = round(1000 * (time.perf_counter() - started), 1)
        status = int(response.status_code)
        if logs_success or status >= HTTPStatus.BAD_REQUEST:
            log.info(
                "request", operation=name, method=request.method, path=request.scope["path"], status=status,
                source=source_of(request), correlation_id=_known_id(request), milliseconds=milliseconds,
            )  # fmt: skip
        return response

    return respond_always


def caller_of(request: Request) -> Caller:
    """Who makes a request, as far as the request says."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MOST_KEY:
        raise Problem(HTTPStatus.BAD_REQUEST, "malformed-header", f"Idempotency-Key is over {MOST_KEY} characters")
    headers = request.headers
    seen = _seen(headers["If-Match"]) if "If-Match" in headers else None
    agent = "".join(filter(str.isprintable, headers.get("User-Agent", "")))[:MOST_AGENT]
    authorization = headers.get("Authorization", "")
    return Caller(authorization, source_of(request), key, request.state.correlation_id, seen, agent)


def tag_of(seen: Seen) -> str:
    """The entity tag of an object as it was read: stream and version."""
    return f'"{seen.stream}@{seen.version}"'


def _seen(written: str) -> Seen:
    found = TAG.fullmatch(written.strip())
    if found is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "malformed-header", "If-Match is no ETag that this API gave")
    return Seen(found[1], int(found[2]))


def source_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def with_path(values: dict[str, Any], request: Request) -> dict[str, Any]:
    """The values of body or parameters with those of the path, which must not contradict each other."""
    for word, value in request.path_params.items():
        if values.get(word, value) != value:
            raise Problem(HTTPStatus.BAD_REQUEST, "contradiction", f"{word} {values[word]!r} is {value!r} in the path")
    return values | request.path_params


def parameters_of(request: Request) -> dict[str, Any]:
    """The parameters of a query, none of them twice."""
    found: dict[str, Any] = {}
    for word, value in request.query_params.multi_items():
        if word in found:
            raise Problem(HTTPStatus.BAD_REQUEST, "contradiction", f"parameter {word} stands twice")
        found[word] = value
    return found


def _named(parameters: dict[str, Any], route: Route) -> dict[str, Any]:
    """A query with the word `given` takes the parameters that it does not name, as a report's own ones, together."""
    fields = route.struct.__struct_fields__
    if GIVEN not in fields:
        return parameters
    mine = {*fields, *OF_EVERY_QUERY}
    given = {word: value for word, value in parameters.items() if word not in mine}
    return {GIVEN: given, **{word: value for word, value in parameters.items() if word in mine and word != GIVEN}}


def _correlation_id(request: Request) -> UUID:
    written = request.headers.get(CORRELATION)
    if written is None:
        return new_id()
    try:
        return UUID(written)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "malformed-header", f"{CORRELATION} is not a UUID") from None


def _known_id(request: Request) -> str:
    return str(getattr(request.state, "correlation_id", "unknown"))
