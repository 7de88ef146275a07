"""Prices in bulk: what records of one list cost, cut at the borders of bands, in parts of the list.

Only records over a border need a count of seconds by band; all others are in the band in which they began.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from billing_core.usage.price_lists.lists import PriceListTerms
from billing_core.usage.rating.band_calendar import BandCalendar
from billing_core.usage.rating.compiled_lists import CompiledVersion, PriceColumns
from billing_core.usage.rating.record_columns import Booleans, Integers

MOST_WHOLE = 2**63
# Whole numbers of 64 bits, or Python's own in a batch whose amounts do not fit.
Amounts = NDArray[Any]

# --- values


class Used(NamedTuple):
    """Records of one list: when they began (UTC seconds), their units counted in steps, destination and band then.

    `cut` are the places of those that go on over a border of bands.
    """

    start: Integers
    units: Integers
    destination: Integers
    band: Integers
    cut: Integers


class BandLines(NamedTuple):
    """What records used in each band: a line for each record and band; `record` is a place in `Used`."""

    record: Integers
    band: Integers
    records: Integers
    units: Integers
    free: Integers
    amount: Amounts


class Priced(NamedTuple):
    """The amount of each record, and the lines by band of all of them."""

    amount: Amounts
    lines: BandLines


class _CutParts(NamedTuple):
    """What the records that are cut used in each band, how much of it is free, and the amount: a row for each band."""

    units: Integers
    free: Integers
    amount: Amounts


class _Costs(NamedTuple):
    """By the prices of bands alone, and with fee, limits and rounding."""

    exact: Amounts
    amount: Amounts
    cut: _CutParts


# --- decisions


def used_in_bands(
    start: Integers, units: Integers, destination: Integers, terms: PriceListTerms, calendar: BandCalendar
) -> Used:
    """Records with the band in which they began, and whether a border of bands is in them."""
    segment = calendar.segment(start)
    cut = np.zeros(0, dtype=np.int64)
    if terms.is_cut:
        border = np.append(calendar.borders, MOST_WHOLE - 1)[segment + 1]
        cut = np.flatnonzero((start + units > border) & (units > 0))
    return Used(start, units, destination, calendar.bands[segment], cut)


def without_price(used: Used, listed: CompiledVersion, calendar: BandCalendar) -> Booleans:
    """Whether a record was used in a band in which its destination has no price."""
    prices = listed.prices.prices
    found = np.asarray((used.units > 0) & (prices[used.band, used.destination] < 0), dtype=bool)
    start = used.start[used.cut]
    seconds = calendar.seconds_before(start + used.units[used.cut]) - calendar.seconds_before(start)
    found[used.cut] = ((seconds > 0) & (prices[:, used.destination[used.cut]] < 0)).any(axis=0)
    return found


def costs_something(used: Used, listed: CompiledVersion, calendar: BandCalendar) -> Booleans:
    """Whether a record costs anything without free units."""
    costs = _costs(used, np.zeros(len(used.units), dtype=np.int64), listed, calendar)
    return np.asarray(costs.amount > 0, dtype=bool)


def priced(used: Used, free: Integers, listed: CompiledVersion, calendar: BandCalendar) -> Priced:
    """What records cost after their first units, which are free."""
    costs = _costs(used, free, listed, calendar)
    added = costs.amount[used.cut] - costs.exact[used.cut]
    whole = _whole_lines(used, free, costs.amount)
    return Priced(costs.amount, _with_cut(whole, used, costs.cut, added))


def _costs(used: Used, free: Integers, listed: CompiledVersion, calendar: BandCalendar) -> _Costs:
    columns, paid = listed.prices, used.units - free
    if _most(columns, paid, listed) >= MOST_WHOLE:
        columns = PriceColumns(*(column.astype(object) for column in columns))
    prices = np.maximum(columns.prices, 0)
    exact = prices[used.band, used.destination] * paid
    cut = _cut_parts(used, free, prices, calendar)
    exact[used.cut] = cut.amount.sum(axis=0)
    amount = np.where(paid > 0, _rounded(_within_limits(exact, columns, used.destination), listed), 0)
    return _Costs(exact, amount, cut)


def _cut_parts(used: Used, free: Integers, prices: Amounts, calendar: BandCalendar) -> _CutParts:
    start = used.start[used.cut]
    before = calendar.seconds_before(start)
    units = calendar.seconds_before(start + used.units[used.cut]) - before
    is_free = calendar.seconds_before(start + free[used.cut]) - before
    return _CutParts(units, is_free, prices[:, used.destination[used.cut]] * (units - is_free))


def _most(columns: PriceColumns, paid: Integers, listed: CompiledVersion) -> int:
    """No amount, and nothing that is counted on the way to one, is as much as this."""
    fees = sum(int(column.max(initial=0)) for column in (columns.connection, columns.minimum, columns.maximum))
    return 2 * (int(columns.prices.max(initial=0)) * int(paid.max(initial=0)) + fees + listed.parts)


def _within_limits(exact: Amounts, columns: PriceColumns, destination: Integers) -> Amounts:
    amount = np.maximum(exact + columns.connection[destination], columns.minimum[destination])
    maximum = columns.maximum[destination]
    within: Amounts = np.where(maximum < 0, amount, np.minimum(amount, maximum))
    return within


def _rounded(amount: Amounts, listed: CompiledVersion) -> Amounts:
    terms = listed.terms
    if terms.rounding == "exact":
        return amount
    step = listed.parts // 10**terms.decimals
    rounded: Amounts = -(-amount // step) * step
    if terms.rounding == "half-up":
        rounded = (2 * amount + step) // (2 * step) * step
    return rounded


def _whole_lines(used: Used, free: Integers, amount: Amounts) -> BandLines:
    """A line for each record that is in one band."""
    is_whole = np.ones(len(used.units), dtype=bool)
    is_whole[used.cut] = False
    places = np.flatnonzero(is_whole)
    ones = np.ones(len(places), dtype=np.int64)
    return BandLines(places, used.band[places], ones, used.units[places], free[places], amount[places])


def _with_cut(whole: BandLines, used: Used, cut: _CutParts, added: Amounts) -> BandLines:
    """All lines, those of records that are cut at the end; the band of the beginning has what is added to an amount."""
    columns = [whole]
    for band, (units, free, amount) in enumerate(zip(*cut, strict=True)):
        begins = used.band[used.cut] == band
        kept = np.flatnonzero(units > 0)  # The band of the beginning is among them.
        columns.append(BandLines(used.cut[kept], np.full(len(kept), band), begins[kept].astype(np.int64),
                                 units[kept], free[kept], (amount + np.where(begins, added, 0))[kept]))  # fmt: skip
    return BandLines(*(np.concatenate(each) for each in zip(*columns, strict=True)))
