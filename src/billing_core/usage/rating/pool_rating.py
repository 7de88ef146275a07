"""Rate the records of pools: what each day costs, what was used of packages, and what has no price.

Decides nothing of prices (`bulk_rating`), but puts pools into its form and what it finds into facts. A day of an
account is known again by its sums: only days that are other than they were rated before are told to the account.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from billing_core.usage.price_lists.lists import MEASURES
from billing_core.usage.rating.bulk_rating import REASON_CODES, Calendars, Pools, RatedColumns, rate_pool_columns
from billing_core.usage.rating.compiled_lists import CompiledList, CompiledVersion, PortedColumns
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.pool_packages import PackageUse, PackageUses, packages_of_pools
from billing_core.usage.rating.pools import Member, Pool, Services
from billing_core.usage.rating.rated import RatedDay, UsageRated
from billing_core.usage.rating.rated_sums import RatedSums, sums_of
from billing_core.usage.rating.record_columns import RecordColumns

EPOCH = date(1970, 1, 1)
ITEM = Decimal(MEASURES["item"][1])

# --- values


class ServiceDay(NamedTuple):
    """A day of a component of a subscription."""

    account: str
    subscription: str
    component: str
    on: date


class RatedLine(NamedTuple):
    """What the records of a day cost to a destination in a band; amounts in parts of the currency."""

    day: ServiceDay
    price_list: str
    valid_from_on: date
    destination: str
    band: str
    records: int
    units: int
    free_units: int
    parts: int
    parts_per_unit: int


class DaySums(NamedTuple):
    """What a day was rated as: by which version of which list, and its sums over destinations and bands."""

    price_list: str
    valid_from_on: date
    records: int
    units: int
    free_units: int
    parts: int
    parts_per_unit: int


# Why a record has no price that came for a day that is not rated again, since records of it or before it were purged.
TOO_LATE: Final = "purged"


class UnratedLine(NamedTuple):
    """Records of a day to one number that have no price, and why."""

    day: ServiceDay
    price_list: str
    number: str
    reason: str
    records: int


class RatedRecord(NamedTuple):
    """What one record costs, exactly, to which destination; `band` is the one in which it began.

    A record without a price has a `reason` and costs nothing.
    """

    destination: str = ""
    band: str = ""
    units: int = 0
    free_units: int = 0
    amount: Fraction = Fraction(0)
    reason: str = ""


class PoolsRated(NamedTuple):
    """What the records of some pools cost."""

    lines: list[RatedLine]
    unrated: list[UnratedLine]
    packages: list[PackageUse]


class _Days:
    """The days of members by their numbers, each made once."""

    def __init__(self, members: Sequence[tuple[str, Member]]) -> None:
        self._members = members
        self._known: dict[tuple[int, int], ServiceDay] = {}

    def of(self, member: int, used_on: int) -> ServiceDay:
        found = self._known.get((member, used_on))
        if found is None:
            account, of = self._members[member]
            found = ServiceDay(account, of.subscription, of.component, _day(used_on))
            self._known[member, used_on] = found
        return found


def _day(since_epoch: int) -> date:
    return EPOCH + timedelta(days=since_epoch)


class Prices(NamedTuple):
    """What records are priced by: the lists by code and currency, ported numbers, and the holidays of countries."""

    lists: Mapping[str, CompiledList]
    ported: PortedColumns
    calendars: Calendars


# --- decisions


def members_of(pools: Iterable[Pool]) -> list[tuple[str, Member]]:
    """All members of some pools with their accounts, in the order in which `rate_pools` numbers them."""
    return [(pool.account, member) for pool in pools for member in pool.members]


def rate_pools(
    pools: Sequence[Pool], records: RecordColumns, prices: Prices, services: Mapping[str, Services],
    used: PackageUses,
) -> PoolsRated:  # fmt: skip
    """Rate the records of some pools; those of a member have its number by `members_of`.

    `services` are those of the accounts, and of those from which their services moved; `used` is what was used of their
    packages in other periods.
    """
    members = members_of(pools)
    packages = list(packages_of_pools(pools, prices.lists, services, used))
    rated = _rated(members, records, prices, [each.free for each in packages])
    return PoolsRated(
        list(_lines(members, rated, sums_of(records, rated))),
        list(_unrated(members, records, rated)),
        [each.used(int(used)) for each, used in zip(packages, rated.uses.used, strict=True)],
    )


def rate_each(
    pool: Pool, records: RecordColumns, prices: Prices, services: Mapping[str, Services], used: PackageUses
) -> list[RatedRecord]:
    """What each record of a pool costs, in the order of the records."""
    packages = packages_of_pools([pool], prices.lists, services, used)
    rated = _rated(members_of([pool]), records, prices, [each.free for each in packages])
    return [_rated_record(rated, place) for place in range(len(records.member))]


def _rated(
    members: Sequence[tuple[str, Member]], records: RecordColumns, prices: Prices, free: Sequence[FreeUnits]
) -> RatedColumns:
    codes = sorted({member.pricing.price_list for _, member in members})
    lists = [prices.lists[code] for code in codes]
    place = {code: number for number, code in enumerate(codes)}
    of_members = np.array([place[member.pricing.price_list] for _, member in members], dtype=np.int64)
    return rate_pool_columns(records, lists, Pools(of_members, free), prices.ported, prices.calendars)


def _rated_record(rated: RatedColumns, place: int) -> RatedRecord:
    if rated.reason[place]:
        return RatedRecord(reason=REASON_CODES[rated.reason[place]])
    listed = rated.versions[rated.version[place]]
    return RatedRecord(
        destination=listed.destinations[rated.destination[place]],
        band=listed.terms.bands[rated.band[place]].code,
        units=int(rated.units[place]),
        free_units=int(rated.free[place]),
        amount=Fraction(int(rated.amount[place]), listed.parts),
    )


def _lines(members: Sequence[tuple[str, Member]], rated: RatedColumns, sums: RatedSums) -> Iterator[RatedLine]:
    days = _Days(members)
    for member, used_on, version, destination, band, records, units, free, amount in zip(
        *(column.tolist() for column in sums), strict=True
    ):
        listed: CompiledVersion = rated.versions[version]
        yield RatedLine(
            days.of(member, used_on),
            listed.terms.code,
            _day(listed.valid_from),
            listed.destinations[destination],
            listed.terms.bands[band].code,
            records,
            units,
            free,
            amount,
            listed.parts,
        )


def _unrated(
    members: Sequence[tuple[str, Member]], records: RecordColumns, rated: RatedColumns
) -> Iterator[UnratedLine]:
    days = _Days(members)
    counted: Counter[tuple[int, int, str, str]] = Counter()
    for place in np.flatnonzero(rated.reason).tolist():
        who = int(records.member[place]), int(records.used_on[place])
        counted[(*who, records.number.text(place), REASON_CODES[rated.reason[place]])] += 1
    for (member, used_on, number, reason), count in counted.items():
        price_list = members[member][1].pricing.price_list
        yield UnratedLine(days.of(member, used_on), price_list, number, reason, count)


def not_rated_again(
    members: Sequence[tuple[str, Member]], records: RecordColumns, known: Mapping[ServiceDay, DaySums],
    unpriced: Mapping[ServiceDay, int],
) -> list[UnratedLine]:  # fmt: skip
    """The records of days that have more of them than were rated or have no price, of members not rated any more.

    5 May: 3 rated, 4 are there                      one is left
    6 May: 2 rated, 1 without a price, 3 are there   none
    """
    days = _Days(members)
    there = Counter(zip(records.member.tolist(), records.used_on.tolist(), strict=True))
    found: list[UnratedLine] = []
    for (member, used_on), count in sorted(there.items()):
        day = days.of(member, used_on)
        left = count - (known[day].records if day in known else 0) - unpriced.get(day, 0)
        if left > 0:
            found.append(UnratedLine(day, members[member][1].pricing.price_list, "", TOO_LATE, left))
    return found


# --- what an account learns


def sums_by_day(lines: Iterable[RatedLine]) -> dict[ServiceDay, DaySums]:
    """The sums of each day; all records of a day are rated by one version of one list."""
    found: dict[ServiceDay, DaySums] = {}
    for line in lines:
        known = found.get(line.day)
        records, units, free_units, parts = known[2:6] if known else (0, 0, 0, 0)
        found[line.day] = DaySums(
            line.price_list,
            line.valid_from_on,
            records + line.records,
            units + line.units,
            free_units + line.free_units,
            parts + line.parts,
            line.parts_per_unit,
        )
    return found


def changed_days(known: Mapping[ServiceDay, DaySums], now: Mapping[ServiceDay, DaySums]) -> dict[ServiceDay, DaySums]:
    """The days that are rated otherwise than they were; nothing is left of those that are rated no more.

    Worked example:  known 10 May 1.00, 11 May 2.00    now 10 May 1.00, 12 May 3.00
    changed          11 May nothing, 12 May 3.00
    """
    gone = {day: before._replace(records=0, units=0, free_units=0, parts=0) for day, before in known.items()}
    return {day: sums for day, sums in (gone | dict(now)).items() if known.get(day) != sums}


def facts_of(changed: Mapping[ServiceDay, DaySums], items: frozenset[str]) -> dict[str, dict[str, list[UsageRated]]]:
    """What accounts learn of changed days, by account and subscription.

    `items` are the lists that count items, whose units are millionths of one.
    """
    by_component: dict[tuple[str, str, str, int], list[RatedDay]] = defaultdict(list)
    for day, sums in sorted(changed.items()):
        units = Decimal(sums.units) / ITEM if sums.price_list in items else Decimal(sums.units)
        key = day.account, day.subscription, day.component, sums.parts_per_unit
        by_component[key].append(RatedDay(day.on, sums.records, units, sums.parts))
    found: dict[str, dict[str, list[UsageRated]]] = {}
    for (account, subscription, component, parts_per_unit), days in by_component.items():
        fact = UsageRated(
            effective_on=days[0].on,
            subscription=subscription,
            component=component,
            days=tuple(days),
            parts_per_unit=parts_per_unit,
        )
        found.setdefault(account, {}).setdefault(subscription, []).append(fact)
    return found
