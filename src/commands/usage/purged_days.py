"""Which days of pools are not rated again, since records of them were purged, and the pools on the days that are.

A day is closed if it, or what of it was before midnight of UTC, is in a month that was purged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from billing_core.kernel.spans import ONE_DAY
from billing_core.usage.rating.compiled_lists import CompiledList
from billing_core.usage.rating.kept_periods import days_before, days_since
from billing_core.usage.rating.pool_packages import PackageUses
from billing_core.usage.rating.pool_rating import members_of, not_rated_again
from billing_core.usage.rating.pools import Pool, Services
from billing_core.usage.rating.rated_usage import RatedUsage


class KeptPools(NamedTuple):
    """Pools on days that are rated again, and on those that stay as they were rated."""

    rated: list[Pool]
    closed: list[Pool]


class PoolFacts(NamedTuple):
    """What the packages of pools depend on."""

    lists: Mapping[str, CompiledList]
    services: Mapping[str, Services]
    uses: PackageUses


def kept_pools(pools: Sequence[Pool], tables: RatedUsage, facts: PoolFacts) -> KeptPools:
    """Part pools at the first day whose records are all kept; a period is closed whole if its packages need that."""
    found = KeptPools([], [])
    first_on = tables.kept_from() + ONE_DAY
    for pool in pools:
        if first_on <= pool.period.from_on:
            found.rated.append(pool)
            continue
        closed = days_before(pool, first_on)
        free = tables.free_days_of(members_of([closed]))
        rated = days_since(pool, first_on, free, *facts) if first_on < pool.period.to_on else None
        found.closed.append(closed if rated else pool)
        if rated:
            found.rated.append(rated)
    return found


def note_too_late(closed: Sequence[Pool], tables: RatedUsage) -> None:
    """List the records that came for days that are not rated again."""
    if closed:
        members = members_of(closed)
        rated, unpriced = tables.days_of(members), tables.unpriced_of(members)
        tables.keep_too_late(not_rated_again(members, tables.records_of(members), rated, unpriced))
