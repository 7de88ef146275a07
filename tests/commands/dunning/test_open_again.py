"""An invoice that was settled and is open again: who is suspended at once, and who is warned before more follows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from billing_core.dunning.policies import DaysFromDue, DunningStep, SlowDown, Terminate
from billing_core.services.events import SubscriptionTerminated
from commands.accounts import ChangeBillingPlan
from commands.corrections.payment import MovePayment
from commands.payments.account import ReversePayment
from commands.payments.remittances import AssignRemittance, UndoRemittance
from tests.commands.dunning.debtors import PLAN, POLICY, A, Debtors
from tests.operators import bank_row

REMINDER, LAST, CUT = date(2026, 1, 22), date(2026, 1, 29), date(2026, 2, 5)
# The service ends 30 days after the suspension.
ENDING = msgspec.structs.replace(
    POLICY,
    steps=(*POLICY.steps, DunningStep(code="end", when=DaysFromDue(days=51), actions=(Terminate(reason="debt"),))),
)  # fmt: skip
LATE = date(2026, 6, 9)


def to_the_cut(debtors: Debtors) -> None:
    for on in (REMINDER, LAST, CUT):
        debtors.dun(on)


def ended_on(debtors: Debtors) -> date | None:
    ends = [fact.effective_on for fact in debtors.facts() if isinstance(fact, SubscriptionTerminated)]
    return ends[0] if ends else None


def test_a_part_that_is_taken_back_suspends_again_at_once(debtors: Debtors):
    debtors.open()
    to_the_cut(debtors)
    payment = debtors.pay("24.00", date(2026, 2, 6))
    part = ReversePayment(account=A, payment=payment, reason="charged back", amount=Decimal("10.00"))
    debtors.operator.tell(part, today=date(2026, 2, 6))
    debtors.let_happen(date(2026, 2, 6))  # The dunning run of the day is over.

    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 6)), ("suspended", date(2026, 2, 6))]


def test_a_debit_that_bounces_months_later_ends_no_service_unwarned(debtors: Debtors):
    debtors.open(ENDING, until=date(2026, 2, 1))
    to_the_cut(debtors)
    payment = debtors.pay("24.00", date(2026, 2, 6))
    debtors.operator.tell(ReversePayment(account=A, payment=payment, reason="bounced"), today=LATE)
    debtors.dun(LATE)
    debtors.dun(LATE + timedelta(days=29))

    assert list(debtors.steps()) == ["reminder", "last-reminder", "suspend"]
    debtors.dun(LATE + timedelta(days=30))
    assert debtors.steps()["end"] == LATE + timedelta(days=30)


def test_a_payment_that_is_moved_away_months_later_cuts_nobody_unwarned(debtors: Debtors):
    debtors.open(accounts=2, until=date(2026, 2, 1))
    debtors.dun(REMINDER)
    debtors.dun(LAST)
    payment = debtors.pay("24.00", date(2026, 1, 30))
    move = MovePayment(payment=payment, from_account=A, to_account="A0002", reason="was the neighbour's")
    debtors.operator.tell(move, today=LATE)
    debtors.dun(LATE)
    assert "suspend" not in debtors.steps()

    debtors.dun(LATE + timedelta(days=7))

    assert debtors.steps()["suspend"] == LATE + timedelta(days=7)
    assert debtors.operator.findings() == []


def test_money_that_was_assigned_by_mistake_is_taken_away_and_the_days_are_counted_anew(debtors: Debtors):
    debtors.open(until=date(2026, 2, 1))
    debtors.dun(REMINDER)
    debtors.dun(LAST)
    debtors.operator.take_in([bank_row(1, "24.00", "thanks", received_on=LAST)], today=LAST)
    debtors.operator.tell(AssignRemittance(remittance="bank:R00001", account=A), today=LAST)
    debtors.operator.tell(UndoRemittance(remittance="bank:R00001", reason="not his"), today=LATE)
    debtors.dun(LATE)

    assert "suspend" not in debtors.steps()
    assert debtors.operator.findings() == []


def test_who_has_a_plan_without_a_policy_now_and_pays_has_the_service_again(debtors: Debtors):
    debtors.open()
    to_the_cut(debtors)
    without = msgspec.structs.replace(PLAN, dunning="")
    debtors.operator.tell(ChangeBillingPlan(account=A, plan=without), today=date(2026, 2, 6))
    debtors.let_happen(date(2026, 2, 6))
    assert debtors.pauses() == [("suspended", CUT)]

    payment = debtors.pay("100.00", date(2026, 2, 7))
    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 7))]

    debtors.operator.tell(ReversePayment(account=A, payment=payment, reason="bounced"), today=date(2026, 2, 9))
    debtors.let_happen(date(2026, 2, 9))
    assert len(debtors.pauses()) == 2, "without a policy nothing suspends"


def test_a_service_that_was_slowed_down_runs_at_full_speed_without_a_policy_once_it_is_paid(debtors: Debtors):
    slow = DunningStep(code="slow", when=DaysFromDue(days=7), actions=(SlowDown(profile="slow"),))
    debtors.open(msgspec.structs.replace(POLICY, steps=(slow,)))
    debtors.dun(REMINDER)
    assert debtors.operator.account(A).dunning.slowed_to == "slow"
    without = msgspec.structs.replace(PLAN, dunning="")
    debtors.operator.tell(ChangeBillingPlan(account=A, plan=without), today=REMINDER)

    debtors.pay("100.00", date(2026, 1, 23))

    assert debtors.operator.account(A).dunning.slowed_to == ""
