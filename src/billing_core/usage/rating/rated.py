"""Rated usage: what records cost that a price list of destinations prices one by one, as facts of their account.

An account keeps no records, but for each day of a component how many there were, how many units, and what they cost.
Amounts are exact: whole numbers of parts of the currency, since a second at 0.05 a minute is no decimal. What a day
costs is what it was rated as last: a record that comes late, or another price list, replaces the day, and charging
posts the difference.

    rated     10 May: 2 calls, 130 s, 0.108333...      parts 6,500,000 of 60,000,000
    rated     10 May: 3 calls, 190 s, 0.158333...      parts 9,500,000 of 60,000,000; the day is this now
    rated     10 May: 0 calls                          nothing is left of the day
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.kernel.events import Event, event
from billing_core.usage.records import Rated, UsageEntry

DECIMALS = 6

# --- values and events


class RatedDay(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The records of a day, their units, and their amount in parts; without records nothing is left of the day."""

    on: date
    records: int
    units: Decimal
    parts: int


@event("usage-rated")
class UsageRated(Event, frozen=True, kw_only=True):
    """The records of a component on some days cost this much; it replaces what they were rated as before.

    `parts_per_unit` parts are one unit of the account's currency; `effective_on` is the first day.
    """

    subscription: str
    component: str
    days: tuple[RatedDay, ...]
    parts_per_unit: int


# --- state


def rated_entries(fact: UsageRated) -> list[UsageEntry]:
    """The entries that a fact records, in the order of its days."""
    return [
        UsageEntry(day.on, fact.component, day.units, Rated(day.records, day.parts, fact.parts_per_unit))
        for day in fact.days
        if day.records
    ]


def replaced_by(entries: Iterable[UsageEntry], fact: UsageRated) -> list[UsageEntry]:
    """The entries of a subscription that a fact takes the place of."""
    days = {day.on for day in fact.days}
    return [entry for entry in entries if entry.component == fact.component and entry.on in days]


def with_rated(usage: Mapping[str, list[UsageEntry]], fact: UsageRated) -> dict[str, list[UsageEntry]]:
    """Entries by subscription with the days of a fact as it rates them."""
    entries = usage.get(fact.subscription, [])
    gone = replaced_by(entries, fact)
    left = [*(entry for entry in entries if entry not in gone), *rated_entries(fact)]
    others = {code: of_code for code, of_code in usage.items() if code != fact.subscription}
    return {**others, fact.subscription: left} if left else others


def rated_as(subscription: str, entries: Iterable[UsageEntry]) -> list[UsageRated]:
    """The facts that rate days as they were rated on another account."""
    return [_fact(subscription, entry, entry.rated) for entry in entries if entry.rated is not None]


def not_rated(subscription: str, entries: Iterable[UsageEntry]) -> list[UsageRated]:
    """The facts by which nothing is left of rated days."""
    nothing = Rated(0, 0, 1)
    return [_fact(subscription, entry, nothing) for entry in entries if entry.rated is not None]


def _fact(subscription: str, entry: UsageEntry, rated: Rated) -> UsageRated:
    units = entry.quantity if rated.records else Decimal(0)
    return UsageRated(
        effective_on=entry.on,
        subscription=subscription,
        component=entry.component,
        days=(RatedDay(entry.on, rated.records, units, rated.parts),),
        parts_per_unit=rated.parts_per_unit,
    )


# --- words


def in_decimals(exact: Fraction) -> str:
    """An exact amount with six decimals, as `about` if it has more: 0.108333... is `about 0.108333`."""
    digits = Decimal(round(exact * 10**DECIMALS)).scaleb(-DECIMALS)
    return f"{'' if Fraction(digits) == exact else 'about '}{digits:f}"
