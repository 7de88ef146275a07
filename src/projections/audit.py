"""Who did what, when and from where?

The log of events is itself the answer and is read as it stands; what it lacks is a way in by actor. That is all
this projection keeps, so nothing about a change is copied and nothing can disagree.
"""

from __future__ import annotations

from collections.abc import Sequence

from billing_core.events import Event
from projections.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {"actor": "text", "position": "int8"}


class Audit:
    """The positions of the events each actor caused.

    It is about recording, so for an effective date it has no answer.
    """

    name = "audit"
    version = 1
    tables = ("events_by_actor",)
    by_stream = True
    definition = """
        CREATE TABLE events_by_actor (actor text COLLATE "C" NOT NULL, position bigint NOT NULL);
    """
    folds = (Event,)
    indexes = "ALTER TABLE events_by_actor ADD PRIMARY KEY (actor, position);"

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        insert_rows(cursor, "events_by_actor", COLUMNS, ((entry.origin.actor, entry.position) for entry in page))


# --- queries


def positions_by_actor(cursor: Cursor, actor: str, limit: int, before: int | None = None) -> list[int]:
    """The newest positions of an actor's events, newest first, before a position."""
    rows = cursor.execute(
        """SELECT position FROM events_by_actor WHERE actor = %s AND (%s::bigint IS NULL OR position < %s)
           ORDER BY position DESC LIMIT %s""",
        (actor, before, before, limit),
    )
    return [row[0] for row in rows]


def count_changes(cursor: Cursor, actor: str | None = None, before: int | None = None) -> int:
    """How many events there are before a position, of one actor or of all."""
    row = cursor.execute(
        """SELECT count(*) FROM events_by_actor
           WHERE (%(actor)s::text IS NULL OR actor = %(actor)s)
           AND (%(before)s::bigint IS NULL OR position < %(before)s)""",
        {"actor": actor, "before": before},
    ).fetchone()
    return int(row[0])


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams that tell a customer's history: its own and those of its accounts."""
    rows = cursor.execute("SELECT number FROM accounts WHERE customer = %s ORDER BY number", (customer,))
    return [f"customer/{customer}", *(f"account/{row[0]}" for row in rows)]
