"""Which crews are there, who is in them, and on which days are they off?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.crews import CrewAbsenceRecorded, CrewAbsenceWithdrawn, CrewDefined, KnownCrew, apply_crew
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO crews (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class Crews:
    """Every crew with its days off, as now known."""

    name = "crews"
    version = 1
    tables = ("crews",)
    by_stream = True
    definition = 'CREATE TABLE crews (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("crew",)
    folds: tuple[type[Event], ...] = (CrewDefined, CrewAbsenceRecorded, CrewAbsenceWithdrawn)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = list({entry.number for entry in page})
        rows = cursor.execute("SELECT code, details FROM crews WHERE code = ANY(%s)", (codes,)).fetchall()
        known: dict[str, KnownCrew] = {code: _read(details) for code, details in rows}
        for entry in page:
            crew = apply_crew(known.get(entry.number), entry.event)
            assert crew is not None
            known[entry.number] = crew
        cursor.execute(UPSERT, as_columns(((code, _written(crew)) for code, crew in known.items()), 2))


def _read(details: str) -> KnownCrew:
    return msgspec.json.decode(details, type=KnownCrew)


def _written(crew: KnownCrew) -> str:
    return msgspec.json.encode(crew).decode()


# --- queries


def crews_after(cursor: Cursor, after: str, limit: int | None) -> list[KnownCrew]:
    """Crews in order of code, after a code."""
    rows = cursor.execute("SELECT details FROM crews WHERE code > %s ORDER BY code LIMIT %s", (after, limit)).fetchall()
    return [_read(details) for (details,) in rows]
