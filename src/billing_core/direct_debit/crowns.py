"""Whole crowns: SIPO collects no hellers, so they stay open and are carried to the next month by themselves.

Worked example, 349.50 a month:

    January    349.50 open    349 drawn    0.50 stay open
    February   0.50 + 349.50  350 drawn    nothing stays open

The items are taken in order of their due dates, so what is carried is always part of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from billing_core.kernel.money import Money, total

WHOLE = Decimal(1)


def whole_units(amounts: Sequence[Money], currency: str) -> list[Money]:
    """So much of each amount, in order, that they sum to a whole number of units; the rest is left of the last ones."""
    left = total(amounts, currency)
    left = Money(left.amount.quantize(WHOLE, rounding=ROUND_FLOOR).quantize(left.amount), currency)
    taken = []
    for amount in amounts:
        part = min(amount, left)
        taken.append(part)
        left = left - part
    return taken
