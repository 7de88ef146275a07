"""What the card of a customer asks: services with their dates, the next bill, payments, and why amounts are so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from commands.payments.account import ReceivePayment
from commands.services.status import HoldSubscription
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator, eur

TODAY = datetime.now(UTC).date()
FIRST = TODAY.replace(day=1)
LAST_MONTH = (FIRST - timedelta(days=1)).replace(day=1)


@pytest.fixture
def clerk(operator: Operator, signed_in: SignedIn) -> Api:
    """A0001 was billed 24.00 last month and this month, and paid the first of them."""
    operator.subscriber("A0001", since=LAST_MONTH)
    operator.bill_each_due_date(TODAY + timedelta(days=1))
    paid = ReceivePayment(account="A0001", source="cash", reference="H1", amount=eur("24.00"), received_on=LAST_MONTH)
    operator.tell(paid, today=TODAY)
    operator.application.runner.catch_up()
    return signed_in("eva", "clerk")


def test_a_service_is_paid_until_the_day_before_the_first_open_invoice(clerk: Api) -> None:
    (service,) = clerk.get("/customers/A0001/services").json()["items"]
    assert (service["status"], service["name"], service["ends_on"]) == ("active", "Net", None)
    (price,) = service["prices"]
    assert (price["amount"]["amount"], price["every"], price["includes_vat"]) == ("20.00", "month", False)
    due_on = FIRST + timedelta(days=14)
    assert service["paid_until"] == (FIRST - timedelta(days=1)).isoformat()
    assert service["due_on"] == due_on.isoformat()
    # Seven days are tolerated; the day after them it is on the suspension list.
    assert service["cut_on"] == (due_on + timedelta(days=8)).isoformat()


def test_a_paid_service_has_no_date_on_which_it_is_cut(clerk: Api, operator: Operator) -> None:
    operator.tell(ReceivePayment(account="A0001", source="cash", reference="H2", amount=eur("24.00")))
    operator.application.runner.catch_up()
    (service,) = clerk.get("/customers/A0001/services").json()["items"]
    next_first = (FIRST + timedelta(days=32)).replace(day=1)
    assert service["paid_until"] == (next_first - timedelta(days=1)).isoformat()
    assert (service["due_on"], service["cut_on"]) == (None, None)


def test_a_hold_says_until_when_it_lasts(clerk: Api, operator: Operator) -> None:
    until = TODAY + timedelta(days=30)
    operator.tell(HoldSubscription(account="A0001", subscription="main", on=TODAY, until=until), today=TODAY)
    operator.application.runner.catch_up()
    (service,) = clerk.get("/customers/A0001/services").json()["items"]
    assert (service["status"], service["since_on"]) == ("held", TODAY.isoformat())
    assert service["until_on"] == until.isoformat()


def test_dates_of_money_are_for_who_may_ask_for_balances(clerk: Api, signed_in: SignedIn) -> None:
    (service,) = signed_in("sam", "support").get("/customers/A0001/services").json()["items"]
    assert service["prices"] and not service["paid_until"] and not service["due_on"] and not service["cut_on"]


def test_the_next_bill_is_that_of_the_next_month_with_vat_and_keeps_nothing(clerk: Api, operator: Operator) -> None:
    before = operator.store_contents()
    bill = clerk.get("/accounts/A0001/next-bill").json()
    next_first = (FIRST + timedelta(days=32)).replace(day=1)
    assert bill["on"] == next_first.isoformat() and bill["gross"]["amount"] == "24.00"
    fee, vat = bill["amounts"]
    assert (fee["amount"]["amount"], fee["sum"], fee["subscription"]) == ("20.00", "1 month at 20.00 EUR", "main")
    assert (vat["amount"]["amount"], vat["sum"]) == ("4.00", "20.00 EUR x 20 % = 4.00 EUR")
    assert operator.store_contents() == before


def test_a_payment_is_previewed_with_what_it_settles_and_what_is_left(clerk: Api) -> None:
    part = clerk.get("/accounts/A0001/payment-preview", amount="20.00").json()
    (settled,) = part["settles"]
    assert settled["amount"]["amount"] == "20.00" and next(iter(part["left_open"].values()))["amount"] == "4.00"
    assert (part["before"]["amount"], part["after"]["amount"]) == ("-24.00", "-4.00")
    more = clerk.get("/accounts/A0001/payment-preview", amount="30.00").json()
    assert (more["unused"]["amount"], more["left_open"]) == ("6.00", {})
    assert clerk.get("/accounts/A0001/payment-preview", amount="-1").status_code == 422


def test_the_last_payments_come_newest_first_with_what_they_settle(clerk: Api, operator: Operator) -> None:
    operator.tell(ReceivePayment(account="A0001", source="cash", reference="H2", amount=eur("5.00")))
    operator.application.runner.catch_up()
    newest, oldest = clerk.get("/customers/A0001/last-payments").json()["items"]
    assert (newest["payment"], oldest["payment"]) == ("cash:H2", "cash:H1")
    assert len(newest["settles"]) == len(oldest["settles"]) == 1 and newest["settles"] != oldest["settles"]


def test_each_posting_and_document_is_explained_by_its_event(clerk: Api) -> None:
    postings = clerk.get("/accounts/A0001").json()["postings"]
    for posting in postings:
        explained = clerk.get(f"/accounts/A0001/postings/{posting['number']}").json()
        assert explained["posting"] == posting
        assert explained["change"]["stream"] == "account/A0001" and explained["amounts"]
    payment = next(each for each in postings if each["kind"] == "payment")
    (settles,) = clerk.get(f"/accounts/A0001/postings/{payment['number']}").json()["amounts"]
    assert settles["sum"] == f"24.00 EUR = 24.00 EUR for {payment['settled'][0]['invoice']}"
    invoice = next(each for each in postings if each["kind"] == "invoice")
    by_number = clerk.get(f"/invoices/{invoice['reference']}/explanation").json()
    fee, vat = by_number["amounts"]
    assert by_number["posting"] == invoice
    assert fee["charge"].startswith("main/fee/") and vat["amount"]["amount"] == "4.00"
    assert clerk.get("/accounts/A0001/postings/99").status_code == 404
    assert clerk.get("/invoices/0/explanation").status_code == 404


def test_a_dry_run_of_a_change_says_what_it_does_to_the_next_bills(admin: Api, operator: Operator):
    operator.publish("fast", "50.00")
    operator.subscriber("A0007", since=date(2026, 1, 1))
    operator.bill(date(2026, 12, 2))
    path = "/accounts/A0007/subscriptions/main/tariff?dry_run=true"
    effect = admin.post(path, {"tariff": "fast", "on": "2027-01-01"}).json()["effect"]
    first = effect["bills"][0]
    # 20.00 and 50.00 a month with 20 % VAT.
    assert (first["on"], first["before"]["amount"], first["after"]["amount"]) == ("2027-01-01", "24.00", "60.00")
    assert [each["amount"]["amount"] for each in effect["new"]] == ["50.00"]
    assert [each["amount"]["amount"] for each in effect["gone"]] == ["20.00"]
    assert (
        admin.post("/customers?dry_run=true", {"number": "9", "name": "Eva", "kind": "person"}).json()["effect"] is None
    )
