"""Payments."""

from __future__ import annotations

from adapters.views.customer_payments import (
    ListLastPayments,
    PreviewPayment,
    list_last_payments,
    preview_payment,
)
from adapters.views.persons import Persons, owners
from adapters.views.query import Page, Queries, Query, Reading
from projections.payments import PaymentRow, payments_of


class ListPayments(Query, frozen=True, kw_only=True):
    """The payments of an account, in order of date."""

    account: str


def _list_payments(query: ListPayments, reading: Reading) -> Page[PaymentRow]:
    with reading.source.transaction() as cursor:
        return Page(payments_of(cursor, query.account), None)


def _payers(query: ListPayments, page: Page[PaymentRow], reading: Reading) -> list[str]:
    """A payment may name its payer, and what the payer wrote."""
    return owners([query.account], reading) if page.items else []


PERSONS: Persons = {
    ListPayments: _payers,
    ListLastPayments: lambda query, page, reading: [query.customer] if page.items else [],
}
QUERIES: Queries = {
    ListPayments: _list_payments,
    ListLastPayments: list_last_payments,
    PreviewPayment: preview_payment,
}
