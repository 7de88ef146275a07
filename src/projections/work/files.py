"""Which files are attached to which ticket?

Names are personal: they go when the customer is forgotten, and with the rows the files themselves, which nothing names
any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.work.ticket_events import CommentAdded
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "ticket": "text", "position": "int8", "number": "int8", "customer": "text", "content_hash": "text", "name": "text",
    "media_type": "text", "size_bytes": "int8", "added_at": "timestamptz", "added_by": "text",
}  # fmt: skip
# The files that something names, for the platform.
ATTACHED = "SELECT content_hash FROM ticket_files"


class TicketFiles:
    """Every file that is attached to a ticket."""

    name = "ticket-files"
    version = 1
    tables = ("ticket_files",)
    by_stream = True
    definition = """
        CREATE TABLE ticket_files (
            ticket text COLLATE "C" NOT NULL, position bigint NOT NULL, number bigint NOT NULL,
            customer text COLLATE "C" NOT NULL, content_hash text COLLATE "C" NOT NULL, name text NOT NULL,
            media_type text NOT NULL, size_bytes bigint NOT NULL, added_at timestamptz NOT NULL, added_by text NOT NULL,
            PRIMARY KEY (ticket, position, number));
        CREATE INDEX ON ticket_files (customer);
    """
    indexes = "CREATE INDEX ON ticket_files (content_hash);"
    streams = ("ticket", "customer")
    folds: tuple[type[Event], ...] = (CommentAdded, CustomerForgotten)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows: list[tuple[Any, ...]] = []
        for entry in page:
            if isinstance(entry.event, CommentAdded) and entry.event.names:
                rows += _rows(entry, entry.event)
        if rows:
            insert_rows(cursor, "ticket_files", COLUMNS, rows)
        if forgotten := [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        cursor.execute("DELETE FROM ticket_files WHERE customer = ANY(%s)", (customers,))


def _rows(entry: LoggedEvent, fact: CommentAdded) -> list[tuple[Any, ...]]:
    return [
        (entry.number, entry.position, number, fact.customer, file.content_hash, name, file.media_type,
         file.size_bytes, entry.recorded_at, entry.origin.actor)
        for number, (file, name) in enumerate(zip(fact.attachments, fact.names, strict=True))
    ]  # fmt: skip


class TicketFile(msgspec.Struct):
    """A file that is attached to a ticket."""

    content_hash: str
    name: str
    media_type: str
    size_bytes: int
    added_at: datetime
    added_by: str


def files_of(cursor: Cursor, ticket: str) -> list[TicketFile]:
    """The files of a ticket, in the order in which they were attached."""
    rows = cursor.execute(
        "SELECT content_hash, name, media_type, size_bytes, added_at, added_by FROM ticket_files WHERE ticket = %s "
        "ORDER BY position, number", (ticket,),
    )  # fmt: skip
    return [TicketFile(*row) for row in rows]
