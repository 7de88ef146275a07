"""What position and lag has each read model, and what holds it back?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import monotonic, sleep

import msgspec

from projections.platform.ports import Holder, Log
from projections.platform.projection import Cursor, Projection

PATIENCE_SECONDS = 1
POLL_SECONDS = 0.01

# Positions have gaps after transactions that were rolled back, so the missing events are counted.
SELECT_STANDINGS = """
    SELECT built.version, coalesce(built.position, 0), unseen.events, unseen.oldest_at
    FROM unnest(%(names)s::text[]) WITH ORDINALITY AS wanted (name, place)
    LEFT JOIN billing.checkpoints AS built ON built.schema_name = current_schema() AND built.projection = wanted.name
    CROSS JOIN LATERAL (
        SELECT count(*) AS events, min(recorded_at) AS oldest_at
        FROM billing.events WHERE events.position > coalesce(built.position, 0)
    ) AS unseen
    ORDER BY wanted.place
"""


class ModelLag(msgspec.Struct):
    """A read model: the version of its fold, of its tables (None if never built), and its lag.

    `lag_seconds` is the age of the oldest event that is not shown.
    """

    name: str
    version: int
    built_version: int | None
    position: int
    lag_events: int
    lag_seconds: int
    is_outdated: bool


class LogLag(msgspec.Struct):
    """The log: the newest assigned position, the final position, and the transaction that holds the rest back, if
    any.
    """

    newest_position: int
    final_position: int
    holder: Holder | None


def model_lags(cursor: Cursor, projections: Sequence[Projection], now: datetime) -> list[ModelLag]:
    """Every read model of the cursor's schema, as of now."""
    rows = cursor.execute(SELECT_STANDINGS, {"names": [projection.name for projection in projections]}).fetchall()
    return [_model_lag(projection, now, *row) for projection, row in zip(projections, rows, strict=True)]


def log_lag(log: Log, models: Sequence[ModelLag]) -> LogLag:
    """The log as of now.

    In a busy system some transaction is always open; so the function waits for those that end soon. Events that a read
    model shows are final, even if this program has only just started.
    """
    newest, gives_up_at = log.newest_position(), monotonic() + PATIENCE_SECONDS
    while (final := log.final_position()) < newest and monotonic() < gives_up_at:
        sleep(POLL_SECONDS)
    final = max([final, *(model.position for model in models)])
    return LogLag(max(newest, final), final, log.holder() if final < newest else None)


def _model_lag(
    projection: Projection, now: datetime, built: int | None, position: int, events: int, oldest_at: datetime | None
) -> ModelLag:
    seconds = 0 if oldest_at is None else max(0, int((now - oldest_at).total_seconds()))
    outdated = built != projection.version
    return ModelLag(projection.name, projection.version, built, position, events, seconds, outdated)
