"""Who promised to pay what until when, and how did it end?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened, PromisePart, PromisePartKept
from billing_core.promises.state import parts_of
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.deadlines import Deadline
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "account": "text", "number": "int8", "opened_on": "date", "until_on": "date", "breaks_on": "date",
    "amount": "numeric", "currency": "text", "state": "text", "ended_on": "date", "parts": "int2", "kept_parts": "int2",
    "last_on": "date",
}  # fmt: skip
STATES: Mapping[type[Event], str] = {PromiseKept: "kept", PromiseBroken: "broken"}
UPDATE_KEPT_PART = """
    UPDATE promises SET kept_parts = kept.part, until_on = kept.until_on, breaks_on = kept.breaks_on
    FROM unnest(%b::text[], %b::int2[], %b::date[], %b::date[]) AS kept (account, part, until_on, breaks_on)
    WHERE promises.account = kept.account AND promises.state = 'open'
"""
UPDATE_ENDED = """
    UPDATE promises SET state = ended.state, ended_on = ended.ended_on,
        kept_parts = CASE ended.state WHEN 'kept' THEN parts ELSE kept_parts END
    FROM unnest(%b::text[], %b::text[], %b::date[]) AS ended (account, state, ended_on)
    WHERE promises.account = ended.account AND promises.state = 'open'
"""
# The newest promise of each account.
SELECT_NEWEST = """
    SELECT account, opened_on, until_on, last_on, amount, currency, state, ended_on, parts, kept_parts FROM (
        SELECT DISTINCT ON (account) * FROM promises WHERE account > %(after)s AND {of_dealer}
        ORDER BY account, number DESC
    ) AS newest WHERE state = 'open' OR NOT %(open_only)s
"""


class Promised:
    """Every promise with its state: open, kept or broken; `until_on` is the last day of the part that is due next."""

    name = "promises"
    version = 3
    tables = ("promises",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE promises (
            account text COLLATE "C", number bigint, opened_on date NOT NULL, until_on date NOT NULL,
            breaks_on date NOT NULL, amount numeric NOT NULL, currency text NOT NULL, state text NOT NULL,
            ended_on date, parts smallint NOT NULL, kept_parts smallint NOT NULL, last_on date NOT NULL,
            PRIMARY KEY (account, number)
        );
    """
    indexes = "CREATE INDEX ON promises (account) WHERE state = 'open';"
    folds: tuple[type[Event], ...] = (PromiseOpened, PromisePartKept, PromiseKept, PromiseBroken)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        """Each round has one event of an account at most, so that its rows change in the order of its events."""
        for entries in _rounds(page):
            opened = [_opened_row(entry) for entry in entries if isinstance(entry.event, PromiseOpened)]
            kept = [
                (entry.number, fact.part, fact.next_until_on, fact.next_breaks_on)
                for entry in entries
                if isinstance(fact := entry.event, PromisePartKept)
            ]
            ended = [
                (entry.number, STATES[type(entry.event)], entry.event.effective_on)
                for entry in entries
                if type(entry.event) in STATES
            ]
            if opened:
                insert_rows(cursor, "promises", COLUMNS, opened)
            if kept:
                cursor.execute(UPDATE_KEPT_PART, as_columns(kept, 4))
            if ended:
                cursor.execute(UPDATE_ENDED, as_columns(ended, 3))


def _rounds(page: Sequence[LoggedEvent]) -> Iterator[list[LoggedEvent]]:
    """The first event of each account, then the second one of each, and so on."""
    by_account: dict[str, list[LoggedEvent]] = {}
    for entry in page:
        by_account.setdefault(entry.number, []).append(entry)
    for entries in zip_longest(*by_account.values()):
        yield [entry for entry in entries if entry is not None]


def _opened_row(entry: LoggedEvent) -> list[Any]:
    fact = entry.event
    assert isinstance(fact, PromiseOpened)
    parts: tuple[PromisePart, ...] = parts_of(fact)
    first, amount = parts[0], fact.amount
    return [
        entry.number, entry.version, fact.effective_on, first.until_on, first.breaks_on, amount.amount,
        amount.currency, "open", None, len(parts), 0, fact.until_on,
    ]  # fmt: skip


class PromiseRow(msgspec.Struct):
    """The newest promise of an account as listed.

    `until_on` is the last day of the part that is due next, or was due last; `last_on` that of all of it.
    """

    account: str
    opened_on: date
    until_on: date
    last_on: date
    amount: Money
    state: str
    ended_on: date | None
    parts: int
    kept_parts: int


def promises_after(cursor: Cursor, after: str, limit: int, *, open_only: bool, dealer: str = "") -> list[PromiseRow]:
    """The newest promise of each account after a number, in order of number; of all accounts or if it is open.

    Those of a dealer's customers if one is named.
    """
    newest = SELECT_NEWEST.format(of_dealer=accounts_of("account", dealer))
    wanted = {"after": after, "open_only": open_only, "limit": limit, "dealer": dealer}
    rows = cursor.execute(f"{newest} ORDER BY account LIMIT %(limit)s", wanted)
    return [
        PromiseRow(account, opened_on, until_on, last_on, Money(amount, currency), state, ended_on, parts, kept_parts)
        for account, opened_on, until_on, last_on, amount, currency, state, ended_on, parts, kept_parts in rows
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
    yield Deadline("promise", parts_of(entry.event)[0].breaks_on)


def _part_kept(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, PromisePartKept)
    yield Deadline("promise", entry.event.next_breaks_on)


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline("promise", None)


AREA = Area(
    true_by_date=(Promised(),),
    invariants=INVARIANTS,
    exemptions=exemptions,
    deadlines={PromiseOpened: _opened, PromisePartKept: _part_kept, PromiseKept: _ended, PromiseBroken: _ended},
)
