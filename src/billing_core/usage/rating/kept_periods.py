"""Periods of which some records were purged: what is still rated of them, and what is left of their packages.

Records are purged from the first ones on. So those of a period that are left came after those that went, and what the
days of the latter cost stays as it was: only what they used of packages matters to the days after them. It follows
from the free units of these days, since packages are used in their order. If it does not, because an earlier package
that was used up covers more than a later one, nothing of the period is rated again.

Worked example, packages national 500 s and then all 300 s; records are kept since 2 May, the period began on 20 April

    free up to 1 May: national 600 s, Germany 50 s    national: 500 used    all: the other 100 and 50, 150 used
    from 2 May on                                     national: nothing left    all: 150 s left

    packages all 300 s, then national 500 s, the same free units: all gave 300 to both; how many to each, nobody knows
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.kernel.spans import Span
from billing_core.usage.rating.compiled_lists import EPOCH, CompiledList
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.pool_packages import AllServices, PackageUses, packages_of_pools
from billing_core.usage.rating.pools import Pool

# --- values


class FreeDays(NamedTuple):
    """The free units that a member's records to a destination had on some days; members by their places."""

    member: int
    price_list: str
    valid_from_on: date
    destination: str
    units: int


Lists = Mapping[str, CompiledList]

# --- decisions


def days_before(pool: Pool, on: date) -> Pool:
    """A pool on its days before another one; a member that begins later stays in its place without a day."""
    return _over(pool, lambda days: Span(min(days.from_on, on), min(days.end, on)))


def days_since(
    pool: Pool, on: date, free: Iterable[FreeDays], lists: Lists, services: AllServices, uses: PackageUses
) -> Pool | None:
    """A pool on its days since another one, with what its packages have left; None if that is not known.

    `free` are the free units of the days before, `uses` those of other periods.
    """
    packages = [each.free for each in packages_of_pools([pool], lists, services, uses)]
    units = _by_group(free, lists)
    used = None if units is None or len(packages) < len(pool.packages) else used_of_packages(packages, units)
    if used is None:
        return None
    left = tuple(each._replace(used_before=before) for each, before in zip(pool.packages, used, strict=True))
    return _over(pool, lambda days: Span(max(days.from_on, on), max(days.end, on)))._replace(packages=left)


def used_of_packages(packages: Sequence[FreeUnits], free: Mapping[tuple[int, str], int]) -> list[int] | None:
    """How many units of each package were used, by the free units of services by group; None if nobody knows."""
    left = {frozenset([each]): units for each, units in free.items()}
    used: list[int] = []
    for package in packages:
        covered = [those for those in left if any(package.covers(*each) for each in those)]
        together = frozenset[tuple[int, str]]().union(*covered)
        if not all(package.covers(*each) for each in together):
            return None
        units = sum(left.pop(those) for those in covered)
        used.append(min(units, package.units))
        if units > package.units:
            left[together] = units - package.units
    return None if left else used


def _over(pool: Pool, cut: Callable[[Span], Span]) -> Pool:
    return pool._replace(members=tuple(each._replace(days=cut(each.days)) for each in pool.members))


def _by_group(free: Iterable[FreeDays], lists: Lists) -> dict[tuple[int, str], int] | None:
    """Free units by member and group; None if their list or its destination is no more."""
    found: dict[tuple[int, str], int] = {}
    for member, code, valid_from_on, destination, units in free:
        group = _group_of(lists.get(code), valid_from_on, destination)
        if group is None:
            return None
        found[member, group] = found.get((member, group), 0) + units
    return found


def _group_of(listed: CompiledList | None, valid_from_on: date, destination: str) -> str | None:
    for version in listed.versions if listed else ():
        if version.valid_from == (valid_from_on - EPOCH).days and destination in version.place:
            return version.groups[int(version.group[version.place[destination]])]
    return None
