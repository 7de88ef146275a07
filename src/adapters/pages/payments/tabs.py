"""The tabs of money that comes in: each area adds its own as `PAYMENT_TABS`, with its place among them."""

from __future__ import annotations

from adapters.areas import exported
from adapters.pages.lists import Act


def tabs() -> tuple[Act, ...]:
    """The tabs of all areas in their order."""
    found: list[tuple[int, Act]] = [each for table in exported("adapters.pages", "PAYMENT_TABS") for each in table]
    return tuple(act for _, act in sorted(found, key=lambda each: each[0]))
