"""How the stored samples of expected payments are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.expected_payments.standing_orders import StandingOrderEnded, StandingOrderExpected
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

SAMPLES: dict[str, Event] = {
    "standing-order-expected/1": StandingOrderExpected(
        effective_on=date(2026, 1, 5), amount=Money(Decimal("500.00"), "CZK"), day=15, from_on=date(2026, 1, 1),
        until_on=date(2026, 12, 31),
    ),
    "standing-order-ended/1": StandingOrderEnded(effective_on=date(2026, 6, 11), reason="pays by direct debit now"),
}  # fmt: skip
