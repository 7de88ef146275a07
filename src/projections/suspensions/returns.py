"""How long does a customer who has paid wait until the service is back?

A suspension that money lifts waits for a payment. When it ends, the payment that brought it back is the one from whose
command its end follows (of a prepaid account it is the same command), else the newest one since the suspension.

    suspended for non-payment on 3 May; a payment is recorded on 8 May at 10:00:00.0, the return at 10:00:00.4

    the return is listed with that payment and 0.4 seconds
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.payments.events import PaymentMovedIn, PaymentReceived
from billing_core.services.events import (
    LiftedBy,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionResumed,
    SubscriptionSuspended,
)
from projections.dealers import accounts_of
from projections.platform.ordering import number_in
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

RETURN_COLUMNS = {
    "account": "text", "version": "int8", "subscription": "text", "reason": "text", "suspended_on": "date",
    "returned_on": "date", "payment": "text", "paid_at": "timestamptz", "returned_at": "timestamptz",
    "lifted_by": "text",
}  # fmt: skip
INSERT_WAITING = """
    INSERT INTO waiting_for_money (account, subscription, reason, suspended_on, payments)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::text[])
"""
SELECT_RETURNS = """
    SELECT account, version, subscription, reason, suspended_on, returned_on, payment, paid_at, returned_at, lifted_by,
        round(extract(epoch FROM returned_at - paid_at), 3)
    FROM service_returns
    WHERE (account, version, reason) > (%(account)s, %(version)s, %(reason)s)
    AND returned_on BETWEEN %(first)s AND %(last)s AND {of_dealer}
    ORDER BY account, version, reason LIMIT %(limit)s
"""
SELECT_TIMES = """
    SELECT count(*), round((percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds))::numeric, 3),
        round((percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds))::numeric, 3), round(max(seconds)::numeric, 3)
    FROM (
        SELECT extract(epoch FROM returned_at - paid_at)::float8 AS seconds FROM service_returns
        WHERE returned_on BETWEEN %(first)s AND %(last)s AND lifted_by = 'money'
    ) AS times
