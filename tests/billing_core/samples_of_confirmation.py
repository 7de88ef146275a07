"""How the stored samples of confirmation limits are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.confirmation import ConfirmationLimits, ConfirmationLimitsSet
from billing_core.kernel.events import Event

LIMITS = ConfirmationLimits(most_days_ahead=100, most_amount=Decimal(50_000), most_percent=Decimal(5))
SAMPLES: dict[str, Event] = {
    "confirmation-limits-set/1": ConfirmationLimitsSet(effective_on=date(2026, 1, 1), seller="north", limits=LIMITS),
}
