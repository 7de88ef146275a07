"""Payments."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Page, Queries, Query, Reading
from projections.accounts.balances import customers_of_accounts
from projections.payments import PaymentRow, payments_of


class ListPayments(Query, frozen=True, kw_only=True):
    """The payments of an account, in order of date."""

    account: str


def _list_payments(query: ListPayments, reading: Reading) -> Page[PaymentRow]:
    with reading.source.transaction() as cursor:
        return Page(payments_of(cursor, query.account), None)


def _payers(query: ListPayments, page: Page[PaymentRow], reading: Reading) -> list[str]:
    """A payment may name its payer, and what the payer wrote."""
    if not page.items:
        return []
    with reading.source.transaction() as cursor:
        return customers_of_accounts(cursor, [query.account])


PERSONS: Persons = {ListPayments: _payers}
QUERIES: Queries = {ListPayments: _list_payments}
