"""The receipts of cash desks: listed, added up, and by customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.kernel.money import Money
from projections.platform.projection import Cursor

SELECT_RECEIPTS = """
    SELECT each.receipt, cash_sessions.desk, each.session, business_day, each.at, each.kind, each.amount, each.cash,
        each.currency, each.method, each.account, each.customer, each.invoice, each.given, each.change, each.cashier,
        each.reason, each.about, each.with_whom, coalesce(undo.receipt, ''), coalesce(fiscal_number, ''),
        coalesce((SELECT string_agg(invoice, ', ' ORDER BY invoice) FROM allocations
                  WHERE allocations.account = each.account AND amount > 0 AND each.kind = 'taking'
                      AND credit = 'desk-' || cash_sessions.desk || ':' || each.receipt), '')
    FROM cash_receipts AS each JOIN cash_sessions USING (session)
    LEFT JOIN cash_receipts AS undo ON undo.kind = 'cancellation' AND undo.about = each.receipt
    LEFT JOIN cash_prints ON cash_prints.receipt = each.receipt
"""


class CashReceiptRow(msgspec.Struct):
    """A receipt: `amount` is what it says, `cash` by how much the till changed.

    `kind` is taking, pay-out, cancellation, hand-over, acceptance, deposit or return. `about` is what it is about: the
    cancelled receipt, the hand-over, the other desk, the deposit's reference. `with_whom` is the second person, the
    other desk or operator, or the bank account. `cancelled_by` is the receipt that cancelled it, `settles` are
    the invoices that a taking settles now.
    """

    receipt: str
    desk: str
    session: str
    business_day: date
    at: datetime
    kind: str
    amount: Money
    cash: Money
    method: str
    account: str
    customer: str
    invoice: str
    given: Money | None
    change: Money | None
    cashier: str
    reason: str
    about: str
    with_whom: str
    cancelled_by: str
    fiscal_number: str
    settles: str


class OfReceipts(NamedTuple):
    """Which receipts: of a desk, a session, a business day; an empty one stands for all."""

    desk: str = ""
    session: str = ""
    on: date | None = None


def receipts_before(cursor: Cursor, chosen: OfReceipts, before: str, limit: int) -> list[CashReceiptRow]:
    """Receipts, the newest first, those before one of them."""
    rows = cursor.execute(
        f"""{SELECT_RECEIPTS} WHERE %s IN ('', cash_sessions.desk) AND %s IN ('', each.session)
            AND (%s::date IS NULL OR business_day = %s)
            AND (%s = '' OR (each.at, each.receipt) < (SELECT at, receipt FROM cash_receipts WHERE receipt = %s))
            ORDER BY each.at DESC, each.receipt DESC LIMIT %s""",
        (chosen.desk, chosen.session, chosen.on, chosen.on, before, before, limit),
    )
    return [_row(row) for row in rows]


def receipts_of_sessions(cursor: Cursor, sessions: Sequence[str]) -> list[CashReceiptRow]:
    """All receipts of sessions, in order of number."""
    rows = cursor.execute(
        f"{SELECT_RECEIPTS} WHERE each.session = ANY(%s) ORDER BY each.session, each.running", (list(sessions),)
    )
    return [_row(row) for row in rows]


def receipt_named(cursor: Cursor, receipt: str) -> CashReceiptRow | None:
    """A receipt by its number."""
    row = cursor.execute(f"{SELECT_RECEIPTS} WHERE each.receipt = %s", (receipt,)).fetchone()
    return None if row is None else _row(row)


def _row(row: Sequence) -> CashReceiptRow:
    receipt, desk, session, day, at, kind, amount, cash, currency, method, account, customer, invoice, *rest = row
    given, change, *words = rest
    return CashReceiptRow(
        receipt, desk, session, day, at, kind, Money(amount, currency), Money(cash, currency), method, account,
        customer, invoice, _money(given, currency), _money(change, currency), *words,
    )  # fmt: skip


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


class Takings(msgspec.Struct):
    """What an operator took at a desk by a method, less what was cancelled of it, and how many receipts that were."""

    desk: str
    cashier: str
    method: str
    receipts: int
    taken: Money
    cancelled: Money


def takings_by_operator(cursor: Cursor, from_on: date, to_on: date, desk: str = "") -> list[Takings]:
    """The takings of business days from one on and before another. What is cancelled counts with who cancels."""
    rows = cursor.execute(
        """SELECT desk, r.cashier, method, count(*) FILTER (WHERE kind = 'taking'), r.currency,
               coalesce(sum(amount) FILTER (WHERE kind = 'taking'), 0),
               coalesce(sum(amount) FILTER (WHERE kind = 'cancellation'), 0)
           FROM cash_receipts AS r JOIN cash_sessions USING (session)
           WHERE business_day >= %s AND business_day < %s AND %s IN ('', desk)
             AND (kind = 'taking' OR kind = 'cancellation' AND account <> '')
           GROUP BY desk, r.cashier, method, r.currency ORDER BY desk, r.cashier, method""",
        (from_on, to_on, desk),
    )
    return [
        Takings(desk, cashier, method, count, Money(taken, currency), Money(cancelled, currency))
        for desk, cashier, method, count, currency, taken, cancelled in rows
    ]


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The sessions in which the customer paid or was paid."""
    rows = cursor.execute(
        "SELECT DISTINCT session FROM cash_receipts WHERE customer = %s ORDER BY session", (customer,)
    )
    return [f"cash-session/{row[0]}" for row in rows]
