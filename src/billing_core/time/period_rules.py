"""How time is cut into periods, and when and how far each of them is charged.

A period rule is a unit times an interval on a grid: the account's billing day, the subscription's own activation, or
a fixed day. `every month` on the account's grid is the calendar month of a household; `every 30 days` on its own grid
is a floating month of exactly thirty days; `every 3 months` fixed to 1 January is the calendar quarter.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue

Unit = Literal["day", "week", "month", "year"]
Alignment = Literal["account", "own"]
ChargedIn = Literal["advance", "arrears"]
FirstStub = Literal["prorate", "full", "free", "join", "full-then-prorate"]
LastStub = Literal["prorate", "full", "none"]

DAYS_OF_YEAR = 365

# The longest period is ten years, counted in each unit.
MOST_INTERVAL: dict[Unit, int] = {"day": 3_653, "week": 522, "month": 120, "year": 10}


class PeriodRule(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How time is cut into periods, and when and how far each of them is charged.

    `anchor_on` fixes the grid to a day of the calendar; without it the grid is the account's billing day or the
    subscription's own activation (`align`). A stub is a period that is cut by the activation or the termination:
    the first one is prorated, charged in full, free, or joined to the period that follows; or a full period begins with
    the activation and what then remains up to the account's next boundary is prorated. The last one is prorated,
    charged in full, or not charged.
    """

    unit: Unit = "month"
    interval: int = 1
    align: Alignment = "account"
    anchor_on: date | None = None
    charged_in: ChargedIn = "advance"
    first_stub: FirstStub = "prorate"
    last_stub: LastStub = "prorate"

    @property
    def months(self) -> int:
        """The length of a period in months; 0 if it is counted in days."""
        return {"month": 1, "year": 12}.get(self.unit, 0) * self.interval

    @property
    def days(self) -> int:
        """The length of a period in days; 0 if it is counted in months."""
        return {"day": 1, "week": 7}.get(self.unit, 0) * self.interval

    @property
    def periods_a_year(self) -> Fraction:
        """How many periods a year has: 12 months, 4 quarters, 365/30 periods of 30 days."""
        return Fraction(12, self.months) if self.months else Fraction(DAYS_OF_YEAR, self.days)

    @property
    def every(self) -> str:
        """The length of a period in words: `month`, `3 months`, `30 days`."""
        return self.unit if self.interval == 1 else f"{self.interval} {self.unit}s"


MONTHLY = PeriodRule()
MONTHLY_IN_ARREARS = PeriodRule(charged_in="arrears")


def require_period_rule(rule: PeriodRule, place: str) -> None:
    """A period of one day to ten years."""
    most = MOST_INTERVAL[rule.unit]
    if not 1 <= rule.interval <= most:
        raise InvalidValue(f"a period has 1 to {most} {rule.unit}s", field=f"{place}, every", value=rule.interval)
    if rule.first_stub == "full-then-prorate" and (rule.align != "account" or rule.anchor_on is not None):
        raise InvalidValue("needs the account's billing day; on another grid choose full or prorate",
                           field=f"{place}, first stub", value=rule.first_stub)  # fmt: skip
