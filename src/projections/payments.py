"""Which payments came in, what were they allocated to, and what of them is unused?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.money import Money
from billing_core.payments import (
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from projections.projection import Cursor, LoggedEvent, as_columns, insert_rows

PAYMENT_COLUMNS = {
    "payment": "text", "account": "text", "received_on": "date", "amount": "numeric", "currency": "text",
    "payment_reference": "text", "payer": "text",
}  # fmt: skip
UPDATE_REVERSED = """
    UPDATE payments SET reversed_on = change.reversed_on, reason = change.reason
    FROM unnest(%b::text[], %b::date[], %b::text[]) AS change (payment, reversed_on, reason)
    WHERE payments.payment = change.payment
"""
# A payment that came to an account which does not count by the date asked for is new where it was moved to.
INSERT_MOVED = """
    INSERT INTO payments (payment, account, received_on, amount, currency, payment_reference, payer)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::numeric[], %b::text[], %b::text[], %b::text[])
    ON CONFLICT (payment) DO NOTHING
"""
UPDATE_MOVED = """
    UPDATE payments SET account = change.account
    FROM unnest(%b::text[], %b::text[]) AS change (payment, account) WHERE payments.payment = change.payment
"""
UPSERT_ALLOCATIONS = """
    INSERT INTO allocations (account, credit, invoice, amount)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::numeric[])
    ON CONFLICT (account, credit, invoice) DO UPDATE SET amount = allocations.amount + excluded.amount
"""


class Payments:
    """Payments, and what every credit (payment or credit note) settles on every invoice.

    A payment that was moved stands on the account to which it was moved last.
    """

    name = "payments"
    version = 1
    tables = ("payments", "allocations")
    by_stream = False  # A payment that was moved is told of in the streams of both accounts.
    definition = """
        CREATE TABLE payments (
            payment text COLLATE "C" PRIMARY KEY, account text COLLATE "C" NOT NULL, received_on date NOT NULL,
            amount numeric NOT NULL, currency text NOT NULL, payment_reference text NOT NULL, payer text NOT NULL,
            reversed_on date, reason text);
        CREATE TABLE allocations (
            account text COLLATE "C" NOT NULL, credit text COLLATE "C" NOT NULL, invoice text COLLATE "C" NOT NULL,
            amount numeric NOT NULL, PRIMARY KEY (account, credit, invoice));
    """
    indexes = "CREATE INDEX ON payments (account);"

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        received: list[tuple[Any, ...]] = []
        arrived: dict[str, tuple[Any, ...]] = {}
        moved: dict[str, str] = {}
        reversals: list[tuple[Any, ...]] = []
        changes: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for entry in page:
            match entry.event:
                case PaymentReceived() as fact:
                    received.append(_payment_row(entry.number, fact, fact.payer))
                case PaymentMovedAway(payment=payment, to_account=account):
                    moved[payment] = account
                case PaymentMovedIn() as fact:
                    arrived[fact.payment] = _payment_row(entry.number, fact, "")
                    moved[fact.payment] = entry.number
                case PaymentReversed(payment=payment, effective_on=on, reason=reason):
                    reversals.append((payment, on, reason))
                case CreditAllocated(allocations=allocations):
                    for item in allocations:
                        changes[entry.number, item.credit, item.invoice] += item.amount.amount
                case CreditReleased(allocations=allocations):
                    for item in allocations:
                        changes[entry.number, item.credit, item.invoice] -= item.amount.amount
        if received:
            insert_rows(cursor, "payments", PAYMENT_COLUMNS, received)
        _write_moves(cursor, arrived, moved)
        if reversals:
            cursor.execute(UPDATE_REVERSED, as_columns(reversals, 3))
        if changes:
            rows = ((*key, amount) for key, amount in changes.items())
            cursor.execute(UPSERT_ALLOCATIONS, as_columns(rows, 4))


def _write_moves(cursor: Cursor, arrived: dict[str, tuple[Any, ...]], moved: dict[str, str]) -> None:
    if moved:
        cursor.execute(INSERT_MOVED, as_columns(arrived.values(), 7))
        cursor.execute(UPDATE_MOVED, as_columns(moved.items(), 2))


def _payment_row(account: str, fact: PaymentReceived | PaymentMovedIn, payer: str) -> tuple[Any, ...]:
    amount = fact.amount
    return fact.payment, account, fact.effective_on, amount.amount, amount.currency, fact.payment_reference, payer


# --- queries


class PaymentRow(msgspec.Struct):
    """A payment as listed."""

    payment: str
    account: str
    received_on: date
    amount: Money
    payment_reference: str
    payer: str
    reversed_on: date | None
    reason: str | None


def payments_of(cursor: Cursor, account: str) -> list[PaymentRow]:
    """The payments of an account, in order of date."""
    rows = cursor.execute(
        """SELECT payment, account, received_on, amount, currency, payment_reference, payer, reversed_on, reason
           FROM payments WHERE account = %s ORDER BY received_on, payment""",
        (account,),
    )
    return [
        PaymentRow(payment, account, on, Money(amount, currency), *rest)
        for payment, account, on, amount, currency, *rest in rows
    ]


def allocations_of(cursor: Cursor, account: str) -> dict[str, dict[str, Decimal]]:
    """What each credit of an account settles, by credit and invoice, without what was released again."""
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
