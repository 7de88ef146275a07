"""Price lists as arrays: every number has one interval, every destination one column of whole numbers.

A prefix is an interval of numbers padded to 18 digits; where one prefix lies inside another, the intervals are cut so
that none overlap, and a number is found by one search. A number that is shorter than the prefix found (12 is padded to
120000000000000000, which lies in 120) climbs to the prefixes around it until one is no longer than it is.

    prefixes 420, 42060     ->  [420..., 42060...) 420    [42060..., 42061...) 42060    [42061..., 421...) 420

Prices are whole numbers of the list's own parts of the currency: the least common denominator of all its prices by the
second, byte or millionth, its fees and its rounding.

    0.25 and 0.10 by the minute, fee 0.05    ->  1/240, 1/600, 1/20: parts of 1/1200; a second costs 5 and 2 of them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from billing_core.usage.price_lists.checks import MOST_DIGITS
from billing_core.usage.price_lists.lists import (
    DestinationPrice,
    PortedNumber,
    PrefixTable,
    PriceList,
    PriceListTerms,
    prefix_table,
)
from billing_core.usage.rating.record_columns import MOST_PADDED, POWERS, Digits, Integers, digits_of, texts_of

NOWHERE = -1
EPOCH = date(1970, 1, 1)

# --- values


class PrefixIntervals(NamedTuple):
    """Disjoint intervals with the prefix of each; of each prefix the one around it, its length and destination."""

    starts: Integers
    prefix: Integers
    parent: Integers
    length: Integers
    destination: Integers

    def find(self, padded: Integers, length: Integers) -> Integers:
        """The destination of the longest prefix of each number."""
        found = self.prefix[np.searchsorted(self.starts, padded, side="right") - 1]
        climbing = np.flatnonzero(self.length[found] > length)
        while len(climbing):
            found[climbing] = self.parent[found[climbing]]
            climbing = climbing[self.length[found[climbing]] > length[climbing]]
        return self.destination[found]


class WholeNumbers(NamedTuple):
    """Numbers that are looked up whole, in order, with a destination each."""

    numbers: Integers
    destination: Integers


class PriceColumns(NamedTuple):
    """What each destination costs, in parts; `prices` has a row for each band, -1 if there is no price."""

    prices: Integers
    connection: Integers
    minimum: Integers
    maximum: Integers
    first: Integers
    next: Integers


class CompiledVersion(NamedTuple):
    """A price list that holds from `valid_from` (days since 1970); its destinations are in the order of their names.

    `intervals` is None if prefixes are no digits: then each number is looked up as a text.
    """

    terms: PriceListTerms
    valid_from: int
    parts: int
    destinations: tuple[str, ...]
    groups: tuple[str, ...]
    group: Integers
    prices: PriceColumns
    intervals: PrefixIntervals | None
    special: WholeNumbers
    table: PrefixTable
    place: Mapping[str, int]


class CompiledList(NamedTuple):
    """All lists of one code, in the order of their days."""

    code: str
    versions: tuple[CompiledVersion, ...]


class PortedColumns(NamedTuple):
    """Ported numbers in order, with the prefixes or destinations by which they are priced."""

    by_number: Mapping[str, PortedNumber]
    numbers: Integers
    prefixes: Digits
    destinations: tuple[str, ...]


# --- made of a list


def compile_list(price_lists: Sequence[PriceList]) -> CompiledList:
    """The sound lists of one code as arrays."""
    in_order = sorted(price_lists, key=lambda each: each.valid_from_on)
    return CompiledList(in_order[0].terms.code, tuple(map(_compiled_version, in_order)))


def compile_ported(ported: Iterable[PortedNumber]) -> PortedColumns:
    """Ported numbers as arrays."""
    by_number = {each.number: each for each in ported}
    in_order = sorted(by_number.values(), key=lambda each: (len(each.number), each.number))  # As `whole` orders them.
    return PortedColumns(
        by_number,
        digits_of(texts_of([each.number for each in in_order])).whole,
        digits_of(texts_of([each.prefix for each in in_order])),
        tuple(each.destination for each in in_order),
    )


def _compiled_version(price_list: PriceList) -> CompiledVersion:
    table = prefix_table(price_list.rows)
    named = {row.destination: row for row in reversed(price_list.rows)}
    destinations = tuple(sorted(named))
    rows = [named[name] for name in destinations]
    groups = tuple(sorted({row.group for row in rows}))
    place = {name: number for number, name in enumerate(destinations)}
    parts = parts_of(rows, price_list.terms)
    has_digits = all(_is_short_number(row.prefix) for row in price_list.rows)
    return CompiledVersion(
        terms=price_list.terms,
        valid_from=(price_list.valid_from_on - EPOCH).days,
        parts=parts,
        destinations=destinations,
        groups=groups,
        group=np.array([groups.index(row.group) for row in rows], dtype=np.int64),
        prices=_price_columns(rows, price_list.terms, parts),
        intervals=_intervals(table.by_prefix, place) if has_digits else None,
        special=_whole_numbers(table.special if has_digits else {}, place),
        table=table,
        place=place,
    )


def _is_short_number(prefix: str) -> bool:
    return len(prefix) <= MOST_DIGITS and (not prefix or (prefix.isascii() and prefix.isdigit()))


def parts_of(rows: Sequence[DestinationPrice], terms: PriceListTerms) -> int:
    """In how many parts the currency is cut so that all prices and fees of a list are whole numbers of them."""
    prices = {price for row in rows for price in row.prices if price is not None}
    fees = {fee for row in rows for fee in (row.connection, row.minimum, row.maximum) if fee is not None}
    exact = [Fraction(price) / terms.unit_size for price in prices] + [Fraction(fee) for fee in fees]
    return lcm(*(each.denominator for each in exact), 1 if terms.rounding == "exact" else 10**terms.decimals)


def _price_columns(rows: Sequence[DestinationPrice], terms: PriceListTerms, parts: int) -> PriceColumns:
    def in_parts(amount: Decimal | None, of_unit: int = 1) -> int:
        return -1 if amount is None else int(Fraction(amount) * parts / of_unit)

    prices = [[in_parts(row.prices[band], terms.unit_size) for row in rows] for band in range(len(terms.bands))]
    return PriceColumns(
        _whole(prices),
        _whole([in_parts(row.connection) for row in rows]),
        _whole([in_parts(row.minimum) for row in rows]),
        _whole([in_parts(row.maximum) for row in rows]),
        _whole([row.first * terms.step_size for row in rows]),
        _whole([row.next * terms.step_size for row in rows]),
    )


def _whole(numbers: Sequence[object]) -> NDArray[np.int64]:
    """Whole numbers as an array, of Python's own if they are too large for 64 bits."""
    try:
        return np.array(numbers, dtype=np.int64)
    except OverflowError:
        return np.array(numbers, dtype=object)


