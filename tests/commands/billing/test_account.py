"""One account at a time: billed up to a day, and a charge taken back with a credit note."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Discount
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.payments.events import CreditAllocated
from commands.billing.account import BillAccount, ParkAccount
from commands.billing.run_ports import RunTotals
from commands.corrections.waiver import WaiveCharge
from commands.payments.account import ReceivePayment
from commands.services import (
    CancelChange,
    ChangeTariff,
    GrantDiscount,
    SuspendSubscription,
    TerminateSubscription,
)
from projections.accounts.balances import account_named, parked_accounts
from projections.billing import documents_of
from tests.operators import Operator, eur, silent

A = "A0001"
JANUARY = "main/fee/2026-01-01/2026-02-01/0"


def documents(operator: Operator) -> list[tuple[str, str, date]]:
    return [(row.number, str(row.gross.amount), row.issued_on) for row in operator.ask(documents_of, A)]


@pytest.fixture(autouse=True)
def subscriber(operator: Operator) -> None:
    operator.subscriber(A)


def test_an_account_is_charged_for_the_period_that_contains_the_day(operator: Operator):
    answer = operator.tell(BillAccount(account=A, on=date(2026, 1, 15)))

    assert documents(operator) == [("1000000001", "24.00", date(2026, 1, 15))]
    assert (answer.result["charges"], answer.result["invoices"]) == (1, 1)
    (charges,) = operator.select("SELECT key, amount::text FROM live.charges")
    assert charges == (JANUARY, "20.00")


def test_what_is_late_becomes_one_invoice(operator: Operator):
    operator.tell(BillAccount(account=A, on=date(2026, 3, 1)))
    assert documents(operator) == [("1000000001", "72.00", date(2026, 3, 1))]


def test_billing_again_does_nothing_and_takes_no_number(operator: Operator):
    operator.tell(BillAccount(account=A), today=date(2026, 1, 15))
    before = operator.store_contents()["number_series"]

    again = operator.tell(BillAccount(account=A, on=date(2026, 1, 31)))

    assert (again.position, again.result["bills"]) == (0, 0)
    assert operator.store_contents()["number_series"] == before


def test_a_credit_note_is_never_dated_before_its_invoice(operator: Operator):
    """As on a machine whose clock is behind: its own series has no date yet, but the seller's invoices have."""
    operator.tell(BillAccount(account=A), today=date(2026, 2, 10))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"), today=date(2026, 2, 9))
    assert documents(operator)[1:] == [("5000000001", "-24.00", date(2026, 2, 10))]
    assert operator.findings() == []


def test_what_is_charged_ahead_is_dated_today(operator: Operator):
    answer = operator.tell(BillAccount(account=A, until=date(2026, 7, 1)), today=date(2026, 2, 10))
    assert answer.result["charges"] == 6
    assert documents(operator) == [("1000000001", "144.00", date(2026, 2, 10))]
    assert operator.findings() == []


def test_an_account_is_not_billed_on_a_day_before_it_was_opened(operator: Operator):
    """Opened on 1 January; a run of an earlier date leaves it out, and does not park it."""
    before, new_year = date(2025, 12, 31), date(2026, 1, 2)
    contents = operator.store_contents()
    with pytest.raises(InvalidValue, match="is before account A0001 was opened, on 2026-01-01; bill on that day or"):
        operator.tell(BillAccount(account=A, on=before, until=date(2026, 2, 1)), today=new_year)
    with operator.application.billing_run(date(2026, 2, 1)) as run:
        origin = origin_of_process("clerk", new_year)
        assert run.preview(date(2026, 2, 1), new_year, silent, before) == RunTotals()
        assert run.run(date(2026, 2, 1), origin, silent, before) == RunTotals()
    assert operator.store_contents() == contents
    assert operator.bill(date(2026, 2, 1), today=new_year).invoices == 1


