"""Debtors of a small operator, on a moving clock: policies, invoices, payments, and what happens by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.accounts.plans import BillingPlan
from billing_core.dunning.facts import DunningStepTaken
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, StepFee, Suspend
from billing_core.kernel.events import Event
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import SubscriptionResumed, SubscriptionSuspended
from commands.dunning.policies import PublishDunningPolicy
from commands.dunning.taking import TakeDunningSteps
from tests.operators import Operator, bank_row

A = "A0001"
PLAN = BillingPlan(billing_day=1, due_days=14, tolerance_days=7, dunning="home")
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(
        DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue"),
        DunningStep(
            code="last-reminder", when=DaysFromDue(days=14), message="overdue",
            fee=StepFee(amount=Decimal("5.00"), description="Last reminder", vat_rate=Decimal(20)),
        ),
        DunningStep(code="suspend", when=DaysFromDue(days=21), message="suspended", actions=(Suspend(),)),
    ),
)  # fmt: skip
PUBLISHED_ON = date(2020, 1, 1)


class Debtors:
    """An operator whose accounts go by the policy `home`: 24.00 are invoiced on 1 January and due on the 15th."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.lines = 0

    def open(self, policy: DunningPolicy = POLICY, accounts: int = 1, **details: Any) -> Debtors:
        self.publish(policy)
        self.operator.subscribers(accounts, dunning=policy.code, **details)
        self.operator.bill(date(2026, 1, 2))
        self.let_happen(date(2026, 1, 2))
        return self

    def publish(self, policy: DunningPolicy, today: date = PUBLISHED_ON) -> None:
        self.operator.tell(PublishDunningPolicy(policy=policy), today=today)

    def let_happen(self, on: date) -> None:
        """Everything that happens by itself on a day, the billing run and the dunning run among it."""
        self.operator.let_happen(on)

    def dun(self, on: date, account: str = A) -> None:
        self.operator.tell(TakeDunningSteps(account=account), today=on)

    def pay(self, amount: str, on: date, account: str = A) -> str:
        """A payment; its id."""
        self.lines += 1
        report = self.operator.take_in([bank_row(self.lines, amount, account, received_on=on)], today=on)
        assert report.accepted == 1, report
        self.let_happen(on)
        return next(fact.payment for fact in reversed(self.facts(account)) if isinstance(fact, PaymentReceived))

    def facts(self, account: str = A) -> list[Event]:
        return self.operator.facts(f"account/{account}")

    def steps(self, account: str = A) -> dict[str, date]:
        return {fact.step: fact.effective_on for fact in self.facts(account) if isinstance(fact, DunningStepTaken)}

    def pauses(self, account: str = A) -> list[tuple[str, date]]:
        """Suspensions and returns with their days."""
        names: dict[type[Event], str] = {SubscriptionSuspended: "suspended", SubscriptionResumed: "returned"}
        return [(names[type(fact)], fact.effective_on) for fact in self.facts(account) if type(fact) in names]

    def invoice(self, account: str = A) -> str:
        (number,) = self.operator.account(account).ledger.open_items
        return number
