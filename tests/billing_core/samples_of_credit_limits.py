"""How the stored samples of credit limits are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.credit_limits import CreditLimitSet, TemporaryCreditEnded, TemporaryCreditGranted
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

SAMPLES: dict[str, Event] = {
    "credit-limit-set/1": CreditLimitSet(
        effective_on=date(2026, 3, 2), limit=Money(Decimal("20.00"), "EUR"), reason="pays for years without delay"
    ),
    "temporary-credit-granted/1": TemporaryCreditGranted(
        effective_on=date(2026, 3, 2), amount=Money(Decimal("10.00"), "EUR"), until_on=date(2026, 3, 9),
        reason="wages come on the 8th",
    ),
    "temporary-credit-ended/1": TemporaryCreditEnded(effective_on=date(2026, 3, 10), reason="moved away"),
}  # fmt: skip