def test_nothing_is_charged_more_than_a_year_and_a_day_after_the_business_date(operator: Operator):
    on, until, today = date(2026, 1, 1), date(2027, 1, 3), date(2026, 3, 1)
    with pytest.raises(InvalidValue, match="until '2027-01-03': is more than 366 days after 2026-01-01"):
        operator.tell(BillAccount(account=A, on=on, until=until), today=today)
    with operator.application.billing_run(until) as run, pytest.raises(InvalidValue, match="366 days after 2026-01-01"):
        run.run(until, origin_of_process("clerk", today), silent, on)


def test_money_that_came_in_after_the_date_of_an_invoice_settles_it_on_its_own_day(operator: Operator):
    for reference, day in (("T1", 10), ("T2", 20)):
        received_on = date(2026, 1, day)
        paid = ReceivePayment(
            account=A, source="bank", reference=reference, amount=eur("12.00"), received_on=received_on
        )
        operator.tell(paid, today=received_on)

    operator.tell(BillAccount(account=A, on=date(2026, 1, 15)), today=date(2026, 1, 20))

    settled = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, CreditAllocated)]
    assert [(fact.effective_on, fact.allocations[0].credit) for fact in settled] == [
        (date(2026, 1, 15), "bank:T1"),
        (date(2026, 1, 20), "bank:T2"),
    ]
    assert documents(operator) == [("1000000001", "24.00", date(2026, 1, 15))]
    assert operator.account(A).ledger.open_items == {}
    assert operator.findings() == []


def test_the_tax_point_is_the_last_day_charged_or_the_day_of_issue_and_of_a_credit_note_its_own(operator: Operator):
    operator.tell(TerminateSubscription(reason="moves away", account=A, subscription="main", on=date(2026, 3, 1)))
    operator.tell(BillAccount(account=A), today=date(2026, 1, 10))
    operator.tell(BillAccount(account=A), today=date(2026, 3, 10))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"), today=date(2026, 3, 12))
    assert [(row.issued_on, row.tax_point_on) for row in operator.ask(documents_of, A)] == [
        (date(2026, 1, 10), date(2026, 1, 10)),
        (date(2026, 3, 10), date(2026, 2, 28)),
        (date(2026, 3, 12), date(2026, 3, 12)),
    ]


def test_a_change_in_the_past_posts_only_the_difference(operator: Operator):
    operator.publish("fast", "50.00")
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(ChangeTariff(account=A, subscription="main", tariff="fast", on=date(2026, 1, 17)))  # 15 of 31 days

    operator.tell(BillAccount(account=A, on=date(2026, 1, 20)))

    # 20 x 15/31 = 9.68 back, with 20 % VAT 11.62; 50 x 15/31 = 24.19 on top, with VAT 29.03
    assert [row[:2] for row in documents(operator)] == [
        ("1000000001", "24.00"),
        ("1000000002", "29.03"),
        ("5000000001", "-11.62"),
    ]
    (credit_note,) = [row for row in operator.ask(documents_of, A) if row.kind == "credit-note"]
    assert credit_note.corrects == "1000000001"
    assert operator.ask(account_named, A).balance == eur("-41.41")
    assert operator.findings() == []


def test_a_charge_taken_back_becomes_a_credit_note_that_settles_its_invoice(operator: Operator):
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"), today=date(2026, 1, 20))

    invoice, credit_note = operator.ask(documents_of, A)
    assert (credit_note.number, credit_note.gross, credit_note.corrects) == (
        "5000000001",
        eur("-24.00"),
        invoice.number,
    )
    assert invoice.open_amount == eur("0.00")
    assert operator.account(A).ledger.balance == eur("0.00")
    assert operator.findings() == []


def test_a_charge_of_a_paid_invoice_taken_back_is_credit_for_the_next_one(operator: Operator):
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(ReceivePayment(account=A, source="bank", reference="T1", amount=eur("24.00")))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"), today=date(2026, 1, 20))
    assert operator.account(A).ledger.credits == {"5000000001": eur("24.00")}

    operator.tell(BillAccount(account=A, on=date(2026, 2, 1)))

    assert operator.account(A).ledger.credits == {}
    assert operator.account(A).ledger.open_items == {}
    assert operator.findings() == []


