"""Routes found by the first word of their path, rather than by asking one after the other.

A program with thousands of routes would spend more on looking for one than on most answers. Of these, with the prefix
`/v1`, a request for `/v1/customers/7` asks the second and the third alone:

    /v1/accounts/{account}    /v1/customers    /v1/customers/{number}

Among those that are asked the first that fits counts, as everywhere: their order stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

FOUND = "billing.route"


class RoutesByWord(BaseRoute):
    """Many routes as one. One without a first word of its own, as a folder of files, is asked for any path."""

    def __init__(self, routes: Sequence[BaseRoute], prefix: str = "") -> None:
        self.routes = routes
        self._words_of_prefix = prefix.split("/")[1:]
        known = [(self._word_of(route.path) if isinstance(route, Route) else None, route) for route in routes]
        self._of_any = [route for word, route in known if word is None]
        self._by_word = {
            each: [route for word, route in known if word in (each, None)]
            for each in {word for word, _ in known if word is not None}
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first that fits; else the first that fits but for the method, so that the answer says that."""
        nearly: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._by_word.get(self._word_of(scope["path"]) or "", self._of_any):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, FOUND: route}
            if match is Match.PARTIAL and nearly[0] is Match.NONE:
                nearly = match, {**found, FOUND: route}
        return nearly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the route that was found."""
        await scope[FOUND].handle(scope, receive, send)

    def _word_of(self, path: str) -> str | None:
        """The first word, after the prefix if the path begins with it; None if that is not a fixed one."""
        words = path.split("/")[1:]
        begins = self._words_of_prefix
        count = len(begins) + 1 if words[: len(begins)] == begins else 1
        first = "/".join(words[:count])
        return None if "{" in first else first
