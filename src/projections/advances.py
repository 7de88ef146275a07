"""Which tax documents on advances were issued, and on which accounts are some due or too high?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.advances import (
    AdvanceCorrected,
    AdvanceDocument,
    AdvanceTaxed,
    AdvanceTerms,
    AdvanceTermsSet,
    advances_stream,
)
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "number": "text", "corrects": "text", "account": "text", "customer": "text", "seller": "text", "credit": "text",
    "issued_on": "date", "tax_point_on": "date", "vat_rate": "numeric", "gross": "numeric", "base": "numeric",
    "vat": "numeric", "currency": "text", "reason": "text", "invoice": "text",
}  # fmt: skip
UPSERT_TERMS = """
    INSERT INTO advance_terms (seller, vat_rate, after_days) VALUES (%s, %s, %s)
    ON CONFLICT (seller) DO UPDATE SET vat_rate = excluded.vat_rate, after_days = excluded.after_days
"""
# Accounts on which what is unused of a payment is not what is taxed of it; the rules decide again.
SELECT_ACCOUNTS = """
    WITH taxed AS (
        SELECT account, credit, sum(gross) AS amount FROM advance_documents
        WHERE seller = %(seller)s GROUP BY account, credit HAVING sum(gross) <> 0
    ), unused AS (
        SELECT account, credit, amount, since FROM unused_credits JOIN accounts ON accounts.number = account
        WHERE seller = %(seller)s AND (position(':' IN credit) > 0 OR starts_with(credit, 'transfer '))
    )
    SELECT DISTINCT account FROM unused FULL JOIN taxed USING (account, credit)
    WHERE account > %(after)s AND (
        coalesce(unused.amount, 0) < coalesce(taxed.amount, 0)
        OR (coalesce(unused.amount, 0) > coalesce(taxed.amount, 0) AND since < %(before)s)
    ) ORDER BY account LIMIT %(limit)s
