"""Who pays at a desk: the account of a number, an invoice or a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.kernel.money import Money
from projections.platform.projection import Cursor

SELECT_PAYERS = """
    SELECT accounts.number, accounts.customer, coalesce(customers.name, ''), accounts.balance, accounts.currency,
        coalesce(due.open, 0), due.due_on
    FROM accounts LEFT JOIN customers ON customers.number = accounts.customer
    LEFT JOIN LATERAL (
        SELECT sum(open_amount) AS open, min(due_on) AS due_on FROM documents
        WHERE documents.account = accounts.number AND kind <> 'credit-note' AND open_amount > 0) AS due ON true
    WHERE accounts.seller = %(seller)s AND accounts.currency = %(currency)s
        AND (%(dealer)s = '' OR customers.dealer = %(dealer)s)
"""


class Served(NamedTuple):
    """The accounts that a desk serves: of its seller and currency; a dealer's desk those of the dealer's customers."""

    seller: str
    currency: str
    dealer: str


class OpenInvoice(msgspec.Struct):
    """An invoice with something open."""

    invoice: str
    due_on: date
    open: Money


class PayerRow(msgspec.Struct):
    """An account that may be paid: what is open on its invoices, since when the oldest is due, and its balance.

    `invoice` is the one that was named. `payable` is what is open, as cash can pay it, `items` are the invoices if one
    account alone was found.
    """

    account: str
    customer: str
    name: str
    balance: Money
    open: Money
    due_on: date | None
    invoice: str = ""
    payable: Money | None = None
    items: Sequence[OpenInvoice] = ()


def payers_of_words(cursor: Cursor, served: Served, words: Sequence[str]) -> list[PayerRow]:
    """The accounts that have one of the words as their number, that of their customer, or of an open invoice."""
    rows = cursor.execute(
        """SELECT account, number FROM documents WHERE number = ANY(%s) AND kind <> 'credit-note'""", (list(words),)
    ).fetchall()
    invoices = dict(rows)
    found = cursor.execute(
        f"""{SELECT_PAYERS} AND (accounts.number = ANY(%(accounts)s) OR accounts.customer = ANY(%(customers)s))
            ORDER BY accounts.number LIMIT 20""",
        {**served._asdict(), "accounts": [*words, *invoices], "customers": list(words)},
    ).fetchall()
    return [_row(row, invoices.get(row[0], "")) for row in found]


def payers_of_customers(cursor: Cursor, served: Served, customers: Sequence[str]) -> list[PayerRow]:
    """The accounts of some customers, in their order."""
    found = cursor.execute(
        f"""{SELECT_PAYERS} AND accounts.customer = ANY(%(customers)s)
            ORDER BY array_position(%(customers)s::text[], accounts.customer), accounts.number LIMIT 20""",
        {**served._asdict(), "customers": list(customers)},
    ).fetchall()
    return [_row(row, "") for row in found]


def open_invoices(cursor: Cursor, account: str) -> list[OpenInvoice]:
    """What is open on an account, the oldest first."""
    rows = cursor.execute(
        """SELECT number, due_on, open_amount, currency FROM documents
           WHERE account = %s AND kind <> 'credit-note' AND open_amount > 0 ORDER BY due_on, number""",
        (account,),
    )
    return [OpenInvoice(number, due_on, Money(amount, currency)) for number, due_on, amount, currency in rows]


def _row(row: Sequence, invoice: str) -> PayerRow:
    account, customer, name, balance, currency, open_, due_on = row
    return PayerRow(account, customer, name, Money(balance, currency), Money(open_, currency), due_on, invoice)
