"""Which open items lapse soon, and since when does the term of each run?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from heapq import nsmallest
from operator import attrgetter
from typing import Any

import msgspec

from billing_core.dunning.limitation import (
    LimitationRenewed,
    LimitationTerm,
    Renewal,
    lapsed_if_acknowledged_by,
    lapsed_if_due_by,
    lapses_on,
    term_of,
)
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
# The open items whose terms end by a day, by the last days of each seller from which they can have run.
SELECT_LAPSING = """
    SELECT documents.account, accounts.customer, documents.number, documents.seller, documents.due_on,
           documents.open_amount, documents.currency, renewals.renewed_on, renewals.how
    FROM documents
    JOIN unnest(%(sellers)s::text[], %(due_by)s::date[], %(renewed_by)s::date[]) AS term (seller, due_by, renewed_by)
        ON term.seller = documents.seller
    JOIN accounts ON accounts.number = documents.account
    LEFT JOIN limitation_renewals AS renewals
        ON renewals.account = documents.account AND renewals.invoice = documents.number
    WHERE documents.open_amount > 0
    AND CASE WHEN renewals.renewed_on IS NULL THEN documents.due_on <= due_by
        ELSE how <> 'filed' AND renewals.renewed_on <= renewed_by END
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

    @property
    def key(self) -> str:
        """What names it in a list that is continued."""
        return f"{self.lapses_on}/{self.account}/{self.invoice}"


def lapsing_items(cursor: Cursor, until_on: date, limit: int, after: str = "") -> list[LapsingRow]:
    """The open items that lapse by a day, or have lapsed, the first to lapse first; `after` is the key of one of them.

    An item of a seller whose term is not known is not among them.
    """
    terms = _terms(cursor)
    wanted = {
        "sellers": list(terms),
        "due_by": [lapsed_if_due_by(until_on, term) for term in terms.values()],
        "renewed_by": [lapsed_if_acknowledged_by(until_on, term) for term in terms.values()],
    }
    rows = (_lapsing(row, terms) for row in cursor.execute(SELECT_LAPSING, wanted))
    return nsmallest(limit, (row for row in rows if row.key > after), key=attrgetter("key"))


def _terms(cursor: Cursor) -> dict[str, LimitationTerm]:
    """The term of each seller of whom one is known."""
    own = own_terms(cursor)
    rows = cursor.execute("SELECT details FROM sellers").fetchall()
    sellers = [msgspec.json.decode(details, type=Seller) for (details,) in rows]
    found = {seller.code: term_of(own.get(seller.code), seller.address.country) for seller in sellers}
    return {code: term for code, term in found.items() if term is not None}


def _lapsing(row: Sequence[Any], terms: Mapping[str, LimitationTerm]) -> LapsingRow:
    account, customer, invoice, seller, due_on, amount, currency, renewed_on, how = row
    lapses = lapses_on(due_on, None if renewed_on is None else Renewal(renewed_on, how), terms[seller])
    assert lapses is not None, "an item whose claim is filed is not selected"
    return LapsingRow(account, customer, invoice, due_on, Money(amount, currency), lapses, renewed_on)
