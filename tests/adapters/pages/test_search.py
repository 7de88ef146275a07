"""The search finds things of every kind, and each leads to its own page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from billing_core.custom_fields import FieldDefinition
from billing_core.party_changes import CustomerChanges
from commands.custom_fields import PublishCustomFields
from commands.parties import ChangeCustomer
from commands.payments.account import ReceivePayment
from commands.payments.remittances import ReceiveRemittance
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from tests.adapters.pages.conftest import SignedIn
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator, eur


@pytest.fixture
def business(operator: Operator) -> Operator:
    """A0001 with an invoice, a payment and a ticket, and money that nobody recognises."""
    today = datetime.now(UTC).date()
    operator.subscriber("A0001", since=today.replace(day=1) - timedelta(days=31))
    operator.bill_each_due_date(today + timedelta(days=1))
    operator.tell(ReceivePayment(account="A0001", source="cash", reference="H77", amount=eur("24.00")), today=today)
    operator.tell(
        ReceiveRemittance(source="bank", reference="B88", amount=eur("5.00"), payment_reference="998877"), today=today
    )
    operator.tell(PublishFlow(flow=CONNECTION))
    operator.tell(
        OpenTicket(kind=CONNECTION.kind, subject="Ptačí 10", customer="A0001", account="A0001", subscription="main")
    )
    operator.application.runner.catch_up()
    return operator


def links(eva: TestClient, text: str) -> list[str]:
    """The pages to which the hits of a text lead."""
    page = eva.get("/search", params={"q": text})
    assert page.status_code == 200
    return re.findall(r'<a class="found"[^>]* href="([^"]+)"', page.text)


def test_each_hit_leads_to_its_page(business: Operator, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    ((document,),) = business.select("SELECT min(number) FROM live.documents")
    for text, address in (
        (document, f"/documents/{document}"),
        ("cash:H77", "/accounts/A0001/payments/cash:H77"),
        ("998877", "/payments/unmatched?chosen=bank%3AB88"),
        ("main", "/accounts/A0001/subscriptions/main"),
        ("ptaci", "/tickets/T-1"),
    ):
        assert address in links(eva, text), text
        assert eva.get(address).status_code == 200, address


def test_an_account_stands_there_once_with_its_customer(business: Operator, signed_in: SignedIn) -> None:
    assert links(signed_in("eva", "clerk"), "A0001") == ["/customers/A0001"]


def test_a_searchable_field_finds_its_customer(business: Operator, signed_in: SignedIn) -> None:
    door = FieldDefinition(code="door", labels={"en": "Door code"}, is_searchable=True)
    business.tell(PublishCustomFields(subject="customer", fields=(door,)))
    business.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(custom_fields={"door": "7391"})))
    business.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    assert links(eva, "7391") == ["/customers/A0001"]
    assert "Door code: 7391" in eva.get("/customers/A0001").text


def test_kinds_that_may_not_be_listed_are_not_found(business: Operator, signed_in: SignedIn) -> None:
    assert links(signed_in("tom", "technician"), "ptaci") == ["/tickets/T-1"]
    assert links(signed_in("tina", "technician"), "cash:H77") == []
