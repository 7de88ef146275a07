"""Lists are sorted by words of an allow-list; pages of every order have each entry once, and an index leads to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from adapters.views.billing import ListInvoices
from adapters.views.parties import ListCustomers
from adapters.views.payments import ListReceivedPayments
from adapters.views.work.tickets import ListTickets
from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer
from commands.payments.account import ReceivePayment
from projections import documents, payments
from projections.parties import customer_lists
from projections.platform.ordering import Order
from projections.work import ticket_lists
from tests.adapters.http.conftest import Api
from tests.adapters.http.described import described_api
from tests.operators import Operator, eur

NAMES = ("Čeněk", "anna", "Žofie", "Anna", "Cyril", "Élise", "Bára")
ORDERS: Mapping[type, Mapping[Any, Order]] = {
    ListCustomers: customer_lists.ORDERS, ListInvoices: documents.ORDERS, ListReceivedPayments: payments.ORDERS,
    ListTickets: ticket_lists.ORDERS,
}  # fmt: skip
TABLES = {ListCustomers: "customers", ListInvoices: "documents", ListReceivedPayments: "payments"}


@pytest.fixture
def office(operator: Operator, admin: Api) -> Api:
    """Seven customers since different days; their invoices and payments, some of the same day and amount."""
    for place, name in enumerate(NAMES, 1):
        account = operator.subscriber(f"A{place:04}", since=date(2026, 1, 1) + timedelta(place // 2))
        operator.tell(ChangeCustomer(number=account, changes=CustomerChanges(name=name)))
    operator.bill_each_due_date(date(2026, 2, 2))
    for place in range(1, 8):
        paid = ReceivePayment(
            account=f"A{place:04}", source="desk", reference=f"R{place}", amount=eur(f"{(place * 3) % 4 + 1}.00"),
            received_on=date(2026, 3, 1 + place % 3),
        )  # fmt: skip
        operator.tell(paid, today=date(2026, 3, 9))
    operator.application.runner.catch_up()
    return admin


def key_of_customer(row: dict[str, Any], word: str) -> tuple[Any, ...]:
    by = {
        "number": "", "registered_on": row["registered_on"],
        "name": row["customer"]["name"].lower().translate(str.maketrans("čžéá", "czea")),
    }  # fmt: skip
    return by[word], row["customer"]["number"]


def key_of_invoice(row: dict[str, Any], word: str) -> tuple[Any, ...]:
    return Decimal(row["gross"]["amount"]) if word == "gross" else row[word], row["number"]


def key_of_payment(row: dict[str, Any], word: str) -> tuple[Any, ...]:
    return Decimal(row["amount"]["amount"]) if word == "amount" else row[word], row["payment"]


LISTS: tuple[tuple[str, type, Callable[[dict[str, Any], str], tuple[Any, ...]]], ...] = (
    ("/customers", ListCustomers, key_of_customer), ("/invoices", ListInvoices, key_of_invoice),
    ("/payments", ListReceivedPayments, key_of_payment),
)  # fmt: skip


def whole(api: Api, path: str, limit: int, **words: Any) -> list[dict[str, Any]]:
    """All entries of a list, page by page."""
    found: list[dict[str, Any]] = []
    after = ""
    for _ in range(50):
        page = api.get(path, limit=limit, after=after, **words).json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = page["next"]
    raise AssertionError("the pages do not end")


def test_pages_of_every_order_have_each_entry_once_in_this_order(office: Api):
    for path, query, key in LISTS:
        for word in ORDERS[query]:
            rows = whole(office, path, 2, sort=word)
            wanted = sorted(rows, key=lambda row: key(row, word.lstrip("-")), reverse=word.startswith("-"))
            assert rows == wanted and len(rows) >= 7, (path, word)


def test_what_a_text_finds_is_sorted_too(office: Api):
    rows = whole(office, "/customers", 1, sort="-number", search="anna")
    assert [row["customer"]["number"] for row in rows] == ["A0004", "A0002"]


def test_an_unknown_word_is_refused_with_those_that_are_known(office: Api):
    for path, query, _ in LISTS:
        answer = office.get(path, sort="colour")
        assert answer.status_code == 422, answer.text
        assert all(word in answer.text for word in ORDERS[query]), answer.text
    wrong = office.get("/payments", sort="amount", after="much R1")
    assert wrong.status_code == 422 and "no place in the list" in wrong.text
    assert office.get("/payments", sort="amount", after="NaN R1").status_code == 422


def test_the_words_are_an_enum_of_the_description_and_each_has_an_order():
    paths = described_api()["paths"]
    for path, query, _ in (*LISTS, ("/tickets", ListTickets, key_of_customer)):
        (sort,) = (each for each in paths[f"/v1{path}"]["get"]["parameters"] if each["name"] == "sort")
        schemas = sort["schema"].get("anyOf", [sort["schema"]])
        assert set(schemas[0]["enum"]) == set(ORDERS[query]), path


def test_an_index_leads_to_each_order(operator: Operator):
    for query, table in TABLES.items():
        indexes = [text for (text,) in operator.select(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'live' AND tablename = %s", table)]  # fmt: skip
        for word, order in ORDERS[query].items():
            wanted = f"({order.column}, {order.key})" if order.column else f"({order.key})"
            assert any(wanted in text for text in indexes), (table, word, indexes)


def test_the_words_are_those_of_the_order_alone():
    assert set(ORDERS[ListCustomers]) == set(get_args(customer_lists.CustomerSort))
    assert set(ORDERS[ListInvoices]) == set(get_args(documents.DocumentSort))
    assert set(ORDERS[ListReceivedPayments]) == set(get_args(payments.PaymentSort))
