"""Who is not dunned, and why: disputes, pauses, exemptions, promises and insolvencies.

Kept as the rules keep them (`billing_core.dunning.state`), so that both can't differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from billing_core.dunning.facts import (
    DunningHeld,
    DunningHoldEnded,
    DunningPaused,
    DunningPauseEnded,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
    SuspensionPutOff,
)
from billing_core.dunning.state import FOLDS, Dunning, Stop
from billing_core.kernel.events import Event
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened
from projections.dealers import accounts_of
from projections.platform.deadlines import Deadline
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "account": "text", "invoice": "text", "place": "int4", "why": "text", "from_on": "date", "to_on": "date",
    "reason": "text",
}  # fmt: skip


class DunningStops:
    """The days on which an account, or one of its items, is not dunned."""

    name = "dunning_stops"
    version = 1
    tables = ("dunning_stops",)
    by_stream = True
    definition = """
        CREATE TABLE dunning_stops (
            account text COLLATE "C", invoice text COLLATE "C", place integer, why text NOT NULL, from_on date NOT NULL,
            to_on date, reason text NOT NULL, PRIMARY KEY (account, invoice, place)
        );
    """
    indexes = ""
    streams = ("account",)
    folds: tuple[type[Event], ...] = (
        ItemDisputed, ItemDisputeEnded, DunningPaused, DunningPauseEnded, InsolvencyNoted, InsolvencyEnded,
        PromiseOpened, PromiseKept, PromiseBroken, DunningHeld, DunningHoldEnded,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        accounts = list({entry.number for entry in page})
        known = {account: Dunning() for account in accounts}
        rows = cursor.execute(
            """DELETE FROM dunning_stops WHERE account = ANY(%s)
               RETURNING account, invoice, place, why, from_on, to_on, reason""", (accounts,),
        ).fetchall()  # fmt: skip
        for account, invoice, _, why, from_on, to_on, reason in sorted(rows, key=lambda row: row[:3]):
            stops = known[account].stops
            known[account].stops = {**stops, invoice: (*stops.get(invoice, ()), Stop(from_on, to_on, why, reason))}
        for entry in page:
            FOLDS[type(entry.event)](known[entry.number], entry.event)
        insert_rows(cursor, "dunning_stops", COLUMNS, (
            (account, invoice, place, stop.why, stop.from_on, stop.to_on, stop.reason)
            for account, dunning in known.items() for invoice, stops in dunning.stops.items()
            for place, stop in enumerate(stops)
        ))  # fmt: skip


class StopRow(msgspec.Struct):
    """An account that is not dunned, or one of its items, why and since when; without an end it is not known."""

    account: str
    customer: str
    name: str
    invoice: str
    why: str
    reason: str
    since_on: date
    until_on: date | None


def stops_after(
    cursor: Cursor, on: date, limit: int, after: str = "", why: str = "", dealer: str = ""
) -> list[StopRow]:
    """The stops that hold on a day, of the accounts after a number, in order of number; those of one kind if named."""
    rows = cursor.execute(
        f"""SELECT stops.account, accounts.customer, customers.name, stops.invoice, stops.why, stops.reason,
                   stops.from_on, stops.to_on
            FROM (
                SELECT * FROM dunning_stops WHERE (account || '/' || invoice || '/' || why) > %(after)s
                AND from_on <= %(on)s AND (to_on IS NULL OR to_on > %(on)s) AND (%(why)s = '' OR why = %(why)s)
                AND {accounts_of("account", dealer)}
                ORDER BY account || '/' || invoice || '/' || why LIMIT %(limit)s
            ) AS stops
            JOIN accounts ON accounts.number = stops.account JOIN customers ON customers.number = accounts.customer
            ORDER BY stops.account || '/' || stops.invoice || '/' || stops.why""",
        {"on": on, "limit": limit, "after": after, "why": why, "dealer": dealer},
    )
    return [StopRow(*row) for row in rows]


def key_of(row: StopRow) -> str:
    """By what a list goes on after a row."""
    return f"{row.account}/{row.invoice}/{row.why}"


def exemptions(cursor: Cursor, accounts: Sequence[str], on: date) -> dict[str, str]:
    """The accounts that are not dunned on a day by a fact of this area, and why; promises and tickets say it
    themselves.
    """
    rows = cursor.execute(
        """SELECT account, why, reason FROM dunning_stops WHERE account = ANY(%s) AND invoice = ''
           AND why NOT IN ('promised', 'ticket') AND from_on <= %s AND (to_on IS NULL OR to_on > %s)""",
        (list(accounts), on, on),
    )
    return {account: f"{why}: {reason}" for account, why, reason in rows}


# --- deadlines


def paused(entry: LoggedEvent) -> Iterator[Deadline]:
    """A pause ends by itself on its day; one that ended earlier takes the deadline away."""
    assert isinstance(entry.event, DunningPaused)
    yield Deadline("dunning-pause", entry.event.until_on, entry.event.invoice)


def put_off(entry: LoggedEvent) -> Iterator[Deadline]:
    """A suspension is decided again at the instant to which it was put off."""
    assert isinstance(entry.event, SuspensionPutOff)
    yield Deadline("suspension", entry.event.until_at.date(), at=entry.event.until_at)


def pause_ended(entry: LoggedEvent) -> Iterator[Deadline]:
    """No day is waited for any more."""
    assert isinstance(entry.event, DunningPauseEnded)
    yield Deadline("dunning-pause", None, entry.event.invoice)
