"""A broken promise of lag is a condition of its source, `usage-late`: by a rule of the house it opens a ticket.

It is there as long as records of the last hours came later than is promised, or wait longer, and gone when none did. A
house without such a rule is not watched.
"""

from __future__ import annotations

import re
from datetime import datetime

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from billing_core.usage.mediation.lag import USAGE_LATE
from commands.work.causes import ReportCondition, load_rule
from projections.usage.deliveries import sources_after
from projections.usage.lag import RECENT_HOURS, usage_lags

LOCK = ACTOR = "usage lag"
MOST_SOURCES = 1_000
# What no name of a device may have.
BETWEEN_WORDS = re.compile(r"[\s/@]+")


class LagWatch:
    """Reports of which sources usage is late."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._reported: dict[str, bool] = {}

    def advance(self, now: datetime) -> int:
        """Report what has changed; of how many sources. Another process that does so is left alone."""
        with self._application.tables.only_runner_unless_busy(LOCK) as is_alone:
            if not is_alone or not self._has_rule():
                return 0
            changed = {
                source: is_late for source, is_late in self._late(now).items() if self._reported.get(source) != is_late
            }
            for source, is_late in changed.items():
                self._report(source, now, is_late=is_late)
            self._reported |= changed
            return len(changed)

    def _has_rule(self) -> bool:
        with self._application.store.transaction() as transaction:
            return load_rule(transaction, USAGE_LATE, "") is not None

    def _late(self, now: datetime) -> dict[str, bool]:
        """Whether each source broke what is promised."""
        with self._application.queries.cursor() as cursor:
            known = dict.fromkeys((row.source for row in sources_after(cursor, "", MOST_SOURCES)), False)
            for lag in usage_lags(cursor, now, RECENT_HOURS):
                known[lag.source] = known.get(lag.source, False) or not lag.is_kept
        return known

    def _report(self, source: str, now: datetime, *, is_late: bool) -> None:
        device = BETWEEN_WORDS.sub("-", source)[:100]
        report = ReportCondition(kind=USAGE_LATE, device=device, is_active=is_late, since=now)
        self._application.bus.execute(report, origin_of_process(ACTOR)._replace(recorded_at=now))
