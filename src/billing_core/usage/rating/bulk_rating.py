"""Rating in bulk: the rule of `plain` over columns, for many pools at once.

Each step is done for all records of a list that hold on the same day; only the free units are taken record by record,
in the order of time, for each record changes what is left for the next one. All amounts are whole numbers of the parts
of their list, so nothing is rounded but what the list rounds.

Amounts have 64 bits, unless the largest possible one of a batch does not fit: then all of it is counted with Python's
own whole numbers, which are slow and have no end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar
from billing_core.usage.rating.band_calendar import BandCalendar, band_calendar
from billing_core.usage.rating.bulk_free_units import Claimants, FreeUses, take_free_units
from billing_core.usage.rating.bulk_prices import (
    Amounts,
    BandLines,
    Used,
    costs_something,
    priced,
    used_in_bands,
    without_price,
)
from billing_core.usage.rating.compiled_lists import NOWHERE, CompiledList, CompiledVersion, PortedColumns
from billing_core.usage.rating.free_units import FreeUnits
from billing_core.usage.rating.number_lookup import destinations_of
from billing_core.usage.rating.plain import MOST_USED, REASONS
from billing_core.usage.rating.record_columns import Integers, RecordColumns, digits_of

REASON_CODES = ("", *REASONS)
RATED = 0
MICROSECONDS = 10**6
Calendars = Callable[[str], Calendar]

# --- values


class Pools(NamedTuple):
    """Services that are rated, by number, and the packages of their pools.

    `price_list` is the place of the list of each service; the members of the packages are numbers of services. Of a
    service's packages the earlier one is used first.
    """

    price_list: Integers
    packages: Sequence[FreeUnits]


class RatedColumns(NamedTuple):
    """What records cost, in the order in which they came.

    `reason` is a place in `REASON_CODES`, 0 if the record is rated; else it has no lines, and nothing is counted of it.
    `version` is a place in `versions` and `destination` one in its destinations, -1 if there is none; `amount` counts
    parts of the version. `lines` say the same by band: connection fee, minimum, maximum and rounding are in the line of
    the band in which the record began, which counts it.
    """

    versions: tuple[CompiledVersion, ...]
    reason: Integers
    version: Integers
    destination: Integers
    band: Integers
    units: Integers
    free: Integers
    amount: Amounts
    lines: BandLines
    uses: FreeUses


class _Found(NamedTuple):
    """Records of one list that have a price, with their places among all records."""

    number: int
    listed: CompiledVersion
    calendar: BandCalendar
    places: Integers
    used: Used


# --- decisions


def rate_pool_columns(
    records: RecordColumns, lists: Sequence[CompiledList], pools: Pools, ported: PortedColumns, calendars: Calendars
) -> RatedColumns:
    """Rate all records of some pools in one period."""
    versions = tuple(version for each in lists for version in each.versions)
    version, reason = _versions_of(records, lists, pools), np.zeros(len(records.member), dtype=np.int64)
    _refuse(reason, np.flatnonzero(version == NOWHERE), "before-list")
    negative = (records.seconds < 0) | (records.quantity < 0) | (records.bytes_in < 0) | (records.bytes_out < 0)
    _refuse(reason, np.flatnonzero(negative), "negative")
    digits = digits_of(records.number)
    found: list[_Found] = []
    for number, listed in enumerate(versions):
        places = np.flatnonzero((version == number) & (reason == RATED))
        if not len(places):
            continue
        destination = destinations_of(records.number, digits, places, listed, ported)
        _refuse(reason, places[destination == NOWHERE], "no-price")
        has_price = destination != NOWHERE
        each = _with_bands(records, places[has_price], destination[has_price], number, listed, calendars, reason)
        if len(each.places):
            found.append(each)
    free, uses = _free_units(records, found, pools)
    return _rated(versions, version, reason, found, free, uses)


def _versions_of(records: RecordColumns, lists: Sequence[CompiledList], pools: Pools) -> Integers:
    """The list of each record that holds on its day, numbered through all lists; -1 before the first one."""
    found = np.full(len(records.member), NOWHERE, dtype=np.int64)
    of_member, offset = pools.price_list[records.member], 0
    for number, each in enumerate(lists):
        places = np.flatnonzero(of_member == number)
        begins = np.array([listed.valid_from for listed in each.versions], dtype=np.int64)
        at = np.searchsorted(begins, records.used_on[places], side="right") - 1
        found[places] = np.where(at < 0, NOWHERE, at + offset)
        offset += len(each.versions)
    return found


def _refuse(reason: Integers, places: Integers, code: str) -> None:
    """Give a reason to records that have none yet."""
    reason[places[reason[places] == RATED]] = REASON_CODES.index(code)


def _with_bands(
    records: RecordColumns, places: Integers, destination: Integers, number: int, listed: CompiledVersion,
    calendars: Calendars, reason: Integers,
) -> _Found:  # fmt: skip
    """Records with their units and bands, but for those that have too many units or no price in a band."""
    terms = listed.terms
    units = _in_steps(_used(records, places, listed), destination, listed)
    too_large = units > MOST_USED[terms.measure]
    _refuse(reason, places[too_large], "too-large")
    places, destination, units = places[~too_large], destination[~too_large], units[~too_large]
    start = records.started_at[places] // MICROSECONDS
    ends = start + units if terms.is_cut else start
    first, last = (int(start.min()), int(ends.max())) if len(places) else (0, 0)
    calendar = band_calendar(terms, calendars(terms.country) if terms.country else WITHOUT_HOLIDAYS, first, last)
    used = used_in_bands(start, units, destination, terms, calendar)
    if (listed.prices.prices < 0).any():
        missing = without_price(used, listed, calendar)
        _refuse(reason, places[missing], "no-band-price")
        places = places[~missing]
        used = used_in_bands(start[~missing], units[~missing], destination[~missing], terms, calendar)
    return _Found(number, listed, calendar, places, used)


def _used(records: RecordColumns, places: Integers, listed: CompiledVersion) -> Integers:
    """What a list looks at in records, as `rating.used_of`; what no record can have is kept within 64 bits."""
    terms = listed.terms
    most = 2 * MOST_USED[terms.measure]
    if terms.measure != "bytes":
        column = records.seconds if terms.measure == "seconds" else records.quantity
        return np.minimum(column[places], most)
    counted = {"in": (records.bytes_in,), "out": (records.bytes_out,), "both": (records.bytes_in, records.bytes_out)}
    found = np.zeros(len(places), dtype=np.int64)
    for column in counted[terms.bytes_counted]:
        found += np.minimum(column[places], most)
    return found


def _in_steps(used: Integers, destination: Integers, listed: CompiledVersion) -> Integers:
    """What is counted of what was used, as `rating.in_steps`."""
    first, following = listed.prices.first[destination], np.maximum(listed.prices.next, 1)[destination]
    beyond = np.maximum(used - first, 0)
    counted = first - (-beyond // following) * following
    return np.where(used > 0, counted, 0)


def _free_units(records: RecordColumns, found: Sequence[_Found], pools: Pools) -> tuple[list[Integers], FreeUses]:
    """The free units of the records of each list."""
    nothing = np.zeros(0, dtype=np.int64)
    if not pools.packages or not found:
        none = np.zeros(len(pools.packages), dtype=np.int64)
        return [np.zeros(len(each.places), dtype=np.int64) for each in found], FreeUses(nothing, nothing, nothing, none)
    places = np.concatenate([each.places for each in found])
    groups = sorted({group for each in found for group in each.listed.groups})
    group = [np.array([groups.index(name) for name in each.listed.groups])[each.listed.group[each.used.destination]]
             for each in found]  # fmt: skip
    claimants = Claimants(
        records.member[places],
        records.started_at[places],
        np.concatenate([np.full(len(each.places), each.number) for each in found]),
        np.concatenate([each.used.destination for each in found]),
        np.concatenate([_claimed(each) for each in found]),
        np.concatenate(group),
        groups,
    )
    free, uses = take_free_units(claimants, pools.packages, len(pools.price_list))
    ends = np.cumsum([len(each.places) for each in found])
    return np.split(free, ends[:-1]), uses._replace(record=places[uses.record])


def _claimed(found: _Found) -> Integers:
    """The units of which packages may cover any: none of a record that costs nothing without them."""
    return np.where(costs_something(found.used, found.listed, found.calendar), found.used.units, 0)


def _rated(
    versions: tuple[CompiledVersion, ...], version: Integers, reason: Integers, found: Sequence[_Found],
    free: Sequence[Integers], uses: FreeUses,
) -> RatedColumns:  # fmt: skip
    """All records with what they cost."""
    destination = np.full(len(reason), NOWHERE, dtype=np.int64)
    band, units, all_free = (np.zeros(len(reason), dtype=np.int64) for _ in range(3))
    amounts = [priced(each.used, part, each.listed, each.calendar) for each, part in zip(found, free, strict=True)]
    is_large = any(each.amount.dtype == object for each in amounts)
    amount: Amounts = np.zeros(len(reason), dtype=object if is_large else np.int64)
    for each, part, cost in zip(found, free, amounts, strict=True):
        destination[each.places] = each.used.destination
        band[each.places], units[each.places] = each.used.band, each.used.units
        all_free[each.places], amount[each.places] = part, cost.amount
    lines = [
        cost.lines._replace(record=each.places[cost.lines.record]) for each, cost in zip(found, amounts, strict=True)
    ]
    return RatedColumns(versions, reason, version, destination, band, units, all_free, amount, _joined(lines), uses)


def _joined(lines: Sequence[BandLines]) -> BandLines:
    if not lines:
        return BandLines(*(np.zeros(0, dtype=np.int64) for _ in BandLines._fields))
    return BandLines(*(np.concatenate(each) for each in zip(*lines, strict=True)))
