"""Free units of packages: what a pool may use of a package in a period, and what the next period may use.

A package states seconds, bytes or items; here they are seconds, bytes or millionths, as records are. Which are used
first, and how many are carried over, is the rule of allowances: the oldest units first, so many are kept at the end of
a period.

Worked example, 6,000 seconds a period, carried over for 1 period, at most 3,000

    period   carried   free in it   used    left for the next period
    1        -         6,000        2,000   3,000: 4,000 are left, 1,000 are lost
    2        3,000     9,000        5,000   3,000: of this period 4,000 are left, 1,000 are lost
    3        3,000     9,000        9,000   -
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from billing_core.catalogue.allowances import Allowance, allotment
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.usage.price_lists.lists import PriceListTerms


class FreeUnits(NamedTuple):
    """The units of a package in a period, own and carried ones, for records of some groups and services of a pool.

    Without groups it covers all of them. A package that is shared has several members.
    """

    package: str
    units: int
    groups: frozenset[str]
    members: frozenset[int]

    def covers(self, member: int, group: str) -> bool:
        """Whether records of a service to destinations of a group may use its units."""
        return member in self.members and (not self.groups or group in self.groups)


def free_units_of(
    package: UnitPackage, carried: Sequence[int], members: Iterable[int], terms: PriceListTerms
) -> FreeUnits:
    """What some services may use of a package in a period, with what the period before left of it."""
    units = package.units * terms.step_size + sum(carried)
    return FreeUnits(package.code, units, frozenset(package.groups), frozenset(members))


def left_over(package: UnitPackage, carried: Sequence[int], used: int, terms: PriceListTerms) -> tuple[int, ...]:
    """What the next period may use of a package: the units of this period, of the one before it, and so on."""
    most = package.most_carried
    allowance = Allowance(
        quantity=Decimal(package.units * terms.step_size),
        carried_periods=package.carried_periods,
        most_carried=None if most is None else Decimal(most * terms.step_size),
    )
    return tuple(int(units) for units in allotment(allowance, [Decimal(each) for each in carried], Decimal(used)).left)
