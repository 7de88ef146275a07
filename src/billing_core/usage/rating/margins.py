"""Margins: what records bring in by the list of the customers, against what they cost by the list of the carrier.

The records are rated twice, by the same rule: once with the lists of the services, once with those of the carriers over
whose networks they went (there each carrier is a member without packages). A record that the first does not rate is not
in here; one that the second does not rate is not compared, but counted as being without cost.

Worked example, calls to Germany sold at 0.12 a minute with 60 free seconds, bought at 0.03 a minute

    call    sold                        bought           margin
    180 s   120 s at 0.12   = 0.24      180 s  = 0.09    0.15
    60 s    60 s            = 0.12      60 s   = 0.03    0.09
    600 s   600 s           = 1.20      no price         not compared
    Germany: 2 records, 240 s, income 0.36, cost 0.12, margin 0.24; 1 without cost
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.rating.bulk_rating import RATED, RatedColumns
from billing_core.usage.rating.compiled_lists import CompiledVersion
from billing_core.usage.rating.rated_sums import grouped, summed


class Margin(NamedTuple):
    """What the records to a destination brought in and cost, as the list of the customers names and counts them.

    `records` were compared, those `without_cost` were not.
    """

    destination: str
    records: int
    units: int
    income: Fraction
    cost: Fraction
    without_cost: int = 0

    @property
    def margin(self) -> Fraction:
        """What is left of the income."""
        return self.income - self.cost


def margins_of(sold: RatedColumns, bought: RatedColumns) -> list[Margin]:
    """The margins by destination, in the order of their names, of the same records rated in two ways."""
    _require_one_currency((*sold.versions, *bought.versions))
    is_sold, has_cost = sold.reason == RATED, bought.reason == RATED
    found: dict[str, Margin] = {}
    compared = np.flatnonzero(is_sold & has_cost)
    keys = (sold.version[compared], sold.destination[compared], bought.version[compared])
    order, first = grouped(keys)
    ones = np.ones(len(order), dtype=np.int64)
    columns = (ones, sold.units[compared], sold.amount[compared], bought.amount[compared])
    sums = [summed(column[order], first) for column in columns]
    for line in zip(*(key[order[first]].tolist() for key in keys), *(each.tolist() for each in sums), strict=True):
        version, destination, of_carrier, records, units, income, cost = line
        listed = sold.versions[version]
        more = Margin(listed.destinations[destination], records, units, Fraction(income, listed.parts),
                      Fraction(cost, bought.versions[of_carrier].parts))  # fmt: skip
        found[more.destination] = _sum(found.get(more.destination), more)
    for version, destination, records in _counted(sold, np.flatnonzero(is_sold & ~has_cost)):
        name = sold.versions[version].destinations[destination]
        found[name] = _sum(found.get(name), Margin(name, 0, 0, Fraction(0), Fraction(0), records))
    return [found[name] for name in sorted(found)]


def _counted(rated: RatedColumns, places: NDArray[np.intp]) -> Iterable[tuple[int, int, int]]:
    keys = (rated.version[places], rated.destination[places])
    order, first = grouped(keys)
    records = summed(np.ones(len(order), dtype=np.int64), first)
    yield from zip(*(key[order[first]].tolist() for key in keys), records.tolist(), strict=True)


def _sum(before: Margin | None, more: Margin) -> Margin:
    if before is None:
        return more
    return Margin(more.destination, before.records + more.records, before.units + more.units,
                  before.income + more.income, before.cost + more.cost,
                  before.without_cost + more.without_cost)  # fmt: skip


def _require_one_currency(versions: Iterable[CompiledVersion]) -> None:
    currencies = sorted({version.terms.currency for version in versions})
    if len(currencies) > 1:
        raise InvalidValue("must be one; compare with a carrier's list in the currency of the customers' list",
                           field="currency", value=", ".join(currencies))  # fmt: skip
