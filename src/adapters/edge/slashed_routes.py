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
from starlette.routing import BaseRoute, Route

PART = re.compile(r"\{(\w+)\}")


class _Slashed(Convertor[str]):
    regex = "[^/](?:.*[^/])?"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("slashed", _Slashed())


def slashed_routes(routes: Iterable[BaseRoute]) -> list[Route]:
    """The routes that have parts once more, with parts that may hold slashes, to be appended to all others.

    Those with more words of their own come first: `/customers/{number}/change` before `/customers/{number}`.
    """
    named = [route for route in routes if isinstance(route, Route) and PART.search(route.path)]
    return [
        Route(PART.sub(r"{\1:slashed}", route.path), route.endpoint, methods=_methods(route), include_in_schema=False)
        for route in sorted(named, key=_own_words, reverse=True)
    ]


def _own_words(route: Route) -> int:
    return sum(1 for part in route.path.split("/") if not PART.search(part))


def _methods(route: Route) -> list[str] | None:
    return sorted(route.methods) if route.methods else None
