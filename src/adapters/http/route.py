"""A route: a method and a path for a command or a query. The tables of the areas are all that there is under `/v1`.

A kind of job has one by its name: `POST /jobs/run-billing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, NamedTuple

from adapters.areas import exported
from adapters.bootstrap.jobs import kinds
from adapters.bootstrap.operations import Operation, operations

PREFIX = "/v1"
JOBS = "/jobs"
PART = re.compile(r"\{([a-z_]+)\}")


class Route(NamedTuple):
    """Method and path of an operation; a part of the path in braces is a word of the operation.

    The permission follows from the operation, and so do the other words: in the body of a command, in the parameters
    of a query.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    struct: Any
    status: int = 200

    @property
    def operation(self) -> Operation:
        return operations()[self.struct]

    @property
    def words_in_path(self) -> tuple[str, ...]:
        return tuple(PART.findall(self.path))

    @property
    def is_query(self) -> bool:
        return self.operation.kind == "read"


@cache
def routes() -> tuple[Route, ...]:
    """The routes of all areas. Fixed paths come first, so that a word in braces does not take them."""
    return tuple(sorted(_declared(), key=lambda route: ("{" in route.path, route.path, route.method)))


def _declared() -> Iterator[Route]:
    for table in exported("adapters.http.routes", "ROUTES"):
        yield from table
    for struct in kinds():
        yield Route("POST", f"{JOBS}/{operations()[struct].name}", struct, 202)
