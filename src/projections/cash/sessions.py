"""Which sessions had a desk, what was counted, which receipts were issued, and what left a till and arrived where?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from billing_core.cash.events import (
    CashAccepted,
    CashDeposited,
    CashHandedOver,
    CashPaidOut,
    CashReturned,
    CashSessionClosed,
    CashSessionOpened,
    CashTaken,
    CashTakenBack,
    DepositConfirmed,
    HandOverAccepted,
    HandOverDisputed,
    HandOverSettled,
    Movement,
    ReceiptCancelled,
)
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

SESSION_COLUMNS = {
    "session": "text", "desk": "text", "business_day": "date", "currency": "text", "cashier": "text",
    "opened_at": "timestamptz", "offered": "numeric", "float": "numeric", "float_count": "text", "float_reason": "text",
}  # fmt: skip
RECEIPT_COLUMNS = {
    "receipt": "text", "session": "text", "running": "int8", "at": "timestamptz", "kind": "text", "amount": "numeric",
    "cash": "numeric", "currency": "text", "method": "text", "account": "text", "customer": "text", "invoice": "text",
    "given": "numeric", "change": "numeric", "cashier": "text", "reason": "text", "about": "text", "with_whom": "text",
}  # fmt: skip
TRANSIT_COLUMNS = {
    "receipt": "text", "session": "text", "kind": "text", "left_at": "timestamptz", "amount": "numeric",
    "currency": "text", "destination": "text", "for_whom": "text", "note": "text", "state": "text",
}  # fmt: skip
UPDATE_CLOSED = """
    UPDATE cash_sessions SET closed_at = done.at, closed_by = done.cashier, expected = done.expected,
        counted = done.counted, variance = done.counted - done.expected, count = done.count, reason = done.reason
    FROM unnest(%b::text[], %b::timestamptz[], %b::text[], %b::numeric[], %b::numeric[], %b::text[], %b::text[])
        AS done (session, at, cashier, expected, counted, count, reason)
    WHERE cash_sessions.session = done.session
"""
UPDATE_TRANSIT = """
    UPDATE cash_transits SET state = %s, found = coalesce(%s, found), difference = coalesce(%s, difference),
        decided = coalesce(%s, decided), reason = coalesce(%s, reason), ended_by = %s, ended_at = %s,
        booked_on = coalesce(%s, booked_on), statement = coalesce(%s, statement)
    WHERE receipt = %s
