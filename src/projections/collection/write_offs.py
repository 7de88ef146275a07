"""What was written off in a month, with the base and VAT of each rate, for the tax return?

A write-off that is cancelled is listed once more in the month of its cancellation, with all amounts negative; of one
that a credit note took back in part, that part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import InvoiceWrittenOff, WriteOffCancelled
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "account": "text", "invoice": "text", "version": "int8", "vat_rate": "numeric", "written_off_on": "date",
    "base": "numeric", "vat": "numeric", "gross": "numeric", "currency": "text", "law": "text", "reason": "text",
}  # fmt: skip
INSERT_CANCELLED = """
    INSERT INTO write_offs
        (account, invoice, version, vat_rate, written_off_on, base, vat, gross, currency, law, reason)
    SELECT account, invoice, %(version)s, vat_rate, %(on)s, -sum(base), -sum(vat), -sum(gross), currency, max(law),
           %(reason)s
    FROM write_offs WHERE account = %(account)s AND invoice = %(invoice)s
    GROUP BY account, invoice, vat_rate, currency HAVING sum(base) <> 0 OR sum(vat) <> 0 OR sum(gross) <> 0
"""
SELECT_MONTH = """
    SELECT documents.seller, write_offs.written_off_on, write_offs.account, accounts.customer, write_offs.invoice,
           write_offs.version, write_offs.vat_rate, write_offs.base, write_offs.vat, write_offs.currency,
           write_offs.law, write_offs.reason
    FROM write_offs JOIN documents ON documents.number = write_offs.invoice
    JOIN accounts ON accounts.number = write_offs.account
    WHERE write_offs.written_off_on >= %(from_on)s AND write_offs.written_off_on < %(to_on)s
      AND (%(seller)s = '' OR documents.seller = %(seller)s)
    ORDER BY documents.seller, write_offs.written_off_on, write_offs.account, write_offs.invoice,
             write_offs.version, write_offs.vat_rate
"""


class WriteOffs:
    """Every write-off and its cancellation, by rate of VAT.

    An invoice may be open without VAT that is left to correct: credit notes took all of it back, and then a payment
    was reversed. What is given up beyond base and VAT stands in `gross` of the first rate.
    """

    name = "write-offs"
    version = 3
    tables = ("write_offs",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE write_offs (
            account text COLLATE "C", invoice text COLLATE "C", version bigint, vat_rate numeric,
            written_off_on date NOT NULL, base numeric NOT NULL, vat numeric NOT NULL, gross numeric NOT NULL,
            currency text NOT NULL, law text NOT NULL, reason text NOT NULL,
            PRIMARY KEY (account, invoice, version, vat_rate)
        );
    """
    indexes = "CREATE INDEX ON write_offs (written_off_on);"
    folds: tuple[type[Event], ...] = (InvoiceWrittenOff, WriteOffCancelled)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:
            match entry.event:
                case InvoiceWrittenOff() as fact:
                    insert_rows(cursor, "write_offs", COLUMNS, _rows(entry, fact))
                case WriteOffCancelled(taxes=taxes) as fact if taxes:
                    insert_rows(cursor, "write_offs", COLUMNS, _rows(entry, fact))
                case WriteOffCancelled(effective_on=on, invoice=invoice, reason=reason):
                    words = {"account": entry.number, "invoice": invoice, "version": entry.version, "on": on}
                    cursor.execute(INSERT_CANCELLED, words | {"reason": reason})


def _rows(entry: LoggedEvent, fact: InvoiceWrittenOff | WriteOffCancelled) -> list[tuple[Any, ...]]:
    grosses = [part.base.amount + part.vat.amount for part in fact.taxes]
    if grosses:
        grosses[0] += fact.amount.amount - sum(grosses)
    sign, law = (1, fact.law) if isinstance(fact, InvoiceWrittenOff) else (-1, "")
    return [
        (
            entry.number, fact.invoice, entry.version, part.rate, fact.effective_on, sign * part.base.amount,
            sign * part.vat.amount, sign * gross, part.base.currency, law, fact.reason,
        )
        for part, gross in zip(fact.taxes, grosses, strict=True)
    ]  # fmt: skip


# --- queries


class WriteOffRow(msgspec.Struct):
    """The base and VAT of one rate that were written off of an invoice; negative if that was cancelled."""

    seller: str
    written_off_on: date
    account: str
    customer: str
    invoice: str
    vat_rate: str
    base: Money
    vat: Money
    law: str
    reason: str


def write_offs_between(cursor: Cursor, from_on: date, to_on: date, seller: str = "") -> list[WriteOffRow]:
    """What was written off from a day up to another one, exclusive, of a seller or of all."""
    wanted = {"from_on": from_on, "to_on": to_on, "seller": seller}
    return [
        WriteOffRow(
            of_seller, on, account, customer, invoice, f"{rate:f}", Money(base, currency), Money(vat, currency), law,
            reason,
        )
        for of_seller, on, account, customer, invoice, _, rate, base, vat, currency, law, reason in cursor.execute(
            SELECT_MONTH, wanted
        )
    ]  # fmt: skip
