"""Who is to be called today because money has not come in: who first, and what came of the last call?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.dunning.calls import CallClosed, CallNoted, CallWanted
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.platform.projection import Cursor, LoggedEvent

SELECT_CALLS = """
    SELECT calls.account, accounts.customer, customers.name, calls.since_on, calls.next_try_on, calls.tries,
           calls.last_result, calls.reason, coalesce(overdue.amount, 0), accounts.currency
    FROM calls JOIN accounts ON accounts.number = calls.account
    JOIN customers ON customers.number = accounts.customer
    LEFT JOIN LATERAL (
        SELECT sum(documents.open_amount) AS amount FROM documents
        WHERE documents.account = calls.account AND documents.open_amount > 0 AND documents.due_on < %(today)s
    ) AS overdue ON true
    WHERE %(all)s OR calls.next_try_on <= %(today)s
    ORDER BY calls.next_try_on, overdue.amount DESC NULLS LAST, calls.account
    OFFSET %(skipped)s LIMIT %(limit)s
"""


class Calls:
    """Every account that is on the list of calls."""

    name = "calls"
    version = 1
    tables = ("calls",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE calls (
            account text COLLATE "C" PRIMARY KEY, since_on date NOT NULL, next_try_on date NOT NULL,
            tries bigint NOT NULL, last_result text NOT NULL, reason text NOT NULL
        );
    """
    indexes = "CREATE INDEX ON calls (next_try_on);"
    folds: tuple[type[Event], ...] = (CallWanted, CallNoted, CallClosed)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:
            match entry.event:
                case CallWanted(effective_on=on, reason=reason):
                    cursor.execute(
                        "INSERT INTO calls VALUES (%s, %s, %s, 0, '', %s) ON CONFLICT (account) DO NOTHING",
                        (entry.number, on, on, reason),
                    )
                case CallNoted(next_try_on=next_try_on, result=result) if next_try_on is not None:
                    cursor.execute(
                        "UPDATE calls SET next_try_on = %s, last_result = %s, tries = tries + 1 WHERE account = %s",
                        (next_try_on, result, entry.number),
                    )
                case _:
                    cursor.execute("DELETE FROM calls WHERE account = %s", (entry.number,))


# --- queries


class CallRow(msgspec.Struct):
    """A customer to be called about an account: from which day, how often that was tried, and what is overdue now."""

    account: str
    customer: str
    name: str
    since_on: date
    next_try_on: date
    tries: int
    last_result: str
    reason: str
    overdue: Money


def calls_due(cursor: Cursor, today: date, skipped: int, limit: int, *, every: bool = False) -> list[CallRow]:
    """The calls that are due on a day, or all; by the day of the next try, then the largest debt first."""
    wanted = {"today": today, "all": every, "skipped": skipped, "limit": limit}
    rows = cursor.execute(SELECT_CALLS, wanted).fetchall()
    return [
        CallRow(account, customer, name, since_on, next_try_on, tries, result, reason, Money(amount, currency))
        for account, customer, name, since_on, next_try_on, tries, result, reason, amount, currency in rows
    ]
