"""Quotas of usage: a ladder of steps over what is used in each period of a component, and top-ups that raise it.

Says what a quota may be, and which of its steps a quantity has passed. The service is full up to the first step, and
each step says what happens when more than `after` units are used: it is slower, suspended, or a message.

    GB, counted in MB    after 50 slower (speed 2 Mbit/s)    after 60 suspended    top-up of 5 GB for 4.00

    used 50,000 MB   full       50,000.000001 MB   slower      60,001 MB   suspended     with a top-up of 5: slower

Units are decimal (MB, GB) or binary (MiB, GiB), as stated: 1 GB is 1,000 MB, 1 GiB is 1,024 MiB, 1 MiB is 1.048576 MB.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from billing_core.catalogue.prices import require_price, require_units
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.repetitions import first_repeated
from billing_core.parties.details import require_printable, require_text

QuotaUnit = Literal["", "second", "minute", "item", "byte", "MB", "GB", "MiB", "GiB"]
StepAction = Literal["slow", "suspend", "tell"]

MOST_STEPS = 20
MOST_TOP_UPS = 100
MOST_TOP_UP_DAYS = 366
MOST_SHARE = 100
USUAL_SHARES = (50, 80, 100)
# What a unit holds of the least unit of its measure.
SIZES: Mapping[str, tuple[str, int]] = {
    "second": ("time", 1), "minute": ("time", 60), "item": ("items", 1), "": ("", 1),
    "byte": ("data", 1), "MB": ("data", 10**6), "GB": ("data", 10**9), "MiB": ("data", 2**20), "GiB": ("data", 2**30),
}  # fmt: skip

# --- values


class QuotaStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happens when more than `after` units are used; `parameters` say how, as `speed: 2 Mbit/s`."""

    after: Decimal
    action: StepAction
    parameters: Mapping[str, str] = {}


class TopUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Units that can be bought, at a price with or without VAT as the tariff's other prices.

    They are valid in the period in which they are bought, or for so many `days`.
    """

    code: str
    name: str
    units: Decimal
    price: Decimal
    days: int | None = None


class Quota(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ladder of steps in `unit`; usage is recorded in `counted_in`, the same unit unless it is named.

    An alarm is raised at each of the shares, in percent, of the units up to the first step that slows or suspends.
    """

    steps: tuple[QuotaStep, ...]
    unit: QuotaUnit = ""
    counted_in: QuotaUnit = ""
    top_ups: tuple[TopUp, ...] = ()
    alarm_shares: tuple[int, ...] = USUAL_SHARES

    @property
    def limit(self) -> Decimal:
        """The units that are full: those up to the first step that slows or suspends, or the last one."""
        return next((step.after for step in self.steps if step.action != "tell"), self.steps[-1].after)

    def in_units(self, recorded: Decimal) -> Fraction:
        """A recorded quantity in the unit of the quota: 1,500 MB are 1.5 GB."""
        return Fraction(recorded) * size_of(self.counted_in or self.unit) / size_of(self.unit)

    def left_until_suspended(self, recorded: Decimal, raised: Decimal) -> Fraction | None:
        """The units, as they are recorded, until a step suspends the service; None if none does.

        Suspended after 60 GB, raised by 5, 62,000 MB recorded: 3,000 MB are left.
        """
        stop = next((step.after for step in self.steps if step.action == "suspend"), None)
        if stop is None:
            return None
        whole = (Fraction(stop) + Fraction(raised)) * size_of(self.unit) / size_of(self.counted_in or self.unit)
        return whole - Fraction(recorded)

    def step_after(self, used: Fraction, raised: Fraction = Fraction(0)) -> int:
        """How many steps are passed by so many units; top-ups raise each step by as many. 0 is the full service."""
        return sum(1 for step in self.steps if Fraction(step.after) + raised < used)

    def top_up(self, code: str) -> TopUp:
        """The top-up with a code, or `NotFound` naming those that can be bought."""
        found = next((each for each in self.top_ups if each.code == code), None)
        if found is None:
            known = ", ".join(each.code for each in self.top_ups) or "none"
            raise NotFound(f"the quota has no such top-up; it has {known}", field="top-up", value=code)
        return found


def size_of(unit: str) -> int:
    """How many of the least unit of its measure a unit holds: a GB 1,000,000,000 bytes, a minute 60 seconds."""
    return SIZES[unit][1]


# --- is the quota sound


def require_quota(quota: Quota, place: str) -> None:
    """The steps rise, the units measure the same, and each top-up can be bought."""
    if not 1 <= len(quota.steps) <= MOST_STEPS:
        raise InvalidValue(f"needs 1 to {MOST_STEPS} steps", field=place, value=len(quota.steps))
    last = None
    for number, step in enumerate(quota.steps, 1):
        here = f"{place}, step {number}"
        require_units(step.after, f"{here}, after")
        if last is not None and step.after <= last:
            raise InvalidValue(f"must be above {last}, where the step before it begins", field=f"{here}, after",
                               value=step.after)  # fmt: skip
        last = step.after
        for name, value in step.parameters.items():
            require_text(name, f"{here}, parameter")
            require_printable(value, f"{here}, {name}")
    counted_in = quota.counted_in or quota.unit
    if SIZES[counted_in][0] != SIZES[quota.unit][0]:
        raise InvalidValue(f"cannot be converted to {quota.unit or 'units without a name'}",
                           field=f"{place}, counted in", value=counted_in)  # fmt: skip
    require_shares(quota.alarm_shares, f"{place}, alarm shares")
    _require_top_ups(quota.top_ups, place)


def require_shares(shares: Sequence[int], field: str) -> None:
    """Percentages from 1 to 100, each above the one before it."""
    last = 0
    for share in shares:
        if not last < share <= MOST_SHARE:
            raise InvalidValue(f"must be above {last} and at most {MOST_SHARE}, a percentage", field=field, value=share)
        last = share


def _require_top_ups(top_ups: Sequence[TopUp], place: str) -> None:
    if len(top_ups) > MOST_TOP_UPS:
        raise InvalidValue(f"are more than {MOST_TOP_UPS}", field=f"{place}, top-ups", value=len(top_ups))
    if twice := first_repeated(top_up.code for top_up in top_ups):
        raise InvalidValue("stands twice in the quota", field=f"{place}, top-up", value=twice[1])
    for top_up in top_ups:
        here = f"{place}, top-up {top_up.code}"
        require_text(top_up.code, f"{here}, code")
        require_text(top_up.name, f"{here}, name")
        require_units(top_up.units, f"{here}, units")
        if not top_up.units:
            raise InvalidValue("must be more than 0", field=f"{here}, units", value=top_up.units)
        require_price(top_up.price, f"{here}, price")
        if top_up.days is not None and not 1 <= top_up.days <= MOST_TOP_UP_DAYS:
            raise InvalidValue(f"must be 1 to {MOST_TOP_UP_DAYS}", field=f"{here}, days", value=top_up.days)
