"""What a payment settles, allocation by hand, transfers, overpayments, crumbs and batches of pay-backs, in pages."""

from __future__ import annotations

from datetime import date

from fastapi.testclient import TestClient
from lxml import etree

from billing_core.party_changes import CustomerChanges, SellerChanges
from commands.accounts import OpenAccount
from commands.parties import ChangeCustomer, ChangeSeller
from commands.payments.account import ReceivePayment
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.adapters.pages.test_jobs import work
from tests.operators import Operator, eur

TODAY = date(2026, 2, 1)
PAYMENT = "/accounts/A0001/credits/bank:R1"


def paid(operator: Operator, amount: str) -> None:
    """One account with two invoices of 24.00, and so much paid."""
    operator.subscriber()
    operator.bill_each_due_date(date(2026, 2, 2))
    payment = ReceivePayment(account="A0001", source="bank", reference="R1", amount=eur(amount),
                             received_on=date(2026, 1, 20))  # fmt: skip
    operator.tell(payment, today=TODAY)
    operator.application.runner.catch_up()


def confirmed(clerk: TestClient, path: str, effect: str, **typed: str) -> None:
    """Fill a form in, see its effect before it is done, and do it."""
    shown = clerk.post(path, data=form_fields(clerk.get(path).text) | typed | {"do": "preview"}, headers=FROM_HERE)
    assert effect in shown.text
    done = clerk.post(path, data=form_fields(shown.text) | typed | {"do": "confirm"}, headers=FROM_HERE)
    assert done.status_code == 303, done.text


def test_what_a_payment_settles_is_released_and_allocated_by_hand(signed_in: SignedIn, operator: Operator):
    paid(operator, "30.00")
    clerk = signed_in("petra", "accountant")
    assert "1000000001" in clerk.get("/accounts/A0001/payments/bank:R1/settles").text

    confirmed(clerk, f"{PAYMENT}/release/1000000001", "Open again: 1000000001", reason="was for February")
    shown = clerk.get("/accounts/A0001/credits").text
    assert "bank:R1" in shown and "24.00" in shown
    offered = clerk.get(f"{PAYMENT}/allocate").text
    assert "1000000001 = 24.00</textarea>" in offered, "the oldest first, to be changed"
    typed = form_fields(offered) | {"parts": "1000000002 = 99"}
    too_much = clerk.post(f"{PAYMENT}/allocate", data=typed, headers=FROM_HERE)
    assert too_much.status_code == 422 and "open on invoice 1000000002" in too_much.text
    confirmed(clerk, f"{PAYMENT}/allocate", "Settles 1000000002", parts="1000000002 = 18.00")
    assert list(operator.account("A0001").ledger.open_items) == ["1000000001"]


def test_an_overpayment_is_transferred_and_the_rest_paid_back_by_a_batch(signed_in: SignedIn, operator: Operator):
    paid(operator, "60.00")
    operator.tell(OpenAccount(account="A0001-2", customer="A0001", seller="north", currency="EUR"), today=TODAY)
    operator.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(iban="LV80BANK0000435195001")), today=TODAY)
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(iban="SK3112000000198742637541")), today=TODAY)
    clerk = signed_in("petra", "accountant")
    typed = {"to_account": "A0001-2", "amount": "2,00", "reason": "a second account"}
    confirmed(clerk, "/accounts/A0001/transfer", "go to account A0001-2", **typed)
    operator.application.runner.catch_up()
    listed = clerk.get("/overpayments").text
    assert "A0001-2" in listed and "10.00" in listed and "12.00" in clerk.get("/overpayments/sums").text
    assert "transfer" in clerk.get("/money-in").text

    fields = form_fields(clerk.get("/pay-backs/draw-up").text)
    typed = fields | {"seller": "north", "older_than_days": "0", "do": "start"}
    started = clerk.post("/pay-backs/draw-up", data=typed, headers=FROM_HERE)
    assert started.status_code == 303, started.text
    work(operator)
    operator.application.runner.catch_up()
    assert "north-1" in clerk.get("/pay-backs").text, clerk.get(started.headers["location"]).text
    form = form_fields(clerk.get("/pay-backs/north-1/freeze").text)
    assert clerk.post("/pay-backs/north-1/freeze", data=form, headers=FROM_HERE).status_code == 303
    file = clerk.get("/pay-backs/north-1/file")
    amounts = [each.text for each in etree.fromstring(file.content).iter("{*}InstdAmt")]
    assert (file.headers["content-type"], amounts) == ("application/octet-stream", ["10.00", "2.00"])
    assert operator.account("A0001").ledger.balance == eur("0.00")
    assert signed_in("klara", "clerk").get("/pay-backs").status_code == 403


def test_limits_of_crumbs_are_set_by_row(signed_in: SignedIn, operator: Operator):
    clerk = signed_in("petra", "accountant")
    form = form_fields(clerk.get("/set-up/crumbs/limits").text)
    row = {"limits.0.currency": "EUR", "limits.0.item": "1", "limits.0.credit": "0,50",
           "limits.0.older_than_days": "30"}  # fmt: skip
    done = clerk.post("/set-up/crumbs/limits", data=form | {"seller": "north"} | row, headers=FROM_HERE)
    assert done.status_code == 303, done.text
    operator.application.runner.catch_up()
    assert "0.50" in clerk.get("/set-up/crumbs").text
