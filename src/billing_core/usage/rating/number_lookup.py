"""The destinations of numbers in bulk: the rule of `price_lists.row_for` over columns.

Numbers in digits are found by integers; any other text, and every number of a list whose prefixes are no digits, is
looked up as a text, once for each different one.
"""

from __future__ import annotations

import numpy as np

from billing_core.usage.price_lists.lists import row_for
from billing_core.usage.rating.compiled_lists import (
    NOWHERE,
    CompiledVersion,
    PortedColumns,
    PrefixIntervals,
    WholeNumbers,
)
from billing_core.usage.rating.record_columns import Digits, Integers, Texts


def destinations_of(
    numbers: Texts, digits: Digits, places: Integers, listed: CompiledVersion, ported: PortedColumns
) -> Integers:
    """The destinations in a list of the numbers at some places; -1 if it has no row for a number."""
    if listed.intervals is None:
        return _by_text(numbers, places, listed, ported)
    length, padded, whole = (column[places] for column in digits)
    found = listed.intervals.find(padded, length)
    if len(ported.numbers):
        at = _whole_at(ported.numbers, whole)
        moved = np.flatnonzero(at != NOWHERE)
        found[moved] = _ported_to(at[moved], listed, listed.intervals, ported)
    _put_special(found, whole, listed.special)
    texts = np.flatnonzero(whole < 0)
    if len(texts):
        found[texts] = _by_text(numbers, places[texts], listed, ported)
    return found


def _whole_at(numbers: Integers, whole: Integers) -> Integers:
    """Where each number stands among some in order; -1 if it is none of them."""
    at = np.minimum(np.searchsorted(numbers, whole), len(numbers) - 1)
    return np.where(numbers[at] == whole, at, NOWHERE)


def _put_special(found: Integers, whole: Integers, special: WholeNumbers) -> None:
    if not len(special.numbers):
        return
    short = np.flatnonzero(whole <= special.numbers[-1])
    at = _whole_at(special.numbers, whole[short])
    is_special = at != NOWHERE
    found[short[is_special]] = special.destination[at[is_special]]


def _ported_to(at: Integers, listed: CompiledVersion, intervals: PrefixIntervals, ported: PortedColumns) -> Integers:
    """The destinations of ported numbers, which are given by their places."""
    by_prefix = intervals.find(ported.prefixes.padded[at], ported.prefixes.length[at])
    named = [ported.destinations[each] for each in at.tolist()]
    by_name = np.array([listed.place.get(name, NOWHERE) for name in named], dtype=np.int64)
    return np.where(np.array([bool(name) for name in named], dtype=bool), by_name, by_prefix)


def _by_text(numbers: Texts, places: Integers, listed: CompiledVersion, ported: PortedColumns) -> Integers:
    known: dict[str, int] = {}
    found = np.empty(len(places), dtype=np.int64)
    for number, place in enumerate(places.tolist()):
        text = numbers.text(place)
        if text not in known:
            row = row_for(text, listed.table, ported.by_number)
            known[text] = NOWHERE if row is None else listed.place[row.destination]
        found[number] = known[text]
    return found
