"""Payments."""

from __future__ import annotations

from datetime import date

from adapters.views.customer_payments import (
    ListLastPayments,
    PreviewPayment,
    list_last_payments,
    preview_payment,
)
from adapters.views.overpayments import CONCERNS as CONCERNS_OF_CREDITS
from adapters.views.overpayments import QUERIES as QUERIES_OF_CREDITS
from adapters.views.persons import Persons, owners
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from commands.platform.concerns import Concern, Concerns, Named
from projections.payments import (
    NEWEST,
    PaymentRow,
    PaymentSort,
    Received,
    payments_of,
    place_of,
    received_payments,
)


class ListPayments(Query, frozen=True, kw_only=True):
    """The payments of an account, in order of date."""

    account: str


class ListReceivedPayments(Listing, frozen=True, kw_only=True):
    """Payments of all accounts, the newest first: those received from a day on and before another one.

    With `reversed_only` those that were taken back. With `sort` they are in another order; amounts of several
    currencies are sorted as numbers.
    """

    from_on: date | None = None
    to_on: date | None = None
    account: str | None = None
    reversed_only: bool = False
    sort: PaymentSort = NEWEST


def _list_received(query: ListReceivedPayments, reading: Reading) -> Page[PaymentRow]:
    chosen = Received(query.from_on, query.to_on, query.account, reading.dealer, query.reversed_only)
    with reading.source.cursor() as cursor:
        found = received_payments(cursor, chosen, query.limit + 1, query.after, query.sort)
    return page_of(found, query.limit, lambda row: place_of(row, query.sort))


def _list_payments(query: ListPayments, reading: Reading) -> Page[PaymentRow]:
    with reading.source.cursor() as cursor:
        return Page(payments_of(cursor, query.account), None)


def _payers(query: ListPayments, page: Page[PaymentRow], reading: Reading) -> list[str]:
    """A payment may name its payer, and what the payer wrote."""
    return owners([query.account], reading) if page.items else []


def _payers_of_all(query: ListReceivedPayments, page: Page[PaymentRow], reading: Reading) -> list[str]:
    return owners([row.account for row in page.items], reading)


PERSONS: Persons = {
    ListPayments: _payers,
    ListReceivedPayments: _payers_of_all,
    ListLastPayments: lambda query, page, reading: [query.customer] if page.items else [],
}
QUERIES: Queries = {
    ListPayments: _list_payments,
    ListReceivedPayments: _list_received,
    ListLastPayments: list_last_payments,
    PreviewPayment: preview_payment,
    **QUERIES_OF_CREDITS,
}
CONCERNS: Concerns = {
    **CONCERNS_OF_CREDITS,
    ListReceivedPayments: Concern("listed", (Named("account", ("account",), is_optional=True),)),
}
