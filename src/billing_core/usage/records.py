"""Recorded usage: quantities that were used of a component of a subscription, as facts of its account.

Decides whether quantities can be recorded, and whether one that was recorded can be withdrawn. Their price is decided
after the end of their period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.catalogue.components import Usage
from billing_core.catalogue.prices import require_units
from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.details import require_text
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms import component_on, in_force_on
from billing_core.services.terms_in_force import TermsInForce

MOST_DAYS_NAMED = 5

# --- values and events


class Rated(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What so many records cost: `parts`, of which `parts_per_unit` are one unit of the currency."""

    records: int
    parts: int
    parts_per_unit: int

    @property
    def amount(self) -> Fraction:
        """The exact amount."""
        return Fraction(self.parts, self.parts_per_unit)


class UsageEntry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A quantity that was used of a usage component on a day; what its records cost, if each has a price of its own."""

    on: date
    component: str
    quantity: Decimal
    rated: Rated | None = None


class DayUsage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The usage of a day: its sum, or the quantity of each usage event if the price counts events."""

    on: date
    quantities: tuple[Decimal, ...]


@event("usage-recorded")
class UsageRecorded(Event, frozen=True, kw_only=True):
    """So much was used of a component on some days of one period, in their order; `effective_on` is the first day.

    `batch` names the batch of the records; it is empty if the usage was recorded by hand.
    """

    subscription: str
    component: str
    days: tuple[DayUsage, ...]
    batch: str = ""


@event("usage-withdrawn")
class UsageWithdrawn(Event, frozen=True, kw_only=True):
    """Usage recorded on `effective_on` is taken back: charges become those without it."""

    subscription: str
    component: str
    quantity: Decimal
    reason: Personal[str]
    customer: PersonNumber = ""


# --- state


def used_once(subscription: str, component: str, on: date, quantity: Decimal) -> UsageRecorded:
    """The fact that one quantity was used on one day."""
    return UsageRecorded(
        effective_on=on, subscription=subscription, component=component, days=(DayUsage(on, (quantity,)),)
    )


def entries_of(fact: UsageRecorded) -> list[UsageEntry]:
    """The entries that a fact records, in the order of its days."""
    return [UsageEntry(day.on, fact.component, quantity) for day in fact.days for quantity in day.quantities]


def entry_of(fact: UsageWithdrawn) -> UsageEntry:
    """The quantity that a fact takes back."""
    return UsageEntry(fact.effective_on, fact.component, fact.quantity)


def without_entry(usage: Mapping[str, list[UsageEntry]], fact: UsageWithdrawn) -> dict[str, list[UsageEntry]]:
    """Entries by subscription without a quantity that was withdrawn, if it is among them."""
    left = list(usage.get(fact.subscription, ()))
    taken, entry = entry_of(fact), entry_with(left, entry_of(fact))
    if entry is not None:
        rest = UsageEntry(entry.on, entry.component, entry.quantity - taken.quantity)
        place = left.index(entry)
        left[place : place + 1] = [rest] if rest.quantity else []
    others = {code: entries for code, entries in usage.items() if code != fact.subscription}
    return {**others, fact.subscription: left} if left else others


def entry_with(recorded: Sequence[UsageEntry], taken: UsageEntry) -> UsageEntry | None:
    """The entry that a withdrawn quantity is a part of: the one of just this quantity, else the least that holds it.

    A batch records the sum of a day, so that a part of it may be wrong:

        14 recorded of a day, 4 withdrawn  ->  10 stay        10 and 4 recorded, 4 withdrawn  ->  10 stays
    """
    same_day = [
        entry for entry in recorded if (entry.on, entry.component) == (taken.on, taken.component) and not entry.rated
    ]
    return min((entry for entry in same_day if entry.quantity >= taken.quantity), default=None,
               key=lambda entry: entry.quantity)  # fmt: skip


# --- decisions


def record_usage(subscription: Subscription, fact: UsageRecorded, catalogue: Catalogue) -> list[UsageRecorded]:
    """Record quantities of a usage component of the tariff that was in force on their day."""
    require_text(fact.component, "component")
    for day in fact.days:
        for quantity in day.quantities:
            require_used(quantity)
        component = used_component(in_force_on(subscription, day.on), fact.component, day.on, catalogue)
        require_priced_by_quantity(component)
    return [fact]


def used_component(in_force: TermsInForce, code: str, on: date, catalogue: Catalogue) -> Usage:
    """The usage component of this code in the tariff that is in force on a day, or `InvalidValue`."""
    tariff = tariff_named(catalogue, in_force.tariff)
    component = component_on(tariff, code, on)
    if not isinstance(component, Usage):
        raise InvalidValue(f"is {component.kind} in tariff {tariff.code}, not usage", field="component", value=code)
    return component


def require_priced_by_quantity(component: Usage) -> None:
    """A quantity alone has no price in a price list of destinations: its records have."""
    if isinstance(component.pricing, Destinations):
        raise InvalidValue(
            f"is priced record by record, by price list {component.pricing.price_list}; import its records",
            field="component", value=component.code,
        )  # fmt: skip


def withdraw_usage(recorded: Sequence[UsageEntry], fact: UsageWithdrawn) -> list[UsageWithdrawn]:
    """Take back a quantity that was recorded of a component on a day, or a part of one, and not withdrawn yet.

    `recorded` is what was recorded of the subscription, without what was withdrawn.
    """
    require_text(fact.reason, "reason")
    require_used(fact.quantity)
    if any(entry.rated and entry.component == fact.component for entry in recorded):
        raise RuleViolation("is priced record by record; correct its records or its price list", field="component",
                            value=fact.component)  # fmt: skip
    if entry_with(recorded, entry_of(fact)) is None:
        raise RuleViolation(
            f"is not recorded of {fact.component} on {fact.effective_on}; {_described(recorded, fact)}",
            field="quantity", value=fact.quantity,
        )  # fmt: skip
    return [fact]


def _described(recorded: Sequence[UsageEntry], fact: UsageWithdrawn) -> str:
    """The usage recorded on the day, or else the days with recorded usage."""
    same = [entry for entry in recorded if entry.component == fact.component]
    on_day = [f"{entry.quantity:f}" for entry in same if entry.on == fact.effective_on]
    if on_day:
        return f"recorded on this day: {', '.join(on_day)}"
    days = sorted({entry.on for entry in same}, key=lambda on: abs(on - fact.effective_on))[:MOST_DAYS_NAMED]
    if days:
        return f"the nearest days with usage are {', '.join(str(on) for on in sorted(days))}"
    known = ", ".join(sorted({entry.component for entry in recorded}))
    return f"usage is recorded of {known}" if known else "no usage of the subscription is recorded"


def require_come(on: date, today: date) -> None:
    """Usage is metered, so its day has come; it may be tomorrow, as it is already in a zone ahead of the seller's.

    today 1 June    1 and 2 June: allowed    3 June: refused
    """
    if on > today + ONE_DAY:
        raise InvalidValue(f"is after today, {today}; usage is recorded after it was used", field="on", value=on)


def require_used(quantity: Decimal) -> None:
    """From nothing to below 10^15, with at most six decimals; no sign, as the table of records keeps none with 0."""
    require_units(quantity, "quantity")
    if quantity.is_signed():
        raise InvalidValue("is written with a minus sign; write it as 0", field="quantity", value=quantity)
