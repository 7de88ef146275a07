"""Rating: what each record of a pool costs, exactly. The plain reference, to which `bulk_rating` is equal.

A pool is the records that share free units in one period of their component: those of a subscription, or of several
services of an account. It is rated as a whole in the order of time, so it does not matter in which batches or in which
order the records came. Of records that began at one instant those with equal destination and units are alike.

1. The list that holds on the record's day, and its row (`price_lists.lists`), or the reason why there is none.
2. What was used counts in steps: the first one as a whole, then each begun next one. Nothing used costs nothing.
3. Free units come first, from the beginning of the record; the packages in their stated order, each for its groups.
   A record that costs nothing without them takes none.
4. The rest is cut at the borders of bands (`bands`) and paid at the price of each band.
5. If anything is paid: the connection fee is added, then the amount is at least the minimum and at most the maximum.
6. The amount is rounded if the list says so; else it is kept as it is until the line of the bill is rounded.

Fee, minimum, maximum and rounding count in the band in which the record began.

Worked example, peak 0.30 a minute until 19:00, then 0.12, connection 0.05, steps 60/1, 40 free seconds left

    from 18:59:00, 75 seconds     free 40 s, peak 20 s x 0.30 / 60 = 0.10, off-peak 15 s x 0.12 / 60 = 0.03, fee 0.05
                                                                                                           = 0.18
    from 18:59:30, 10 seconds     60 s are counted: 30 s peak 0.15, 30 s off-peak 0.06, fee 0.05           = 0.26
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from billing_core.time.due_dates import Calendar
from billing_core.usage.price_lists.lists import (
    DestinationPrice,
    Measure,
    PortedNumber,
    PrefixTable,
    PriceList,
    PriceListTerms,
    list_on,
    prefix_table,
    row_for,
)
from billing_core.usage.rating.bands import BandSpan, band_spans
from billing_core.usage.rating.free_units import FreeUnits

# Why a record is not rated, and how that is mended; "" is rated.
REASONS = {
    "before-list": "no price list holds yet on its day; publish one that is valid from this day",
    "no-price": "the price list has no row for its number; add a row to a list that is valid from its day",
    "no-band-price": "its destination has no price in a band in which it was used; add the price to the list",
    "negative": "what was used is negative; correct the record",
    "too-large": "what was used is more than any record can have; correct the record",
    "purged": "records of its day or before it were purged, so that it is not rated; charge it as an item of its own",
}
# 115 days, a petabyte, a thousand million items.
MOST_USED: dict[Measure, int] = {"seconds": 10**7, "bytes": 10**15, "millionths": 10**15}

# --- values


class UsedRecord(NamedTuple):
    """What is rated of a record; `member` is the place of its service in the pool, `used_on` its day at the seller.

    `quantity` is in millionths; `bytes_in` went to the subscriber.
    """

    member: int
    number: str
    started_at: datetime
    used_on: date
    seconds: int = 0
    quantity: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class ReadyList(NamedTuple):
    """A price list, ready to be looked up, with the holidays of its country."""

    price_list: PriceList
    table: PrefixTable
    calendar: Calendar


class BandPart(NamedTuple):
    """What a record used in one band, how much of it was free, and the amount for the rest."""

    band: str
    units: int
    free: int
    amount: Fraction


class FreeUse(NamedTuple):
    """Units that a package covered."""

    package: str
    units: int


class RatedRecord(NamedTuple):
    """What a record costs and why, or the reason why it is not rated.

    `units` are seconds, bytes or millionths, counted in steps; `parts` are by band, that of the beginning first.
    """

    reason: str
    price_list: PriceList | None = None
    row: DestinationPrice | None = None
    units: int = 0
    free: tuple[FreeUse, ...] = ()
    parts: tuple[BandPart, ...] = ()
    amount: Fraction = Fraction(0)


class PoolRated(NamedTuple):
    """The records of a pool as they came, and how many units of each of its packages they used."""

    records: list[RatedRecord]
    used: list[int]


class _Found(NamedTuple):
    """The price of a record, before it is known how much of it is free."""

    ready: ReadyList
    row: DestinationPrice
    units: int
    spans: list[BandSpan]


# --- decisions


def ready_list(price_list: PriceList, calendar: Calendar) -> ReadyList:
    """A sound list, ready to be looked up."""
    return ReadyList(price_list, prefix_table(price_list.rows), calendar)


def rate_pool(
    records: Sequence[UsedRecord], members: Sequence[Sequence[ReadyList]], packages: Sequence[FreeUnits],
    ported: Mapping[str, PortedNumber],
) -> PoolRated:  # fmt: skip
    """Rate all records of a pool; `members` are the lists of each of its services, the one that holds by the day."""
    found = [_find(record, members[record.member], ported) for record in records]
    rated = [RatedRecord(each) if isinstance(each, str) else RatedRecord("") for each in found]
    left = [package.units for package in packages]
    for place, price in _in_order_of_time(records, found):
        rated[place] = _priced(price, ())
        if rated[place].amount:
            rated[place] = _priced(price, _take(price, records[place].member, packages, left))
    return PoolRated(rated, [package.units - units for package, units in zip(packages, left, strict=True)])


def _take(price: _Found, member: int, packages: Sequence[FreeUnits], left: list[int]) -> tuple[FreeUse, ...]:
    """Take the units of a record from the packages that cover it, as far as units are left in them."""
    free: list[FreeUse] = []
    rest = price.units
    for number, package in enumerate(packages):
        taken = min(rest, left[number]) if package.covers(member, price.row.group) else 0
        if taken:
            free.append(FreeUse(package.package, taken))
            left[number] -= taken
            rest -= taken
    return tuple(free)


def rate_record(record: UsedRecord, lists: Sequence[ReadyList], ported: Mapping[str, PortedNumber]) -> RatedRecord:
    """Rate one record without free units."""
    return rate_pool([record._replace(member=0)], [lists], (), ported).records[0]


def _in_order_of_time(
    records: Sequence[UsedRecord], found: Sequence[_Found | str]
) -> list[tuple[int, _Found]]:  # fmt: skip
    """The records with a price and their places, in an order that does not depend on the order in which they came."""
    priced = [(place, price) for place, price in enumerate(found) if isinstance(price, _Found)]
    return sorted(priced, key=lambda each: (
        records[each[0]].started_at, records[each[0]].member, each[1].ready.price_list.valid_from_on,
        each[1].row.destination, each[1].units,
    ))  # fmt: skip


def _find(record: UsedRecord, lists: Sequence[ReadyList], ported: Mapping[str, PortedNumber]) -> _Found | str:
    """The price of a record, or the reason why there is none."""
    in_force = list_on([each.price_list for each in lists], record.used_on)
    if in_force is None:
        return "before-list"
    ready = next(each for each in lists if each.price_list is in_force)
    terms = in_force.terms
    if min(record.seconds, record.quantity, record.bytes_in, record.bytes_out) < 0:
        return "negative"
    row = row_for(record.number, ready.table, ported)
    if row is None:
        return "no-price"
    units = in_steps(used_of(record, terms), row, terms)
    if units > MOST_USED[terms.measure]:
        return "too-large"
    spans = band_spans(record.started_at, units, terms, ready.calendar)
    if any(span.seconds and row.prices[span.band] is None for span in spans):
        return "no-band-price"
    return _Found(ready, row, units, spans)


def used_of(record: UsedRecord, terms: PriceListTerms) -> int:
    """What a list looks at in a record: its seconds, bytes or millionths."""
    match terms.measure:
        case "seconds":
            return record.seconds
        case "millionths":
            return record.quantity
        case "bytes":
            return {"in": record.bytes_in, "out": record.bytes_out, "both": record.bytes_in + record.bytes_out}[
                terms.bytes_counted
            ]


def in_steps(used: int, row: DestinationPrice, terms: PriceListTerms) -> int:
    """What is counted of what was used: the first step, and each begun next one.

    steps 60/60    1 -> 60, 61 -> 120      30/6    31 -> 36      60/1    61 -> 61      0/0    61 -> 61, 0 -> 0
    """
    first, following = row.first * terms.step_size, row.next * terms.step_size
    if not used or not following:
        return max(used, first) if used else 0
    return first + max(0, ceil(Fraction(used - first, following))) * following


def _priced(price: _Found, free: tuple[FreeUse, ...]) -> RatedRecord:
    """The amount of a record after its free units."""
    terms, row = price.ready.price_list.terms, price.row
    units = {span.band: 0 for span in price.spans}  # The band of the beginning comes first.
    paid = dict(units)
    is_free = sum(use.units for use in free)
    for span in price.spans:
        taken = min(is_free, span.seconds)
        is_free -= taken
        units[span.band] += span.seconds
        paid[span.band] += span.seconds - taken
    amounts = {band: Fraction(row.prices[band] or 0) * part / terms.unit_size for band, part in paid.items()}
    exact = sum(amounts.values(), Fraction(0))
    amount = _rounded(_within_limits(exact, row), terms) if any(paid.values()) else Fraction(0)
    amounts[price.spans[0].band] += amount - exact
    parts = (BandPart(terms.bands[band].code, units[band], units[band] - paid[band], amounts[band]) for band in units)
    return RatedRecord("", price.ready.price_list, row, price.units, free, tuple(parts), amount)


def _within_limits(exact: Fraction, row: DestinationPrice) -> Fraction:
    """With the connection fee, at least the minimum, at most the maximum."""
    amount = max(exact + Fraction(row.connection), Fraction(row.minimum))
    return amount if row.maximum is None else min(amount, Fraction(row.maximum))


def _rounded(amount: Fraction, terms: PriceListTerms) -> Fraction:
    """The amount of one record as the list rounds it: 0.0123 to 2 decimals is 0.02 up, 0.01 half-up."""
    whole = 10**terms.decimals
    match terms.rounding:
        case "exact":
            return amount
        case "up":
            return Fraction(ceil(amount * whole), whole)
        case "half-up":
            return Fraction(floor(amount * whole + Fraction(1, 2)), whole)
