"""Finds the route of an address by the words of its path.

The framework tries one route after the other, which takes longer the more areas there are: with some hundreds of them
as long as the query that is asked. An index looks at each word of the path once:

    /v1/accounts/1001/balance     v1 > accounts > {} > balance: one route to try

It stands before the routes that it knows, so what it does not find (names with slashes, files under a folder) is
looked for as before, and what it finds is the route that would have been found: of several the first one. It takes that
no route that it does not know has an address of one that it knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from starlette.requests import Request
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

PARAMETER = re.compile(r"\{\w+\}")
FOUND = "billing.route"


class _Node(NamedTuple):
    """The routes whose path ends here, each with its place in the order, and what may follow."""

    routes: list[tuple[int, Route]]
    words: dict[str, _Node]
    parameter: list[_Node]

    @classmethod
    def empty(cls) -> Self:
        return cls([], {}, [])

    def following(self, word: str) -> _Node:
        """The node of a word of a route's path, made if it is new."""
        if not PARAMETER.fullmatch(word):
            return self.words.setdefault(word, _Node.empty())
        if not self.parameter:
            self.parameter.append(_Node.empty())
        return self.parameter[0]


class RouteIndex(BaseRoute):
    """A route that is any of the plain ones among those given: those whose parameters are whole words."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._root = _Node.empty()
        for place, route in enumerate(routes):
            if isinstance(route, Route) and _is_plain(route):
                node = self._root
                for word in route.path.split("/"):
                    node = node.following(word)
                node.routes.append((place, route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that matches; if only the method is another, that route, which says so."""
        if scope["type"] != "http":
            return Match.NONE, {}
        found: tuple[Match, Scope] = Match.NONE, {}
        for route in self._candidates(scope["path"].removeprefix(scope.get("root_path", ""))):
            match, child = route.matches(scope)
            if match.value > found[0].value:
                found = match, {**child, FOUND: route}
            if match is Match.FULL:
                break
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the route that was found."""
        scope["route"] = route = scope[FOUND]
        await route.handle(scope, receive, send)

    def _candidates(self, path: str) -> Iterator[Route]:
        nodes = [self._root]
        for word in path.split("/"):
            nodes = [following for node in nodes for following in _reached(node, word)]
        found = [each for node in nodes for each in node.routes]
        return (route for _, route in sorted(found, key=lambda each: each[0]))


class StraightToEndpoint:
    """Answers by the endpoint that an index finds, and hands on to the framework what it does not find.

    The framework's own way leads through ten layers, each with something to keep for as long as a request waits. They
    are for endpoints that leave errors, bodies and dependencies to them, as ours do not.
    """

    def __init__(self, routes: Iterable[BaseRoute], otherwise: ASGIApp) -> None:
        # Not those of other classes, as of the pages that describe the API: the framework fills in their arguments.
        self.index = RouteIndex(route for route in routes if type(route) is Route)
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match, child = self.index.matches(scope)
        if match is not Match.FULL:
            await self._otherwise(scope, receive, send)
            return
        scope.update(child)
        response = await child["endpoint"](Request(scope, receive, send))
        await response(scope, receive, send)


def _reached(node: _Node, word: str) -> Iterator[_Node]:
    if word in node.words:
        yield node.words[word]
    if word:
        yield from node.parameter


def _is_plain(route: Route) -> bool:
    return all(PARAMETER.fullmatch(word) or "{" not in word for word in route.path.split("/"))
