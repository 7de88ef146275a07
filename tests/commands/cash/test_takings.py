"""Payments at a cash desk: the account and the till change together, once, and a storno takes both back."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.signed_in import carry_out
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.payments.events import PaymentReceived
from commands.approvals import ApproveRequest
from commands.cash.takings import CancelReceipt, PayOutCash, TakePayment
from commands.corrections.payment import MovePayment
from tests.commands.cash.tills import MONDAY, close_till, open_till, register, session_of, take
from tests.operators import Operator, eur

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def till(operator: Operator) -> Operator:
    """Desk H1 with 100.00 in its till, and a subscriber with one invoice of 24.00."""
    operator.subscriber("A0001")
    operator.bill(date(2026, 1, 2))
    register(operator)
    open_till(operator, float_="100")
    return operator


def test_a_payment_settles_the_invoice_and_fills_the_till(till: Operator):
    result = take(till, "30.00", given="50")
    assert (result["receipt"], result["payment"]) == ("H1-0001", "desk-H1:H1-0001")
    assert result["change"] == {"amount": "20.00", "currency": "EUR"}
    assert session_of(till, "H1-1").till == eur("130.00")
    account = till.account("A0001")
    assert not account.ledger.open_items
    assert account.ledger.credits == {"desk-H1:H1-0001": eur("6.00")}
    (payment,) = [fact for fact in till.facts("account/A0001") if isinstance(fact, PaymentReceived)]
    assert (payment.method, payment.effective_on) == ("cash", MONDAY)
    assert till.findings() == []


def test_a_card_leaves_the_till_as_it_was(till: Operator):
    take(till, "24.30", method="card")
    assert session_of(till, "H1-1").till == eur("100.00")
    assert till.account("A0001").ledger.balance == eur("0.30")
    assert till.findings() == []


def test_the_same_command_sent_twice_gives_one_receipt(till: Operator):
    command, identity = TakePayment(desk="H1", account="A0001", amount=Decimal("24.00")), uuid.uuid4()
    first = till.tell(command, MONDAY, identity)
    second = till.tell(command, MONDAY, identity)
    assert second.is_repeated and second.result == first.result
    assert list(session_of(till, "H1-1").movements) == ["H1-0001"]


def test_a_refused_payment_takes_no_number(till: Operator):
    with pytest.raises(NotFound):
        take(till, "5.00", account="A0404")
    with pytest.raises(NotFound, match="no open invoice"):
        take(till, "5.00", invoice="1999999999")
    assert take(till, "5.00")["receipt"] == "H1-0001"


def test_a_storno_opens_the_invoice_again(till: Operator):
    take(till, "24.00")
    answer = till.tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="wrong customer"), MONDAY, actor="petra")
    assert answer.result["receipt"] == "H1-0002"
    assert session_of(till, "H1-1").till == eur("100.00")
    assert till.account("A0001").ledger.balance == eur("-24.00")
    with pytest.raises(RuleViolation, match="cancelled already, by H1-0002"):
        till.tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="again"), MONDAY)
    with pytest.raises(RuleViolation, match="neither a taking nor a pay-out"):
        till.tell(CancelReceipt(desk="H1", receipt="H1-0002", reason="not so"), MONDAY)
    assert till.findings() == []


def test_a_storno_takes_the_payment_from_the_account_to_which_it_was_moved(till: Operator):
    till.subscriber("A0002")
    take(till, "24.00")
    moved = MovePayment(payment="desk-H1:H1-0001", from_account="A0001", to_account="A0002", reason="the neighbour's")
    till.tell(moved, MONDAY)
    till.tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="took it back"), MONDAY, actor="petra")

    assert session_of(till, "H1-1").till == eur("100.00")
    assert till.account("A0002").ledger.balance == eur("0.00")
    assert till.findings() == []


def test_a_storno_of_a_closed_session_is_a_pay_out_of_today(till: Operator):
    take(till, "24.00")
    close_till(till, "124")
    open_till(till, float_="124", today=TUESDAY)
    till.tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="wrong customer"), TUESDAY)
    with pytest.raises(RuleViolation, match="cancelled already"):
        till.tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="again"), TUESDAY)
    assert session_of(till, "H1-1").till == eur("124.00")
    assert session_of(till, "H1-2").till == eur("100.00")
    assert till.account("A0001").ledger.balance == eur("-24.00")
    assert till.findings() == []


def test_a_storno_above_the_limit_waits_for_a_second_person(operator: Operator):
    operator.subscriber("A0001")
    register(operator, cancel_alone_up_to=Decimal(20))
    open_till(operator, float_="100")
    take(operator, "20.00")
    take(operator, "20.01")
    app = operator.application
    alone = CancelReceipt(desk="H1", receipt="H1-0001", reason="slip")
    assert not carry_out(app, alone, origin_of_process("petra", MONDAY)).is_waiting
    above = CancelReceipt(desk="H1", receipt="H1-0002", reason="slip")
    carried = carry_out(app, above, origin_of_process("petra", MONDAY))
    assert carried.is_waiting
    assert operator.account("A0001").ledger.balance == eur("20.01")
    approve = ApproveRequest(request=carried.answer.result["request"])
    with pytest.raises(RuleViolation, match="is your own"):
        operator.tell(approve, MONDAY, actor="petra")
    operator.tell(approve, MONDAY, actor="hana")
    assert operator.account("A0001").ledger.balance == eur("0.00")
    cancelled = session_of(operator, "H1-1").movements["H1-0004"]
    assert (cancelled.cashier, getattr(cancelled, "asked_by", "")) == ("hana", "petra")
    assert operator.findings() == []


def test_credit_of_a_customer_is_paid_out_once(till: Operator):
    take(till, "50.00")
    command = PayOutCash(desk="H1", amount=Decimal("26.00"), reason="moves away", account="A0001")
    till.tell(command, MONDAY)
    assert till.account("A0001").ledger.balance == eur("0.00")
    assert session_of(till, "H1-1").till == eur("124.00")
    with pytest.raises(RuleViolation, match="no unused credit"):
        till.tell(command, MONDAY)
    with pytest.raises(RuleViolation, match="paid credit out"):
        till.tell(CancelReceipt(desk="H1", receipt="H1-0002", reason="slip"), MONDAY)
    assert till.findings() == []


def test_what_was_paid_out_is_cancelled_and_back_in_the_till(till: Operator):
    till.tell(PayOutCash(desk="H1", amount=Decimal("12.50"), reason="stamps"), MONDAY)
    assert session_of(till, "H1-1").till == eur("87.50")
    till.tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="not bought"), MONDAY)
    assert session_of(till, "H1-1").till == eur("100.00")
    with pytest.raises(RuleViolation, match=r"is more than the 100\.00 EUR"):
        till.tell(PayOutCash(desk="H1", amount=Decimal("100.01"), reason="stamps"), MONDAY)


def test_two_cashiers_at_one_desk_take_two_numbers(till: Operator):
    from concurrent.futures import ThreadPoolExecutor

    def pay(number: int) -> str:
        return str(take(till, "1.00")["receipt"])

    with ThreadPoolExecutor(2) as pool:
        receipts = sorted(pool.map(pay, range(8)))
    assert receipts == [f"H1-{number:04d}" for number in range(1, 9)]
    assert session_of(till, "H1-1").till == eur("108.00")
    assert till.findings() == []
