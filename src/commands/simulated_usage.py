"""Records of a scenario, rated as the live system rates them: all records of a pool in one period at once.

Whenever a record or a change becomes known, the days of the account are rated again; what differs becomes a fact. Units
of packages that are carried over need all periods from the first day of the service on.

Worked example, 0.30 a minute and 100 free seconds; the call of 3 March becomes known after that of 9 March

    known on 9 March      9 March: 60 s free                                   0.00
    known on 10 March     3 March: 90 s free, 9 March: 10 s free, 50 s paid    0.25 on 9 March, which is a fact then
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations
from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar
from billing_core.usage.free_units import free_units_of, left_over
from billing_core.usage.pools import PackageOfPool, Pool, Services, UsedComponent, next_pool, pools_of
from billing_core.usage.price_lists import PortedNumber, PriceList
from billing_core.usage.rated import RatedDay, UsageRated
from billing_core.usage.rating import REASONS, ReadyList, UsedRecord, rate_pool, rate_record, ready_list
from billing_core.usage.records import UsageEntry

Calendars = Callable[[str], Calendar]
# A component of a subscription on a day.
Day = tuple[str, str, date]

# --- what is rated


class RecordUsed(msgspec.Struct, frozen=True):
    """A record of use that a price list prices: of a component, from an instant on; it becomes known on a day.

    `quantity` is in millionths, `bytes_in` went to the subscriber.
    """

    effective_on: date
    recorded_on: date
    subscription: str
    component: str
    number: str
    started_at: datetime
    seconds: int
    quantity: int
    bytes_in: int
    bytes_out: int


class PriceListsPlayed(NamedTuple):
    """The versions of each price list by its code, and the numbers that are priced by another prefix than their own."""

    versions: Mapping[str, Sequence[PriceList]] = MappingProxyType({})
    ported: Mapping[str, PortedNumber] = MappingProxyType({})


class _DayOfRecords(NamedTuple):
    """What the records of a day cost; `step_size` units of the list are one unit that the component counts."""

    records: int
    units: Decimal
    amount: Fraction


def without_holidays(country: str) -> Calendar:
    """The calendar of a country whose holidays nobody asks for."""
    return WITHOUT_HOLIDAYS


class SimulatedRating:
    """Rates the records of the accounts of a scenario."""

    def __init__(self, played: PriceListsPlayed, calendars: Calendars) -> None:
        self._ported = played.ported
        self._lists: dict[str, list[ReadyList]] = {
            code: [ready_list(each, _calendar(each, calendars)) for each in versions]
            for code, versions in played.versions.items()
        }

    def require_rated(self, services: Services, record: RecordUsed) -> None:
        """A record that a price list prices; else an error that says why it does not."""
        pools = pools_of(services, [UsedComponent(record.subscription, record.component, record.effective_on)])
        member = next((pool.members[place] for pool in pools for _, place in _of_pool(pool, [record])), None)
        if member is None:
            raise InvalidValue("no price list prices this component on this day; the service must be in force",
                               field="on", value=record.effective_on)  # fmt: skip
        lists = self._lists[member.pricing.price_list]
        _require_no_reason(record, rate_record(_record(record, 0), lists, self._ported).reason)

    def facts(
        self, services: Services, records: Sequence[RecordUsed], known: Mapping[str, Sequence[UsageEntry]]
    ) -> list[UsageRated]:
        """What differs between the days as they are `known` on the account and as the records rate them now."""
        wanted = self._days(services, records)
        rated = {
            (subscription, entry.component, entry.on): entry
            for subscription, entries in known.items()
            for entry in entries
            if entry.rated is not None
        }
        changed: dict[tuple[str, str], list[tuple[date, _DayOfRecords]]] = defaultdict(list)
        for key in sorted(wanted.keys() | rated.keys()):
            day = wanted.get(key, _DayOfRecords(0, Decimal(0), Fraction(0)))
            if key not in rated or _as_known(rated[key]) != day:
                changed[key[:2]].append((key[2], day))
        return [_fact(*key, days) for key, days in changed.items()]

    def _days(self, services: Services, records: Sequence[RecordUsed]) -> dict[Day, _DayOfRecords]:
        """What the records cost, by component and day."""
        found: dict[Day, _DayOfRecords] = {}
        carried: dict[tuple[Pool, str, str], tuple[int, ...]] = {}
        used = [UsedComponent(each.subscription, each.component, each.effective_on) for each in records]
        last_on = max((each.on for each in used), default=date.min)
        waiting = pools_of(services, [*used, *_beginnings(services, used)])
        while waiting:
            pool = waiting.pop(0)
            left = self._rate(pool, records, carried, found)
            following = next_pool(services, pool) if pool.carries and pool.period.to_on <= last_on else None
            if following is not None:
                carried |= {(following, *key): units for key, units in left.items()}
                if following not in waiting:
                    waiting = sorted([*waiting, following], key=lambda each: each.period.from_on)
        return found

    def _rate(
        self, pool: Pool, records: Sequence[RecordUsed], carried: Mapping[tuple[Pool, str, str], tuple[int, ...]],
        found: dict[Day, _DayOfRecords],
    ) -> dict[tuple[str, str], tuple[int, ...]]:  # fmt: skip
        """Rate the records of a pool; the units of each of its packages that the next period may use."""
        members = [self._lists[member.pricing.price_list] for member in pool.members]
        terms = members[0][0].price_list.terms
        of_pool = list(_of_pool(pool, records))
        units_before = [carried.get((pool, entry.package.code, entry.owner), ()) for entry in pool.packages]
        free = [
            free_units_of(entry.package, before, entry.members, terms)
            for entry, before in zip(pool.packages, units_before, strict=True)
        ]
        rated = rate_pool([_record(record, place) for record, place in of_pool], members, free, self._ported)
        for (record, _), result in zip(of_pool, rated.records, strict=True):
            _require_no_reason(record, result.reason)
            key = record.subscription, record.component, record.effective_on
            before = found.get(key, _DayOfRecords(0, Decimal(0), Fraction(0)))
            units = Decimal(result.units) / terms.step_size
            found[key] = _DayOfRecords(before.records + 1, before.units + units, before.amount + result.amount)
        return {
            _key(entry): left_over(entry.package, before, used, terms)
            for entry, before, used in zip(pool.packages, units_before, rated.used, strict=True)
        }


def _require_no_reason(record: RecordUsed, reason: str) -> None:
    if reason:
        raise InvalidValue(REASONS[reason], field="number", value=record.number)


def _calendar(price_list: PriceList, calendars: Calendars) -> Calendar:
    return calendars(price_list.terms.country) if price_list.terms.country else WITHOUT_HOLIDAYS


def _key(entry: PackageOfPool) -> tuple[str, str]:
    return entry.package.code, entry.owner


def _beginnings(services: Services, used: Iterable[UsedComponent]) -> Iterator[UsedComponent]:
    """The first days of the components with records, from which on packages are carried over."""
    for subscription, component in dict.fromkeys((each.subscription, each.component) for each in used):
        of = services.subscriptions.get(subscription)
        for segment in of.segments() if of is not None else ():
            components = services.catalogue[segment.in_force.tariff].components
            if any(each.code == component and _carries(each) for each in components):
                yield UsedComponent(subscription, component, segment.from_on)
                break


def _carries(component: object) -> bool:
    return (
        isinstance(component, Usage)
        and isinstance(component.pricing, Destinations)
        and any(package.carried_periods for package in component.pricing.packages)
    )


def _of_pool(pool: Pool, records: Iterable[RecordUsed]) -> Iterator[tuple[RecordUsed, int]]:
    """The records of a pool, each with the place of its member."""
    for record in records:
        for place, member in enumerate(pool.members):
            of_member = (member.subscription, member.component) == (record.subscription, record.component)
            if of_member and member.days.contains(record.effective_on):
                yield record, place


def _record(record: RecordUsed, member: int) -> UsedRecord:
    return UsedRecord(
        member, record.number, record.started_at, record.effective_on, record.seconds, record.quantity,
        record.bytes_in, record.bytes_out,
    )  # fmt: skip


def _as_known(entry: UsageEntry) -> _DayOfRecords:
    assert entry.rated is not None
    return _DayOfRecords(entry.rated.records, entry.quantity, entry.rated.amount)


def _fact(subscription: str, component: str, days: Sequence[tuple[date, _DayOfRecords]]) -> UsageRated:
    """The days as a fact, in parts of which each amount is a whole number."""
    parts = lcm(*(day.amount.denominator for _, day in days))
    return UsageRated(
        effective_on=days[0][0],
        subscription=subscription,
        component=component,
        days=tuple(RatedDay(on, day.records, day.units, int(day.amount * parts)) for on, day in days),
        parts_per_unit=parts,
    )