def _whole_numbers(rows: Mapping[str, DestinationPrice], place: Mapping[str, int]) -> WholeNumbers:
    found = sorted((int(f"1{number}"), place[row.destination]) for number, row in rows.items())
    return WholeNumbers(np.array([number for number, _ in found], dtype=np.int64),
                        np.array([destination for _, destination in found], dtype=np.int64))  # fmt: skip


def _intervals(rows: Mapping[str, DestinationPrice], place: Mapping[str, int]) -> PrefixIntervals:
    """Prefixes in order, cut where one lies inside another. Prefix 0 is no prefix at all: nowhere."""
    parent, length, destination = [0], [0], [NOWHERE]
    begins: dict[int, int] = {0: 0}  # Where an interval begins, and its prefix; a later one at the same place replaces.
    around: list[tuple[int, int]] = [(10**MOST_PADDED, 0)]  # The prefixes around the present one, with their ends.
    for prefix, row in sorted(rows.items()):
        size = int(POWERS[MOST_PADDED - len(prefix)])
        start = int(prefix or "0") * size
        while around[-1][0] <= start:
            ended, _ = around.pop()
            begins[ended] = around[-1][1]
        number = len(parent)
        parent.append(around[-1][1])
        length.append(len(prefix))
        destination.append(place[row.destination])
        begins[start] = number
        around.append((start + size, number))
    while len(around) > 1:
        ended, _ = around.pop()
        begins[ended] = around[-1][1]
    starts = sorted(begins)
    arrays = (starts, [begins[start] for start in starts], parent, length, destination)
    return PrefixIntervals(*(np.array(each, dtype=np.int64) for each in arrays))
