"""A request to pay from its asking to its end, with nobody but payments and the clock to end it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.registry import REACTIONS, WAKES
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from commands.payment_requests import AskForPayment, ReplacePaymentLink, WithdrawPaymentRequest
from commands.payments.account import ReceivePayment, ReversePayment
from projections.payment_requests import requests_after
from tests.operators import Operator, eur

A = "A0001"
TENTH, LAST = date(2026, 3, 10), date(2026, 3, 31)
HASH = "9f" * 32


@pytest.fixture(autouse=True)
def in_debt(operator: Operator) -> None:
    """24.00 of January and 24.00 of February are due."""
    operator.subscriber(A, until=date(2026, 3, 1))
    operator.bill(date(2026, 1, 2))
    operator.bill(date(2026, 2, 2))
    let_happen(operator, TENTH)


def let_happen(operator: Operator, on: date) -> None:
    application = operator.application
    clock = SellerClock(application.store, application.tables, on)
    Automation(application, REACTIONS, WAKES, (), clock=clock).settle()


def ask(operator: Operator, **details: Any) -> Any:
    details = {"token_hash": HASH, "valid_until": LAST, **details}
    return operator.tell(AskForPayment(account=A, **details), today=TENTH).result


def pay(operator: Operator, amount: str, on: date, reference: str = "1") -> None:
    operator.tell(
        ReceivePayment(account=A, source="desk", reference=reference, amount=eur(amount), received_on=on), today=on
    )


def states(operator: Operator) -> list[str]:
    found = operator.ask(lambda cursor: requests_after(cursor, A, ("", 0), 99, open_only=False))
    return [row.state for row in found]


def test_without_an_amount_all_that_is_owed_is_asked_for_under_the_number_of_the_account(operator: Operator):
    asked = ask(operator)
    assert (asked["request"], asked["amount"]["amount"], asked["reference"]) == ("A0001-1", "48.00", A)

    one = ask(operator, invoices=("1000000001",))
    assert (one["amount"]["amount"], one["reference"]) == ("24.00", "1000000001")


def test_a_request_for_invoices_is_paid_when_none_of_them_is_open(operator: Operator):
    ask(operator, invoices=("1000000001", "1000000002"))

    pay(operator, "24.00", date(2026, 3, 12))
    let_happen(operator, date(2026, 3, 12))
    assert states(operator) == ["open"]
    pay(operator, "24.00", date(2026, 3, 13), "2")
    let_happen(operator, date(2026, 3, 13))

    assert states(operator) == ["paid"]
    assert operator.findings() == []


def test_a_request_for_an_amount_counts_what_comes_in_after_it(operator: Operator):
    pay(operator, "30.00", date(2026, 3, 9), "before")
    ask(operator, amount=Decimal(10))
    let_happen(operator, TENTH)
    assert states(operator) == ["open"]

    pay(operator, "10.00", TENTH)
    let_happen(operator, TENTH)

    assert states(operator) == ["paid"]


@pytest.mark.parametrize(("on", "state"), [(LAST, "open"), (date(2026, 4, 1), "expired")])
def test_a_payment_that_is_taken_back_opens_the_request_while_it_is_valid(operator: Operator, on: date, state: str):
    ask(operator, amount=Decimal(10))
    pay(operator, "10.00", date(2026, 3, 12))
    let_happen(operator, date(2026, 3, 12))
    assert states(operator) == ["paid"]

    operator.tell(ReversePayment(account=A, payment="desk:1", reason="bounced"), today=on)
    let_happen(operator, on)

    assert states(operator) == [state]


def test_a_request_expires_after_its_last_day_whatever_the_clock_does(operator: Operator):
    ask(operator)
    for on, state in ((LAST, "open"), (date(2026, 4, 3), "expired"), (TENTH, "expired"), (date(2026, 4, 4), "expired")):
        let_happen(operator, on)
        assert states(operator) == [state]


def test_what_is_withdrawn_is_not_paid_and_has_no_other_link(operator: Operator):
    ask(operator)
    operator.tell(WithdrawPaymentRequest(account=A, number=1, reason="a slip"), today=TENTH)
    pay(operator, "48.00", TENTH)
    let_happen(operator, TENTH)

    assert states(operator) == ["withdrawn"]
    with pytest.raises(RuleViolation, match="not open any more"):
        operator.tell(ReplacePaymentLink(account=A, number=1, token_hash="7c" * 32), today=TENTH)


def test_what_cannot_be_asked_for_is_refused(operator: Operator):
    with pytest.raises(NotFound, match="no open invoice"):
        ask(operator, invoices=("1",))
    with pytest.raises(InvalidValue, match="within 366 days"):
        ask(operator, valid_until=date(2026, 3, 9))
    with pytest.raises(RuleViolation, match="more than zero"):
        ask(operator, amount=Decimal(0))
    with pytest.raises(InvalidValue, match="SHA-256"):
        ask(operator, token_hash="secret")
