"""Price lists: what a call, data or an item costs by its destination, the band of time and the day.

Decides which row of which list holds for a number on a day. Does not decide what a record costs (`rating`), nor whether
a list is sound (`checks`).

- A list holds from a day until the next list of its code. The day of a record is the one on which it began.
- A special row (emergency and short numbers) holds for its whole number and comes first, also if the number is ported.
- A ported number has the prefix or the destination to which it was ported, whatever its digits say.
- Else the row with the longest prefix of the number holds. A row without a prefix holds for every other number.

Worked example, rows 420 Czechia, 42060 Czechia mobile, 4206 Czechia other, 112 special Emergency; 420601000111 is
ported to the prefix 420

    420601222333 -> Czechia mobile     420611222333 -> Czechia other      420601000111 -> Czechia
    112          -> Emergency          1123         -> no row             42           -> no row
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from billing_core.work.working_hours import WorkingHours

ListUnit = Literal["second", "minute", "item", "MB", "GB", "MiB", "GiB"]
Measure = Literal["seconds", "bytes", "millionths"]
ListRounding = Literal["exact", "half-up", "up"]
BandOf = Literal["moment", "start"]
BytesCounted = Literal["both", "in", "out"]

# What a record is measured in, and how much of it one unit of a list has.
MEASURES: dict[ListUnit, tuple[Measure, int]] = {
    "second": ("seconds", 1),
    "minute": ("seconds", 60),
    "item": ("millionths", 10**6),
    "MB": ("bytes", 10**6),
    "GB": ("bytes", 10**9),
    "MiB": ("bytes", 2**20),
    "GiB": ("bytes", 2**30),
}

# --- values


class Band(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time of the week with prices of its own: spans as the clock shows them, by weekday and on holidays.

    Without hours it is all the rest of the week.
    """

    code: str
    hours: WorkingHours | None = None


ALL_WEEK = Band(code="all week")


class PriceListTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all rows of a list have in common.

    A moment is in the first of the bands that has it; the last band has no hours and is the rest. `zone` and the
    holidays of `country` say what the clock shows; without a country no day is a holiday. A call over a border of
    bands is cut there if `band_of` is *moment*; if it is *start*, all of it is in the band in which it began. What each
    record costs is kept exactly, or rounded to `decimals`. `bytes_counted` says which bytes of data are paid, those to
    the subscriber (*in*), those from the subscriber (*out*) or both.
    """

    code: str
    name: str
    currency: str
    unit: ListUnit
    zone: str
    bands: tuple[Band, ...] = (ALL_WEEK,)
    country: str = ""
    band_of: BandOf = "moment"
    rounding: ListRounding = "exact"
    decimals: int = 6
    bytes_counted: BytesCounted = "both"

    @property
    def measure(self) -> Measure:
        """What records are measured in: seconds, bytes or millionths of an item."""
        return MEASURES[self.unit][0]

    @property
    def unit_size(self) -> int:
        """How many seconds, bytes or millionths one unit has."""
        return MEASURES[self.unit][1]

    @property
    def step_size(self) -> int:
        """How many of them one of a step has: steps count seconds, bytes and items."""
        return MEASURES["item"][1] if self.unit == "item" else 1

    @property
    def is_cut(self) -> bool:
        """Whether a record over a border of bands is cut; only time can be cut there."""
        return self.band_of == "moment" and self.measure == "seconds" and len(self.bands) > 1


class DestinationPrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A row of a list: what the numbers with a prefix cost.

    `prices` are those of one unit, in the order of the list's bands; None if the destination has no price in a band.
    A record that is charged pays `connection`, at least `minimum` and at most `maximum`. What is used counts in steps:
    `first` as a whole, then each begun `next` (seconds, bytes or items); 0 is no step. Packages of free units name
    `group`s. A special row holds for its whole number.
    """

    prefix: str
    destination: str
    prices: tuple[Decimal | None, ...]
    group: str = ""
    connection: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    first: int = 0
    next: int = 0
    is_special: bool = False


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a list that hold from a day until the next list of the same code."""

    terms: PriceListTerms
    valid_from_on: date
    rows: tuple[DestinationPrice, ...]


class PortedNumber(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A number that is priced by another prefix than its own, or by the name of a destination: exactly one of them."""

    number: str
    prefix: str = ""
    destination: str = ""


class PrefixTable(NamedTuple):
    """The rows of a list, by whole number, by prefix and (the first one) by destination."""

    special: Mapping[str, DestinationPrice]
    by_prefix: Mapping[str, DestinationPrice]
    by_destination: Mapping[str, DestinationPrice]
    longest: int


# --- which row holds


def list_on(lists: Iterable[PriceList], on: date) -> PriceList | None:
    """The list that holds on a day: the last one valid from this day or before it; None before the first one.

    valid from 1 January and from 1 March    ->  28 February: the first, 1 March: the second, 31 December before: none
    """
    begun = [each for each in lists if each.valid_from_on <= on]
    return max(begun, key=lambda each: each.valid_from_on, default=None)


def prefix_table(rows: Sequence[DestinationPrice]) -> PrefixTable:
    """The rows of a sound list, ready to be looked up."""
    ordinary = {row.prefix: row for row in rows if not row.is_special}
    return PrefixTable(
        {row.prefix: row for row in rows if row.is_special},
        ordinary,
        {row.destination: row for row in reversed(rows)},
        max(map(len, ordinary), default=0),
    )


def row_for(number: str, table: PrefixTable, ported: Mapping[str, PortedNumber]) -> DestinationPrice | None:
    """The row that holds for a number: special, else ported, else the longest prefix; None if there is none."""
    if number in table.special:
        return table.special[number]
    moved = ported.get(number)
    if moved is None:
        return longest_prefix(number, table)
    return table.by_destination.get(moved.destination) if moved.destination else longest_prefix(moved.prefix, table)


def longest_prefix(number: str, table: PrefixTable) -> DestinationPrice | None:
    """The row with the longest prefix of a number."""
    for length in range(min(len(number), table.longest), -1, -1):
        row = table.by_prefix.get(number[:length])
        if row is not None:
            return row
    return None
