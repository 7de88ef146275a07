"""Every command, action, query and kind of job, by name, with its area and its permissions."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, NamedTuple

from adapters.areas import exported, exported_by_area
from commands.platform.bus import operation_name
from commands.platform.concerns import HOUSE, Concern, concern_of


class Operation(NamedTuple):
    """A command, an action or a job, which change something, or a query, which reads.

    What says nothing about what it concerns is the house's own.
    """

    area: str
    kind: Literal["change", "read"]
    name: str
    struct: Any
    concern: Concern = HOUSE
    is_job: bool = False

    @property
    def permission(self) -> str:
        """`payments.change.receive-payment`."""
        return f"{self.area}.{self.kind}.{self.name}"

    @property
    def permissions(self) -> tuple[str, ...]:
        """All permissions about it: a job may be started, or only seen by somebody who did not start it."""
        return (self.permission, f"{self.area}.read.{self.name}") if self.is_job else (self.permission,)


def permissions() -> list[str]:
    """One for each command, action and query, two for each kind of job, and those of what is none of these."""
    found = [each for operation in operations().values() for each in operation.permissions]
    for floor in ("adapters.views", "adapters.actions"):
        found += [permission for of_area in exported(floor, "PERMISSIONS") for permission in of_area]
    return sorted(found)


@cache
def operations() -> dict[type, Operation]:
    """All of them, by the struct that carries the fields."""
    found: dict[type, Operation] = {}
    said = concerns()
    for area, exports in exported_by_area("commands", "AREA"):
        for struct in exports.handlers:
            found[struct] = Operation(area, "change", operation_name(struct), struct, said.get(struct, HOUSE))
    for area, actions in exported_by_area("adapters.actions", "ACTIONS"):
        for struct in actions:
            found[struct] = Operation(area, "change", operation_name(struct), struct)
    for area, queries in exported_by_area("adapters.views", "QUERIES"):
        for struct in queries:
            found[struct] = Operation(area, "read", operation_name(struct), struct, said.get(struct, HOUSE))
    for area, jobs in exported_by_area("adapters.jobs", "JOBS"):
        for struct in jobs:
            found[struct] = Operation(area, "change", operation_name(struct), struct, is_job=True)
    return found


@cache
def concerns() -> dict[type, Concern]:
    """What each command and query concerns that says so, by itself or in the table of its area."""
    structs: list[type] = []
    declared: dict[type, Concern] = {}
    for area in exported("commands", "AREA"):
        structs += area.handlers
        declared |= area.concerns
    for queries in exported("adapters.views", "QUERIES"):
        structs += queries
    for of_area in exported("adapters.views", "CONCERNS"):
        declared |= of_area
    found = ((struct, concern_of(struct, declared)) for struct in structs)
    return {struct: concern for struct, concern in found if concern is not None}
