"""How much was used by destination, and what did it bring in?

It is asked of what records cost as they were rated last (migration 0017), so it stays when the records are purged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.usage.rated import DECIMALS

SELECT_DESTINATIONS = """
    SELECT price_list, destination, currency, parts_per_unit, sum(records)::int8, sum(units), sum(free_units),
           sum(parts)
    FROM billing.usage_rated AS rated JOIN accounts ON accounts.number = rated.account
    WHERE used_on >= %(from_on)s AND used_on < %(to_on)s AND %(price_list)s IN ('', price_list) AND {of_dealer}
    GROUP BY price_list, destination, currency, parts_per_unit
"""


class Named(NamedTuple):
    price_list: str
    destination: str
    currency: str


class DestinationRow(msgspec.Struct, frozen=True):
    """What was used to a destination of a price list, and what it brought in, exact to six decimals, without VAT.

    `units` are seconds, bytes or millionths of items, in steps and with the `free_units` of packages.
    """

    price_list: str
    destination: str
    currency: str
    records: int
    units: int
    free_units: int
    amount: Decimal


def by_destination(
    cursor: Cursor, from_on: date, to_on: date, price_list: str = "", dealer: str = ""
) -> list[DestinationRow]:
    """The destinations on the days from one up to another, by price list and currency, the dearest first."""
    statement = SELECT_DESTINATIONS.format(of_dealer=accounts_of("rated.account", dealer))
    wanted = {"from_on": from_on, "to_on": to_on, "price_list": price_list, "dealer": dealer}
    counts: dict[Named, list[int]] = {}
    amounts: dict[Named, Fraction] = {}
    for code, destination, currency, per_unit, records, units, free_units, parts in cursor.execute(statement, wanted):
        key = Named(code, destination, currency)
        known = counts.setdefault(key, [0, 0, 0])
        counts[key] = [before + int(more) for before, more in zip(known, (records, units, free_units), strict=True)]
        amounts[key] = amounts.get(key, Fraction(0)) + Fraction(int(parts), per_unit)
    order = sorted(counts, key=lambda key: (key.price_list, key.currency, -amounts[key], key.destination))
    return [_row(key, counts[key], amounts[key]) for key in order]


def _row(key: Named, counts: Sequence[int], amount: Fraction) -> DestinationRow:
    records, units, free_units = counts
    return DestinationRow(
        key.price_list, key.destination, key.currency, records, units, free_units, in_decimals(amount)
    )


def in_decimals(exact: Fraction) -> Decimal:
    """An exact amount to six decimals."""
    return Decimal(round(exact * 10**DECIMALS)).scaleb(-DECIMALS)
