"""Find who pays at a desk by whatever is typed or scanned."""

from __future__ import annotations

import re

import msgspec

from adapters.views.cash.rights import seen_desk
from adapters.views.persons import Persons
from adapters.views.query import Page, Queries, Query, Reading
from billing_core.cash.denominations import payable_up
from billing_core.kernel.money import zero
from projections.cash.payers import PayerRow, Served, open_invoices, payers_of_customers, payers_of_words
from projections.search.hit import HitKind, Sought
from projections.search.hits import find

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# SPAYD says the variable symbol, and a structured reference of ISO 11649 has two digits of its own before the number.
SYMBOL, STRUCTURED = re.compile(r"X-VS:([0-9]{1,10})"), re.compile(r"RF[0-9]{2}([A-Z0-9]{1,21})")
MOST_NAMES = 10
CUSTOMERS: tuple[HitKind, ...] = ("customer",)


class FindPayer(Query, frozen=True, kw_only=True):
    """Who may pay at a desk: the accounts of its seller that a text finds, with what is open; at a dealer's desk those
    of the dealer's customers.

    The text is an account, a customer, an invoice, the content of an invoice's QR code, or a name, as search finds it.
    """

    desk: str
    text: str


def words_of(text: str) -> list[str]:
    """The words of what was typed or scanned that may be a number."""
    found = SYMBOL.findall(text) + STRUCTURED.findall(text.upper()) + WORD.findall(text)
    return list(dict.fromkeys(word for each in found for word in (each, each.upper())))


def _find_payer(query: FindPayer, reading: Reading) -> Page[PayerRow]:
    with reading.source.cursor() as cursor:
        desk = seen_desk(cursor, query.desk, reading).desk
        served = Served(desk.seller, desk.currency, desk.dealer)
        found = payers_of_words(cursor, served, words_of(query.text))
        if not found:
            hits = find(cursor, Sought(query.text.strip(), MOST_NAMES, reading.today, desk.dealer), CUSTOMERS)
            found = payers_of_customers(cursor, served, [hit.customer for hit in hits])
        if len(found) == 1:
            found = [msgspec.structs.replace(found[0], items=open_invoices(cursor, found[0].account))]
    return Page([_payable(row) for row in found], None)


def _payable(row: PayerRow) -> PayerRow:
    nothing = zero(row.open.currency)
    return msgspec.structs.replace(row, payable=payable_up(row.open) if row.open > nothing else nothing)


QUERIES: Queries = {FindPayer: _find_payer}
PERSONS: Persons = {FindPayer: lambda query, page, reading: [row.customer for row in page.items]}
