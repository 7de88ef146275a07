"""Every command and every query, by name, with its area and its permission."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, NamedTuple

from adapters.areas import exported_by_area

WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Operation(NamedTuple):
    """A command, which changes something, or a query, which reads."""

    area: str
    kind: Literal["change", "read"]
    name: str
    struct: Any

    @property
    def permission(self) -> str:
        """`payments.change.receive-payment`."""
        return f"{self.area}.{self.kind}.{self.name}"


def operation_name(struct: type) -> str:
    """The name of a command or query: `ReceivePayment` is `receive-payment`."""
    return WORD.sub("-", struct.__name__).lower()


@cache
def operations() -> dict[type, Operation]:
    """All of them, by the struct that carries the fields."""
    found: dict[type, Operation] = {}
    for area, exports in exported_by_area("commands", "AREA"):
        for struct in exports.handlers:
            found[struct] = Operation(area, "change", operation_name(struct), struct)
    for area, queries in exported_by_area("adapters.views", "QUERIES"):
        for struct in queries:
            found[struct] = Operation(area, "read", operation_name(struct), struct)
    return found
