"""Which statements of which bank account came, do their sums close, and what was booked of them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.bank_statements.checking import OfDays
from billing_core.bank_statements.recorded import (
    StatementBooked,
    StatementDismissed,
    StatementOverruled,
    StatementRecorded,
)
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "statement": "text", "account": "text", "seller": "text", "number": "text", "from_on": "date", "to_on": "date",
    "currency": "text", "opening": "numeric", "closing": "numeric", "movements": "int8", "credits": "numeric",
    "debits": "numeric", "difference": "numeric", "findings": "text", "content_hash": "text", "file_name": "text",
    "state": "text", "reason": "text", "position": "int8",
}  # fmt: skip
SHOWN = """
    statement, account, seller, number, from_on, to_on, currency, opening, closing, movements, credits, debits,
    difference, findings, content_hash, file_name, state, reason, matched, waiting, others, known, rejected
"""


class Statements:
    """Every statement that was recorded, with its state."""

    name = "bank-statements"
    version = 1
    tables = ("bank_statements",)
    streams = ("bank-statement",)
    by_stream = True
    definition = """
        CREATE TABLE bank_statements (
            statement text COLLATE "C" PRIMARY KEY, account text COLLATE "C" NOT NULL, seller text NOT NULL,
            number text NOT NULL, from_on date NOT NULL, to_on date NOT NULL, currency text NOT NULL, opening numeric,
            closing numeric, movements bigint NOT NULL, credits numeric NOT NULL, debits numeric NOT NULL,
            difference numeric NOT NULL, findings text NOT NULL, content_hash text NOT NULL, file_name text NOT NULL,
            state text NOT NULL, reason text NOT NULL, position bigint NOT NULL, matched bigint NOT NULL DEFAULT 0,
            waiting bigint NOT NULL DEFAULT 0, others bigint NOT NULL DEFAULT 0, known bigint NOT NULL DEFAULT 0,
            rejected bigint NOT NULL DEFAULT 0
        );
    """
    indexes = """
        CREATE INDEX ON bank_statements (account, to_on, from_on);
        CREATE INDEX ON bank_statements (to_on DESC, statement);
    """
    folds: tuple[type[Event], ...] = (StatementRecorded, StatementOverruled, StatementDismissed, StatementBooked)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        recorded = [_row(entry, entry.event) for entry in page if isinstance(entry.event, StatementRecorded)]
        if recorded:
            insert_rows(cursor, "bank_statements", COLUMNS, recorded)
        for entry in page:
            match entry.event:
                case StatementOverruled(reason=reason):
                    _become(cursor, entry.number, "overruled", reason)
                case StatementDismissed(reason=reason):
                    _become(cursor, entry.number, "dismissed", reason)
                case StatementBooked() as fact:
                    cursor.execute(
                        """UPDATE bank_statements SET state = 'booked', matched = %s, waiting = %s, others = %s,
                           known = %s, rejected = %s WHERE statement = %s""",
                        (fact.matched, fact.waiting, fact.others, fact.known, len(fact.rejected), entry.number),
                    )


def _row(entry: LoggedEvent, fact: StatementRecorded) -> tuple[Any, ...]:
    balances = (None if each is None else each.amount for each in (fact.opening, fact.closing))
    return (
        entry.number, fact.account, fact.seller, fact.number, fact.from_on, fact.effective_on, fact.currency, *balances,
        fact.movements, fact.credits.amount, fact.debits.amount, fact.difference.amount, "\n".join(fact.findings),
        fact.content_hash, fact.file_name, "waiting" if fact.findings else "recorded", "",
        entry.position,
    )  # fmt: skip


def _become(cursor: Cursor, name: str, state: str, reason: str) -> None:
    cursor.execute(
        "UPDATE bank_statements SET state = %s, reason = %s WHERE statement = %s", (state, reason, name)
    )  # fmt: skip


# --- queries


class StatementRow(msgspec.Struct):
    """A statement as listed: its sums, its state, and what became of its movements.

    `matched` were booked on accounts, `waiting` are remittances, `others` are no customers' money, `known` had come
    before, `rejected` could not be booked.
    """

    statement: str
    account: str
    seller: str
    number: str
    from_on: date
    to_on: date
    opening: Money | None
    closing: Money | None
    movements: int
    credits: Money
    debits: Money
    difference: Money
    findings: list[str]
    content_hash: str
    file_name: str
    state: str
    reason: str
    matched: int
    waiting: int
    others: int
    known: int
    rejected: int


def statements_after(
    cursor: Cursor, account: str, after: str, limit: int, *, waiting_only: bool = False
) -> list[StatementRow]:  # fmt: skip
    """Statements, those that wait first, then the newest first; `after` is the place of the last one listed."""
    rank, on, name = _place(after)
    rows = cursor.execute(
        f"""SELECT {SHOWN} FROM bank_statements
            WHERE (%(account)s = '' OR account = %(account)s) AND (NOT %(waiting)s OR state = 'waiting')
            AND (%(rank)s::int IS NULL OR ((state <> 'waiting')::int, -(to_on - date '2000-01-01'), statement)
                > (%(rank)s::int, -(%(on)s::date - date '2000-01-01'), %(name)s))
            ORDER BY (state <> 'waiting')::int, -(to_on - date '2000-01-01'), statement LIMIT %(limit)s""",
        {"account": account, "waiting": waiting_only, "rank": rank, "on": on, "name": name, "limit": limit},
    )
    return [_shown(row) for row in rows.fetchall()]


def place_of(row: StatementRow) -> str:
    """The place of a statement in the list."""
    return f"{int(row.state != 'waiting')} {row.to_on} {row.statement}"


def _place(written: str) -> tuple[int | None, date | None, str]:
    if not written:
        return None, None, ""
    try:
        rank, on, name = written.split(" ", 2)
        return int(rank), date.fromisoformat(on), name
    except ValueError:
        raise InvalidValue("is no place in the list of statements", field="after", value=written) from None


def statement_named(cursor: Cursor, name: str) -> StatementRow | None:
    """A statement; None if there is none of this name."""
    row = cursor.execute(f"SELECT {SHOWN} FROM bank_statements WHERE statement = %s", (name,)).fetchone()
    return None if row is None else _shown(row)


def booked_of_days(cursor: Cursor, account: str, from_on: date, to_on: date) -> OfDays | None:
    """The statements of an account that were booked and lie within some days; None without any.

    One whose every movement was rejected booked nothing: the bank may say the same again with references of their own.
    """
    names, currency, movements, credits, debits = cursor.execute(
        """SELECT array_agg(statement ORDER BY to_on, statement), min(currency), sum(movements)::int8, sum(credits),
                  sum(debits)
           FROM bank_statements
           WHERE account = %s AND from_on >= %s AND to_on <= %s AND state = 'booked' AND rejected < movements""",
        (account, from_on, to_on),
    ).fetchone()
    if not names:
        return None
    return OfDays(tuple(names), movements, Money(credits, currency), Money(debits, currency))


def statements_to_book(cursor: Cursor) -> list[StatementRow]:
    """The statements that are recorded or overruled, and whose movements were not gone through."""
    rows = cursor.execute(
        f"SELECT {SHOWN} FROM bank_statements WHERE state IN ('recorded', 'overruled') ORDER BY statement"
    )
    return [_shown(row) for row in rows.fetchall()]


def _shown(row: Sequence[Any]) -> StatementRow:
    name, account, seller, number, from_on, to_on, currency, opening, closing, movements, *rest = row
    credits, debits, difference, findings, content_hash, file_name, state, reason, *counts = rest

    def money(amount: Decimal | None) -> Any:
        return None if amount is None else Money(amount, currency)

    return StatementRow(
        name, account, seller, number, from_on, to_on, money(opening), money(closing), movements, money(credits),
        money(debits), money(difference), findings.splitlines(), content_hash, file_name, state, reason, *counts,
    )  # fmt: skip


class DayBalance(msgspec.Struct):
    """The balance of a bank account after a day, by the statement that came last of those that end on it.

    `opening` is what that statement begins with. If it is not the closing balance of the day before it, `gap` is the
    difference: a statement is missing between them. Statements that overlap have no gap.
    """

    account: str
    on: date
    statement: str
    opening: Money
    closing: Money
    gap: Money | None


SELECT_BALANCES = """
    SELECT account, to_on, statement, currency, opening, closing,
           CASE WHEN from_on > before_on THEN opening - before END
    FROM (
        SELECT account, to_on, from_on, statement, currency, opening, closing,
               lag(closing) OVER (PARTITION BY account, currency ORDER BY to_on) AS before,
               lag(to_on) OVER (PARTITION BY account, currency ORDER BY to_on) AS before_on
        FROM (
            SELECT DISTINCT ON (account, currency, to_on) * FROM bank_statements
            WHERE opening IS NOT NULL AND closing IS NOT NULL AND state NOT IN ('waiting', 'dismissed')
            AND (%(account)s = '' OR account = %(account)s)
            ORDER BY account, currency, to_on, position DESC
        ) AS last_of_day
    ) AS followed
    WHERE to_on >= %(from_on)s AND to_on < %(to_on)s AND (NOT %(gaps)s OR from_on > before_on AND opening <> before)
    ORDER BY account, to_on DESC LIMIT %(limit)s
"""


def day_balances(
    cursor: Cursor, account: str, from_on: date, to_on: date, limit: int, *, gaps_only: bool = False
) -> list[DayBalance]:  # fmt: skip
    """The balances by day, the newest first; `gaps_only` are those after a missing statement."""
    rows = cursor.execute(
        SELECT_BALANCES,
        {"account": account, "from_on": from_on, "to_on": to_on, "gaps": gaps_only, "limit": limit},
    )
    return [
        DayBalance(number, on, name, Money(opening, currency), Money(closing, currency),
                   Money(gap, currency) if gap else None)
        for number, on, name, currency, opening, closing, gap in rows.fetchall()
    ]  # fmt: skip
