"""Usage: quantities that were used of a component of a subscription, given as facts.

Decides whether a quantity can be taken in. What it costs is decided when its period is over.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.catalogue.components import Usage
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import MOST_AMOUNT, PRICE_DECIMALS
from billing_core.parties import require_text
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms import component_on, standing_on


class UsageEntry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A quantity that was used of a usage component on a day."""

    on: date
    component: str
    quantity: Decimal


@event("usage-recorded")
class UsageRecorded(Event, frozen=True, kw_only=True):
    """So much was used on `effective_on`."""

    subscription: str
    component: str
    quantity: Decimal


def record_usage(subscription: Subscription, fact: UsageRecorded, catalogue: Catalogue) -> list[UsageRecorded]:
    """Take a quantity in: of a usage component of the tariff that was in force on its day, while it was there."""
    require_text(fact.component, "component")
    require_used(fact.quantity)
    tariff = tariff_named(catalogue, standing_on(subscription, fact.effective_on).tariff)
    component = component_on(tariff, fact.component, fact.effective_on)
    if not isinstance(component, Usage):
        raise InvalidValue(f"is {component.kind} in tariff {tariff.code}, not usage", field="component",
                           value=fact.component)  # fmt: skip
    return [fact]


def require_used(quantity: Decimal) -> None:
    """From nothing to below 10^15, with at most six decimals."""
    if not quantity.is_finite() or not 0 <= quantity < MOST_AMOUNT or quantity != round(quantity, PRICE_DECIMALS):
        raise InvalidValue(
            f"must be from 0 to below 10^15, with at most {PRICE_DECIMALS} decimals", field="quantity", value=quantity
        )