"""

# --- the fold


class _Payment(msgspec.Struct, frozen=True, array_like=True):
    payment: str
    command: str
    paid_at: datetime


class _Waiting(msgspec.Struct, array_like=True):
    """A suspension that waits for money, and the payments since."""

    suspended_on: date
    payments: list[_Payment]


Key = tuple[str, str, str]


class ServiceReturns:
    """Every return after a payment, by money itself or by a person; and the suspensions that still wait for one."""

    name = "service_returns"
    version = 1
    tables = ("service_returns", "waiting_for_money")
    by_stream = True
    definition = """
        CREATE TABLE service_returns (
            account text COLLATE "C", version bigint, subscription text NOT NULL, reason text COLLATE "C",
            suspended_on date NOT NULL, returned_on date NOT NULL, payment text NOT NULL, paid_at timestamptz NOT NULL,
            returned_at timestamptz NOT NULL, lifted_by text NOT NULL, PRIMARY KEY (account, version, reason));
        CREATE TABLE waiting_for_money (
            account text COLLATE "C", subscription text COLLATE "C", reason text COLLATE "C",
            suspended_on date NOT NULL, payments text NOT NULL, PRIMARY KEY (account, subscription, reason));
    """
    indexes = "CREATE INDEX ON service_returns (returned_on);"
    streams = ("account",)
    folds: tuple[type[Event], ...] = (
        SubscriptionSuspended, SubscriptionResumed, SubscriptionChangeCancelled, PaymentReceived, PaymentMovedIn,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        accounts = sorted({entry.number for entry in page})
        before = _read(cursor, accounts)
        waiting = dict(before)
        returns = [row for entry in page for row in _folded(waiting, entry)]
        if returns:
            insert_rows(cursor, "service_returns", RETURN_COLUMNS, returns)
        if before or waiting:
            cursor.execute("DELETE FROM waiting_for_money WHERE account = ANY(%s)", (accounts,))
            rows = ((*key, each.suspended_on, msgspec.json.encode(each.payments).decode())
                    for key, each in waiting.items())  # fmt: skip
            cursor.execute(INSERT_WAITING, as_columns(rows, 5))


def _read(cursor: Cursor, accounts: Sequence[str]) -> dict[Key, _Waiting]:
    rows = cursor.execute(
        "SELECT account, subscription, reason, suspended_on, payments FROM waiting_for_money WHERE account = ANY(%s)",
        (accounts,),
    ).fetchall()
    return {
        (account, code, reason): _Waiting(on, msgspec.json.decode(payments, type=list[_Payment]))
        for account, code, reason, on, payments in rows
    }


def _folded(waiting: dict[Key, _Waiting], entry: LoggedEvent) -> Iterable[list[Any]]:
    """Note an event, and give the row of a return."""
    fact = entry.event
    if isinstance(fact, PaymentReceived | PaymentMovedIn):
        paid = _Payment(fact.payment, entry.origin.command, entry.recorded_at)
        for key, each in waiting.items():
            if key[0] == entry.number:
                waiting[key] = _Waiting(each.suspended_on, [*each.payments, paid])
        return
    assert isinstance(fact, SubscriptionEvent)
    if isinstance(fact, SubscriptionSuspended):
        if fact.lifted_by == "money":
            waiting[entry.number, fact.subscription, fact.reason] = _Waiting(fact.effective_on, [])
        return
    for key in [key for key, each in waiting.items() if _ends(fact, entry.number, key, each)]:
        ended = waiting.pop(key)
        if isinstance(fact, SubscriptionResumed) and ended.payments:
            causes = (entry.origin.command, entry.origin.causation)
            paid = next((each for each in ended.payments if each.command in causes), ended.payments[-1])
            yield [
                entry.number, entry.version, fact.subscription, key[2], ended.suspended_on, fact.effective_on,
                paid.payment, paid.paid_at, entry.recorded_at, fact.lifted_by,
            ]  # fmt: skip


def _ends(fact: SubscriptionEvent, account: str, key: Key, waiting: _Waiting) -> bool:
    """Whether a suspension ends by a fact: resumed for its reason or for all, or cancelled."""
    if key[:2] != (account, fact.subscription):
        return False
    if isinstance(fact, SubscriptionResumed):
        return fact.reason in (None, key[2]) and fact.effective_on >= waiting.suspended_on
    is_suspension = isinstance(fact, SubscriptionChangeCancelled) and fact.kind == "suspend"
    return is_suspension and fact.effective_on == waiting.suspended_on


# --- queries


class ReturnRow(msgspec.Struct):
    """A return after a payment: when the payment and the return were recorded, and the seconds between.

    It was `lifted_by` money itself, or by a person.
    """

    account: str
    version: int
    subscription: str
    reason: str
    suspended_on: date
    returned_on: date
    payment: str
    paid_at: datetime
    returned_at: datetime
    lifted_by: LiftedBy
    seconds: Decimal

    @property
    def place(self) -> str:
        """Its place in the order of the list."""
        return f"{self.account}/{self.version}/{self.reason}"


class ReturnTimes(msgspec.Struct):
    """How many services money brought back, and the seconds from the payment: half of them, 99 %, and the longest."""

    returns: int
    median_seconds: Decimal | None
    p99_seconds: Decimal | None
    most_seconds: Decimal | None


def returns_after(
    cursor: Cursor, after: str, limit: int, first: date, last: date, dealer: str = ""
) -> list[ReturnRow]:  # fmt: skip
    """The returns on some days after a place of the list, ACCOUNT/VERSION/REASON, in order."""
    place, _, reason = after.rpartition("/")
    account, _, version = place.rpartition("/")
    wanted = {
        "account": account, "version": number_in(version, after), "reason": reason, "limit": limit, "first": first,
        "last": last, "dealer": dealer,
    }  # fmt: skip
    return [ReturnRow(*row) for row in cursor.execute(
        SELECT_RETURNS.format(of_dealer=accounts_of("account", dealer)), wanted)]  # fmt: skip


def return_times(cursor: Cursor, first: date, last: date) -> ReturnTimes:
    """The seconds from payment to return of the services that money brought back on some days."""
    row = cursor.execute(SELECT_TIMES, {"first": first, "last": last}).fetchone()
    assert row is not None
    return ReturnTimes(*row)
