"""On which accounts do services run slower because money has not come in?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_core.dunning.facts import FullSpeedRestored, ServicesSlowed
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO dunning_speeds (account, profile, since_on, position)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::int8[])
    ON CONFLICT (account) DO UPDATE
    SET profile = excluded.profile, since_on = excluded.since_on, position = excluded.position
"""


class DunningSpeeds:
    """The accounts whose speed was ever changed, with the profile of now; empty for their own speed.

    `position` is that of the last change, so that the network learns of both.
    """

    name = "dunning_speeds"
    version = 1
    tables = ("dunning_speeds",)
    by_stream = True
    definition = """
        CREATE TABLE dunning_speeds (
            account text COLLATE "C" PRIMARY KEY, profile text NOT NULL, since_on date NOT NULL,
            position bigint NOT NULL
        );
    """
    indexes = "CREATE INDEX ON dunning_speeds (position);"
    streams = ("account",)
    folds: tuple[type[Event], ...] = (ServicesSlowed, FullSpeedRestored)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        changed = {entry.number: entry for entry in page}
        rows = (
            (account, getattr(entry.event, "profile", ""), entry.event.effective_on, entry.position)
            for account, entry in changed.items()
        )
        cursor.execute(UPSERT, as_columns(rows, 4))
