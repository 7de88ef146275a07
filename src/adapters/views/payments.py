"""Payments."""

from __future__ import annotations

from adapters.views.query import Page, Queries, Query, Reading
from projections.payments import PaymentRow, payments_of


class ListPayments(Query, frozen=True, kw_only=True):
    """The payments of an account, in order of date."""

    account: str


def _list_payments(query: ListPayments, reading: Reading) -> Page[PaymentRow]:
    with reading.source.transaction() as cursor:
        return Page(payments_of(cursor, query.account), None)


QUERIES: Queries = {ListPayments: _list_payments}
