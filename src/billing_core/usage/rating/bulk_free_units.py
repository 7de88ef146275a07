"""Free units in bulk: records of many pools take them in the order of time, one after the other.

This is a loop over the records that a package may cover, since what a record takes changes what is left for the next
one; all else is done by the column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.record_columns import Booleans, Integers

# --- values


class Claimants(NamedTuple):
    """Records that have a price: their service, and all that their order goes by; `group` is a place in `groups`."""

    member: Integers
    started_at: Integers
    version: Integers
    destination: Integers
    units: Integers
    group: Integers
    groups: Sequence[str]


class FreeUses(NamedTuple):
    """Units that packages covered: a line for each record and package, and how many units of each package were used."""

    record: Integers
    package: Integers
    units: Integers
    used: Integers


class _Plans(NamedTuple):
    """The packages of each service in their order, each with the groups that it covers, as flags."""

    of_member: dict[int, list[tuple[int, list[bool]]]]
    may_be_free: Booleans
    pool: Integers


# --- decisions


def take_free_units(records: Claimants, packages: Sequence[FreeUnits], members: int) -> tuple[Integers, FreeUses]:
    """The free units of each record, and by which packages."""
    plans = _plans(packages, records.groups, members)
    claims = np.flatnonzero(plans.may_be_free[records.member, records.group] & (records.units > 0))
    places = _in_order(records, claims, plans.pool)
    left = [package.units for package in packages]
    of_record: list[int] = []
    of_package: list[int] = []
    taken_units: list[int] = []
    columns = (places, records.member[places], records.group[places], records.units[places])
    for place, member, group, units in zip(*(column.tolist() for column in columns), strict=True):
        rest = units
        for package, covered in plans.of_member[member]:
            if rest and left[package] and covered[group]:
                taken = min(rest, left[package])
                left[package] -= taken
                rest -= taken
                of_record.append(place)
                of_package.append(package)
                taken_units.append(taken)
    used = [package.units - rest for package, rest in zip(packages, left, strict=True)]
    lines = (np.array(column, dtype=np.int64) for column in (of_record, of_package, taken_units, used))
    uses = FreeUses(*lines)
    free = np.zeros(len(records.units), dtype=np.int64)
    np.add.at(free, uses.record, uses.units)
    return free, uses


def _plans(packages: Sequence[FreeUnits], groups: Sequence[str], members: int) -> _Plans:
    """The packages by service; there are many packages, but few different sets of groups."""
    may = np.zeros((members, len(groups)), dtype=bool)
    of_member: dict[int, list[tuple[int, list[bool]]]] = {}
    of_kind: dict[frozenset[str], tuple[list[bool], list[int]]] = {}
    for number, package in enumerate(packages):
        if package.groups not in of_kind:
            of_kind[package.groups] = ([not package.groups or group in package.groups for group in groups], [])
        covered, entitled = of_kind[package.groups]
        for member in package.members:
            of_member.setdefault(member, []).append((number, covered))
            entitled.append(member)
    for covered, entitled in of_kind.values():
        may[entitled] |= np.array(covered, dtype=bool)
    return _Plans(of_member, may, _pools(packages, members))


def _in_order(records: Claimants, places: Integers, pool: Integers) -> Integers:
    """Places by pool and time; records that began at one instant in the order of `plain`."""
    started_at, pools = records.started_at[places], pool[records.member[places]]
    order = np.lexsort((started_at, pools))
    started_at, pools, places = started_at[order], pools[order], places[order]
    is_same = (started_at[1:] == started_at[:-1]) & (pools[1:] == pools[:-1])
    if is_same.any():
        tied = np.flatnonzero(np.append(is_same, False) | np.insert(is_same, 0, False))
        keys = (records.units, records.destination, records.version, records.member)
        within = np.lexsort((*(key[places[tied]] for key in keys), started_at[tied], pools[tied]))
        places[tied] = places[tied[within]]
    return places


def _pools(packages: Sequence[FreeUnits], members: int) -> Integers:
    """The pool of each service: services that share a package, or are linked by shared ones, are in one."""
    pool = list(range(members))

    def root(member: int) -> int:
        while pool[member] != member:
            pool[member] = member = pool[pool[member]]
        return member

    for package in packages:
        if len(package.members) > 1:
            roots = {root(member) for member in package.members}
            for each in roots:
                pool[each] = min(roots)
    return np.array([member if pool[member] == member else root(member) for member in range(members)], dtype=np.int64)
