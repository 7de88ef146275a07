"""Usage: quantities that were used of a component of a subscription, given as facts.

Decides whether a quantity can be taken in. What it costs is decided when its period is over.
"""

from __future__ import annotations

from decimal import Decimal

from billing_core.errors import InvalidValue, RuleViolation
from billing_core.events import Event, event
from billing_core.parties import require_text
from billing_core.services.subscriptions import Subscription


@event("usage-recorded")
class UsageRecorded(Event, frozen=True, kw_only=True):
    """So much was used on `effective_on`."""

    subscription: str
    component: str
    quantity: Decimal


def record_usage(subscription: Subscription, fact: UsageRecorded) -> list[UsageRecorded]:
    """Take a quantity in; the subscription must have been there on its day."""
    require_text(fact.component, "component")
    if not fact.quantity.is_finite() or fact.quantity < 0:
        raise InvalidValue("must not be negative", field="quantity", value=fact.quantity)
    segments = subscription.segments()
    if not any(entry.from_on <= fact.effective_on and (entry.to_on is None or fact.effective_on < entry.to_on)
               for entry in segments):  # fmt: skip
        raise RuleViolation("the subscription was not there on this day", field="usage on", value=fact.effective_on)
    return [fact]