"""
_encode = msgspec.json.Encoder(decimal_format="string").encode


class CashSessions:
    """Sessions with what was counted, every receipt in order, and cash on its way with what became of it."""

    name = "cash-sessions"
    version = 1
    tables = ("cash_sessions", "cash_receipts", "cash_transits")
    streams = ("cash-session",)
    by_stream = True
    definition = """
        CREATE TABLE cash_sessions (
            session text COLLATE "C" PRIMARY KEY, desk text COLLATE "C" NOT NULL, business_day date NOT NULL,
            currency text NOT NULL, cashier text NOT NULL, opened_at timestamptz NOT NULL, offered numeric NOT NULL,
            float numeric NOT NULL, float_count text NOT NULL, float_reason text NOT NULL, closed_at timestamptz,
            closed_by text, expected numeric, counted numeric, variance numeric, count text, reason text
        );
        CREATE TABLE cash_receipts (
            receipt text COLLATE "C" PRIMARY KEY, session text COLLATE "C" NOT NULL, running bigint NOT NULL,
            at timestamptz NOT NULL, kind text NOT NULL, amount numeric NOT NULL, cash numeric NOT NULL,
            currency text NOT NULL, method text NOT NULL, account text COLLATE "C" NOT NULL,
            customer text COLLATE "C" NOT NULL, invoice text NOT NULL, given numeric, change numeric,
            cashier text NOT NULL, reason text NOT NULL, about text COLLATE "C" NOT NULL, with_whom text NOT NULL
        );
        CREATE TABLE cash_transits (
            receipt text COLLATE "C" PRIMARY KEY, session text COLLATE "C" NOT NULL, kind text NOT NULL,
            left_at timestamptz NOT NULL, amount numeric NOT NULL, currency text NOT NULL, destination text NOT NULL,
            for_whom text NOT NULL, note text NOT NULL, state text NOT NULL, found numeric, difference numeric,
            decided text, reason text, ended_by text, ended_at timestamptz, booked_on date, statement text
        );
    """
    indexes = """
        CREATE INDEX ON cash_sessions (desk, business_day);
        CREATE INDEX ON cash_receipts (session, running);
        CREATE INDEX ON cash_receipts (customer) WHERE customer <> '';
        CREATE INDEX ON cash_receipts (about) WHERE kind = 'cancellation';
        CREATE INDEX ON cash_transits (state, receipt);
    """
    folds: tuple[type[Event], ...] = (
        CashSessionOpened, CashSessionClosed, Movement, HandOverAccepted, HandOverDisputed, HandOverSettled,
        CashTakenBack, DepositConfirmed,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        moved = [entry for entry in page if isinstance(entry.event, Movement)]
        insert_rows(cursor, "cash_sessions", SESSION_COLUMNS, _opened(page))
        insert_rows(cursor, "cash_receipts", RECEIPT_COLUMNS, map(_receipt, moved))
        insert_rows(cursor, "cash_transits", TRANSIT_COLUMNS, _left(moved))
        for entry in page:
            # What ends a transit is rare, a few times a day, and later ones may follow in one page.
            if (ended := _ended(entry.event)) is not None:
                state, found, difference, decided, reason, by, booked_on, statement, receipt = ended
                cursor.execute(UPDATE_TRANSIT, (state, found, difference, decided, reason, by, entry.recorded_at,
                                                booked_on, statement, receipt))  # fmt: skip
        closed = [
            (fact.session, entry.recorded_at, fact.cashier, fact.expected.amount, fact.counted.amount,
             _encode(fact.count).decode(), fact.reason)
            for entry in page if isinstance(fact := entry.event, CashSessionClosed)
        ]  # fmt: skip
        if closed:
            cursor.execute(UPDATE_CLOSED, as_columns(closed, 7))


def _opened(page: Sequence[LoggedEvent]) -> Iterator[tuple[Any, ...]]:
    for entry in page:
        if isinstance(fact := entry.event, CashSessionOpened):
            yield (fact.session, fact.desk, fact.effective_on, fact.float.currency, fact.cashier, entry.recorded_at,
                   fact.offered.amount, fact.float.amount, _encode(fact.count).decode(), fact.reason)  # fmt: skip


def _receipt(entry: LoggedEvent) -> tuple[Any, ...]:
    """The row of a receipt: its own columns, then those of its kind."""
    fact = entry.event
    assert isinstance(fact, Movement)
    kind, method, account, customer, invoice, given, change, reason, about, with_whom = _particulars(fact)
    return (fact.receipt, fact.session, fact.running, entry.recorded_at, kind, fact.amount.amount, fact.cash.amount,
            fact.amount.currency, method, account, customer, invoice, given, change, fact.cashier, reason, about,
            with_whom)  # fmt: skip


def _particulars(fact: Movement) -> tuple[Any, ...]:
    nothing = ("", "", "", None, None)
    match fact:
        case CashTaken():
            paid: tuple[Any, ...] = (fact.account, fact.customer, fact.invoice, fact.given.amount, fact.change.amount)
            found: tuple[Any, ...] = ("taking", fact.method, *paid, "", "", "")
        case CashPaidOut():
            found = ("pay-out", "cash", fact.account, fact.customer, "", None, None, fact.reason, "", "")
        case ReceiptCancelled():
            paid = (fact.account, fact.customer, "", None, None)
            found = ("cancellation", fact.method, *paid, fact.reason, fact.cancelled, fact.asked_by)
        case CashHandedOver():
            found = ("hand-over", "cash", *nothing, fact.note, fact.to_desk, fact.to_operator)
        case CashAccepted():
            found = ("acceptance", "cash", *nothing, "", fact.hand_over, fact.from_desk)
        case CashDeposited():
            found = ("deposit", "cash", *nothing, "", fact.reference, fact.bank_account)
        case CashReturned():
            found = ("return", "cash", *nothing, fact.reason, fact.transit, "")
        case _:
            raise TypeError(type(fact).__name__)
    return found


def _left(moved: Sequence[LoggedEvent]) -> Iterator[tuple[Any, ...]]:
    for entry in moved:
        match entry.event:
            case CashHandedOver() as fact:
                kind, destination, for_whom, note = "hand-over", fact.to_desk, fact.to_operator, fact.note
            case CashDeposited() as fact:
                kind, destination, for_whom, note = "deposit", fact.bank_account, "", fact.reference
            case _:
                continue
        yield (fact.receipt, fact.session, kind, entry.recorded_at, fact.amount.amount, fact.amount.currency,
               destination, for_whom, note, "on its way")  # fmt: skip


def _ended(fact: Event) -> tuple[Any, ...] | None:
    """State, found, difference, decision, reason, by whom, when booked, statement, and the receipt."""
    match fact:
        case HandOverAccepted(transit=receipt, accepted_by=by):
            return "accepted", None, None, None, None, by, None, None, receipt
        case HandOverDisputed(transit=receipt, found=found, reason=reason, disputed_by=by):
            return "disputed", found.amount, None, None, reason, by, None, None, receipt
        case HandOverSettled(transit=receipt, difference=missing, decided=decided, reason=reason, decided_by=by):
            return "settled", None, missing.amount, decided, reason, by, None, None, receipt
        case CashTakenBack(transit=receipt, reason=reason):
            return "taken back", None, None, None, reason, None, None, None, receipt
        case DepositConfirmed(transit=receipt, booked=booked, difference=difference, reason=reason):
            return ("confirmed", booked.amount, difference.amount, None, reason or None, None, fact.booked_on,
                    fact.statement or None, receipt)  # fmt: skip
    return None
