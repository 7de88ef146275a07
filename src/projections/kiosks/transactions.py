"""Which payments did kiosks and wallets report, and what became of each?

What payers typed is here only as far as it tells of nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kiosks.transactions import KioskPaymentCancelled, KioskPaymentRefused, KioskPaymentTaken
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "kiosk": "text", "transaction": "text", "paid_on": "date", "state": "text", "typed": "text", "account": "text",
    "amount": "numeric", "currency": "text", "number": "text", "verdict": "text", "reason": "text",
}  # fmt: skip
UPDATE_CANCELLED = """
    UPDATE kiosk_transactions SET state = 'cancelled', cancelled_on = ended.cancelled_on
    FROM unnest(%b::text[], %b::text[], %b::date[]) AS ended (kiosk, transaction, cancelled_on)
    WHERE kiosk_transactions.kiosk = ended.kiosk AND kiosk_transactions.transaction = ended.transaction
"""
SELECT = """
    SELECT kiosk, transaction, paid_on, state, typed, account, amount, currency, number, verdict, reason, cancelled_on
    FROM kiosk_transactions
"""


class KioskTransactions:
    """Every transaction with its state: taken, waiting as a remittance, refused or cancelled."""

    name = "kiosk-transactions"
    version = 1
    tables = ("kiosk_transactions",)
    streams = ("kiosk-transaction",)
    by_stream = True
    definition = """
        CREATE TABLE kiosk_transactions (
            kiosk text COLLATE "C", transaction text COLLATE "C", paid_on date NOT NULL, state text NOT NULL,
            typed text NOT NULL, account text COLLATE "C" NOT NULL, amount numeric NOT NULL, currency text NOT NULL,
            number text NOT NULL, verdict text NOT NULL, reason text NOT NULL, cancelled_on date,
            PRIMARY KEY (kiosk, transaction)
        );
    """
    indexes = """
        CREATE INDEX ON kiosk_transactions (kiosk, paid_on, transaction);
        CREATE INDEX ON kiosk_transactions (account) WHERE account <> '';
    """
    folds: tuple[type[Event], ...] = (KioskPaymentTaken, KioskPaymentRefused, KioskPaymentCancelled)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [_row(entry.event) for entry in page if not isinstance(entry.event, KioskPaymentCancelled)]
        cancelled = [
            (fact.kiosk, fact.transaction, fact.effective_on)
            for entry in page
            if isinstance(fact := entry.event, KioskPaymentCancelled)
        ]
        if rows:
            insert_rows(cursor, "kiosk_transactions", COLUMNS, rows)
        if cancelled:
            cursor.execute(UPDATE_CANCELLED, as_columns(cancelled, 3))


def _row(fact: Event) -> tuple[Any, ...]:
    assert isinstance(fact, KioskPaymentTaken | KioskPaymentRefused)
    account, state = "", "refused"
    if isinstance(fact, KioskPaymentTaken):
        account, state = fact.account, "taken" if fact.account else "waiting"
    answer = fact.answer
    return (fact.kiosk, fact.transaction, fact.effective_on, state, fact.typed, account, fact.amount.amount,
            fact.amount.currency, answer.number, answer.verdict, answer.reason)  # fmt: skip


# --- queries


class KioskTransactionRow(msgspec.Struct):
    """A transaction as listed. `number` is our own number of it; `typed` what the payer typed."""

    kiosk: str
    transaction: str
    paid_on: date
    state: str
    typed: str
    account: str
    amount: Money
    number: str
    verdict: str
    reason: str
    cancelled_on: date | None


class KioskDayRow(msgspec.Struct):
    """How many transactions of a connection ended in a state on a day, and their sum."""

    paid_on: date
    state: str
    transactions: int
    amount: Money


def transactions_after(
    cursor: Cursor, kiosk: str, on: date | None, state: str, after: str, limit: int
) -> list[KioskTransactionRow]:
    """The transactions of a connection after one, in order of their ids; of a day or in a state, if named."""
    rows = cursor.execute(
        f"""{SELECT} WHERE kiosk = %(kiosk)s AND transaction > %(after)s
            AND (%(on)s::date IS NULL OR paid_on = %(on)s) AND (%(state)s = '' OR state = %(state)s)
            ORDER BY transaction LIMIT %(limit)s""",
        {"kiosk": kiosk, "after": after, "on": on, "state": state, "limit": limit},
    )
    return [_listed(row) for row in rows]


def days_of(cursor: Cursor, kiosk: str, from_on: date, to_on: date) -> list[KioskDayRow]:
    """The days of a span on which a connection had transactions, by state, the newest day first."""
    rows = cursor.execute(
        """SELECT paid_on, state, count(*), sum(amount), currency FROM kiosk_transactions
           WHERE kiosk = %s AND paid_on BETWEEN %s AND %s GROUP BY paid_on, state, currency
           ORDER BY paid_on DESC, state, currency""",
        (kiosk, from_on, to_on),
    )
    return [KioskDayRow(on, state, count, Money(amount, currency)) for on, state, count, amount, currency in rows]


def taken_on(cursor: Cursor, kiosk: str, on: date) -> list[str]:
    """The ids of the payments that a connection took on a day and that were not cancelled."""
    rows = cursor.execute(
        """SELECT transaction FROM kiosk_transactions WHERE kiosk = %s AND paid_on = %s
           AND state IN ('taken', 'waiting') ORDER BY transaction""",
        (kiosk, on),
    )
    return [transaction for (transaction,) in rows]


def _listed(row: Sequence[Any]) -> KioskTransactionRow:
    kiosk, transaction, paid_on, state, typed, account, amount, currency, *rest = row
    return KioskTransactionRow(
        kiosk, transaction, paid_on, state, typed, account, Money(amount, currency), *rest
    )  # fmt: skip


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The transactions that were paid to the customer's accounts."""
    rows = cursor.execute(
        """SELECT kiosk, transaction FROM kiosk_transactions JOIN accounts ON accounts.number = account
           WHERE customer = %s ORDER BY kiosk, transaction""",
        (customer,),
    )
    return [f"kiosk-transaction/{kiosk}:{transaction}" for kiosk, transaction in rows]


# --- what must hold

INVARIANTS = {
    "a payment that a kiosk took is money of the same amount, on an account or waiting": """
        SELECT kiosk || ':' || transaction FROM kiosk_transactions
        WHERE state IN ('taken', 'waiting', 'cancelled') AND NOT EXISTS (
            SELECT FROM payments WHERE payment = 'kiosk-' || kiosk || ':' || transaction
                AND payments.amount = kiosk_transactions.amount)
        AND NOT EXISTS (
            SELECT FROM remittances WHERE remittance = 'kiosk-' || kiosk || ':' || transaction
                AND remittances.amount = kiosk_transactions.amount)
    """,
}
