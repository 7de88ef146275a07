"""Usage: quantities that were used of a component of a subscription, as facts.

Decides whether a quantity can be recorded, and whether one that was recorded can be withdrawn. What it costs is
decided when its period is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.catalogue.components import Usage
from billing_core.catalogue.prices import require_units
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties import require_text
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms import component_on, in_force_on

MOST_DAYS_NAMED = 5


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


@event("usage-withdrawn")
class UsageWithdrawn(Event, frozen=True, kw_only=True):
    """What was recorded as used on `effective_on` is taken back: it is charged as if it had never been recorded."""

    subscription: str
    component: str
    quantity: Decimal
    reason: str


def record_usage(subscription: Subscription, fact: UsageRecorded, catalogue: Catalogue) -> list[UsageRecorded]:
    """Take a quantity in: of a usage component of the tariff that was in force on its day, while it was there."""
    require_text(fact.component, "component")
    require_used(fact.quantity)
    tariff = tariff_named(catalogue, in_force_on(subscription, fact.effective_on).tariff)
    component = component_on(tariff, fact.component, fact.effective_on)
    if not isinstance(component, Usage):
        raise InvalidValue(f"is {component.kind} in tariff {tariff.code}, not usage", field="component",
                           value=fact.component)  # fmt: skip
    return [fact]


def withdraw_usage(recorded: Sequence[UsageEntry], fact: UsageWithdrawn) -> list[UsageWithdrawn]:
    """Take back a quantity that was recorded of a component on a day and not withdrawn yet.

    `recorded` is what was recorded of the subscription, without what was withdrawn.
    """
    require_text(fact.reason, "reason")
    if entry_of(fact) not in recorded:
        raise RuleViolation(
            f"is not recorded of {fact.component} on {fact.effective_on}; {_described(recorded, fact)}",
            field="quantity", value=fact.quantity,
        )  # fmt: skip
    return [fact]


def _described(recorded: Sequence[UsageEntry], fact: UsageWithdrawn) -> str:
    """What is recorded on the day, or else on which days something is."""
    same = [entry for entry in recorded if entry.component == fact.component]
    on_day = [f"{entry.quantity:f}" for entry in same if entry.on == fact.effective_on]
    if on_day:
        return f"recorded on this day: {', '.join(on_day)}"
    days = sorted({entry.on for entry in same}, key=lambda on: abs(on - fact.effective_on))[:MOST_DAYS_NAMED]
    if days:
        return f"the nearest days with usage are {', '.join(str(on) for on in sorted(days))}"
    known = ", ".join(sorted({entry.component for entry in recorded}))
    return f"usage is recorded of {known}" if known else "no usage of the subscription is recorded"


def entry_of(fact: UsageRecorded | UsageWithdrawn) -> UsageEntry:
    """The entry that a fact records or takes back."""
    return UsageEntry(fact.effective_on, fact.component, fact.quantity)


def without_entry(usage: Mapping[str, list[UsageEntry]], fact: UsageWithdrawn) -> dict[str, list[UsageEntry]]:
    """Entries by subscription without one that was withdrawn, if it is among them."""
    left = list(usage.get(fact.subscription, ()))
    if entry_of(fact) in left:
        left.remove(entry_of(fact))
    others = {code: entries for code, entries in usage.items() if code != fact.subscription}
    return {**others, fact.subscription: left} if left else others


def require_used(quantity: Decimal) -> None:
    """From nothing to below 10^15, with at most six decimals."""
    require_units(quantity, "quantity")
