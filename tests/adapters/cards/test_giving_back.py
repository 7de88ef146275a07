"""Refunds and disputes: the gateway and the books agree, whatever comes twice or fails."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.kernel.errors import BillingError, RuleViolation
from commands.cards.charging import AskCardPayment
from commands.cards.noting import RefundCardPayment
from commands.payments.account import ReversePayment
from commands.platform.followers import Undelivered
from tests.adapters.cards.cashing import DUE_ON, A, Cashing

LATER = date(2026, 2, 9)


@pytest.fixture
def paid(cashing: Cashing) -> str:
    """100.00 paid on a page; 24.00 of them settle the invoice."""
    wanted = AskCardPayment(account=A, gateway="stripe", amount=Decimal(100))
    name = str(cashing.operator.tell(wanted, today=DUE_ON).result["card_payment"])
    cashing.desk(DUE_ON).open_page(name, "https://my.isp.test/my")
    cashing.gateway.pay_page(cashing.payment(name).reference)
    cashing.call_back_all(DUE_ON)
    assert cashing.balance() == "76.00"
    return name


def refund(cashing: Cashing, name: str, amount: str | None = None) -> int:
    part = None if amount is None else Decimal(amount)
    command = RefundCardPayment(account=A, card_payment=name, reason="paid too much", amount=part)
    return int(cashing.operator.tell(command, today=LATER).result["refund"])


def refunds(cashing: Cashing) -> list[int]:
    return [each["amount"] for each in cashing.gateway.objects.values() if each["object"] == "refund"]


def test_a_refund_leaves_the_account_at_once_and_the_gateway_gives_it_back_once(cashing: Cashing, paid: str):
    number = refund(cashing, paid, "10.00")
    assert (cashing.balance(), refunds(cashing)) == ("66.00", [])

    cashing.gateway.lose_next = 1
    with pytest.raises(Undelivered):
        cashing.desk(LATER).refund(paid, number)
    cashing.gateway.answers.clear()
    cashing.desk(LATER).refund(paid, number)
    cashing.desk(LATER).refund(paid, number)

    assert (refunds(cashing), cashing.payment(paid).refunds[1].state) == ([1_000], "done")
    assert cashing.balance() == "66.00"


def test_no_more_is_refunded_than_is_unused_nor_twice(cashing: Cashing, paid: str):
    refund(cashing, paid)
    assert cashing.balance() == "0.00"

    with pytest.raises(RuleViolation, match="settles invoices with all that is left"):
        refund(cashing, paid)
    with pytest.raises(BillingError):
        refund(cashing, paid, "1.00")


def test_a_refund_that_fails_brings_the_money_back(cashing: Cashing, paid: str):
    cashing.desk(LATER).refund(paid, refund(cashing, paid, "10.00"))
    (reference,) = [name for name, each in cashing.gateway.objects.items() if each["object"] == "refund"]

    cashing.gateway.fail_refund(reference)
    for _ in range(2):
        cashing.desk(LATER).follow(reference)

    assert (cashing.balance(), cashing.payment(paid).refunds[1].state) == ("76.00", "failed")


def test_a_refund_made_at_the_gateway_is_taken_of_the_payment(cashing: Cashing, paid: str):
    cashing.gateway.refund_here(cashing.payment(paid).reference, 8_000)

    cashing.call_back_all(LATER)
    cashing.call_back_all(LATER)

    assert cashing.balance() == "-4.00"


def test_a_dispute_takes_the_money_and_its_winning_brings_it_back(cashing: Cashing, paid: str):
    dispute = cashing.gateway.dispute(cashing.payment(paid).reference)
    cashing.desk(LATER).follow(dispute)
    assert cashing.balance() == "-24.00"
    with pytest.raises(BillingError):
        refund(cashing, paid, "1.00")

    cashing.gateway.decide(dispute, "won")
    for _ in range(2):
        cashing.desk(LATER).follow(dispute)

    assert cashing.balance() == "76.00"
    assert cashing.operator.findings() == []


def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(cashing: Cashing, paid: str):
    dispute = cashing.gateway.dispute(cashing.payment(paid).reference, "warning_needs_response")
    cashing.desk(LATER).follow(dispute)
    assert cashing.balance() == "76.00"

    cashing.gateway.decide(dispute, "needs_response")
    cashing.desk(LATER).follow(dispute)
    cashing.gateway.decide(dispute, "lost")
    cashing.desk(LATER).follow(dispute)

    assert (cashing.balance(), cashing.payment(paid).disputes[dispute].state) == ("-24.00", "lost")


def test_a_dispute_after_a_refund_takes_only_what_is_left(cashing: Cashing, paid: str):
    cashing.desk(LATER).refund(paid, refund(cashing, paid, "76.00"))
    dispute = cashing.gateway.dispute(cashing.payment(paid).reference)

    cashing.desk(LATER).follow(dispute)

    found = cashing.payment(paid).disputes[dispute]
    assert (str(found.amount.amount), str(found.taken.amount), cashing.balance()) == ("100.00", "24.00", "-24.00")
    cashing.gateway.decide(dispute, "won")
    cashing.desk(LATER).follow(dispute)
    assert cashing.balance() == "0.00"


def test_a_dispute_of_a_payment_that_was_taken_back_by_hand_takes_nothing(cashing: Cashing, paid: str):
    reference = cashing.payment(paid).reference
    cashing.operator.tell(ReversePayment(account=A, payment=f"stripe:{reference}", reason="a slip"), today=LATER)
    before = cashing.balance()

    cashing.desk(LATER).follow(cashing.gateway.dispute(reference))

    assert cashing.balance() == before
