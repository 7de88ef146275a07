"""Packages of pools: what each has in a period, with what is left of earlier ones, here or on another account.

1. What a period left of a package may be used in the next ones, as long as the package is the same (`free_units`).
2. A package goes on where its subscription goes. If the move cuts a period, what was used in it before counts in the
   first period on the new account, which begins with what was carried into the one that was cut. A shared package is
   its account's, and stays there.

Worked example, 600 seconds a month, moved from A1 to A2 on 20 April; the billing day of both is 1

    A1 [1 Apr, 20 Apr)    400 used
    A2 [20 Apr, 1 May)    600, 400 of them used before: 200 are left    150 used: 550 of April
    A2 [1 May, 1 Jun)     600, and the 50 that April left if they are carried over
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.usage.price_lists.lists import PriceListTerms
from billing_core.usage.rating.compiled_lists import CompiledList
from billing_core.usage.rating.free_units import FreeUnits, free_units_of, left_over
from billing_core.usage.rating.pools import (
    PackageOfPool,
    Pool,
    Services,
    next_pool,
    pool_before,
    pool_before_move,
    pools_after_moves,
)

# --- values


class PackageKey(NamedTuple):
    """A package of an account in the period from a day on; `owner` is SUBSCRIPTION/COMPONENT, empty if it is shared."""

    account: str
    owner: str
    package: str
    from_on: date


class PackageUse(NamedTuple):
    """How many of its units, with those carried over, were used of a package in a period that ends on a day."""

    key: PackageKey
    to_on: date
    units: int
    used: int


PackageUses = Mapping[PackageKey, PackageUse]
AllServices = Mapping[str, Services]


class PackageInPeriod(NamedTuple):
    """A package of a pool: what it has left, and the units of it that were used before a move or on purged days."""

    key: PackageKey
    to_on: date
    free: FreeUnits
    used_before: int

    def used(self, units: int) -> PackageUse:
        """What was used of it, if so many of the units were that it had left."""
        return PackageUse(self.key, self.to_on, self.free.units + self.used_before, units + self.used_before)


# --- decisions


def packages_of_pools(
    pools: Sequence[Pool], lists: Mapping[str, CompiledList], services: AllServices, uses: PackageUses
) -> Iterator[PackageInPeriod]:
    """What each package of some pools has, whose members are numbered through; `uses` are those of other periods."""
    first = 0
    for pool in pools:
        for each in pool.packages:
            versions = lists[pool.members[each.members[0]].pricing.price_list].versions
            if versions:
                members = [first + place for place in each.members]
                yield _in_period(pool, each, members, versions[-1].terms, services, uses)
        first += len(pool.members)


def _in_period(
    pool: Pool, package: PackageOfPool, members: Sequence[int], terms: PriceListTerms, services: AllServices,
    uses: PackageUses,
) -> PackageInPeriod:  # fmt: skip
    carried = _carried(services, pool, package, uses, terms)
    whole = free_units_of(package.package, carried, members, terms)
    cut = _cut_by_move(services, pool, package)
    used_before = min(whole.units, package.used_before + (_used(uses, cut, package) if cut else 0))
    free = whole._replace(units=whole.units - used_before)
    return PackageInPeriod(_key(pool, package), pool.period.to_on, free, used_before)


def _key(pool: Pool, package: PackageOfPool) -> PackageKey:
    return PackageKey(pool.account, package.owner, package.package.code, pool.period.from_on)


def _used(uses: PackageUses, pool: Pool, package: PackageOfPool) -> int:
    known = uses.get(_key(pool, package))
    return known.used if known else 0


def _has(pool: Pool, package: PackageOfPool) -> bool:
    return any(each[:2] == package[:2] for each in pool.packages)


def _before_move(services: AllServices, pool: Pool, package: PackageOfPool) -> Pool | None:
    former = pool_before_move(services, pool, package.owner) if package.owner else None
    return former if former is not None and _has(former, package) else None


def _cut_by_move(services: AllServices, pool: Pool, package: PackageOfPool) -> Pool | None:
    """The pool on the former account whose period the move cut, so that it goes on in this one."""
    former = _before_move(services, pool, package)
    if former is None:
        return None
    moved_on = services[pool.account].subscriptions[package.owner.rpartition("/")[0]].activated_on
    return former if moved_on < former.period.to_on else None


def _carried(
    services: AllServices, pool: Pool, package: PackageOfPool, uses: PackageUses, terms: PriceListTerms
) -> tuple[int, ...]:
    """What earlier periods left of a package, as long as it was the same in each of them; unused ones left all."""
    earlier, carried = _earlier(services, pool, package, uses, terms)
    for each in reversed(earlier):
        carried = left_over(package.package, carried, _used(uses, each, package), terms)
    return carried


def _earlier(
    services: AllServices, pool: Pool, package: PackageOfPool, uses: PackageUses, terms: PriceListTerms
) -> tuple[list[Pool], tuple[int, ...]]:
    """The periods before on which depends what is left of a package, the last one first, and what was carried into the
    first of them.

    Nothing older counts than a period into which nothing was carried, or so many unused ones as units are carried over.
    """
    own = free_units_of(package.package, (), (), terms).units
    most = package.package.carried_periods
    earlier: list[Pool] = []
    unused = 0
    before = _period_before(services, pool, package) if most else None
    while before is not None and _has(before, package):
        earlier.append(before)
        known = uses.get(_key(before, package))
        unused = 0 if known is not None and known.used else unused + 1
        if unused == most or (known is not None and known.units == own):
            break
        if known is not None and most == 1:
            return earlier, (known.units - own,)
        before = _period_before(services, before, package)
    return earlier, ()


def _period_before(services: AllServices, pool: Pool, package: PackageOfPool) -> Pool | None:
    """The pool of the period before; one that a move cut is the same period."""
    cut = _cut_by_move(services, pool, package)
    if cut is not None:
        return _period_before(services, cut, package)
    return _before_move(services, pool, package) or pool_before(services[pool.account], pool)


def changed_after(
    pools: Iterable[Pool], uses: PackageUses, now: Iterable[PackageUse], services: AllServices
) -> list[Pool]:
    """The pools that were rated before and may use something else of a package now: those of next periods, and those
    in which a subscription goes on that has moved.
    """
    changed = {(use.key.account, use.to_on) for use in now if _is_changed(uses.get(use.key), use)}
    rated = {(key.account, key.from_on) for key in uses}
    return [
        after
        for pool in pools
        if (pool.account, pool.period.to_on) in changed
        for after in _after(services, pool)
        if (after.account, after.period.from_on) in rated
    ]


def _is_changed(known: PackageUse | None, now: PackageUse) -> bool:
    """Whether what is left of a package is other than it was; all of it is left if nothing was rated."""
    return now.used != 0 if known is None else (known.units, known.used) != (now.units, now.used)


def _after(services: AllServices, pool: Pool) -> Iterator[Pool]:
    later = next_pool(services[pool.account], pool) if pool.carries else None
    if later is not None:
        yield later
    yield from pools_after_moves(services, pool)
