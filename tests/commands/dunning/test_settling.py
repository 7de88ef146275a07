"""Suspended by the ladder and back by a payment, with nobody but the run, payments and the clock."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from adapters.files.flows import ready_flow
from billing_core.charging.charges import ChargesPosted
from billing_core.dunning.facts import FullSpeedRestored, ServicesSlowed
from billing_core.dunning.policies import DaysFromDue, DunningStep, SlowDown
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.promises import PromiseTerms
from billing_core.services.events import SubscriptionResumed
from billing_core.services.suspension_reasons import READY, SuspensionFee
from billing_core.services.timeline import reasons_on
from commands.accounts import ChangeBillingPlan
from commands.credit_limits import GrantTemporaryCredit, SetCreditLimit
from commands.dunning.stops import DisputeItem, EndDispute, PauseDunning
from commands.payments.account import ReversePayment
from commands.promises import OpenPromise, SetPromiseTerms
from commands.services.status import SuspendSubscription
from commands.suspensions import DefineSuspensionReason
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import CloseTicket
from projections.suspensions.desired_states import desired_states
from projections.suspensions.returns import return_times, returns_after
from tests.commands.dunning.debtors import PLAN, POLICY, A, Debtors
from tests.operators import eur, new_subscriber

REMINDER, LAST, CUT = date(2026, 1, 22), date(2026, 1, 29), date(2026, 2, 5)


def to_the_end(debtors: Debtors) -> None:
    for on in (REMINDER, LAST, CUT):
        debtors.dun(on)


def test_the_ladder_is_climbed_with_its_fee_once_and_the_service_is_suspended(debtors: Debtors):
    debtors.open()
    to_the_end(debtors)
    debtors.dun(CUT)

    assert debtors.steps() == {"reminder": REMINDER, "last-reminder": LAST, "suspend": CUT}
    (fee,) = debtors.operator.account(A).pending
    assert (fee.description, fee.amount, fee.vat_rate) == ("Last reminder", eur("5.00"), Decimal(20))
    assert debtors.pauses() == [("suspended", CUT)]
    assert debtors.operator.findings() == []


def test_a_payment_returns_the_service_at_once_and_a_bounce_suspends_it_again(debtors: Debtors):
    debtors.open()
    to_the_end(debtors)

    payment = debtors.pay("24.00", date(2026, 2, 6))
    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 6))]
    (returned,) = [fact for fact in debtors.facts() if isinstance(fact, SubscriptionResumed)]
    assert returned.reason == "non-payment"

    debtors.operator.tell(ReversePayment(account=A, payment=payment, reason="bounced"), today=date(2026, 2, 9))
    debtors.let_happen(date(2026, 2, 9))
    assert debtors.pauses()[2:] == [("suspended", date(2026, 2, 9))]
    assert list(debtors.steps()) == ["reminder", "last-reminder", "suspend"]


def test_a_part_of_the_money_returns_nothing_and_repeats_no_step(debtors: Debtors):
    debtors.open()
    debtors.dun(REMINDER)
    debtors.pay("23.99", date(2026, 1, 23))
    for on in (REMINDER, LAST, CUT):
        debtors.dun(on)

    assert debtors.steps() == {"reminder": REMINDER, "last-reminder": LAST, "suspend": CUT}
    assert debtors.pauses() == [("suspended", CUT)]
    debtors.pay("0.01", date(2026, 2, 6))
    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 6))]


def test_services_return_the_next_morning_if_the_policy_says_so(debtors: Debtors):
    debtors.open(msgspec.structs.replace(POLICY, returns="next-morning"))
    to_the_end(debtors)
    debtors.let_happen(date(2026, 2, 6))
    debtors.pay("100.00", date(2026, 2, 6))
    assert debtors.pauses() == [("suspended", CUT)]

    debtors.let_happen(date(2026, 2, 7))

    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 7))]


def test_a_dispute_returns_the_service_and_its_end_suspends_it(debtors: Debtors):
    debtors.open()
    to_the_end(debtors)
    invoice = debtors.invoice()

    debtors.operator.tell(DisputeItem(account=A, invoice=invoice, reason="wrong"), today=date(2026, 2, 10))
    debtors.let_happen(date(2026, 2, 10))
    debtors.operator.tell(EndDispute(account=A, invoice=invoice, outcome="right"), today=date(2026, 2, 12))
    debtors.let_happen(date(2026, 2, 12))

    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 10)), ("suspended", date(2026, 2, 12))]


def test_a_pause_ends_by_itself_on_its_day(debtors: Debtors):
    debtors.open()
    to_the_end(debtors)
    debtors.operator.tell(PauseDunning(account=A, until=date(2026, 2, 12), reason="ill"), today=date(2026, 2, 10))
    for day in (10, 11, 12):
        debtors.let_happen(date(2026, 2, day))

    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 10)), ("suspended", date(2026, 2, 12))]


def test_a_promise_returns_the_service_and_breaks_by_itself(debtors: Debtors):
    debtors.open()
    to_the_end(debtors)
    debtors.operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=5)), today=CUT)
    debtors.operator.tell(OpenPromise(account=A, until=date(2026, 2, 14)), today=date(2026, 2, 10))
    for day in (10, 14, 15):
        debtors.let_happen(date(2026, 2, day))
    debtors.let_happen(date(2026, 2, 15))

    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 10)), ("suspended", date(2026, 2, 15))]


def test_a_payment_leaves_what_others_suspended(debtors: Debtors):
    debtors.open()
    abuse = SuspendSubscription(account=A, subscription="main", reason="abuse")
    debtors.operator.tell(abuse, today=date(2026, 2, 1))
    to_the_end(debtors)
    debtors.pay("24.00", date(2026, 2, 6))

    assert debtors.pauses() == [
        ("suspended", date(2026, 2, 1)), ("suspended", CUT), ("returned", date(2026, 2, 6))
    ]  # fmt: skip
    service = debtors.operator.account(A).subscriptions["main"]
    assert reasons_on(service.timeline, date(2026, 2, 6)) == ("abuse",)


def test_a_balance_exactly_at_the_limit_is_served(debtors: Debtors):
    policy = msgspec.structs.replace(POLICY, suspend_below=Decimal(-10), resume_at=Decimal(-5))
    debtors.open(policy)
    debtors.pay("14.00", date(2026, 1, 20))
    to_the_end(debtors)
    assert debtors.steps().keys() == {"reminder", "last-reminder", "suspend"}
    assert debtors.pauses() == []


def test_once_suspended_a_service_returns_at_the_higher_limit(debtors: Debtors):
    """With the invoice of February and the fee 54.00 are owed; 35.00 are left exactly."""
    debtors.open(msgspec.structs.replace(POLICY, suspend_below=Decimal(-50), resume_at=Decimal(-35)))
    for on in (REMINDER, LAST, date(2026, 2, 4), CUT):
        debtors.let_happen(on)
    assert debtors.pauses() == [("suspended", CUT)]

    debtors.pay("18.99", date(2026, 2, 6))
    assert debtors.pauses() == [("suspended", CUT)]
    debtors.pay("0.01", date(2026, 2, 7))

    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 7))]


def test_a_service_is_tolerated_as_long_as_its_tariff_says(debtors: Debtors):
    debtors.operator.publish("patient", "20.00", tolerance_days=30)
    debtors.open(tariff="patient")
    to_the_end(debtors)
    for day in (14, 15):
        debtors.dun(date(2026, 2, day))

    assert debtors.pauses() == [("suspended", date(2026, 2, 15))]


def test_a_plan_names_a_policy_that_is_published_in_the_currency_of_the_account(debtors: Debtors):
    debtors.open()
    other = msgspec.structs.replace(PLAN, dunning="none")
    with pytest.raises(NotFound, match="no such dunning policy is published"):
        debtors.operator.tell(ChangeBillingPlan(account=A, plan=other), today=date(2026, 1, 3))
    debtors.publish(msgspec.structs.replace(POLICY, code="czech", currency="CZK"))
    czech = msgspec.structs.replace(PLAN, dunning="czech")
    with pytest.raises(InvalidValue, match="is in CZK, but the account is kept in EUR"):
        debtors.operator.tell(ChangeBillingPlan(account=A, plan=czech), today=date(2026, 1, 3))


def test_accounts_that_are_imported_name_a_policy_that_is_published(debtors: Debtors):
    report = debtors.operator.bring_in([new_subscriber("A0009", dunning="none")])

    assert report.accepted == 0
    assert "no such dunning policy is published" in str(report)


def test_a_reason_with_fees_charges_them_once_at_the_suspension_and_at_the_return(debtors: Debtors):
    fee = SuspensionFee(description="Return", amounts={"EUR": Decimal("3.00")})
    reason = msgspec.structs.replace(READY["non-payment"], fee_at_return=fee)
    debtors.operator.tell(DefineSuspensionReason(reason=reason), today=REMINDER)
    debtors.open()
    to_the_end(debtors)
    debtors.pay("24.00", date(2026, 2, 6))
    debtors.let_happen(date(2026, 2, 7))

    posted = [charge for fact in debtors.facts() if isinstance(fact, ChargesPosted) for charge in fact.charges]
    assert [(each.description, each.amount) for each in posted if each.component.startswith("item-")] == [
        ("Last reminder", eur("5.00")), ("Return", eur("3.00")),
    ]  # fmt: skip
    (back,) = debtors.operator.ask(lambda cursor: returns_after(cursor, "", 9, REMINDER, date(2026, 2, 28)))
    assert (back.reason, back.payment, back.lifted_by) == ("non-payment", "bank:R00001", "money")
    assert debtors.operator.ask(lambda cursor: return_times(cursor, REMINDER, date(2026, 2, 28))).returns == 1


def test_a_ticket_that_holds_dunning_returns_the_service_until_it_is_closed(debtors: Debtors):
    debtors.open()
    debtors.operator.tell(PublishFlow(flow=ready_flow("bill-complaint").flow), today=date(2026, 1, 2))
    to_the_end(debtors)
    complaint = OpenTicket(kind="bill-complaint", subject="Wrong", account=A, document=debtors.invoice())
    for today in (date(2026, 2, 10), date(2026, 2, 12)):
        ticket = debtors.operator.tell(complaint, today=today).result["ticket"]
        debtors.let_happen(today)
        debtors.operator.tell(CloseTicket(ticket=ticket, reason="taken back"), today=today + timedelta(days=1))
        debtors.let_happen(today + timedelta(days=1))

    assert debtors.pauses()[1:] == [
        ("returned", date(2026, 2, 10)), ("suspended", date(2026, 2, 11)),
        ("returned", date(2026, 2, 12)), ("suspended", date(2026, 2, 13)),
    ]  # fmt: skip


def test_credit_of_an_account_keeps_it_served_as_long_as_it_lasts(debtors: Debtors):
    debtors.open()
    to_the_end(debtors)
    more = GrantTemporaryCredit(account=A, amount=Decimal("54.00"), until=date(2026, 2, 20), reason="is known to us")
    debtors.operator.tell(more, today=date(2026, 2, 10))
    for day in (10, 20, 21):
        debtors.let_happen(date(2026, 2, day))
    debtors.operator.tell(
        SetCreditLimit(account=A, limit=Decimal("100.00"), reason="pays late"), today=date(2026, 2, 25)
    )
    debtors.let_happen(date(2026, 2, 25))

    assert debtors.pauses() == [
        ("suspended", CUT), ("returned", date(2026, 2, 10)), ("suspended", date(2026, 2, 21)),
        ("returned", date(2026, 2, 25)),
    ]  # fmt: skip


def test_a_step_slows_services_down_until_the_invoice_is_paid_and_the_network_learns_both(debtors: Debtors):
    slow = DunningStep(code="slow", when=DaysFromDue(days=7), actions=(SlowDown(profile="slow-1M"),))
    debtors.open(msgspec.structs.replace(POLICY, steps=(slow,)))

    def states(after: int) -> list[tuple[str, str, int]]:
        found = debtors.operator.ask(lambda cursor: desired_states(cursor, REMINDER, after, 9, READY))
        return [(row.state, row.profile, row.position) for row in found]

    ((before, _, position),) = states(0)
    debtors.let_happen(REMINDER)
    ((slowed, profile, later),) = states(position)
    debtors.pay("24.00", REMINDER)
    ((after, none, _),) = states(later)

    assert (before, slowed, profile, after, none) == ("on", "slow", "slow-1M", "on", "")
    changes = [type(fact) for fact in debtors.facts() if isinstance(fact, ServicesSlowed | FullSpeedRestored)]
    assert changes == [ServicesSlowed, FullSpeedRestored]
