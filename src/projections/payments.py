"""Which payments were received, to which invoices are they allocated, and which part is unused?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec

from billing_core.kernel.money import Money
from billing_core.payments.events import (
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

PAYMENT_COLUMNS = {
    "account": "text", "payment": "text", "version": "int8", "received_on": "date", "amount": "numeric",
    "currency": "text",
}  # fmt: skip
UPDATE_REVERSED = """
    UPDATE payments SET reversed_on = change.reversed_on, reason = change.reason
    FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[]) AS change (account, payment, reversed_on, reason)
    WHERE payments.account = change.account AND payments.payment = change.payment AND payments.version = (
        SELECT max(version) FROM payments AS arrival WHERE arrival.account = change.account
            AND arrival.payment = change.payment AND arrival.reversed_on IS NULL
    )
"""
DELETE_MOVED = """
    DELETE FROM payments USING unnest(%b::text[], %b::text[]) AS moved (account, payment)
    WHERE payments.account = moved.account AND payments.payment = moved.payment
"""
UPSERT_ALLOCATIONS = """
    INSERT INTO allocations (account, credit, invoice, amount)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::numeric[])
    ON CONFLICT (account, credit, invoice) DO UPDATE SET amount = allocations.amount + excluded.amount
"""


class Payments:
    """Payments, and what every credit (payment or credit note) settles on every invoice.

    A moved payment belongs to the account to which it was moved last. Payers and their references are personal, so they
    stay in the account's stream. `version` is that of its arrival in the stream: a payment that was booked twice has
    two rows, which the check names, and the read models go on.
    """

    name = "payments"
    version = 3
    tables = ("payments", "allocations")
    by_stream = True
    definition = """
        CREATE TABLE payments (
            account text COLLATE "C" NOT NULL, payment text COLLATE "C" NOT NULL, version bigint NOT NULL,
            received_on date NOT NULL, amount numeric NOT NULL, currency text NOT NULL, reversed_on date, reason text,
            PRIMARY KEY (account, payment, version));
        CREATE TABLE allocations (
            account text COLLATE "C" NOT NULL, credit text COLLATE "C" NOT NULL, invoice text COLLATE "C" NOT NULL,
            amount numeric NOT NULL, PRIMARY KEY (account, credit, invoice));
    """
    indexes = ""
    streams = ("account",)
    folds = (PaymentReceived, PaymentMovedIn, PaymentMovedAway, PaymentReversed, CreditAllocated, CreditReleased)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        arrived: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
        moved_away: set[tuple[str, str]] = set()
        reversals: list[tuple[Any, ...]] = []
        changes: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for entry in page:
            match entry.event:
                case PaymentReceived() | PaymentMovedIn() as fact:
                    arrived[entry.number, fact.payment].append(_payment_row(entry, fact))
                case PaymentMovedAway(payment=payment):
                    if arrived.pop((entry.number, payment), None) is None:
                        moved_away.add((entry.number, payment))
                case PaymentReversed(payment=payment, effective_on=on, reason=reason):
                    reversals.append((entry.number, payment, on, reason))
                case CreditAllocated() | CreditReleased() as fact:
                    sign = 1 if isinstance(fact, CreditAllocated) else -1
                    for item in fact.allocations:
                        changes[entry.number, item.credit, item.invoice] += sign * item.amount.amount
        if moved_away:
            cursor.execute(DELETE_MOVED, as_columns(moved_away, 2))
        if arrived:
            insert_rows(cursor, "payments", PAYMENT_COLUMNS, chain.from_iterable(arrived.values()))
        if reversals:
            cursor.execute(UPDATE_REVERSED, as_columns(reversals, 4))
        if changes:
            rows = ((*key, amount) for key, amount in changes.items())
            cursor.execute(UPSERT_ALLOCATIONS, as_columns(rows, 4))


def _payment_row(entry: LoggedEvent, fact: PaymentReceived | PaymentMovedIn) -> tuple[Any, ...]:
    amount = fact.amount
    return entry.number, fact.payment, entry.version, fact.effective_on, amount.amount, amount.currency


# --- queries


class PaymentRow(msgspec.Struct):
    """A payment as listed."""

    payment: str
    account: str
    received_on: date
    amount: Money
    reversed_on: date | None
    reason: str | None


def payments_of(cursor: Cursor, account: str) -> list[PaymentRow]:
    """The payments of an account, in order of date."""
    rows = cursor.execute(
        """SELECT payment, account, received_on, amount, currency, reversed_on, reason
           FROM payments WHERE account = %s ORDER BY received_on, payment""",
        (account,),
    )
    return [
        PaymentRow(payment, account, on, Money(amount, currency), *rest)
        for payment, account, on, amount, currency, *rest in rows
    ]


def allocations_of(cursor: Cursor, account: str) -> dict[str, dict[str, Decimal]]:
    """The allocations of each credit of an account, by credit and invoice, without released ones."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    rows = cursor.execute(
        "SELECT credit, invoice, amount FROM allocations WHERE account = %s AND amount <> 0 ORDER BY credit, invoice",
        (account,),
    )
    for credit, invoice, amount in rows:
        found[credit][invoice] = amount
    return found


def payment_totals(cursor: Cursor) -> dict[str, tuple[int, Money]]:
    """The number and sum of the payments that were not reversed, per currency."""
    rows = cursor.execute(
        """SELECT currency, count(*), sum(amount) FROM payments WHERE reversed_on IS NULL
           GROUP BY currency ORDER BY currency"""
    )
    return {currency: (number, Money(amount, currency)) for currency, number, amount in rows}


# --- what must hold

INVARIANTS = {
    "a payment is received once": """
        SELECT payment || ' on account ' || string_agg(account, ' and ' ORDER BY account, version)
        FROM payments WHERE reversed_on IS NULL GROUP BY payment HAVING count(*) > 1
    """,
    "what is open on an invoice is its total less its allocations, and never negative": """
        SELECT number FROM documents LEFT JOIN (
            SELECT invoice, sum(amount) AS allocated FROM allocations GROUP BY invoice
        ) AS settled ON settled.invoice = documents.number
        WHERE kind = 'invoice' AND (open_amount <> gross - coalesce(allocated, 0) OR open_amount < 0)
    """,
    "no payment and no credit note is allocated beyond its amount": """
        SELECT credit FROM (SELECT account, credit, sum(amount) AS allocated, min(amount) AS least
                            FROM allocations GROUP BY account, credit) AS used
        LEFT JOIN (SELECT account, payment, sum(amount) AS amount FROM payments WHERE reversed_on IS NULL
                   GROUP BY account, payment) AS received
            ON received.account = used.account AND received.payment = used.credit
        LEFT JOIN documents ON documents.number = used.credit AND documents.kind = 'credit-note'
        WHERE least < 0 OR allocated > coalesce(received.amount, -documents.gross, 0)
    """,
    "no account has unused credit and an open invoice": """
        SELECT account FROM (
            SELECT account, amount - coalesce(allocated, 0) AS unused FROM (
                SELECT account, payment AS credit, sum(amount) AS amount FROM payments WHERE reversed_on IS NULL
                GROUP BY account, payment
                UNION ALL SELECT account, number, -gross FROM documents WHERE kind = 'credit-note'
            ) AS credits LEFT JOIN (
                SELECT account, credit, sum(amount) AS allocated FROM allocations GROUP BY account, credit
            ) AS used USING (account, credit)
        ) AS credits WHERE unused > 0 AND account IN (SELECT account FROM documents WHERE open_amount > 0)
    """,
}


AREA = Area(true_by_date=(Payments(),), invariants=INVARIANTS)
