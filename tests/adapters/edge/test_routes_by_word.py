"""A route is the same whether all are asked in order or those of the first word alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.testclient import TestClient
from starlette.types import Scope

from adapters.edge.routes_by_word import RoutesByWord
from adapters.edge.slashed_routes import slashed_routes

PATHS = (
    "/",
    "/v1",
    "/healthz",
    "/a",
    "/a/{x}",
    "/v1/a",
    "/v1/a/{x}",
    "/v1/a/{x}/b",
    "/v1/b/{x}",
    "/v1/{x}/c",
    "/{x}/d",
)
METHODS = ("GET", "POST", "DELETE")


def answering(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return PlainTextResponse(f"{name} {request.path_params}")

    return answer


def every_route() -> list[BaseRoute]:
    named: list[BaseRoute] = [
        Route(path, answering(f"{method} {path}"), methods=[method]) for path in PATHS for method in METHODS[:2]
    ]
    files = Mount("/static", Router([Route("/{x}", answering("file"))]))
    return [*named, files, *slashed_routes(named)]


in_order = TestClient(Router(every_route()), follow_redirects=False)
by_word = TestClient(Router([RoutesByWord(every_route(), "/v1")]), follow_redirects=False)
paths = st.lists(st.sampled_from(["", "v1", "a", "b", "c", "d", "healthz", "static", "7"]), max_size=6).map("/".join)


@given(path=paths, method=st.sampled_from(METHODS))
def test_the_same_is_answered_as_if_every_route_was_asked(path: str, method: str):
    one, other = (client.request(method, f"http://testserver/{path}") for client in (in_order, by_word))

    assert (one.status_code, one.text, one.headers.get("location")) == (
        other.status_code, other.text, other.headers.get("location"),
    )  # fmt: skip


class Counted(Route):
    """A route that counts how often it is asked."""

    asked = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        Counted.asked += 1
        return super().matches(scope)


@pytest.mark.parametrize(("path", "asked"), [("/v1/w7/1", 2), ("/v1/unknown", 0), ("/w7", 0)])
def test_the_routes_of_other_words_are_not_asked(path: str, asked: int):
    routes = [Counted(f"/v1/w{number}{rest}", answering("x")) for number in range(50) for rest in ("", "/{x}")]
    Counted.asked = 0

    match, _ = RoutesByWord(routes, "/v1").matches({"type": "http", "path": path, "method": "GET"})

    assert (match is Match.FULL) is bool(asked)
    assert Counted.asked == asked
