"""Prepaid accounts on a real database: taken at the start of the period, suspended for money, back with a payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision
from billing_core.kernel.errors import InvalidValue
from commands.accounts import ChangeBillingPlan, OpenAccount
from commands.bank_statements.booking import BankFileImport
from commands.billing.account import BillAccount
from commands.catalogue import ReviseTariff
from commands.corrections.account import CorrectAccount, Correction
from commands.corrections.payment import MovePayment
from commands.corrections.waiver import WaiveCharge
from commands.payments.account import ReceivePayment
from commands.platform.batch import BatchReport
from commands.services.status import ActivateSubscription, TerminateSubscription
from commands.services.terms import ChangePrice
from projections.services import subscriptions_of
from tests.commands.conftest import SomebodyFirst
from tests.operators import Operator, bank_row, eur, silent

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)


def open_prepaid(operator: Operator, terms: Prepaid | None = None) -> None:
    """A prepaid account beside a postpaid one, with 20.00 a month and 20 % VAT, active from 1 June."""
    operator.subscriber("A0000")
    prepaid = OpenAccount(
        account="P1",
        customer="A0000",
        seller="north",
        currency="EUR",
        plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=terms or Prepaid()),
    )
    operator.tell(prepaid, today=JUNE)
    operator.tell(ActivateSubscription(account="P1", subscription="main", tariff="net", on=JUNE), today=JUNE)


def pay(operator: Operator, amount: str, on: date) -> None:
    payment = ReceivePayment(account="P1", source="desk", reference=on.isoformat(), amount=eur(amount), received_on=on)
    operator.tell(payment, today=on)


def balance(operator: Operator) -> str:
    return f"{operator.account('P1').ledger.balance.amount}"


def status(operator: Operator) -> str:
    (subscription,) = operator.ask(subscriptions_of, "P1")
    return str(subscription.status)


def test_a_run_takes_the_fee_suspends_for_money_and_a_payment_brings_the_service_back_at_once(operator: Operator):
    open_prepaid(operator)
    pay(operator, "30.00", JUNE)
    assert (balance(operator), status(operator)) == ("6.00", "active")

    operator.bill(date(2026, 7, 2))

    assert (balance(operator), status(operator)) == ("6.00", "suspended")
    pay(operator, "10.00", date(2026, 7, 10))
    assert (balance(operator), status(operator)) == ("16.00", "suspended"), "22/31 of 24.00 are 17.03"
    pay(operator, "1.03", date(2026, 7, 11))
    assert status(operator) == "active", "21/31 of 24.00 are 16.26"
    assert balance(operator) == "0.77"
    assert operator.bill(date(2026, 8, 1), today=date(2026, 7, 31)).charges == 0
    assert operator.findings() == []


def test_money_counts_from_the_day_on_which_it_was_received(operator: Operator):
    """Nothing was billed since 1 June. Money of 10 July does not pay June; 22 of 31 days of July cost 17.03."""
    open_prepaid(operator)

    pay(operator, "24.00", date(2026, 7, 10))

    assert (balance(operator), status(operator)) == ("6.97", "active")
    charges = operator.select("SELECT from_on::text, to_on::text FROM live.charges WHERE account = 'P1' ORDER BY 1")
    assert charges == [("2026-07-10", "2026-08-01")]
    assert operator.bill(date(2026, 7, 21), today=date(2026, 7, 20)).parked == {}
    assert (balance(operator), status(operator)) == ("6.97", "active")
    assert operator.findings() == []


def test_money_counts_from_the_day_on_which_it_was_received_and_not_from_that_on_which_it_was_typed(
    operator: Operator,
):
    """Typed on 10 July, it came in on 1 June and pays June; nothing is left for July."""
    open_prepaid(operator)
    paid = ReceivePayment(account="P1", source="desk", reference="1", amount=eur("24.00"), received_on=JUNE)

    operator.tell(paid, today=date(2026, 7, 10))

    assert (balance(operator), status(operator)) == ("0.00", "suspended")
    operator.application.runner.catch_up()
    charges = operator.select("SELECT from_on::text, to_on::text FROM live.charges WHERE account = 'P1' ORDER BY 1")
    assert charges == [("2026-06-01", "2026-07-01")]


def test_a_run_over_two_months_takes_the_first_and_suspends_from_the_second(operator: Operator):
    open_prepaid(operator)
    operator.tell(ReceivePayment(account="P1", source="desk", reference="1", amount=eur("23.99")), today=JUNE)
    assert status(operator) == "suspended"
    pay(operator, "0.01", date(2026, 6, 2))
    assert balance(operator) == "0.80", "29/30 of 24.00 are 23.20"

    operator.bill(AUGUST, today=AUGUST)

    assert (balance(operator), status(operator)) == ("0.80", "suspended")
    assert operator.bill(AUGUST, today=AUGUST).bills == 0


def test_the_single_command_bills_every_due_date_in_order(operator: Operator):
    open_prepaid(operator, Prepaid(credit_limit=Decimal(24)))

    operator.tell(BillAccount(account="P1", on=AUGUST), today=AUGUST)

    assert (balance(operator), status(operator)) == ("-24.00", "suspended")
    assert operator.bill(AUGUST, today=AUGUST).charges == 7, "only the months of the postpaid account are left"


def test_a_bank_file_brings_the_service_back_at_once_as_a_single_payment_does(operator: Operator):
    open_prepaid(operator)
    operator.bill(JULY, today=JULY)
    assert status(operator) == "suspended"

    report = operator.take_in(
        [bank_row(2, "10.00", "P1", received_on=JULY), bank_row(3, "20.00", "P1", received_on=JULY)], today=JULY
    )

    assert (report.accepted, report.rejected) == (2, [])
    assert (balance(operator), status(operator)) == ("6.00", "active")
    assert operator.bill(date(2026, 7, 2), today=JULY).charges == 1, "only the postpaid account was left"
    assert operator.findings() == []


def test_a_bank_file_that_meets_another_payment_brings_the_service_back_all_the_same(operator: Operator):
    open_prepaid(operator)
    operator.bill(JULY, today=JULY)
    store = SomebodyFirst(operator, lambda: pay(operator, "10.00", JULY))
    application, report = operator.application, BatchReport()
    bank_file = BankFileImport(store, application.bus, application.models())

    bank_file.take_in([bank_row(2, "20.00", "P1", received_on=JULY)], origin_of_process("clerk", JULY), report, silent)

    assert (report.accepted, balance(operator), status(operator)) == (1, "6.00", "active")


def test_a_payment_that_is_moved_to_the_account_brings_its_service_back(operator: Operator):
    open_prepaid(operator)
    operator.bill(JULY, today=JULY)
    operator.take_in([bank_row(2, "30.00", "A0000", received_on=date(2026, 6, 20))])
    moved = MovePayment(payment="bank:R00002", from_account="A0000", to_account="P1", reason="mixed up")

    answer = operator.tell(moved, today=date(2026, 7, 11))

    assert (balance(operator), status(operator)) == ("13.74", "active"), "21/31 of 24.00 are 16.26"
    assert [entry["charged"]["amount"] for entry in answer.result["accounts"]] == ["0.00", "16.26"]
    assert operator.findings() == []


def test_a_payment_that_comes_late_buys_no_days_on_which_the_service_was_not_there(operator: Operator):
    open_prepaid(operator)
    operator.bill(JULY, today=JULY)

    operator.take_in([bank_row(2, "30.00", "P1", received_on=date(2026, 7, 8))], today=date(2026, 7, 11))

    assert (balance(operator), status(operator)) == ("13.74", "active"), "21/31 of 24.00 are 16.26"


def test_better_terms_bring_the_service_back_with_the_next_run(operator: Operator):
    open_prepaid(operator)
    operator.bill(JULY, today=JULY)
    operator.tell(
        ChangeBillingPlan(
            account="P1",
            plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid(credit_limit=Decimal(24))),
        ),
        today=JULY,
    )

    operator.bill(date(2026, 7, 2), today=date(2026, 7, 2))

    assert (balance(operator), status(operator)) == ("-24.00", "active")


def waiting_with_five(operator: Operator) -> None:
    """5.00 are there, and 24.00 with VAT would be due for June."""
    open_prepaid(operator)
    pay(operator, "5.00", JUNE)
    operator.bill(date(2026, 6, 2), today=JUNE)
    assert (balance(operator), status(operator)) == ("5.00", "suspended")


def test_a_change_planned_ahead_brings_the_service_back_on_its_day_though_it_was_billed_meanwhile(operator: Operator):
    """From the 16th on 4.00 a month, half of which and its VAT are 2.40; 1 cent comes on the 10th."""
    waiting_with_five(operator)
    price = ChangePrice(account="P1", subscription="main", agreed_prices={"fee": Decimal("4.00")}, on=date(2026, 6, 16))
    operator.tell(price, today=date(2026, 6, 5))
    pay(operator, "0.01", date(2026, 6, 10))
    for day in (11, 15, 16):
        assert operator.bill(date(2026, 6, day), today=date(2026, 6, day - 1)).charges == 0

    assert operator.bill(date(2026, 6, 17), today=date(2026, 6, 16)).charges == 1

    assert (balance(operator), status(operator)) == ("2.61", "active")
    assert operator.bill(date(2026, 6, 17), today=date(2026, 6, 16)).bills == 0
    assert operator.findings() == []


def test_a_price_list_that_is_revised_meanwhile_brings_the_service_back_on_the_day_of_the_revision(operator: Operator):
    waiting_with_five(operator)
    cheaper = Recurring(code="fee", name="Monthly fee", vat_rate=Decimal(20),
                        prices=(Price(amount=Decimal("4.00"), valid_from=date(2020, 1, 1)),))  # fmt: skip
    revision = Revision(valid_from=date(2026, 6, 16), components=(cheaper,))
    operator.tell(ReviseTariff(tariff="net", revision=revision), today=date(2026, 6, 5))
    operator.bill(date(2026, 6, 16), today=date(2026, 6, 15))
    assert (balance(operator), status(operator)) == ("5.00", "suspended")

    operator.bill(date(2026, 6, 17), today=date(2026, 6, 16))

    assert (balance(operator), status(operator)) == ("2.60", "active")
    assert operator.findings() == []


def test_a_run_that_comes_late_brings_the_service_back_on_its_own_day_and_charges_no_day_before(operator: Operator):
    """The price changed on the 16th, and the next run is of the 21st: 10 of 30 days."""
    waiting_with_five(operator)
    price = ChangePrice(account="P1", subscription="main", agreed_prices={"fee": Decimal("4.00")}, on=date(2026, 6, 16))
    operator.tell(price, today=date(2026, 6, 5))

    operator.bill(date(2026, 6, 22), today=date(2026, 6, 21))

    assert (balance(operator), status(operator)) == ("3.40", "active"), "1.33 and VAT"
    assert operator.findings() == []


def test_a_charge_that_is_taken_back_brings_the_service_back_with_the_next_run(operator: Operator):
    open_prepaid(operator, Prepaid(credit_limit=Decimal(24)))
    operator.bill(date(2026, 7, 2), today=JULY)
    assert (balance(operator), status(operator)) == ("-24.00", "suspended")
    charge = "main/fee/2026-06-01/2026-07-01/0"
    operator.tell(WaiveCharge(account="P1", charge=charge, reason="goodwill"), today=JULY)

    operator.bill(date(2026, 7, 2), today=JULY)

    assert (balance(operator), status(operator)) == ("-24.00", "active")
    assert operator.findings() == []


def test_an_activation_that_is_corrected_beyond_a_suspension_for_money(operator: Operator):
    open_prepaid(operator)
    operator.bill(date(2026, 6, 2), today=JUNE)
    assert status(operator) == "suspended"
    began = Correction(subscription="main", activated_on=date(2026, 6, 11))

    operator.tell(
        CorrectAccount(account="P1", corrections=(began,), reason="it was not there"), today=date(2026, 6, 12)
    )

    assert (balance(operator), status(operator)) == ("0.00", "suspended")
    pay(operator, "24.00", date(2026, 6, 16))
    assert (balance(operator), status(operator)) == ("12.00", "active"), "half of 24.00"
    assert operator.findings() == []


def test_a_termination_learnt_late_gives_back_what_was_taken_since(operator: Operator):
    open_prepaid(operator)
    pay(operator, "24.00", JUNE)
    operator.bill(date(2026, 7, 2), today=JULY)
    pay(operator, "24.00", date(2026, 7, 11))

    ended = TerminateSubscription(reason="moves away", account="P1", subscription="main", on=date(2026, 6, 16))
    operator.tell(ended, today=date(2026, 7, 12))
    operator.bill(date(2026, 7, 13), today=date(2026, 7, 12))

    assert (balance(operator), status(operator)) == ("36.00", "terminated")
    assert operator.bill(date(2026, 7, 13), today=date(2026, 7, 12)).bills == 0
    assert operator.findings() == []


def test_terms_that_make_no_sense_are_refused(operator: Operator):
    open_prepaid(operator)

    with pytest.raises(InvalidValue, match="resume at"):
        operator.tell(
            ChangeBillingPlan(
                account="P1",
                plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid(resume_at=Decimal(-1))),
            ),
            today=JULY,
        )

    operator.tell(
        ChangeBillingPlan(
            account="P1",
            plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid(credit_limit=Decimal(5))),
        ),
        today=JULY,
    )
    assert operator.account("P1").plan.prepaid is not None


def test_a_preview_shows_what_a_late_run_does_to_a_service_that_waits_for_money(operator: Operator):
    """Suspended since June, with better terms since 1 July: a run on 20 July buys 12 of 31 days, and none before."""
    open_prepaid(operator)
    operator.bill(JULY, today=JULY)
    operator.tell(
        ChangeBillingPlan(
            account="P1",
            plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid(credit_limit=Decimal(24))),
        ),
        today=JULY,
    )
    until, today = date(2026, 7, 21), date(2026, 7, 20)
    preview = operator.preview(until, today=today)

    assert preview == operator.bill(until, today=today)
    assert (balance(operator), status(operator)) == ("-9.29", "active"), "12/31 of 20.00 are 7.74, and 1.55 VAT"