def test_what_was_partly_corrected_is_taken_back_for_what_is_left(operator: Operator):
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(SuspendSubscription(account=A, subscription="main", on=date(2026, 1, 17), reason="operator"))
    operator.tell(BillAccount(account=A, on=date(2026, 1, 20)))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"))

    notes = [row for row in operator.ask(documents_of, A) if row.kind == "credit-note"]
    assert sum((row.gross.amount for row in notes), Decimal(0)) == Decimal("-24.00")
    assert operator.account(A).ledger.balance == eur("0.00")
    assert operator.findings() == []


def grant(operator: Operator, percent: str, on: date) -> None:
    won = Discount(code="won", name="won", vat_rate=Decimal(0), on=("fee",), percent=Decimal(percent))
    operator.tell(GrantDiscount(account=A, subscription="main", on=on, discount=won))


def test_a_fee_is_taken_back_with_its_discount_for_just_what_its_invoice_has(operator: Operator):
    grant(operator, "10", date(2026, 1, 1))
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"), today=date(2026, 1, 20))

    assert [row[:2] for row in documents(operator)] == [("1000000001", "21.60"), ("5000000001", "-21.60")]
    assert operator.account(A).ledger.balance == eur("0.00")
    assert operator.account(A).pending == []
    grant(operator, "50", date(2026, 1, 10))
    assert operator.tell(BillAccount(account=A), today=date(2026, 1, 21)).result["credit_notes"] == 0
    assert operator.findings() == []


def test_a_fee_whose_discount_came_and_went_is_taken_back_on_two_invoices(operator: Operator):
    """20.00 less 2.00 and 2.00 later; both are credited, by hand or by the end of the service."""
    grant(operator, "10", date(2026, 1, 1))
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(
        CancelChange(account=A, subscription="main", kind="grant-discount", on=date(2026, 1, 1)),
        today=date(2026, 1, 2),
    )
    operator.tell(BillAccount(account=A), today=date(2026, 1, 2))
    operator.tell(
        TerminateSubscription(reason="moves away", account=A, subscription="main", on=date(2026, 1, 1)),
        today=date(2026, 1, 3),
    )
    operator.tell(BillAccount(account=A), today=date(2026, 1, 3))

    assert [row[:2] for row in documents(operator)] == [
        ("1000000001", "21.60"),
        ("1000000002", "2.40"),
        ("5000000001", "-21.60"),
        ("5000000002", "-2.40"),
    ]
    assert operator.account(A).ledger.balance == eur("0.00")
    assert operator.account(A).pending == []
    assert operator.findings() == []


def test_a_charge_is_taken_back_once_and_with_a_reason(operator: Operator):
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    with pytest.raises(NotFound, match="no such charge"):
        operator.tell(WaiveCharge(account=A, charge="main/fee/2026-02-01/2026-03-01/0", reason="goodwill"))
    with pytest.raises(InvalidValue, match="reason"):
        operator.tell(WaiveCharge(account=A, charge=JANUARY, reason=""))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"))
    before = operator.store_contents()
    with pytest.raises(RuleViolation, match="nothing is left"):
        operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"))
    assert operator.store_contents() == before


def test_days_taken_back_by_hand_are_not_charged_again(operator: Operator):
    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))
    operator.tell(WaiveCharge(account=A, charge=JANUARY, reason="goodwill"), today=date(2026, 1, 20))
    operator.tell(BillAccount(account=A, on=date(2026, 2, 1)))
    assert [row[1] for row in documents(operator)] == ["24.00", "-24.00", "24.00"]
    assert operator.findings() == []


def test_a_reason_to_park_is_news_once(operator: Operator):
    parking = ParkAccount(account=A, code="rule-violation", reason="no price", on=date(2026, 1, 1))
    assert operator.tell(parking).position > 0
    assert operator.tell(parking).position == 0
    assert [row.parked for row in operator.ask(parked_accounts)] == ["rule-violation: no price"]

    operator.tell(BillAccount(account=A, on=date(2026, 1, 1)))

    assert operator.ask(parked_accounts) == []
    assert operator.account(A).parked is None
