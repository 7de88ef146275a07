"""The event types that may be in the store, noted by `billing init`, against those that this program can read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import psycopg
from psycopg.rows import scalar_row

from adapters.postgres.migrations import DatabaseNewer, DatabaseOutdated


def note_topics(connection: psycopg.Connection[Any], known: Collection[str]) -> list[str]:
    """Note the event types of this program; the new ones. The database of a newer program is refused."""
    _refuse_newer(_noted(connection), known)
    found = connection.cursor(row_factory=scalar_row).execute(
        "INSERT INTO billing.event_topics (topic) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING RETURNING topic",
        (sorted(known),),
    )
    return list(found)


def require_same_topics(connection: psycopg.Connection[Any], known: Collection[str]) -> None:
    """Refuse to work on a database of a newer program, and to write event types that the database does not know."""
    noted = _noted(connection)
    _refuse_newer(noted, known)
    if missing := sorted(set(known) - noted):
        raise DatabaseOutdated(f"the database does not know the event types {', '.join(missing)}: run `billing init`")


def _noted(connection: psycopg.Connection[Any]) -> set[str]:
    return set(connection.cursor(row_factory=scalar_row).execute("SELECT topic FROM billing.event_topics"))


def _refuse_newer(noted: Collection[str], known: Collection[str]) -> None:
    if unknown := sorted(set(noted) - set(known)):
        raise DatabaseNewer(
            f"the database was written by a newer program: it may hold events of the types {', '.join(unknown)}, which "
            "this one cannot read; upgrade the program"
        )
