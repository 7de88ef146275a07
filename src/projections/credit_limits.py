"""Which accounts have a credit limit of their own or a temporary credit, up to when, and why?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.credit_limits import CreditLimitSet, TemporaryCreditEnded, TemporaryCreditGranted
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.deadlines import Deadline
from projections.platform.projection import Cursor, LoggedEvent, as_columns

# A row that has neither limit is kept: whether any is left is a matter of the day, too.
UPSERT = """
    INSERT INTO credit_limits (account, currency, own_limit, limit_reason, temporary, granted_on, until_on, reason)
    SELECT * FROM unnest(
        %b::text[], %b::text[], %b::numeric[], %b::text[], %b::numeric[], %b::date[], %b::date[], %b::text[]
    )
    ON CONFLICT (account) DO UPDATE SET
        currency = excluded.currency, own_limit = excluded.own_limit, limit_reason = excluded.limit_reason,
        temporary = excluded.temporary, granted_on = excluded.granted_on, until_on = excluded.until_on,
        reason = excluded.reason
"""
SELECT_KNOWN = """
    SELECT account, currency, own_limit, limit_reason, temporary, granted_on, until_on, reason FROM credit_limits
    WHERE account = ANY(%s)
"""
SELECT_LISTED = """
    SELECT credit_limits.account, accounts.customer, customers.name, credit_limits.currency, own_limit, limit_reason,
           temporary, granted_on, until_on, reason
    FROM credit_limits
    JOIN accounts ON accounts.number = credit_limits.account
    JOIN customers ON customers.number = accounts.customer
    WHERE credit_limits.account > %(after)s AND (own_limit IS NOT NULL OR until_on >= %(on)s) AND {of_dealer}
    ORDER BY credit_limits.account LIMIT %(limit)s
"""
EMPTY: tuple[Any, ...] = ("", None, "", None, None, None, "")


class CreditLimits:
    """The limits of each account that ever had one of its own."""

    name = "credit_limits"
    version = 1
    tables = ("credit_limits",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE credit_limits (
            account text COLLATE "C" PRIMARY KEY, currency text NOT NULL, own_limit numeric, limit_reason text NOT NULL,
            temporary numeric, granted_on date, until_on date, reason text NOT NULL);
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (CreditLimitSet, TemporaryCreditGranted, TemporaryCreditEnded)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = cursor.execute(SELECT_KNOWN, (sorted({entry.number for entry in page}),)).fetchall()
        known = {account: tuple(rest) for account, *rest in rows}
        for entry in page:
            known[entry.number] = _after(known.get(entry.number, EMPTY), entry.event)
        cursor.execute(UPSERT, as_columns(((account, *rest) for account, rest in known.items()), 8))


def _after(row: tuple[Any, ...], fact: Event) -> tuple[Any, ...]:
    currency, limit, why, *temporary = row
    match fact:
        case CreditLimitSet():
            limit = None if fact.limit is None else fact.limit.amount
            return (currency if fact.limit is None else fact.limit.currency, limit, fact.reason, *temporary)
        case TemporaryCreditGranted():
            amount = fact.amount
            return (amount.currency, limit, why, amount.amount, fact.effective_on, fact.until_on, fact.reason)
    return (currency, limit, why, None, None, None, "")


class CreditRow(msgspec.Struct):
    """The limits of an account: its own one and why, and what it may owe more from and until which day, and why."""

    account: str
    customer: str
    name: str
    limit: Money | None
    limit_reason: str
    temporary: Money | None
    granted_on: date | None
    until_on: date | None
    reason: str


def credits_after(cursor: Cursor, on: date, after: str, limit: int, dealer: str = "") -> list[CreditRow]:
    """The accounts after a number that have a limit of their own, or temporary credit on a day, in order of number."""
    statement = SELECT_LISTED.format(of_dealer=accounts_of("credit_limits.account", dealer))
    rows = cursor.execute(statement, {"on": on, "after": after, "limit": limit, "dealer": dealer})
    return [_listed(*row) for row in rows]


def _listed(
    account: str, customer: str, name: str, currency: str, limit: Decimal | None, why: str, temporary: Decimal | None,
    granted_on: date | None, until_on: date | None, reason: str,
) -> CreditRow:  # fmt: skip
    own = None if limit is None else Money(limit, currency)
    more = None if temporary is None else Money(temporary, currency)
    return CreditRow(account, customer, name, own, why, more, granted_on, until_on, reason)


# --- deadlines


def _granted(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, TemporaryCreditGranted)
    yield Deadline("temporary-credit", entry.event.until_on + ONE_DAY)


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline("temporary-credit", None)


AREA = Area(
    true_by_date=(CreditLimits(),),
    deadlines={TemporaryCreditGranted: _granted, TemporaryCreditEnded: _ended},
)
