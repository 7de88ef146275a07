"""Another dunning policy, simulated on the live base before it is published; nothing is written.

It is played for the accounts whose billing plan names a policy, and compared with that policy as it is in force. The
states are read page after page, as a billing run reads them. Accounts whose items are as old, and on which the same
steps were taken, have the same fate, so each fate is played once; memory does not grow with the base.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from billing_core.catalogue.tariffs import Catalogue
from billing_core.dunning.habits import Habits, ObservedPayments, PastItem
from billing_core.dunning.policies import DunningPolicy
from billing_core.kernel.spans import Span
from billing_core.parties.sellers import Seller
from billing_core.time.due_dates import Calendar
from commands.billing.run_ports import DueAccount
from commands.platform.progress import Progress
from commands.policy_simulation.effect import AccountForeseen, DayForeseen, DayTotals, PolicyEffect
from commands.policy_simulation.fates import Fates, owing

PAGE_ACCOUNTS = 2_000
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
        """The effect of a policy; `tell` gets each account with open items, in order of number."""
        catalogue, sellers = self._base.tariffs(), self._base.sellers()
        calendars = {code: self._base.calendar(seller.address.country) for code, (seller, _) in sellers.items()}
        policy, today = question.policy, question.today
        effect = PolicyEffect(policy.code, question.instead_of, today, question.days, policy.currency)
        days = Span(today, today + timedelta(days=question.days))
        then, now = (Fates(each or NOTHING, habits, days) for each in (policy, question.in_force))
        for page in self._pages(progress):
            for entry in page:
                account = entry.account
                if account.plan.dunning != question.instead_of or account.currency != policy.currency:
                    continue
                effect.accounts += 1
                if not account.ledger.open_items:
                    continue
                calendar = calendars[account.seller]
                debtor = owing(account, today)
                row = AccountForeseen(
                    account.number, debtor.debt,
                    now.of(debtor, catalogue, calendar), then.of(debtor, catalogue, calendar),
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


def _add_up(effect: PolicyEffect, now: Sequence[DayTotals], then: Sequence[DayTotals]) -> None:
    for number, (before, after) in enumerate(zip(now, then, strict=True)):
        effect.now, effect.then = effect.now.plus(before), effect.then.plus(after)
        on = effect.on + timedelta(days=number)
        effect.by_day.append(DayForeseen(on, before.rounded(effect.currency), after.rounded(effect.currency)))
    effect.now, effect.then = effect.now.rounded(effect.currency), effect.then.rounded(effect.currency)
