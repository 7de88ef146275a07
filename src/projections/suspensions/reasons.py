"""Which reasons for suspensions are defined?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.services.suspension_reasons import READY, SuspensionReason, SuspensionReasonDefined
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO suspension_reasons (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class SuspensionReasons:
    """Every reason that was defined, as now known; those that are ready have no row until they are defined anew."""

    name = "suspension_reasons"
    version = 1
    tables = ("suspension_reasons",)
    by_stream = True
    definition = 'CREATE TABLE suspension_reasons (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("suspension-reason",)
    folds: tuple[type[Event], ...] = (SuspensionReasonDefined,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known = {entry.number: entry.event.reason for entry in page if isinstance(entry.event, SuspensionReasonDefined)}
        rows = ((code, msgspec.json.encode(reason).decode()) for code, reason in known.items())
        cursor.execute(UPSERT, as_columns(rows, 2))


def suspension_reasons(cursor: Cursor) -> dict[str, SuspensionReason]:
    """The reasons that are defined or ready, by their codes, in order; there are few."""
    rows = cursor.execute("SELECT code, details FROM suspension_reasons").fetchall()
    defined = {code: msgspec.json.decode(details, type=SuspensionReason) for code, details in rows}
    return dict(sorted({**READY, **defined}.items()))
