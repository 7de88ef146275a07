"""What another dunning policy would do: by day, in all, and for each account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.kernel.money import Money, rounded


class DayTotals(msgspec.Struct):
    """What a policy does on a day: expected numbers of accounts, and sums of money."""

    warned: Decimal = Decimal(0)
    charged: Decimal = Decimal(0)
    suspended: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    terminated: Decimal = Decimal(0)
    handed_over: Decimal = Decimal(0)
    written_off: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    comes_in: Decimal = Decimal(0)

    def plus(self, other: DayTotals) -> DayTotals:
        """Both added up."""
        mine, others = msgspec.structs.asdict(self), msgspec.structs.asdict(other)
        return DayTotals(**{name: mine[name] + others[name] for name in mine})

    def rounded(self, currency: str) -> DayTotals:
        """With numbers of two decimals, and sums of the decimals of the currency."""
        values = msgspec.structs.asdict(self)
        sums = {name: rounded(values.pop(name), currency).amount for name in ("fees", "comes_in")}
        return DayTotals(**{name: value.quantize(Decimal("0.01")) for name, value in values.items()}, **sums)


class DayForeseen(msgspec.Struct):
    """A day under the policy in force and under the other one."""

    on: date
    now: DayTotals
    then: DayTotals


class Foreseen(msgspec.Struct, frozen=True):
    """The fate of an account under a policy: days if nothing is paid, sums as expected."""

    warned_on: date | None
    suspended_on: date | None
    returned_on: date | None
    terminated_on: date | None
    handed_over_on: date | None
    written_off_on: date | None
    fees: Money
    comes_in: Money


class AccountForeseen(msgspec.Struct, frozen=True):
    """An account with open items, under the policy in force and under the other one."""

    account: str
    debt: Money
    now: Foreseen
    then: Foreseen

    @property
    def is_same(self) -> bool:
        return self.now == self.then


class PolicyEffect(msgspec.Struct):
    """What another policy would do from a day on; `now` is the policy in force.

    `suspended_earlier` and so on compare the days of suspension of each account if nothing is paid.
    """

    policy: str
    instead_of: str
    on: date
    days: int
    currency: str
    accounts: int = 0
    owing: int = 0
    debt: Decimal = Decimal(0)
    now: DayTotals = msgspec.field(default_factory=DayTotals)
    then: DayTotals = msgspec.field(default_factory=DayTotals)
    by_day: list[DayForeseen] = []
    suspended_earlier: int = 0
    suspended_later: int = 0
    suspended_only_then: int = 0
    suspended_only_now: int = 0

    def compare(self, row: AccountForeseen) -> None:
        """Count an account that owes."""
        self.owing += 1
        self.debt += row.debt.amount
        match row.now.suspended_on, row.then.suspended_on:
            case None, None:
                return
            case None, _:
                self.suspended_only_then += 1
            case _, None:
                self.suspended_only_now += 1
            case before, after if after < before:
                self.suspended_earlier += 1
            case before, after if after > before:
                self.suspended_later += 1
