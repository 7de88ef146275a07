"""Sessions as they stand: what is in the till and why, variances, and cash on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from billing_core.cash.denominations import Count, Pieces
from billing_core.kernel.money import Money
from projections.platform.projection import Cursor

SELECT_SESSIONS = """
    SELECT session, desk, business_day, currency, cashier, opened_at, offered, float, float_count, float_reason,
        closed_at, closed_by, expected, counted, variance, count, reason FROM cash_sessions
"""
SELECT_TRANSITS = """
    SELECT receipt, desk, session, kind, left_at, amount, cash_transits.currency, destination, for_whom, note, state,
        found, difference, decided, cash_transits.reason, ended_by, ended_at, booked_on, statement, cashier
    FROM cash_transits JOIN cash_sessions USING (session)
"""
_decode = msgspec.json.Decoder(tuple[Pieces, ...]).decode


class CashSessionRow(msgspec.Struct):
    """A session of a desk: its float with what the last count had left, and, once it is closed, its count."""

    session: str
    desk: str
    business_day: date
    cashier: str
    opened_at: datetime
    offered: Money
    float: Money
    float_count: Count
    float_reason: str
    closed_at: datetime | None
    closed_by: str | None
    expected: Money | None
    counted: Money | None
    variance: Money | None
    count: Count
    reason: str | None


def sessions_before(cursor: Cursor, desk: str, before: str, limit: int) -> list[CashSessionRow]:
    """Sessions of a desk, or of all, the newest first."""
    rows = cursor.execute(
        f"""{SELECT_SESSIONS} WHERE %s IN ('', desk)
            AND (%s = '' OR (opened_at, session) < (SELECT opened_at, session FROM cash_sessions WHERE session = %s))
            ORDER BY opened_at DESC, session DESC LIMIT %s""",
        (desk, before, before, limit),
    )
    return [_session(row) for row in rows]


def sessions_on(cursor: Cursor, desk: str, on: date) -> list[CashSessionRow]:
    """The sessions of a desk on a business day, in order."""
    rows = cursor.execute(
        f"{SELECT_SESSIONS} WHERE desk = %s AND business_day = %s ORDER BY opened_at, session", (desk, on)
    )
    return [_session(row) for row in rows]


def session_named(cursor: Cursor, session: str) -> CashSessionRow | None:
    """A session by its number."""
    row = cursor.execute(f"{SELECT_SESSIONS} WHERE session = %s", (session,)).fetchone()
    return None if row is None else _session(row)


def variances(cursor: Cursor, from_on: date, to_on: date) -> list[CashSessionRow]:
    """Sessions of business days from one on and before another that began or ended with a difference."""
    rows = cursor.execute(
        f"""{SELECT_SESSIONS} WHERE business_day >= %s AND business_day < %s
            AND (variance <> 0 OR float <> offered) ORDER BY opened_at, session""",
        (from_on, to_on),
    )
    return [_session(row) for row in rows]


def _session(row: Sequence) -> CashSessionRow:
    (session, desk, day, currency, cashier, opened_at, offered, float_, float_count, float_reason, closed_at, closed_by,
     expected, counted, variance, count, reason) = row  # fmt: skip

    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, currency)

    return CashSessionRow(
        session, desk, day, cashier, opened_at, Money(offered, currency), Money(float_, currency),
        _decode(float_count), float_reason, closed_at, closed_by, money(expected), money(counted), money(variance),
        _decode(count) if count else (), reason,
    )  # fmt: skip


class TillLine(msgspec.Struct):
    """A kind of receipts of a session by a method: how many, what they say, and by how much they changed the till."""

    kind: str
    method: str
    receipts: int
    amount: Money
    cash: Money


def till_lines(cursor: Cursor, sessions: Sequence[str]) -> list[TillLine]:
    """What happened in sessions, added up."""
    rows = cursor.execute(
        """SELECT kind, method, count(*), currency, sum(amount), sum(cash) FROM cash_receipts
           WHERE session = ANY(%s) GROUP BY kind, method, currency ORDER BY kind, method""",
        (list(sessions),),
    )
    return [
        TillLine(kind, method, count, Money(amount, currency), Money(cash, currency))
        for kind, method, count, currency, amount, cash in rows
    ]


class CashTransitRow(msgspec.Struct):
    """Cash that left a till: for another desk or for the bank, and what became of it.

    `destination` is the desk or the bank account; `note` the note of a hand-over or the reference of a deposit.
    """

    receipt: str
    desk: str
    session: str
    kind: str
    left_at: datetime
    amount: Money
    destination: str
    for_whom: str
    note: str
    state: str
    found: Money | None
    difference: Money | None
    decided: str | None
    reason: str | None
    ended_by: str | None
    ended_at: datetime | None
    booked_on: date | None
    statement: str | None
    cashier: str


OPEN_STATES = ("on its way", "disputed")


def transits_after(cursor: Cursor, after: str, limit: int, *, open_only: bool) -> list[CashTransitRow]:
    """Cash on its way in order of receipt; without `open_only` also what has arrived."""
    rows = cursor.execute(
        f"""{SELECT_TRANSITS} WHERE receipt > %s AND (NOT %s OR state = ANY(%s)) ORDER BY receipt LIMIT %s""",
        (after, open_only, list(OPEN_STATES), limit),
    )
    return [_transit(row) for row in rows]


def handed_to(cursor: Cursor, desk: str) -> list[CashTransitRow]:
    """What waits for a desk, in order of time."""
    rows = cursor.execute(
        f"""{SELECT_TRANSITS} WHERE kind = 'hand-over' AND destination = %s AND state = 'on its way'
            ORDER BY left_at, receipt""",
        (desk,),
    )
    return [_transit(row) for row in rows]


def transit_named(cursor: Cursor, receipt: str) -> CashTransitRow | None:
    """Cash that left by a receipt."""
    row = cursor.execute(f"{SELECT_TRANSITS} WHERE receipt = %s", (receipt,)).fetchone()
    return None if row is None else _transit(row)


def _transit(row: Sequence) -> CashTransitRow:
    receipt, desk, session, kind, left_at, amount, currency, to, whom, note, state, found, difference, *rest = row

    def money(value: Decimal | None) -> Money | None:
        return None if value is None else Money(value, currency)

    return CashTransitRow(receipt, desk, session, kind, left_at, Money(amount, currency), to, whom, note, state,
                          money(found), money(difference), *rest)  # fmt: skip
