"""An index finds the route that is found by trying one after the other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from adapters.door.door import Door
from adapters.edge.route_index import FOUND, PARAMETER, RouteIndex, StraightToEndpoint
from adapters.http.server import http_application
from adapters.pages.site import add_pages
from tests.operators import Operator

WORDS = st.sampled_from(["accounts", "balance", "{account}", "{number}", "{day}"])
ASKED = st.sampled_from(["accounts", "balance", "1001", "", "{account}", "a b"])
METHODS = st.sampled_from(["GET", "POST", "DELETE"])


async def _answer(request: Request) -> Response:
    return Response(request.url.path)


def _route(words: list[str], method: str) -> Route:
    own = [word if word not in words[:place] else "balance" for place, word in enumerate(words)]
    return Route("/" + "/".join(own), _answer, methods=[method])


ROUTES = st.lists(st.builds(_route, st.lists(WORDS, max_size=4), METHODS), max_size=12)


def _tried(routes: list[BaseRoute], scope: dict[str, Any]) -> tuple[Match, BaseRoute | None, Any]:
    """What the framework finds."""
    partial: tuple[Match, BaseRoute | None, Any] = (Match.NONE, None, None)
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.FULL:
            return match, route, child["path_params"]
        if match is Match.PARTIAL and partial[0] is Match.NONE:
            partial = match, route, child["path_params"]
    return partial


@given(ROUTES, st.lists(ASKED, max_size=4), METHODS)
def test_it_finds_the_route_that_is_found_by_trying_all_in_order(
    routes: list[BaseRoute], words: list[str], method: str
) -> None:
    scope = {"type": "http", "path": "/" + "/".join(words), "method": method, "root_path": ""}
    match, child = RouteIndex(routes).matches(scope)
    assert (match, child.get(FOUND), child.get("path_params")) == _tried(routes, scope)


def test_parts_of_several_words_and_channels_that_are_no_requests_are_left_to_the_framework() -> None:
    routes = [Route("/kiosk/{rest:path}", _answer), Route("/day-{day}", _answer)]
    for path in ("/kiosk/1/2", "/kiosk/1", "/day-1"):
        assert RouteIndex(routes).matches({"type": "http", "path": path, "method": "GET"})[0] is Match.NONE
    plain = RouteIndex([Route("/accounts", _answer)])
    assert plain.matches({"type": "websocket", "path": "/accounts"})[0] is Match.NONE


def test_the_index_finds_what_trying_all_routes_in_order_finds(operator: Operator):
    """No route that it leaves to the framework, as one for several words, has an address of one that it knows."""
    api = http_application(operator.application)
    add_pages(api, Door(operator.application))
    assert isinstance(api.middleware_stack, StraightToEndpoint)
    indexes = [api.middleware_stack.index, *(each for each in api.router.routes if isinstance(each, RouteIndex))]
    others = [route for route in api.router.routes if not isinstance(route, RouteIndex)]
    assert len(indexes) == 2
    for route in others:
        if isinstance(route, Route) and "slashed" not in route.path:
            for method in sorted(route.methods or {"GET"}):
                scope = {"type": "http", "path": PARAMETER.sub("7", route.path), "method": method, "root_path": ""}
                tried = next(each for each in others if each.matches(scope)[0] is Match.FULL)
                found = [
                    child[FOUND] for index in indexes for match, child in [index.matches(scope)] if match is Match.FULL
                ]
                assert found == ([tried] if "{" not in scope["path"] and type(route) is Route else []), scope
