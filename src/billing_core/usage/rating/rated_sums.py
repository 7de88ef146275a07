"""Sums of rated records by service, day, list, destination and band: what is kept of them, and what reports show.

A record counts in the band in which it began, as do its connection fee, minimum, maximum and rounding; its units and
their amount count in each band in which they were used. So the sums of any bands, days or destinations are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from billing_core.usage.rating.bulk_prices import MOST_WHOLE, Amounts
from billing_core.usage.rating.bulk_rating import RatedColumns
from billing_core.usage.rating.record_columns import Integers, RecordColumns


class RatedSums(NamedTuple):
    """A line for each service, day (since 1970), list, destination and band that has records, in this order.

    `version`, `destination` and `band` are places, as in `RatedColumns`; `amount` counts parts of the version.
    """

    member: Integers
    used_on: Integers
    version: Integers
    destination: Integers
    band: Integers
    records: Integers
    units: Integers
    free: Integers
    amount: Amounts


def sums_of(records: RecordColumns, rated: RatedColumns) -> RatedSums:
    """The sums of all rated records."""
    lines = rated.lines
    keys = (records.member[lines.record], records.used_on[lines.record], rated.version[lines.record],
            rated.destination[lines.record], lines.band)  # fmt: skip
    order, first = grouped(keys)
    sums = [summed(column[order], first) for column in (lines.records, lines.units, lines.free, lines.amount)]
    named = [key[order[first]] for key in keys]
    return RatedSums(*named, *sums)


def grouped(keys: Sequence[Integers]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The order in which equal keys stand together, and the place in it at which each of them begins."""
    packed = _packed(keys)
    order = np.lexsort(tuple(reversed(keys))) if packed is None else np.argsort(packed, kind="stable")
    is_new = np.zeros(len(order), dtype=bool)
    is_new[:1] = True
    for key in keys if packed is None else (packed,):
        in_order = key[order]
        is_new[1:] |= in_order[1:] != in_order[:-1]
    return order, np.flatnonzero(is_new)


def _packed(keys: Sequence[Integers]) -> Integers | None:
    """Several keys as one whole number that orders as they do; None if it needs more than 64 bits."""
    found, size = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in keys:
        least = int(key.min(initial=0))
        width = int(key.max(initial=0)) - least + 1
        size *= width
        if size >= MOST_WHOLE:
            return None
        found = found * width + (key - least)
    return found


def summed(column: Amounts, first: NDArray[np.intp]) -> Amounts:
    """The sums of parts that begin at some places, exact: with whole numbers of Python if 64 bits could be too few."""
    if not len(column):
        return column
    most = int(np.diff(np.append(first, len(column))).max())
    if max(int(column.max()), -int(column.min())) * most >= MOST_WHOLE:  # A maximum may leave a part below 0.
        column = column.astype(object)
    sums: Amounts = np.add.reduceat(column, first)
    return sums
