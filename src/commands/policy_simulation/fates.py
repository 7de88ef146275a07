"""The fates of the accounts of a base under one policy: each is played once, and they are added up by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.dunning.forecast import Fate, Paying, Played, foreseen, paying
from billing_core.dunning.habits import Habits
from billing_core.dunning.ladder import Ladder
from billing_core.dunning.policies import DunningPolicy
from billing_core.dunning.state import PROMISE, Dunning
from billing_core.kernel.money import Money, rounded, total
from billing_core.kernel.spans import Span
from billing_core.services.timeline import Segment
from billing_core.time.due_dates import Calendar
from commands.dunning.debtors import Setting, debtor_of
from commands.dunning.settling import services_dunned, services_present
from commands.policy_simulation.effect import DayTotals, Foreseen
from commands.policy_simulation.fate_keys import fate_key

# So many fates are known at a time; then they are added up and forgotten.
MOST_FATES = 5_000


class Owing(NamedTuple):
    """An account with open items, its services of today, and all that is open on it."""

    account: Account
    present: Mapping[str, Segment]
    debt: Money


def owing(account: Account, today: date) -> Owing:
    """An account as all policies look at it."""
    debt = total((item.amount for item in account.ledger.open_items.values()), account.currency)
    return Owing(account, services_present(account, today), debt)


class _Group:
    """Accounts of one fate: how many they are, what they owe, and how many of them are suspended already."""

    __slots__ = ("accounts", "debt", "fate", "fees", "paid", "paying", "was_suspended")

    def __init__(self, fate: Fate, paying: Paying, fees: Decimal, was_suspended: bool) -> None:
        self.fate, self.paying, self.fees, self.was_suspended = fate, paying, fees, was_suspended
        self.paid = sum(paying.paid, Decimal(0))
        self.accounts, self.debt = 0, Decimal(0)


class Fates:
    """The fates of accounts under one policy, and their sums by day."""

    def __init__(self, policy: DunningPolicy, habits: Habits, days: Span) -> None:
        self._policy, self._habits, self._days = policy, habits, days
        self._groups: dict[object, _Group] = {}
        self._totals = [DayTotals() for _ in range(days.days)]

    def of(self, debtor: Owing, catalogue: Catalogue, calendar: Calendar) -> Foreseen:
        """The fate of an account."""
        played = self._played(debtor, Setting(Ladder(self._policy, calendar), catalogue, self._days.from_on))
        key = (id(calendar), fate_key(self._policy, played))
        group = self._groups.get(key)
        if group is None:
            group = self._play(played, calendar)
            self._groups[key] = group
        debt = debtor.debt
        group.accounts += 1
        group.debt += debt.amount
        fate = group.fate
        return Foreseen(
            fate.warned_on, fate.suspended_on, fate.returned_on, fate.terminated_on, fate.handed_over_on,
            fate.written_off_on, rounded(group.fees, debt.currency), rounded(debt.amount * group.paid, debt.currency),
        )  # fmt: skip

    def totals(self) -> Sequence[DayTotals]:
        """The sums of each day."""
        self._forget()
        return self._totals

    def _played(self, owing: Owing, setting: Setting) -> Played:
        account = owing.account
        debtor = debtor_of(account, setting)._replace(dunning=_with_end_of_promise(account))
        available = account.available_to_dunning(setting.today)
        return Played(debtor, services_dunned(account, owing.present, setting), available)

    def _play(self, played: Played, calendar: Calendar) -> _Group:
        if len(self._groups) >= MOST_FATES:
            self._forget()
        fate = foreseen(self._policy, played, self._days, calendar)
        found = paying(self._policy, fate, played.debtor, self._habits, self._days)
        fees = Decimal(0)
        for each in fate.steps:
            if each.step.fee is not None:
                fees += each.step.fee.amount * found.owing[(each.on - self._days.from_on).days]
        was_suspended = any(service.is_suspended for service in played.services.values())
        return _Group(fate, found, fees, was_suspended)

    def _forget(self) -> None:
        for group in self._groups.values():
            if group.accounts:
                _add_group(self._totals, group, self._days.from_on)
        self._groups.clear()


def _add_group(totals: Sequence[DayTotals], group: _Group, from_on: date) -> None:
    """Add the accounts of a fate to the sums of the days."""
    fate, owing = group.fate, group.paying.owing
    for each in fate.steps:
        number = (each.on - from_on).days
        accounts = group.accounts * owing[number]
        totals[number].warned += accounts if each.step.message else 0
        if each.step.fee is not None:
            totals[number].charged += accounts
            totals[number].fees += accounts * each.step.fee.amount
    for name, on in (
        ("suspended", fate.suspended_on), ("terminated", fate.terminated_on), ("handed_over", fate.handed_over_on),
        ("written_off", fate.written_off_on), ("returned", fate.returned_on),
    ):  # fmt: skip
        if on is not None:
            number = (on - from_on).days
            setattr(totals[number], name, getattr(totals[number], name) + group.accounts * _before(group, number))
    for number, part in enumerate(group.paying.paid):
        if part:
            totals[number].comes_in += group.debt * part
            if _is_suspended(group, from_on + timedelta(days=number)):
                totals[number].returned += group.accounts * part


def _before(group: _Group, number: int) -> Decimal:
    """The part that owes when the steps of a day are taken."""
    return (
        group.paying.owing[number]
        if group.fate.written_off_on is None
        else (Decimal(1) - sum(group.paying.paid[: number + 1], Decimal(0)))
    )


def _is_suspended(group: _Group, on: date) -> bool:
    """Whether such an account is suspended in the morning of a day, and has not ended."""
    fate = group.fate
    if fate.terminated_on is not None and fate.terminated_on < on:
        return False
    if fate.suspended_on is not None and fate.suspended_on < on:
        return fate.returned_on is None or fate.returned_on >= on or fate.returned_on < fate.suspended_on
    return group.was_suspended and (fate.returned_on is None or fate.returned_on >= on)


def _with_end_of_promise(account: Account) -> Dunning:
    """What is known of the dunning, as if the open promise will be broken."""
    promise = account.promises.open
    dunning = account.dunning
    if promise is None or not dunning.stops:
        return dunning
    stops = tuple(
        msgspec.structs.replace(stop, to_on=promise.breaks_on) if stop.why == PROMISE and stop.to_on is None else stop
        for stop in dunning.stops.get("", ())
    )
    return Dunning(dunning.taken, {**dunning.stops, "": stops})
