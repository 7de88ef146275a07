"""Rate records of accounts by price lists, and tell the accounts what they cost.

All records of a pool are read and rated, whatever came before, and the accounts learn the days that are other than they
were. So it does not matter in which order, how often and in which batches records came, and rating again with another
price list is the same act. An account is read before its records are: a rating that did not see records of a batch that
was booked meanwhile does not see that account's newest version either, and is tried again.

What is left of a package may be used in the next period: if it changed, that period is rated too, and so on. Days whose
records were purged stay as they were rated (`purged_days`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.usage.price_lists.lists import PortedNumber
from billing_core.usage.rating.bulk_rating import Calendars
from billing_core.usage.rating.compiled_lists import CompiledList, PortedColumns, compile_list, compile_ported
from billing_core.usage.rating.pool_packages import PackageUse, changed_after
from billing_core.usage.rating.pool_rating import (
    PoolsRated,
    Prices,
    RatedRecord,
    changed_days,
    facts_of,
    members_of,
    rate_each,
    rate_pools,
    sums_by_day,
)
from billing_core.usage.rating.pools import Pool, Services, UsedComponent, moved_packages, pools_of
from billing_core.usage.rating.rated_usage import KeptRecord, RatedUsage
from commands.platform.ports import Transaction
from commands.services.concerned_accounts import ConcernedAccounts
from commands.usage.ports import PricedVersion, PriceLists
from commands.usage.purged_days import PoolFacts, kept_pools, note_too_late

Used = Mapping[str, Iterable[UsedComponent]]


class Rating:
    """Rates records; keeps what it made of price lists for the next time."""

    def __init__(self, price_lists: PriceLists) -> None:
        self._price_lists = price_lists
        self._compiled: dict[str, tuple[Any, CompiledList]] = {}
        self._ported: tuple[Any, PortedColumns] = ((), compile_ported(()))

    def rate(self, transaction: Transaction, concerned: ConcernedAccounts, used: Used, catalogue: Catalogue) -> None:
        """Rate everything that goes together with the records of some components on some days, by account.

        What the accounts learn is recorded in `concerned`, the sums are kept in the transaction.
        """
        tables = transaction.rated_usage()
        services = _services(transaction, concerned, used, catalogue)
        found = [pool for number, components in used.items() for pool in pools_of(services[number], components)]
        waiting = dict.fromkeys(found)
        # Periods with one end at once and the earlier ones first: what they leave of a package is carried over, and
        # which numbers are ported is asked of that end alone, whatever else is rated in the same act.
        while waiting:
            end_on = min(pool.period.to_on for pool in waiting)
            pools = [pool for pool in waiting if pool.period.to_on == end_on]
            used_before = tables.packages_of(list(services)) if any(pool.packages for pool in pools) else {}
            prices = self._prices(pools, concerned, transaction.calendar)
            kept = kept_pools(pools, tables, PoolFacts(prices.lists, services, used_before))
            note_too_late(kept.closed, tables)
            packages: list[PackageUse] = []
            if kept.rated:
                records = tables.records_of(members_of(kept.rated))
                rated = rate_pools(kept.rated, records, prices, services, used_before)
                self._keep(kept.rated, rated, tables, concerned)
                packages = rated.packages
            later = [pool for pool in waiting if pool.period.to_on > end_on]
            waiting = dict.fromkeys([*later, *changed_after(pools, used_before, packages, services)])

    def itemise(
        self, transaction: Transaction, account: Account, used: UsedComponent, catalogue: Catalogue
    ) -> list[tuple[KeptRecord, RatedRecord]]:
        """Every record of a component in the period that contains a day, with what it costs, in order of time.

        Nothing is written. A component that no price list prices has none, nor have days that are not rated again.
        """
        concerned = ConcernedAccounts(transaction)
        concerned.add(account, 0)
        services = _services(transaction, concerned, [account.number], catalogue)
        tables, found = transaction.rated_usage(), []
        for pool in pools_of(services[account.number], [used]):
            prices, uses = self._prices([pool], concerned, transaction.calendar), tables.packages_of(list(services))
            for each in kept_pools([pool], tables, PoolFacts(prices.lists, services, uses)).rated:
                columns, kept = tables.described_records_of(members_of([each]))
                rated = rate_each(each, columns, prices, services, uses)
                for place, member in enumerate(columns.member.tolist()):
                    if each.members[member][:2] == (used.subscription, used.component):
                        found.append((kept[place], rated[place]))
        return found

    def _prices(self, pools: Sequence[Pool], concerned: ConcernedAccounts, calendars: Calendars) -> Prices:
        """The price lists of some pools, ready to be looked up; one in another currency prices nothing."""
        wanted: dict[str, set[str]] = {}
        for account, member in members_of(pools):
            wanted.setdefault(member.pricing.price_list, set()).add(concerned.account(account).currency)
        lists, countries = {}, set[str]()
        for code, currencies in sorted(wanted.items()):
            versions = [
                each for each in self._price_lists.versions_of(code) if {each.price_list.terms.currency} == currencies
            ]
            countries |= {each.price_list.terms.country for each in versions if each.price_list.terms.country}
            lists[code] = self._list(code, versions)
        last_on = max(pool.period.to_on for pool in pools)
        return Prices(lists, self._ported_on(sorted(countries), last_on), calendars)

    def _list(self, code: str, versions: Sequence[PricedVersion]) -> CompiledList:
        """The versions of a list that hold, compiled when they are met first."""
        state = [(each.content_hash, each.price_list.terms, each.from_on) for each in versions]
        known = self._compiled.get(code)
        if known is None or known[0] != state:
            listed = CompiledList(code, ()) if not versions else compile_list([each.price_list for each in versions])
            known = self._compiled[code] = (state, listed)
        return known[1]

    def _ported_on(self, countries: Sequence[str], on: date) -> PortedColumns:
        """The ported numbers of countries on the day after a period; they hold for all records of the period."""
        state = (tuple(countries), on)
        known = self._ported
        if known[0] != state:
            numbers: dict[str, PortedNumber] = {}
            for country in countries:
                numbers.update(self._price_lists.ported_on(country, on))
            known = self._ported = (state, compile_ported(numbers.values()))
        return known[1]

    def _keep(self, pools: Sequence[Pool], rated: PoolsRated, tables: RatedUsage, concerned: ConcernedAccounts) -> None:
        now = sums_by_day(rated.lines)
        changed = changed_days(tables.days_of(members_of(pools)), now)
        items = frozenset(
            code for code, (_, listed) in self._compiled.items()
            if listed.versions and listed.versions[0].terms.measure == "millionths"
        )  # fmt: skip
        tables.replace_days(list(changed), [line for line in rated.lines if line.day in changed])
        tables.replace_unrated(members_of(pools), rated.unrated)
        tables.keep_packages(rated.packages)
        for account, by_subscription in facts_of(changed, items).items():
            for subscription, facts in by_subscription.items():
                concerned.record(account, subscription, facts)


def _services(
    transaction: Transaction, concerned: ConcernedAccounts, accounts: Iterable[str], catalogue: Catalogue
) -> dict[str, Services]:
    """What some accounts have, and those with which they share packages of services that moved.

    Such accounts are rated one after the other, so that none goes by what another one has not used up yet.
    """
    found: dict[str, Services] = {}
    waiting, held = list(accounts), set[str]()
    while waiting:
        for number in waiting:
            account = concerned.account(number)
            found[number] = Services(number, account.subscriptions, account.billing_days, catalogue)
        moves = {moved for number in waiting for moved in moved_packages(found[number])}
        for former in sorted({moved.from_account for moved in moves} - held):
            transaction.hold(f"packages of {former}", alone=True)
            held.add(former)
        waiting = sorted({number for moved in moves for number in moved} - found.keys())
    return found
