"""Reversed payments that were paid again: how much is still missing of what was taken back.

Decides how payments count towards what was reversed before them; not which invoices they settle.

    5 February    24.00 are reversed                 24.00 missing
    9 February    10.00 come in                      14.00 missing
    12 February   the payment of 9 February too      24.00 missing: it does not count any more, nor is it reversed twice
    20 February   30.00 come in                      paid again; what is more counts towards no later reversal
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.payments.events import (
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentReversed,
)

FACTS: tuple[type[Event], ...] = (
    PaymentReceived, PaymentMovedIn, PaymentMovedAway, PaymentReversed, PaymentPartlyReversed,
)  # fmt: skip


class Reversed(msgspec.Struct, frozen=True):
    """What was reversed and not paid again, and the payments that came in since, by their ids."""

    amount: Money
    came_in: Mapping[str, Money] = {}

    @property
    def is_paid_again(self) -> bool:
        return not (self.amount - total(self.came_in.values(), self.amount.currency)).amount > 0


def apply_reversed(known: Reversed | None, fact: Event) -> Reversed | None:
    """What was reversed, after an event of the account; None before the first reversal."""
    is_open = known is not None and not known.is_paid_again
    match fact:
        case PaymentReversed() | PaymentPartlyReversed():
            if known is not None and fact.payment in known.came_in:
                return _without(known, fact.payment, fact.amount)
            if known is None or not is_open:
                return Reversed(fact.amount)
            return msgspec.structs.replace(known, amount=known.amount + fact.amount)
        case PaymentReceived() | PaymentMovedIn() if known is not None and is_open:
            return msgspec.structs.replace(known, came_in={**known.came_in, fact.payment: fact.amount})
        case PaymentMovedAway() if known is not None and fact.payment in known.came_in:
            return _without(known, fact.payment, fact.amount)
    return known


def _without(known: Reversed, payment: str, amount: Money) -> Reversed:
    """So much of a payment does not count any more."""
    return msgspec.structs.replace(known, came_in={**known.came_in, payment: known.came_in[payment] - amount})
