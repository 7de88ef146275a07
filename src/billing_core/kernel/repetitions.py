"""Which of many values stands twice, found in one pass.

first_repeated(["a", "b", "a", "b"])   -> (2, "a")
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

Value = TypeVar("Value", bound=Hashable)


def first_repeated(values: Iterable[Value]) -> tuple[int, Value] | None:
    """The place and the value of the first one that stood before; None if all differ."""
    seen: set[Value] = set()
    for number, value in enumerate(values):
        if value in seen:
            return number, value
        seen.add(value)
    return None
