"""Another dunning policy, simulated on the live base before it is published; nothing is written.

It is played for the accounts whose billing plan names a policy, and compared with that policy as it is in force. The
states are read page after page, as a billing run reads them. Accounts whose items are as old, and on which the same
steps were taken, have the same fate, so each fate is played once; memory does not grow with the base.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.dunning.forecast import Fate, Paying, Played, foreseen, owed, paying
from billing_core.dunning.habits import Habits, ObservedPayments, PastItem
from billing_core.dunning.ladder import Debtor
from billing_core.dunning.policies import DunningPolicy
from billing_core.dunning.state import PROMISE, Dunning
from billing_core.kernel.money import Money, rounded, zero
from billing_core.kernel.spans import Span
from billing_core.parties.sellers import Seller
from billing_core.time.due_dates import Calendar
from commands.billing.run_ports import DueAccount
from commands.platform.progress import Progress
from commands.simulation.dunned import monthly_fees, services_dunned

PAGE_ACCOUNTS = 2_000
# So many fates are known at a time; then they are added up and forgotten.
MOST_FATES = 5_000
LEARNT_FROM_DAYS = 365
NOTHING = DunningPolicy(code="", name="", currency="", steps=())


class PastInvoice(NamedTuple):
    """An invoice of an account: when it was issued, due, and paid in whole."""

    account: str
    number: str
    issued_on: date
    due_on: date
    paid_on: date | None


class DunnedBase(Protocol):
    """The live base."""

    def all_accounts(self, after_account: str, limit: int) -> Sequence[DueAccount]:
        """The latest states of all accounts, in order of number."""

    def tariffs(self) -> Catalogue:
        """All published tariffs by code."""

    def sellers(self) -> dict[str, tuple[Seller, int]]:
        """All sellers with their versions by code."""

    def calendar(self, country: str) -> Calendar:
        """Which days are worked in a country."""

    def past_invoices(self, accounts: Collection[str], due_from: date) -> Sequence[PastInvoice]:
        """The invoices of some accounts that were due on a day or later."""


# --- what comes of it


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


Tell = Callable[[AccountForeseen], None]

# --- the simulation


class Question(NamedTuple):
    """Which policy is simulated in place of which one, from which day on for how many days."""

    policy: DunningPolicy
    in_force: DunningPolicy | None
    instead_of: str
    today: date
    days: int


class PolicySimulation:
    """Simulations of dunning policies."""

    def __init__(self, base: DunnedBase) -> None:
        self._base = base

    def learn(self, today: date, progress: Progress) -> Habits:
        """The habits of the whole base in the last year."""
        known = ObservedPayments(today)
        for page in self._pages(progress):
            states = {entry.account.number: entry.account for entry in page}
            for each in self._base.past_invoices(states.keys(), today - timedelta(days=LEARNT_FROM_DAYS)):
                taken = states[each.account].dunning.taken.get(each.number, ())
                known.add(PastItem(each.issued_on, each.due_on, each.paid_on, taken))
        return known.habits()

    def simulate(self, question: Question, habits: Habits, progress: Progress, tell: Tell) -> PolicyEffect:
        """The effect of a policy; each account with open items is told in order of number."""
        catalogue, sellers = self._base.tariffs(), self._base.sellers()
        calendars = {code: self._base.calendar(seller.country) for code, (seller, _) in sellers.items()}
        policy, today = question.policy, question.today
        effect = PolicyEffect(policy.code, question.instead_of, today, question.days, policy.currency)
        days = Span(today, today + timedelta(days=question.days))
        then, now = (_Fates(each or NOTHING, habits, days) for each in (policy, question.in_force))
        for page in self._pages(progress):
            for entry in page:
                account = entry.account
                if account.plan.dunning != question.instead_of or account.currency != policy.currency:
                    continue
                effect.accounts += 1
                if not account.ledger.open_items:
                    continue
                calendar = calendars[account.seller]
                row = AccountForeseen(
                    account.number, owed_by(account),
                    now.of(account, catalogue, calendar), then.of(account, catalogue, calendar),
                )  # fmt: skip
                effect.compare(row)
                tell(row)
        _add_up(effect, now.totals(), then.totals())
        return effect

    def _pages(self, progress: Progress) -> Iterator[Sequence[DueAccount]]:
        after = ""
        while page := self._base.all_accounts(after, PAGE_ACCOUNTS):
            yield page
            after = page[-1].account.number
            progress(len(page))


def owed_by(account: Account) -> Money:
    """All that is open on an account."""
    return owed(Debtor(account.ledger.open_items, account.dunning, zero(account.currency)))


def _add_up(effect: PolicyEffect, now: Sequence[DayTotals], then: Sequence[DayTotals]) -> None:
    for number, (before, after) in enumerate(zip(now, then, strict=True)):
        effect.now, effect.then = effect.now.plus(before), effect.then.plus(after)
        on = effect.on + timedelta(days=number)
        effect.by_day.append(DayForeseen(on, before.rounded(effect.currency), after.rounded(effect.currency)))
    effect.now, effect.then = effect.now.rounded(effect.currency), effect.then.rounded(effect.currency)


# --- the fates under one policy


class _Group:
    """Accounts of one fate: how many they are, what they owe, and how many of them are suspended already."""

    __slots__ = ("accounts", "debt", "fate", "fees", "paid", "paying", "was_suspended")

    def __init__(self, fate: Fate, paying: Paying, fees: Decimal, was_suspended: bool) -> None:
        self.fate, self.paying, self.fees, self.was_suspended = fate, paying, fees, was_suspended
        self.paid = sum(paying.paid, Decimal(0))
        self.accounts, self.debt = 0, Decimal(0)


class _Fates:
    """The fates of accounts under one policy, each played once, and their sums by day."""

    def __init__(self, policy: DunningPolicy, habits: Habits, days: Span) -> None:
        self._policy, self._habits, self._days = policy, habits, days
        self._groups: dict[object, _Group] = {}
        self._totals = [DayTotals() for _ in range(days.days)]
        self._needs_fees = any(step.least_share_percent for step in policy.steps)

    def of(self, account: Account, catalogue: Catalogue, calendar: Calendar) -> Foreseen:
        """The fate of an account."""
        played = self._played(account, catalogue)
        key = (id(calendar), fate_key(self._policy, played))
        group = self._groups.get(key)
        if group is None:
            group = self._play(played, calendar)
            self._groups[key] = group
        debt = owed(played.debtor)
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

    def _played(self, account: Account, catalogue: Catalogue) -> Played:
        today = self._days.from_on
        currency = account.currency
        fees = monthly_fees(account, catalogue, today) if self._needs_fees else zero(currency)
        debtor = Debtor(account.ledger.open_items, _with_end_of_promise(account), fees)
        return Played(debtor, services_dunned(account, self._policy, today), account.ledger.balance)

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


def fate_key(policy: DunningPolicy, played: Played) -> object:
    """What the fate depends on: equal keys have equal fates.

    Amounts are compared with what steps and balances ask for. Of items that always count the comparisons are known
    ahead, so accounts that differ in amounts only share a fate; of others the amounts themselves are part of the key.
    """
    debtor = played.debtor
    items = sorted(debtor.open_items.items(), key=lambda entry: (entry[1].due_on, entry[0]))
    dunning = debtor.dunning
    ages = tuple(
        (item.due_on, dunning.taken.get(invoice, ()), dunning.stops.get(invoice, ())) for invoice, item in items
    )
    services = tuple(sorted(set(played.services.values())))
    limits = (policy.suspend_below, policy.resume_at)
    below = tuple(played.balance.amount < limit for limit in limits if limit is not None)
    return ages, dunning.stops.get("", ()), services, below, _comparisons(policy, played, [i for _, i in items])


def _comparisons(policy: DunningPolicy, played: Played, items: Sequence[object]) -> object:
    asked = [step for step in policy.steps if step.least_amount or step.least_share_percent]
    if not asked and policy.suspend_below is None:
        return ()
    fees, balance = played.debtor.monthly_fees.amount, played.balance.amount
    amounts = tuple(item.amount.amount for item in items)  # type: ignore[attr-defined]
    if played.debtor.dunning.stops or any(step.is_before_due for step in asked):
        return amounts, fees, balance
    debts = [sum(amounts[: number + 1], Decimal(0)) for number in range(len(amounts))]
    return tuple(
        debt >= step.least_amount and debt * 100 >= step.least_share_percent * fees for step in asked for debt in debts
    )


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
