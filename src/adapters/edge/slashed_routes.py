"""Routes for names that hold a slash, as customer `2026/15` or the payment of a bank with the reference `17/A`.

A part of an address ends with the next slash, and a server is given `%2F` as a slash, too. So what no usual route
matches is tried once more, with parts that may hold slashes:

    /customers/2026/15               customer 2026/15
    /customers/2026/15/change        the form that changes customer 2026/15

Rejected: names without slashes, for banks and earlier systems give them; another sign for a slash in addresses, which
each link and each program that uses the API would have to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

PART = re.compile(r"\{(\w+)\}")
# How many ways there are to share slashes among the parts of an address grows with their number, so it is bounded.
MOST_SLASHES = 16


class _Slashed(Convertor[str]):
    regex = "[^/](?:.*[^/])?"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("slashed", _Slashed())


class SlashedRoute(Route):
    """A route whose parts may hold slashes; an address with too many of them is none of its own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["path"].count("/") > MOST_SLASHES:
            return Match.NONE, {}
        return super().matches(scope)


def slashed_routes(routes: Iterable[BaseRoute]) -> list[SlashedRoute]:
    """The routes that have parts once more, with parts that may hold slashes, to be appended to all others.

    Those with more words of their own come first: `/customers/{number}/change` before `/customers/{number}`.
    """
    named = [route for route in routes if isinstance(route, Route) and PART.search(route.path)]
    return [
        SlashedRoute(
            PART.sub(r"{\1:slashed}", route.path), route.endpoint, methods=_methods(route), include_in_schema=False
        )
        for route in sorted(named, key=_own_words, reverse=True)
    ]


def _own_words(route: Route) -> int:
    return sum(1 for part in route.path.split("/") if not PART.search(part))


def _methods(route: Route) -> list[str] | None:
    return sorted(route.methods) if route.methods else None
