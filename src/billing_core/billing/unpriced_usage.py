"""Usage that a change of a service leaves on days without a price is settled with the change.

An earlier end, another tariff or a later activation may become known after usage was recorded for the days that it
removes. Such a change is refused, unless it says that this usage is

- charged at the last price (`last-price`): the one before its day, or else the first one after it (`rating_days`);
- or waived (`waive`): it is withdrawn, with the change as the reason, and stays withdrawn if the change is cancelled.

Worked example, data at 1.00: 10 used on 15 April, 3 used on 20 April, then an end on 16 April becomes known

    refused: 3 of data on 2026-04-20     last-price: 13.00 up to 16 April     waive: 10.00 up to 16 April
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal

from billing_core.catalogue.components import Usage
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_ever
from billing_core.charging.rating_days import priced_days, rating_day
from billing_core.charging.schedule import pieces
from billing_core.charging.view import view_of
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.spans import Span
from billing_core.services.subscriptions import Subscription, after_facts
from billing_core.usage.rating.rated import UsageRated, not_rated
from billing_core.usage.records import UsageEntry, UsageWithdrawn

UnpricedUsage = Literal["last-price", "waive"]

MOST_DAYS_NAMED = 5


class UsageWithoutPrice(RuleViolation):
    """A change would leave recorded usage on days without a price, and does not settle it."""

    code = "usage-without-price"


# --- decisions


def settle_usage(
    subscription: Subscription,
    changes: Iterable[Event],
    usage: Sequence[UsageEntry],
    catalogue: Catalogue,
    choice: UnpricedUsage | None,
    reason: str,
) -> list[UsageWithdrawn | UsageRated]:
    """Settle the recorded usage that changes of a subscription leave without a price.

    `usage` is all that was recorded and not withdrawn, `catalogue` has the tariffs before and after the changes.
    `reason` is why usage is waived.
    """
    unpriced = list(_left_without_price(subscription, after_facts(subscription, changes), usage, catalogue))
    if choice == "waive":
        waived = [entry for entry, _ in unpriced]
        by_quantity = [_withdrawn(entry, subscription.code, reason) for entry in waived if entry.rated is None]
        return [*by_quantity, *not_rated(subscription.code, waived)]
    refused = [entry for entry, on in unpriced if choice is None or on is None]
    if not refused:
        return []
    ways = "use unpriced_usage=last-price to charge it at the last price, or unpriced_usage=waive to charge nothing"
    if choice == "last-price":
        ways = "the component has a price on no day, so use unpriced_usage=waive to charge nothing"
    raise UsageWithoutPrice(f"usage would have no price: {_listed(refused)}; {ways}", field="subscription",
                            value=subscription.code)  # fmt: skip


def _withdrawn(entry: UsageEntry, subscription: str, reason: str) -> UsageWithdrawn:
    return UsageWithdrawn(
        effective_on=entry.on,
        subscription=subscription,
        component=entry.component,
        quantity=entry.quantity,
        reason=reason,
    )


def prices_usage(tariffs: Iterable[Tariff]) -> bool:
    """Whether any of the tariffs ever had a usage component, so that usage may have been recorded."""
    return any(isinstance(component, Usage) for tariff in tariffs for component in components_ever(tariff))


# --- usage without a price


def _left_without_price(
    before: Subscription, after: Subscription, usage: Iterable[UsageEntry], catalogue: Catalogue
) -> Iterator[tuple[UsageEntry, date | None]]:
    """Entries that had the price of their day and would not have it, with the day whose price they would have.

    Entries that had the price of another day are among them if they would have none at all.
    """
    days, days_after = _priced_days(before, catalogue), _priced_days(after, catalogue)
    for entry in usage:
        rated_on = rating_day(entry.on, days.get(entry.component, ()))
        rated_after = rating_day(entry.on, days_after.get(entry.component, ()))
        if rated_after != entry.on and (rated_on == entry.on or rated_after is None):
            yield entry, rated_after


def _priced_days(subscription: Subscription, catalogue: Catalogue) -> Mapping[str, Sequence[Span]]:
    return priced_days(pieces(view_of(subscription, ()), catalogue))


def _listed(usage: Iterable[UsageEntry]) -> str:
    """`3 of data on 2026-04-20`, or `12 of data on 7 days from 2026-04-17 to 2026-04-30`, by component."""
    found = []
    for component, entries in groupby(sorted(usage, key=lambda each: each.component), lambda each: each.component):
        quantities: dict[date, Decimal] = defaultdict(Decimal)
        for entry in entries:
            quantities[entry.on] += entry.quantity
        days = sorted(quantities)
        if len(days) <= MOST_DAYS_NAMED:
            found += [f"{quantities[on]:f} of {component} on {on}" for on in days]
        else:
            whole = sum(quantities.values(), Decimal(0))
            found.append(f"{whole:f} of {component} on {len(days)} days from {days[0]} to {days[-1]}")
    return ", ".join(found)
