"""Which late interest was charged on which invoice, for which days and on which document?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.dunning.interest import LateInterestCharged
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "account": "text", "invoice": "text", "from_on": "date", "upto_on": "date", "amount": "numeric",
    "currency": "text", "interest_table": "text", "document": "text",
}  # fmt: skip


class ChargedLateInterest:
    """Every charge of late interest."""

    name = "late-interest"
    version = 1
    tables = ("late_interest",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE late_interest (
            account text COLLATE "C", invoice text COLLATE "C", from_on date, upto_on date NOT NULL,
            amount numeric NOT NULL, currency text NOT NULL, interest_table text NOT NULL, document text NOT NULL,
            PRIMARY KEY (account, invoice, from_on)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (LateInterestCharged,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [
            (
                entry.number, fact.invoice, fact.from_on, fact.upto_on, fact.amount.amount, fact.amount.currency,
                fact.table, fact.document,
            )
            for entry in page
            if isinstance(fact := entry.event, LateInterestCharged)
        ]  # fmt: skip
        insert_rows(cursor, "late_interest", COLUMNS, rows)


# --- queries


class ChargedInterestRow(msgspec.Struct):
    """Late interest that was charged on an invoice for the days before `upto_on`."""

    invoice: str
    from_on: date
    upto_on: date
    amount: Money
    table: str
    document: str


def charged_interest(cursor: Cursor, account: str) -> list[ChargedInterestRow]:
    """The late interest of an account, by day and invoice."""
    rows = cursor.execute(
        """SELECT invoice, from_on, upto_on, amount, currency, interest_table, document FROM late_interest
           WHERE account = %s ORDER BY from_on, invoice""",
        (account,),
    ).fetchall()
    return [
        ChargedInterestRow(invoice, from_on, upto_on, Money(amount, currency), *rest)
        for invoice, from_on, upto_on, amount, currency, *rest in rows
    ]


def accounts_with_overdue(cursor: Cursor, on: date, after: str, limit: int) -> list[str]:
    """The accounts with an overdue invoice, and those that may owe the interest of days before it was paid."""
    rows = cursor.execute(
        """SELECT account FROM (
               SELECT DISTINCT account FROM documents WHERE open_amount > 0 AND due_on < %(on)s
               UNION SELECT DISTINCT account FROM late_interest
           ) AS late WHERE account > %(after)s ORDER BY account LIMIT %(limit)s""",
        {"on": on, "after": after, "limit": limit},
    )
    return [account for (account,) in rows]
