"""Allowances of usage: units that are included in each period, and what becomes of those that are not used.

1. `quantity` units are included in each period, also in a stub; they are not priced.
2. Units that are left unused may be used in the next `carried_periods` periods. The oldest units are used first: those
   that were carried over, then those of the period itself.
3. At the end of a period at most `most_carried` units are carried over; the oldest units above it are lost.
4. The usage price applies to the units beyond the carried and the included ones.

Worked example, 10 units a period, carried over for 2 periods, at most 15:

    period   carried over   used   of carried units   of included units   priced   left for the next period
    1        -              4      -                  4                   -        6
    2        6              0      -                  -                   -        10 and 5: 16 are left, 1 is lost
    3        5 and 10       12     5 and 7            -                   -        10 and 3
    4        3 and 10       30     3 and 10           10                  7        -
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.catalogue.prices import require_units
from billing_core.kernel.errors import InvalidValue

MOST_CARRIED_PERIODS = 120
ZERO = Decimal(0)

# --- values


class Allowance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`quantity` units are included in each period; unused units are carried over for `carried_periods`, at most
    `most_carried`.

    Without `most_carried` all unused units are carried over.
    """

    quantity: Decimal
    carried_periods: int = 0
    most_carried: Decimal | None = None


class Allotment(NamedTuple):
    """How many of the units used in a period are carried ones, included ones and priced ones.

    `left` are the units that the next period may use: those of this period, of the period before it, and so on.
    """

    carried: Decimal
    included: Decimal
    priced: Decimal
    left: tuple[Decimal, ...]


# --- is the allowance sound


def require_allowance(allowance: Allowance, place: str) -> None:
    """Units are included, and unused units are carried over for a number of periods that can be kept."""
    require_units(allowance.quantity, f"{place}, quantity")
    if allowance.quantity == 0:
        raise InvalidValue("includes nothing; leave the allowance out", field=f"{place}, quantity",
                           value=allowance.quantity)  # fmt: skip
    if not 0 <= allowance.carried_periods <= MOST_CARRIED_PERIODS:
        raise InvalidValue(f"must be 0 to {MOST_CARRIED_PERIODS}", field=f"{place}, carried periods",
                           value=allowance.carried_periods)  # fmt: skip
    if allowance.most_carried is not None:
        require_units(allowance.most_carried, f"{place}, most carried")
        if not allowance.carried_periods:
            raise InvalidValue("needs carried_periods, for how many periods unused units are carried over",
                               field=f"{place}, most carried", value=allowance.most_carried)  # fmt: skip


# --- what is used of it


def allotment(allowance: Allowance, carried: Sequence[Decimal], used: Decimal) -> Allotment:
    """The units used in a period, first of the oldest carried ones; `carried` is what the period before left."""
    rest = used
    left: list[Decimal] = []
    for units in reversed(carried):
        taken = min(units, rest)
        rest -= taken
        left.insert(0, units - taken)
    included = min(allowance.quantity, rest)
    kept = [allowance.quantity - included, *left][: allowance.carried_periods]
    return Allotment(used - rest, included, rest - included, _at_most(kept, allowance.most_carried))


def _at_most(left: Sequence[Decimal], most: Decimal | None) -> tuple[Decimal, ...]:
    """The units that are carried over, the newest first; what is above the most is lost."""
    if most is None:
        return tuple(left)
    kept: list[Decimal] = []
    for units in left:
        kept.append(min(units, most - sum(kept, ZERO)))
    return tuple(kept)


def beyond(quantities: Sequence[Decimal], units: Decimal) -> list[Decimal]:
    """The priced rest of quantities, in order of time, after the first units that are not priced."""
    found: list[Decimal] = []
    for quantity in quantities:
        taken = min(quantity, units)
        units -= taken
        if quantity > taken:
            found.append(quantity - taken)
    return found
