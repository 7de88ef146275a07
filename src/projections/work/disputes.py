"""Which accounts have an open ticket that holds dunning, such as a complaint about a bill?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.kernel.events import Event
from billing_core.work.ticket_events import TicketClosed, TicketOpened, TicketReopened
from projections.platform.projection import Cursor, LoggedEvent, as_columns

INSERT = """
    INSERT INTO disputes (ticket, account, opened_on, is_open)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::bool[])
"""
UPDATE = """
    UPDATE disputes SET is_open = changed.is_open FROM unnest(%b::text[], %b::bool[]) AS changed (ticket, is_open)
    WHERE disputes.ticket = changed.ticket
"""


class Disputes:
    """The tickets that hold dunning, each with its account, and whether it is open."""

    name = "disputes"
    version = 1
    tables = ("disputes",)
    by_stream = True
    definition = """
        CREATE TABLE disputes (
            ticket text COLLATE "C" PRIMARY KEY, account text COLLATE "C" NOT NULL, opened_on date NOT NULL,
            is_open boolean NOT NULL);
    """
    indexes = "CREATE INDEX ON disputes (account) WHERE is_open;"
    streams = ("ticket",)
    folds: tuple[type[Event], ...] = (TicketOpened, TicketClosed, TicketReopened)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        is_open = {entry.number: not isinstance(entry.event, TicketClosed) for entry in page}
        opened = {entry.number: entry.event for entry in page if isinstance(entry.event, TicketOpened)}
        disputed = [
            (ticket, fact.about.account, fact.effective_on, is_open[ticket])
            for ticket, fact in opened.items()
            if fact.holds_dunning and fact.about.account
        ]
        changed = [(ticket, is_now) for ticket, is_now in is_open.items() if ticket not in opened]
        if disputed:
            cursor.execute(INSERT, as_columns(disputed, 4))
        if changed:
            cursor.execute(UPDATE, as_columns(changed, 2))


def exemptions(cursor: Cursor, accounts: Sequence[str], on: date) -> dict[str, str]:
    """Accounts with an open ticket that holds dunning."""
    rows = cursor.execute(
        """SELECT account, min(ticket) FROM disputes
           WHERE account = ANY(%s) AND is_open AND opened_on <= %s GROUP BY account""",
        (list(accounts), on),
    )
    return {account: f"disputed by ticket {ticket}" for account, ticket in rows}
