"""Booking: the facts of an account about a batch, one for each subscription, component and period.

1. The records of a component on a day are booked together, if the subscription is in force on the day and its tariff
   has the usage component; else all of them are refused, with the reason.
2. The days of one period of the component's grid are one fact. Periods are those of the grid as it is known now; what
   the days cost is decided when they are billed.
3. A day's quantities are summed, unless a price of the component counts usage events.
4. Records of a period that was billed are late: what they cost is charged as a line of its own that says so.
5. Records of a component that a price list of destinations prices are left to rating.

Worked example, data by the month, billing day 1; records of 30 April: 1 and 2, of 1 May: 4, of 2 May: 5

    fact of [1 Apr, 1 May)   30 April 3         fact of [1 May, 1 Jun)   1 May 4, 2 May 5
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.catalogue.components import AnyComponent, Usage
from billing_core.catalogue.pricing import Destinations, Percentage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.errors import BillingError, NotFound
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms import no_service_on
from billing_core.time.periods import BillingDay, Period, period_containing
from billing_core.usage.mediation.batches import RefusedUsage
from billing_core.usage.rating.pools import UsedComponent
from billing_core.usage.records import DayUsage, UsageRecorded, require_used, used_component


class DayRecords(NamedTuple):
    """The records of a batch for one component of a subscription on one day, their quantities in order.

    `seconds` and `bytes` are the sums of all of them. Of records that are left to `rating` their number alone is known.
    """

    account: str
    subscription: str
    component: str
    on: date
    quantities: Sequence[Decimal]
    seconds: int = 0
    bytes: int = 0
    rated: int = 0

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.quantities) + self.rated


class Booked(NamedTuple):
    """The facts of one subscription, what is refused, and how many records are late.

    `to_rate` are the days whose records are left to rating, `left` is the number of these records.
    """

    facts: list[UsageRecorded]
    refused: list[RefusedUsage]
    late: int = 0
    left: int = 0
    to_rate: Sequence[UsedComponent] = ()


# --- decisions


def book(
    subscription: Subscription, billing_days: Sequence[BillingDay], days: Iterable[DayRecords], catalogue: Catalogue,
    batch: str,
) -> Booked:  # fmt: skip
    """The facts of one subscription from the records of a batch, which come by component in the order of their days."""
    segments = subscription.segments()
    periods: dict[tuple[str, Period], list[DayUsage]] = {}
    refused: list[RefusedUsage] = []
    late = left = 0
    to_rate: list[UsedComponent] = []
    for day in days:
        try:
            in_force = next((each.in_force for each in segments if each.contains(day.on)), None)
            if in_force is None:
                raise no_service_on(subscription, day.on)
            component = used_component(in_force, day.component, day.on, catalogue)
            if isinstance(component.pricing, Destinations):
                left += day.records
                to_rate.append(UsedComponent(day.subscription, day.component, day.on))
                continue
            used = _used(day, component, subscription, catalogue)
        except BillingError as error:
            refused.append(refuse(day, error))
            continue
        period = period_containing(
            day.on, component.period, subscription.anchored_on, billing_days, subscription.begun_anew
        )
        periods.setdefault((day.component, period), []).append(DayUsage(day.on, used))
        late += day.records if is_late(period, subscription.decided_on) else 0
    facts = [
        UsageRecorded(
            effective_on=used[0].on, subscription=subscription.code, component=component, days=tuple(used), batch=batch
        )
        for (component, _), used in periods.items()
    ]
    return Booked(facts, refused, late, left, to_rate)


def is_late(period: Period, decided_on: date | None) -> bool:
    """Whether records of a period came after it was billed, on the day after its last one.

    decided up to and including 1 June    records of [1 May, 1 Jun): late    of [1 Jun, 1 Jul): in time
    """
    return decided_on is not None and period.to_on <= decided_on


def rated_alone(catalogue: Catalogue) -> frozenset[str]:
    """The components that price lists of destinations price in every tariff, so that no batch books them."""
    priced: dict[bool, set[str]] = {True: set(), False: set()}
    for tariff in catalogue.values():
        for components in (tariff.components, *(entry.components for entry in tariff.revisions)):
            for each in components:
                if isinstance(each, Usage):
                    priced[isinstance(each.pricing, Destinations)].add(each.code)
    return frozenset(priced[True] - priced[False])


def _used(day: DayRecords, component: Usage, subscription: Subscription, catalogue: Catalogue) -> tuple[Decimal, ...]:
    """What an account learns of a day: the quantity of each usage event if a price counts them, else their sum.

    3,600 s and 1,500,000 bytes: 3600 measured in seconds, 1500000 in bytes, 1.5 in MB
    """
    if component.measured_in != "units":
        whole = Decimal(day.seconds if component.measured_in == "seconds" else day.bytes)
        whole = whole.scaleb(-6).normalize() if component.measured_in == "MB" else whole
        require_used(whole)
        return (whole,)
    if len(day.quantities) == 1 or counts_events(subscription, day.component, catalogue):
        return tuple(day.quantities)
    whole = sum(day.quantities, Decimal(0))
    require_used(whole)
    return (whole,)


def refuse(day: DayRecords, error: BillingError) -> RefusedUsage:
    """The records of a day as refused by a rule."""
    return RefusedUsage(
        day.account, day.subscription, day.component, day.on, day.records, error.field or "", error.value or "",
        error.message,
    )  # fmt: skip


def no_account(number: str) -> NotFound:
    """The reason why records of an account are refused that does not exist."""
    return NotFound("no such account; correct the record, or open the account and send it in another batch",
                    field="account", value=number)  # fmt: skip


def counts_events(subscription: Subscription, component: str, catalogue: Catalogue) -> bool:
    """Whether a price of the component, in any tariff that the subscription ever had, counts usage events."""
    return any(
        _counts_events(each)
        for code in subscription.tariffs()
        for components in (catalogue[code].components, *(entry.components for entry in catalogue[code].revisions))
        for each in components
        if each.code == component
    )


def _counts_events(component: AnyComponent) -> bool:
    return isinstance(component, Usage) and isinstance(component.pricing, Percentage)
