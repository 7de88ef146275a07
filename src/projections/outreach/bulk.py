"""Which bulk messages were started, how far has each come, and who was left out why?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.outreach.bulk import (
    BulkMessage,
    BulkMessageAdvanced,
    BulkMessageCompleted,
    BulkMessageStarted,
    BulkMessageStopped,
    BulkState,
    apply_bulk,
)
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns

STEP = "bulk-message"
UPSERT_BULK = """
    INSERT INTO bulk_messages (code, started_at, details)
    SELECT * FROM unnest(%b::text[], %b::timestamptz[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class BulkMessages:
    """Every bulk message with its progress."""

    name = "bulk_messages"
    version = 1
    tables = ("bulk_messages",)
    by_stream = True
    definition = """
        CREATE TABLE bulk_messages (
            code text COLLATE "C" PRIMARY KEY, started_at timestamptz NOT NULL, details text NOT NULL);
    """
    indexes = ""
    streams = ("bulk-message",)
    folds: tuple[type[Event], ...] = (
        BulkMessageStarted, BulkMessageAdvanced, BulkMessageStopped, BulkMessageCompleted
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = list({entry.number for entry in page})
        rows = cursor.execute("SELECT code, started_at, details FROM bulk_messages WHERE code = ANY(%s)", (codes,))
        known = {code: (started_at, _decoded(details)) for code, started_at, details in rows.fetchall()}
        for entry in page:
            started_at, before = known.get(entry.number, (entry.recorded_at, None))
            bulk = apply_bulk(before, entry.event)
            assert bulk is not None
            known[entry.number] = started_at, bulk
        changed = ((code, at, msgspec.json.encode(bulk).decode()) for code, (at, bulk) in known.items())
        cursor.execute(UPSERT_BULK, as_columns(changed, 3))


def _decoded(details: str) -> BulkMessage:
    return msgspec.json.decode(details, type=BulkMessage)


# --- queries


class BulkMessageRow(msgspec.Struct):
    """A bulk message as listed: its progress, and how many were left out by reason."""

    bulk_message: str
    started_at: datetime
    started_on: date
    seller: str
    base: str
    state: BulkState
    expected: int
    queued: int
    left_out: int
    reasons: dict[str, int]
    per_minute: int
    reached: str
    next_at: datetime | None
    reason: str


def list_bulk_messages(cursor: Cursor, bulk_message: str = "") -> list[BulkMessageRow]:
    """Bulk messages, the newest first; only the one of a code if it is named."""
    rows = cursor.execute(
        "SELECT started_at, details FROM bulk_messages WHERE %(code)s = '' OR code = %(code)s "
        "ORDER BY started_at DESC, code",
        {"code": bulk_message},
    )
    return [_listed(started_at, _decoded(details)) for started_at, details in rows.fetchall()]


def _listed(started_at: datetime, bulk: BulkMessage) -> BulkMessageRow:
    its = bulk.started
    return BulkMessageRow(
        its.bulk_message, started_at.astimezone(UTC), its.effective_on, its.seller, its.base, bulk.state, its.expected,
        bulk.queued, sum(bulk.left_out.values()), dict(bulk.left_out), its.per_minute, bulk.reached, bulk.next_at,
        bulk.reason,
    )  # fmt: skip


def sellers_of_bulk_messages(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """Which seller's business each is."""
    codes = [stream.partition("/")[2] for stream in streams if stream.startswith("bulk-message/")]
    rows = cursor.execute("SELECT details FROM bulk_messages WHERE code = ANY(%s)", (codes,)).fetchall()
    started = [_decoded(details).started for (details,) in rows]
    return {f"bulk-message/{each.bulk_message}": each.seller for each in started}


# --- what must hold

INVARIANTS = {
    "a bulk message has queued as many messages as it says": """
        SELECT code FROM bulk_messages LEFT JOIN (
            SELECT cause, count(*) AS messages FROM messages WHERE kind = 'bulk' GROUP BY cause) AS queued
            ON cause = 'bulk-message ' || code
        WHERE coalesce((details::jsonb ->> 'queued')::bigint, 0) <> coalesce(messages, 0)
    """,
}


# --- deadlines


def _started(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline(STEP, entry.event.effective_on, at=entry.recorded_at)


def _advanced(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, BulkMessageAdvanced)
    at = entry.event.next_at
    yield Deadline(STEP, at.date() if at else None, at=at)


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline(STEP, None)


DEADLINES: DeadlineFolds = {
    BulkMessageStarted: _started,
    BulkMessageAdvanced: _advanced,
    BulkMessageStopped: _ended,
    BulkMessageCompleted: _ended,
}
