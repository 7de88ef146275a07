"""Who promised to pay what until when, and how did it end?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.deadlines import Deadline
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "account": "text", "number": "int8", "opened_on": "date", "until_on": "date", "breaks_on": "date",
    "amount": "numeric", "currency": "text", "state": "text", "ended_on": "date",
}  # fmt: skip
STATES: Mapping[type[Event], str] = {PromiseKept: "kept", PromiseBroken: "broken"}
UPDATE_ENDED = """
    UPDATE promises SET state = ended.state, ended_on = ended.ended_on
    FROM unnest(%b::text[], %b::text[], %b::date[]) AS ended (account, state, ended_on)
    WHERE promises.account = ended.account AND promises.state = 'open'
"""
# The newest promise of each account.
SELECT_NEWEST = """
    SELECT account, opened_on, until_on, amount, currency, state, ended_on FROM (
        SELECT DISTINCT ON (account) * FROM promises WHERE account > %(after)s AND {of_dealer}
        ORDER BY account, number DESC
    ) AS newest WHERE state = 'open' OR NOT %(open_only)s
"""


class Promised:
    """Every promise with its state: open, kept or broken."""

    name = "promises"
    version = 2
    tables = ("promises",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE promises (
            account text COLLATE "C", number bigint, opened_on date NOT NULL, until_on date NOT NULL,
            breaks_on date NOT NULL, amount numeric NOT NULL, currency text NOT NULL, state text NOT NULL,
            ended_on date, PRIMARY KEY (account, number)
        );
    """
    indexes = "CREATE INDEX ON promises (account) WHERE state = 'open';"
    folds: tuple[type[Event], ...] = (PromiseOpened, PromiseKept, PromiseBroken)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        opened: dict[str, list[list[Any]]] = {}
        ended: list[tuple[str, str, date]] = []
        for entry in page:
            fact = entry.event
            if isinstance(fact, PromiseOpened):
                amount = fact.amount
                row = [entry.number, entry.version, fact.effective_on, fact.until_on, fact.breaks_on]
                opened.setdefault(entry.number, []).append([*row, amount.amount, amount.currency, "open", None])
            elif entry.number in opened:
                opened[entry.number][-1][-2:] = STATES[type(fact)], fact.effective_on
            else:
                ended.append((entry.number, STATES[type(fact)], fact.effective_on))
        if ended:
            cursor.execute(UPDATE_ENDED, as_columns(ended, 3))
        if opened:
            insert_rows(cursor, "promises", COLUMNS, (row for rows in opened.values() for row in rows))


class PromiseRow(msgspec.Struct):
    """The newest promise of an account as listed."""

    account: str
    opened_on: date
    until_on: date
    amount: Money
    state: str
    ended_on: date | None


def promises_after(cursor: Cursor, after: str, limit: int, *, open_only: bool, dealer: str = "") -> list[PromiseRow]:
    """The newest promise of each account after a number, in order of number; of all accounts or if it is open.

    Those of a dealer's customers if one is named.
    """
    newest = SELECT_NEWEST.format(of_dealer=accounts_of("account", dealer))
    wanted = {"after": after, "open_only": open_only, "limit": limit, "dealer": dealer}
    rows = cursor.execute(f"{newest} ORDER BY account LIMIT %(limit)s", wanted)
    return [
        PromiseRow(account, opened_on, until_on, Money(amount, currency), state, ended_on)
        for account, opened_on, until_on, amount, currency, state, ended_on in rows
    ]


def count_promises(cursor: Cursor, after: str, *, open_only: bool) -> int:
    """How many there are of them."""
    counted = f"SELECT count(*) FROM ({SELECT_NEWEST.format(of_dealer='true')}) AS listed"
    return int(cursor.execute(counted, {"after": after, "open_only": open_only}).fetchone()[0])


def exemptions(cursor: Cursor, accounts: Sequence[str], on: date) -> dict[str, str]:
    """Accounts with an open promise, until it is broken."""
    rows = cursor.execute(
        """SELECT account, until_on FROM promises
           WHERE account = ANY(%s) AND state = 'open' AND opened_on <= %s AND breaks_on > %s""",
        (list(accounts), on, on),
    )
    return {account: f"promised to pay by {until_on}" for account, until_on in rows}


# --- what must hold

INVARIANTS = {
    "an account has one open promise at most": """
        SELECT account FROM promises WHERE state = 'open' GROUP BY account HAVING count(*) > 1
    """,
}


# --- deadlines


def _opened(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, PromiseOpened)
    yield Deadline("promise", entry.event.breaks_on)


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline("promise", None)


AREA = Area(
    true_by_date=(Promised(),),
    invariants=INVARIANTS,
    exemptions=exemptions,
    deadlines={PromiseOpened: _opened, PromiseKept: _ended, PromiseBroken: _ended},
)
