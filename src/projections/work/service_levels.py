"""Which service levels are there?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.service_levels import ServiceLevel, ServiceLevelDefined
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO service_levels (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class ServiceLevels:
    """Every service level, as now known."""

    name = "service_levels"
    version = 1
    tables = ("service_levels",)
    by_stream = True
    definition = 'CREATE TABLE service_levels (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("service-level",)
    folds: tuple[type[Event], ...] = (ServiceLevelDefined,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known = {entry.number: entry.event.level for entry in page if isinstance(entry.event, ServiceLevelDefined)}
        rows = ((code, msgspec.json.encode(level).decode()) for code, level in known.items())
        cursor.execute(UPSERT, as_columns(rows, 2))


def service_levels_after(cursor: Cursor, after: str, limit: int) -> list[ServiceLevel]:
    """Service levels in order of code, after a code."""
    rows = cursor.execute(
        "SELECT details FROM service_levels WHERE code > %s ORDER BY code LIMIT %s", (after, limit)
    ).fetchall()
    return [msgspec.json.decode(details, type=ServiceLevel) for (details,) in rows]
