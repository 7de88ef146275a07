"""Who did what, when and from where?

The log of events is itself the answer and is read directly; it lacks an index by actor and by correlation id. This
projection keeps only these, so no change is copied and nothing can disagree. Of a correlation id, which may be that of
a run with millions of events, it keeps only the stretches of the log with its events: a row for each thousand of them,
which is cheap to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from billing_core.kernel.events import Event
from projections.platform.area import Area
from projections.platform.projection import EVERY_KIND, Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {"actor": "text", "position": "int8"}
STRETCH_POSITIONS = 1_000
# In one order, so that processes that fill the same table never deadlock.
INSERT_STRETCHES = """
    INSERT INTO stretches_by_correlation (correlation, stretch) SELECT * FROM unnest(%b::uuid[], %b::int8[])
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""


class Audit:
    """The positions of the events each actor caused, and the stretches of the log with events of each correlation id.

    It is about recording, so it does not answer for an effective date.
    """

    name = "audit"
    version = 2
    tables = ("events_by_actor", "stretches_by_correlation")
    by_stream = True
    definition = """
        CREATE TABLE events_by_actor (actor text COLLATE "C" NOT NULL, position bigint NOT NULL);
        CREATE TABLE stretches_by_correlation (
            correlation uuid, stretch bigint, PRIMARY KEY (correlation, stretch));
    """
    streams = EVERY_KIND
    folds = (Event,)
    indexes = "ALTER TABLE events_by_actor ADD PRIMARY KEY (actor, position);"

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        insert_rows(cursor, "events_by_actor", COLUMNS, ((entry.origin.actor, entry.position) for entry in page))
        found = {(entry.origin.correlation, entry.position // STRETCH_POSITIONS) for entry in page}
        stretches = [(UUID(correlation), stretch) for correlation, stretch in found if correlation]
        cursor.execute(INSERT_STRETCHES, as_columns(stretches, 2))


# --- queries


def positions_by_actor(cursor: Cursor, actor: str, limit: int, before: int | None = None) -> list[int]:
    """The newest positions of an actor's events, newest first, before a position."""
    rows = cursor.execute(
        """SELECT position FROM events_by_actor WHERE actor = %s AND (%s::bigint IS NULL OR position < %s)
           ORDER BY position DESC LIMIT %s""",
        (actor, before, before, limit),
    )
    return [row[0] for row in rows]


def stretches_of_correlation(cursor: Cursor, correlation: UUID) -> list[range]:
    """The stretches of positions that contain all events of a correlation id."""
    rows = cursor.execute("SELECT stretch FROM stretches_by_correlation WHERE correlation = %s", (correlation,))
    return [range(stretch * STRETCH_POSITIONS, (stretch + 1) * STRETCH_POSITIONS) for (stretch,) in rows]


def count_changes(cursor: Cursor, actor: str | None = None, before: int | None = None) -> int:
    """The number of events before a position, of one actor or of all."""
    row = cursor.execute(
        """SELECT count(*) FROM events_by_actor
           WHERE (%(actor)s::text IS NULL OR actor = %(actor)s)
           AND (%(before)s::bigint IS NULL OR position < %(before)s)""",
        {"actor": actor, "before": before},
    ).fetchone()
    return int(row[0])


AREA = Area(recorded=(Audit(),))
