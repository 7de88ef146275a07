"""Records of a scenario, rated by the rules of the live system: all records of a pool in one period at once.

Whenever a record or a change becomes known, the account is rated again; the days that differ become facts.

Worked example, 0.30 a minute and 100 free seconds; the call of 3 March becomes known after that of 9 March

    known on 9 March      9 March: 60 s free                                   0.00
    known on 10 March     3 March: 90 s free, 9 March: 10 s free, 50 s paid    0.25 on 9 March, which is a fact then
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np

from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar
from billing_core.usage.price_lists.lists import PortedNumber, PriceList
from billing_core.usage.rating.bulk_rating import Calendars
from billing_core.usage.rating.compiled_lists import compile_list, compile_ported
from billing_core.usage.rating.plain import REASONS
from billing_core.usage.rating.pool_packages import PackageKey, PackageUse
from billing_core.usage.rating.pool_rating import (
    EPOCH,
    DaySums,
    Prices,
    ServiceDay,
    changed_days,
    facts_of,
    rate_each,
    rate_pools,
    sums_by_day,
)
from billing_core.usage.rating.pools import Pool, Services, UsedComponent, pools_of
from billing_core.usage.rating.rated import UsageRated
from billing_core.usage.rating.record_columns import RecordColumns, texts_of

MICROSECOND = timedelta(microseconds=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

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

    @property
    def used(self) -> UsedComponent:
        """The component and the day."""
        return UsedComponent(self.subscription, self.component, self.effective_on)


class PriceListsPlayed(NamedTuple):
    """The versions of each price list by its code, and the numbers that are priced by another prefix than their own."""

    versions: Mapping[str, Sequence[PriceList]] = MappingProxyType({})
    ported: Mapping[str, PortedNumber] = MappingProxyType({})


def without_holidays(country: str) -> Calendar:
    """The calendar of a country whose holidays nobody asks for."""
    return WITHOUT_HOLIDAYS


class ScenarioPrices:
    """The price lists of a scenario, ready to price records."""

    def __init__(self, played: PriceListsPlayed, calendars: Calendars) -> None:
        lists = {code: compile_list(versions) for code, versions in played.versions.items()}
        self.prices = Prices(lists, compile_ported(played.ported.values()), calendars)
        self.items = frozenset(
            code for code, versions in played.versions.items() if versions[0].terms.measure == "millionths"
        )


class RatedRecords:
    """The records of an account as far as they are known, and what their days were rated as."""

    def __init__(self, prices: ScenarioPrices) -> None:
        self._prices = prices
        self._records: list[RecordUsed] = []
        self._days: dict[ServiceDay, DaySums] = {}

    def add(self, record: RecordUsed, services: Services) -> None:
        """A record that becomes known; one that has no price is refused with the reason."""
        found = pools_of(services, [record.used])
        if not found:
            raise InvalidValue("no price list prices this component on this day; the service must be in force",
                               field="on", value=record.effective_on)  # fmt: skip
        columns = _columns(found[:1], [record])
        (rated,) = rate_each(found[0], columns, self._prices.prices, {services.account: services}, {})
        if rated.reason:
            raise InvalidValue(REASONS[rated.reason], field="number", value=record.number)
        self._records.append(record)

    def rate(self, services: Services) -> list[UsageRated]:
        """The facts about the days that differ from what they were rated as, as the services are known now."""
        if not self._records:
            return []
        now = self._rated_now(services)
        changed = changed_days(self._days, now)
        self._days = now
        of_account = facts_of(changed, self._prices.items).get(services.account, {})
        return [fact for facts in of_account.values() for fact in facts]

    def _rated_now(self, services: Services) -> dict[ServiceDay, DaySums]:
        """The sums of all days: period after period, since what is left of a package may be used in the next one."""
        used: dict[PackageKey, PackageUse] = {}
        days: dict[ServiceDay, DaySums] = {}
        for pool in pools_of(services, [record.used for record in self._records]):
            columns = _columns([pool], self._records)
            rated = rate_pools([pool], columns, self._prices.prices, {services.account: services}, used)
            used |= {use.key: use for use in rated.packages}
            days |= sums_by_day(rated.lines)
        return days


def _columns(pools: Sequence[Pool], records: Iterable[RecordUsed]) -> RecordColumns:
    """The records of some pools, those of a member by its number."""
    found = list(_of_members(pools, records))
    numbers = [
        [
            member, (record.started_at - BEGINNING) // MICROSECOND, (record.effective_on - EPOCH).days, record.seconds,
            record.quantity, record.bytes_in, record.bytes_out,
        ]
        for member, record in found
    ]  # fmt: skip
    member, started_at, used_on, *amounts = np.array(numbers, dtype=np.int64).reshape(-1, 7).T.copy()
    return RecordColumns(member, started_at, used_on, texts_of([record.number for _, record in found]), *amounts)


def _of_members(pools: Sequence[Pool], records: Iterable[RecordUsed]) -> Iterator[tuple[int, RecordUsed]]:
    members = [member for pool in pools for member in pool.members]
    for record in records:
        for place, member in enumerate(members):
            of_member = (member.subscription, member.component) == (record.subscription, record.component)
            if of_member and member.days.contains(record.effective_on):
                yield place, record
