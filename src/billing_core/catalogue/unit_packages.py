"""Packages of units that are included in what a price list of destinations prices: free minutes, free megabytes.

1. A package has so many units in each period of the component, also in a stub.
2. It is used by records of its destination groups, in the order of their time; of several packages the first in the
   order of the tariff that has units left and covers the record is used first.
3. Unused units may be used in the next `carried_periods` periods, at most `most_carried` of them; the oldest units are
   used first.
4. A shared package is one for all subscriptions of the account whose tariffs have it, by its code, in each month of the
   account; its component is charged by that month. Any other one goes along when its subscription moves.

Units are those that the component counts: seconds, bytes or items.

Worked example, 600 seconds `national`, then 300 seconds for everything:

    call                     seconds   of national   of everything   priced
    national                 500       500           -               -
    Germany                  200       -             200             -
    national                 300       100           100             100
"""

from __future__ import annotations

import msgspec

from billing_core.catalogue.allowances import MOST_CARRIED_PERIODS
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.repetitions import first_repeated
from billing_core.parties.details import require_text

MOST_UNITS = 10**15

# --- values


class UnitPackage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`units` are included in each period for the destinations of some `groups`, of all without any."""

    code: str
    units: int
    groups: tuple[str, ...] = ()
    carried_periods: int = 0
    most_carried: int | None = None
    is_shared: bool = False

    def covers(self, group: str) -> bool:
        """Whether its units are for the destinations of a group."""
        return not self.groups or group in self.groups


# --- are the packages sound


def require_packages(packages: tuple[UnitPackage, ...], place: str) -> None:
    """Each package has a code of its own and units, and carries unused ones over for periods that can be kept."""
    if twice := first_repeated(package.code for package in packages):
        raise InvalidValue("stands twice among the packages", field=f"{place}, packages", value=twice[1])
    for package in packages:
        here = f"{place}, package {package.code}"
        require_text(package.code, f"{here}, code")
        if not 1 <= package.units < MOST_UNITS:
            raise InvalidValue("must be from 1 to below 10^15", field=f"{here}, units", value=package.units)
        if not 0 <= package.carried_periods <= MOST_CARRIED_PERIODS:
            raise InvalidValue(f"must be 0 to {MOST_CARRIED_PERIODS}", field=f"{here}, carried periods",
                               value=package.carried_periods)  # fmt: skip
        if package.most_carried is not None and not package.carried_periods:
            raise InvalidValue("needs carried_periods, for how many periods unused units are carried over",
                               field=f"{here}, most carried", value=package.most_carried)  # fmt: skip
        if package.most_carried is not None and not 0 <= package.most_carried < MOST_UNITS:
            raise InvalidValue("must be from 0 to below 10^15", field=f"{here}, most carried",
                               value=package.most_carried)  # fmt: skip
