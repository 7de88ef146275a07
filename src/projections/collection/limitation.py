"""Which open items lapse soon, and since when does the term of each run?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.dunning.limitation import LimitationRenewed, Renewal, lapses_on, term_of
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.sellers import Seller
from projections.collection.settings import own_terms
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO limitation_renewals (account, invoice, renewed_on, how, reference)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[], %b::text[])
    ON CONFLICT (account, invoice) DO UPDATE
    SET renewed_on = excluded.renewed_on, how = excluded.how, reference = excluded.reference
"""
SELECT_OVERDUE = """
    SELECT documents.account, accounts.customer, documents.number, documents.seller, documents.due_on,
           documents.open_amount, documents.currency, renewals.renewed_on, renewals.how
    FROM documents JOIN accounts ON accounts.number = documents.account
    LEFT JOIN limitation_renewals AS renewals
        ON renewals.account = documents.account AND renewals.invoice = documents.number
    WHERE documents.open_amount > 0 AND documents.due_on <= %s
"""


class Renewals:
    """The last acknowledgement or filing of each item."""

    name = "limitation-renewals"
    version = 1
    tables = ("limitation_renewals",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE limitation_renewals (
            account text COLLATE "C", invoice text COLLATE "C", renewed_on date NOT NULL, how text NOT NULL,
            reference text NOT NULL, PRIMARY KEY (account, invoice)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (LimitationRenewed,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        newest: dict[tuple[str, str], tuple[Any, ...]] = {}
        for entry in page:
            fact = entry.event
            if isinstance(fact, LimitationRenewed):
                row = (entry.number, fact.invoice, fact.effective_on, fact.how, fact.reference)
                newest[entry.number, fact.invoice] = row
        cursor.execute(UPSERT, as_columns(newest.values(), 5))


# --- queries


class LapsingRow(msgspec.Struct):
    """An open item that lapses on a day, unless the debtor acknowledges it or its claim is filed before."""

    account: str
    customer: str
    invoice: str
    due_on: date
    open: Money
    lapses_on: date
    renewed_on: date | None


def lapsing_items(cursor: Cursor, until_on: date) -> list[LapsingRow]:
    """The open items that lapse by a day, or have lapsed, the first to lapse first.

    An item of a seller whose term is not known is not among them. No term is shorter than a year.
    """
    own = own_terms(cursor)
    sellers = cursor.execute("SELECT details FROM sellers").fetchall()
    known = [msgspec.json.decode(details, type=Seller) for (details,) in sellers]
    terms = {seller.code: term_of(own.get(seller.code), seller.address.country) for seller in known}
    years = [each for term in terms.values() if term is not None for each in (term.years, term.years_acknowledged)]
    # What is due after the end of that year cannot lapse by the day.
    last_due_on = date(until_on.year - min(years, default=1), 12, 31)
    found: list[LapsingRow] = []
    for account, customer, invoice, seller, due_on, amount, currency, renewed_on, how in cursor.execute(
        SELECT_OVERDUE, (last_due_on,)
    ):
        renewal = None if renewed_on is None else Renewal(renewed_on, how)
        term = terms.get(seller)
        lapses = None if term is None else lapses_on(due_on, renewal, term)
        if lapses is not None and lapses <= until_on:
            found.append(LapsingRow(account, customer, invoice, due_on, Money(amount, currency), lapses, renewed_on))
    return sorted(found, key=lambda row: (row.lapses_on, row.account, row.invoice))
