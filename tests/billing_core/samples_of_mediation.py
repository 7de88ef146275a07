"""How the stored samples of mediation are read."""

from __future__ import annotations

from datetime import UTC, date, datetime

from billing_core.kernel.events import Event
from billing_core.usage.mediation.batches import RefusedUsage, UsageBatchBookedAgain
from billing_core.usage.mediation.deliveries import (
    Numbers,
    RowsOfMonth,
    UsageReceived,
    WaitingUsageDismissed,
)

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SAMPLES: dict[str, Event] = {
    "usage-received/1": UsageReceived(
        effective_on=date(2026, 6, 1),
        source="switch",
        batch="calls-0042.csv",
        profile="asterisk",
        file_hash=EMPTY,
        taken=3,
        repeated=1,
        refused=2,
        mended=1,
        first_at=datetime(2026, 5, 31, 23, 59, 59, 500_000, tzinfo=UTC),
        last_at=datetime(2026, 6, 1, 8, tzinfo=UTC),
        months=(
            RowsOfMonth("2026-05", 1, EMPTY, 60, 0, 0, 0),
            RowsOfMonth("2026-06", 2, EMPTY, 90, 1_500_000, 5, 7),
        ),
        numbers=Numbers(101, 106),
        again_of="calls-0041.csv",
    ),
    "usage-batch-booked-again/1": UsageBatchBookedAgain(
        effective_on=date(2026, 6, 2),
        records=2,
        late=1,
        settled=(
            RefusedUsage("A0001", "main", "data", date(2026, 5, 10), 2, "component", "data", "no such component"),
        ),
    ),
    "waiting-usage-dismissed/1": WaitingUsageDismissed(
        effective_on=date(2026, 6, 2), lines=(4, 9), reason="a test call"
    ),
}
