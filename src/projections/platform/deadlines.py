"""Which decisions are due on which date, or at which instant, although no event happens then?

Each area folds its own events into deadlines, and wake-ups hand those that have come to their areas. A deadline belongs
to the stream of its event, so a row depends on its stream alone.

The date on which an account is billed next is not here: it is the column `next_due_on` of `account_states`. It changes
with every bill of every account, so that as a row of its own it would make a billing run write a second large table;
and the run takes accounts by the thousand in order of it, together with their states, whereas a wake-up takes them one
by one. The nightly billing run, which is timed work, is its wake-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zlib import crc32

import msgspec

from billing_core.kernel.events import Event, topic_of
from projections.platform.projection import EVERY_KIND, Cursor, LoggedEvent, as_columns

VERSION = 3
UPSERT_DEADLINES = """
    INSERT INTO deadlines (stream, kind, subject, due_on, due_at)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::timestamptz[])
    ON CONFLICT (stream, kind, subject) DO UPDATE SET due_on = excluded.due_on, due_at = excluded.due_at
"""
DELETE_DEADLINES = """
    DELETE FROM deadlines USING unnest(%b::text[], %b::text[], %b::text[]) AS gone (stream, kind, subject)
    WHERE (deadlines.stream, deadlines.kind, deadlines.subject) = (gone.stream, gone.kind, gone.subject)
"""


class Deadline(NamedTuple):
    """The stream has a deadline of this kind on a day; on None it has none any more.

    `subject` distinguishes several of one kind. With an instant, `at`, it comes then, and its day is for who reads it;
    without one it comes as soon as it is that day in the time zone of its seller.
    """

    kind: str
    on: date | None
    subject: str = ""
    at: datetime | None = None


DeadlineFold = Callable[[LoggedEvent], Iterable[Deadline]]
DeadlineFolds = Mapping[type[Event], DeadlineFold]
Key = tuple[str, str, str]


class Deadlines:
    """Every deadline that stands; a later one of the same stream, kind and subject takes its place."""

    name = "deadlines"
    tables = ("deadlines",)
    streams = EVERY_KIND
    by_stream = True
    definition = """
        CREATE TABLE deadlines (
            stream text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL,
            due_on date NOT NULL, due_at timestamptz,
            -- The order in which they come: that of `comes_at` in commands.platform.wakes.
            comes_at timestamptz NOT NULL
                GENERATED ALWAYS AS (coalesce(due_at, due_on::timestamp AT TIME ZONE 'UTC')) STORED,
            PRIMARY KEY (stream, kind, subject)
        );
    """
    indexes = "CREATE INDEX ON deadlines (comes_at, stream, kind, subject);"

    def __init__(self, of_areas: Iterable[DeadlineFolds]) -> None:
        self._folds: dict[type[Event], list[DeadlineFold]] = defaultdict(list)
        for folds in of_areas:
            for kind, fold in folds.items():
                self._folds[kind].append(fold)
        self.folds = tuple(self._folds)

    @property
    def version(self) -> int:
        """Another one as soon as an area folds other kinds of event: the table lacks the deadlines of old events."""
        folded = sorted(
            f"{topic_of(kind)} {fold.__module__}.{fold.__qualname__}"
            for kind, folds in self._folds.items()
            for fold in folds
        )
        return VERSION * 1_000_000 + crc32(" ".join(folded).encode()) % 1_000_000

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        changes: dict[Key, Deadline] = {}
        for entry in page:
            for fold in self._folds[type(entry.event)]:
                for deadline in fold(entry):
                    changes[entry.stream, deadline.kind, deadline.subject] = deadline
        gone = [key for key, deadline in changes.items() if deadline.on is None]
        standing = [(*key, deadline.on, deadline.at) for key, deadline in changes.items() if deadline.on is not None]
        if gone:
            cursor.execute(DELETE_DEADLINES, as_columns(gone, 3))
        if standing:
            cursor.execute(UPSERT_DEADLINES, as_columns(standing, 5))


# --- queries


class DeadlineRow(msgspec.Struct):
    """A deadline as listed, with its instant if it has one; `is_handed` if its area was woken for it."""

    due_on: date
    due_at: datetime | None
    stream: str
    kind: str
    subject: str
    is_handed: bool


SELECT_DEADLINES = """
    SELECT deadlines.due_on, deadlines.due_at, deadlines.stream, deadlines.kind, deadlines.subject,
        handed.stream IS NOT NULL
    FROM deadlines LEFT JOIN billing.wake_ups AS handed
        ON (handed.stream, handed.kind, handed.subject, handed.due_on)
            = (deadlines.stream, deadlines.kind, deadlines.subject, deadlines.due_on)
        AND handed.due_at IS NOT DISTINCT FROM deadlines.due_at
    ORDER BY handed.stream IS NOT NULL, comes_at, deadlines.stream, deadlines.kind, deadlines.subject LIMIT %s
"""


def list_deadlines(cursor: Cursor, limit: int) -> list[DeadlineRow]:
    """Deadlines that are still to come, then those that were handed, each in order of date."""
    return [DeadlineRow(*row) for row in cursor.execute(SELECT_DEADLINES, (limit,))]


def count_deadlines(cursor: Cursor) -> int:
    """How many deadlines stand."""
    row = cursor.execute("SELECT count(*) FROM deadlines").fetchone()
    return int(row[0])
