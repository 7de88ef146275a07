"""Payments, reversals, disputes, promises, pauses and the run in any order: the state is the one decided from scratch.

And nobody is suspended for money without an open, undisputed, due item beyond tolerance. No database is needed for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.accounts.debtor import promisor_of
from billing_core.dunning.facts import DunningPaused, ItemDisputed, ItemDisputeEnded
from billing_core.dunning.ladder import Ladder
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, StepFee, Suspend
from billing_core.dunning.stops import dispute_item, end_dispute, pause_dunning
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money
from billing_core.promises import PromiseTerms, end_promise, open_promise
from billing_core.time.due_dates import WITHOUT_HOLIDAYS
from commands.dunning.debtors import Setting
from commands.dunning.settling import settle
from commands.dunning.taking import dun
from tests.billing_core.price_lists import monthly, tariff
from tests.billing_core.subscriber import Subscriber

FIRST = date(2026, 1, 1)
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR", tolerance_days=15,
    steps=(
        DunningStep(code="reminder", when=DaysFromDue(days=5), fee=StepFee(amount=Decimal(2), description="Reminder")),
        DunningStep(code="suspend", when=DaysFromDue(days=10), actions=(Suspend(),)),
    ),
)  # fmt: skip
LIMITED = msgspec.structs.replace(POLICY, suspend_below=Decimal(-30), resume_at=Decimal(-10))
TERMS = PromiseTerms(most_days=10)


class Debtor(Subscriber):
    """A subscriber whose account is settled after every fact, as the reaction does."""

    def __init__(self, policy: DunningPolicy, *, is_settled: bool = True) -> None:
        super().__init__(tariff("net", monthly("20.00")), dunning="home")
        self.policy, self.is_settled = policy, is_settled
        self.activate("net", FIRST)
        self.activate("net", FIRST, code="S2")
        self.on = FIRST
        self._payments: list[str] = []
        self._numbers = count(1)

    def setting(self) -> Setting:
        return Setting(Ladder(self.policy, WITHOUT_HOLIDAYS), self.catalogue, self.on)

    def settle(self) -> None:
        if self.is_settled:
            self._note(settle(self.account, len(self.events), self.setting()))

    def _note(self, events: list) -> None:
        """The decision has moved the account on already; only the list of all events lacks them."""
        self.events += events
        for fact in events:
            self.history.apply(fact)

    # --- what may happen

    def days_pass(self, number: int) -> None:
        """Bill and run every morning, as an operator does."""
        for _ in range(number + 1):
            self.on += timedelta(days=1)
            self.bill(self.on)
            self.settle()
            promised = end_promise(self.account.promises, self.on)
            self.record(promised)
            self._note(dun(self.account, len(self.events), self.setting()))

    def money_comes(self, number: int) -> None:
        self._payments.append(f"P{next(self._numbers)}")
        self.pay(f"{number * 7 + 1}.00", self.on, self._payments[-1])
        self.settle()

    def money_goes_back(self, number: int) -> None:
        if self._payments:
            self.bounce(self._payments.pop(number % len(self._payments)), self.on)
        self.settle()

    def is_disputed(self, number: int) -> None:
        invoices = sorted(self.account.ledger.open_items)
        if invoices:
            fact = ItemDisputed(effective_on=self.on, invoice=invoices[number % len(invoices)], reason="wrong")
            self._try(lambda: dispute_item(self.account.ledger, self.account.dunning, fact))

    def is_settled_with_them(self, number: int) -> None:
        known = sorted(self.account.dunning.stops.keys() - {""})
        if known:
            fact = ItemDisputeEnded(effective_on=self.on, invoice=known[number % len(known)], outcome="right")
            self._try(lambda: end_dispute(self.account.dunning, fact))

    def is_paused(self, number: int) -> None:
        until = self.on + timedelta(days=number + 1)
        fact = DunningPaused(effective_on=self.on, until_on=until, reason="ill")
        self._try(lambda: pause_dunning(self.account.ledger, self.account.dunning, fact))

    def promises(self, number: int) -> None:
        until = self.on + timedelta(days=number % 10)
        promisor = promisor_of(self.account, self.on)
        self._try(lambda: open_promise(self.account.promises, TERMS, promisor, [until], [promisor.owed], self.on))

    def _try(self, decide: Callable[[], list]) -> None:
        try:
            self.record(decide())
        except BillingError:
            return
        self.settle()

    # --- what holds

    def suspended(self) -> set[str]:
        return {
            code for code, each in self.account.subscriptions.items()
            if any(part.contains(self.on) and part.in_force.status == "suspended" for part in each.segments())
        }  # fmt: skip

    def late_items(self) -> list[str]:
        """The open items that count, are beyond tolerance, and on which the step was taken: looked up plainly."""
        dunning = self.account.dunning
        return [
            number for number, item in self.account.ledger.open_items.items()
            if (self.on - item.due_on).days > 15
            and not any(stop.contains(self.on) for key in ("", number) for stop in dunning.stops.get(key, ()))
            and any(step.step == "suspend" for step in dunning.taken.get(number, ()))
        ]  # fmt: skip


HAPPENINGS = [
    Debtor.days_pass, Debtor.days_pass, Debtor.days_pass, Debtor.money_comes, Debtor.money_goes_back,
    Debtor.is_disputed, Debtor.is_settled_with_them, Debtor.is_paused, Debtor.promises,
]  # fmt: skip
histories = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 12)), min_size=5, max_size=25)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_who_is_suspended_is_exactly_who_owes_a_late_item_that_counts(
    history: list[tuple[Callable[[Debtor, int], None], int]],
) -> None:
    debtor = Debtor(POLICY)
    for happen, number in history:
        happen(debtor, number)
        debtor.settle()
        assert debtor.suspended() == ({"S1", "S2"} if debtor.late_items() else set())


@settings(max_examples=40, deadline=None)
@given(histories)
def test_settled_after_every_fact_or_once_in_the_end_the_state_is_the_same(
    history: list[tuple[Callable[[Debtor, int], None], int]],
) -> None:
    often, once = Debtor(POLICY), Debtor(POLICY, is_settled=False)
    for happen, number in history:
        happen(often, number)
        happen(once, number)
    for debtor in (often, once):
        debtor.is_settled = True
        debtor.settle()
    assert often.suspended() == once.suspended()
    assert often.account.dunning == once.account.dunning
    assert often.account.ledger == once.account.ledger


@settings(max_examples=40, deadline=None)
@given(histories)
def test_with_limits_of_the_balance_nobody_at_or_above_them_is_suspended(
    history: list[tuple[Callable[[Debtor, int], None], int]],
) -> None:
    debtor = Debtor(LIMITED)
    for happen, number in history:
        happen(debtor, number)
        debtor.settle()
        if debtor.suspended():
            assert debtor.late_items()
            assert debtor.account.ledger.balance.amount < -10


@settings(max_examples=40, deadline=None)
@given(histories)
def test_each_step_is_taken_once_on_an_item_and_in_order(
    history: list[tuple[Callable[[Debtor, int], None], int]],
) -> None:
    debtor = Debtor(POLICY)
    for happen, number in history:
        happen(debtor, number)
    for steps in debtor.account.dunning.taken.values():
        codes = [step.step for step in steps]
        assert codes == ["reminder", "suspend"][: len(codes)]
        if len(steps) == 2:
            assert (steps[1].on - steps[0].on).days >= 5


def test_fees_of_two_steps_on_one_day_are_two_items() -> None:
    both = msgspec.structs.replace(
        POLICY,
        steps=(
            POLICY.steps[0],
            DunningStep(code="second", when=DaysFromDue(days=5), fee=StepFee(amount=Decimal(3), description="Second")),
        ),
    )
    debtor = Debtor(both)
    debtor.bill(FIRST)
    debtor.on = FIRST + timedelta(days=30)
    dun(debtor.account, len(debtor.events), debtor.setting())

    fees = [(charge.description, charge.amount) for charge in debtor.account.pending]
    assert fees == [("Reminder", Money(Decimal("2.00"), "EUR")), ("Second", Money(Decimal("3.00"), "EUR"))]
