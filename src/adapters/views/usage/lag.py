"""The lag of usage by source and kind, and the batches that broke what is promised."""

from __future__ import annotations

from typing import Annotated

import msgspec

from adapters.edge.values import Kept
from adapters.views.query import Queries, Query, Reading
from billing_core.kernel.errors import InvalidValue
from billing_core.usage.mediation.lag import UsageLag
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.lag import LateBatch, late_batches, usage_lags

MOST_HOURS = 31 * 24
MOST_LATE = 200


def _require_hours(hours: int) -> None:
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidValue(f"must be 1 to {MOST_HOURS}")


class ShowUsageLag(Query, frozen=True, kw_only=True):
    """How long the records that began in the last hours took until they were booked, and which batches were late."""

    hours: Annotated[int, Kept(_require_hours)] = 24


class LagOfUsage(msgspec.Struct):
    """The lag by source and kind, and the batches that took longer than is promised, the longest first."""

    lags: list[UsageLag]
    late: list[LateBatch]


def _show_lag(query: ShowUsageLag, reading: Reading) -> LagOfUsage:
    now = reading.source.now
    with reading.source.cursor() as cursor:
        return LagOfUsage(usage_lags(cursor, now, query.hours), late_batches(cursor, now, query.hours, MOST_LATE))


QUERIES: Queries = {ShowUsageLag: _show_lag}
CONCERNS: Concerns = {ShowUsageLag: HOUSE}