"""


class AdvanceDocuments:
    """Every document on an advance and every correction, with its amounts."""

    name = "advance-documents"
    version = 2
    tables = ("advance_documents",)
    streams = ("advances",)
    by_stream = True
    definition = """
        CREATE TABLE advance_documents (
            number text COLLATE "C" PRIMARY KEY, corrects text NOT NULL, account text COLLATE "C" NOT NULL,
            customer text COLLATE "C" NOT NULL, seller text NOT NULL, credit text COLLATE "C" NOT NULL,
            issued_on date NOT NULL, tax_point_on date NOT NULL, vat_rate numeric NOT NULL, gross numeric NOT NULL,
            base numeric NOT NULL, vat numeric NOT NULL, currency text NOT NULL, reason text NOT NULL,
            invoice text COLLATE "C" NOT NULL
        );
    """
    indexes = """
        CREATE INDEX ON advance_documents (account);
        CREATE INDEX ON advance_documents (tax_point_on);
    """
    folds: tuple[type[Event], ...] = (AdvanceTaxed, AdvanceCorrected)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        insert_rows(cursor, "advance_documents", COLUMNS, [_row(entry.event) for entry in page])


def _row(fact: Event) -> tuple[Any, ...]:
    assert isinstance(fact, AdvanceDocument)
    corrects, reason, invoice = "", "", ""
    if isinstance(fact, AdvanceCorrected):
        corrects, reason, invoice = fact.corrects, fact.reason, fact.invoice
    return (
        fact.number, corrects, fact.account, fact.customer.code, fact.seller.code, fact.credit, fact.effective_on,
        fact.tax_point_on, fact.vat_rate, fact.gross.amount, fact.base.amount, fact.vat.amount, fact.gross.currency,
        reason, invoice,
    )  # fmt: skip


class AdvanceTermsOfSellers:
    """The terms of each seller that were set last; no rate if it issues none."""

    name = "advance-terms"
    version = 1
    tables = ("advance_terms",)
    streams = ("advance-terms",)
    by_stream = True
    definition = """
        CREATE TABLE advance_terms (seller text COLLATE "C" PRIMARY KEY, vat_rate numeric, after_days int4);
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (AdvanceTermsSet,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:
            fact = entry.event
            assert isinstance(fact, AdvanceTermsSet)
            rate, days = (None, None) if fact.terms is None else (fact.terms.vat_rate, fact.terms.after_days)
            cursor.execute(UPSERT_TERMS, (fact.seller, rate, days))


# --- queries


class AdvanceRow(msgspec.Struct):
    """A tax document on an advance, or a correction of the one that it `corrects`, with amounts below zero.

    `invoice` used the money of a correction, if one did; its tax point is then that of the correction.
    """

    number: str
    corrects: str
    account: str
    customer: str
    seller: str
    credit: str
    issued_on: date
    tax_point_on: date
    vat_rate: Decimal
    gross: Money
    base: Money
    vat: Money
    reason: str
    invoice: str


class AdvanceTermsRow(msgspec.Struct):
    """The terms of a seller; none if it issues no documents on advances."""

    seller: str
    terms: AdvanceTerms | None


class WantedAdvances(msgspec.Struct, frozen=True, kw_only=True):
    """Documents with a tax point in `[from_on, to_on)`, of an account or a dealer's customers if they are named."""

    from_on: date | None = None
    to_on: date | None = None
    account: str = ""
    dealer: str = ""


def advance_documents(cursor: Cursor, wanted: WantedAdvances, after: str, limit: int) -> list[AdvanceRow]:
    """The newest first, those of one day by falling number; `after` continues a list after this number."""
    rows = cursor.execute(
        f"""SELECT {", ".join(COLUMNS)} FROM advance_documents
            WHERE (%(after)s = '' OR (issued_on, number)
                   < (SELECT last.issued_on, last.number FROM advance_documents AS last WHERE last.number = %(after)s))
            AND (%(account)s = '' OR account = %(account)s)
            AND (%(from_on)s::date IS NULL OR tax_point_on >= %(from_on)s)
            AND (%(to_on)s::date IS NULL OR tax_point_on < %(to_on)s)
            AND {accounts_of("account", wanted.dealer)}
            ORDER BY issued_on DESC, number DESC LIMIT %(limit)s""",
        {**msgspec.structs.asdict(wanted), "after": after, "limit": limit},
    )
    return [_found(*row) for row in rows.fetchall()]


def _found(*row: Any) -> AdvanceRow:
    *first, gross, base, vat, currency, reason, invoice = row
    amounts = (Money(gross, currency), Money(base, currency), Money(vat, currency))
    return AdvanceRow(*first, *amounts, reason, invoice)  # type: ignore[call-arg]


def advance_terms(cursor: Cursor) -> list[AdvanceTermsRow]:
    """The terms of all sellers that ever set some."""
    rows = cursor.execute("SELECT seller, vat_rate, after_days FROM advance_terms ORDER BY seller").fetchall()
    return [
        AdvanceTermsRow(seller, None if rate is None else AdvanceTerms(vat_rate=rate, after_days=days))
        for seller, rate, days in rows
    ]


def accounts_to_tax(cursor: Cursor, seller: str, before: date, after: str, limit: int) -> list[str]:
    """The accounts of a seller with documents that are due, for money from before a day, or too high."""
    asked = {"seller": seller, "before": before, "after": after, "limit": limit}
    return [account for (account,) in cursor.execute(SELECT_ACCOUNTS, asked)]


# --- what must hold

INVARIANTS = {
    "the base and the VAT of a document on an advance are its amount": """
        SELECT number FROM advance_documents WHERE base + vat <> gross
    """,
    "no document on an advance is corrected by more than it is": """
        SELECT coalesce(nullif(corrects, ''), number) FROM advance_documents
        GROUP BY 1 HAVING sum(gross) < 0 OR sum(vat) < 0 OR sum(base) < 0
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the documents on advances that a customer got."""
    rows = cursor.execute("SELECT DISTINCT account FROM advance_documents WHERE customer = %s", (customer,))
    return [advances_stream(account) for (account,) in rows]


AREA = Area(
    true_by_date=(AdvanceDocuments(), AdvanceTermsOfSellers()), invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
)  # fmt: skip
