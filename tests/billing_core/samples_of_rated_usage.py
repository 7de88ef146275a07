"""How the stored samples of rated usage are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.usage.rating.rated import RatedDay, UsageRated

SAMPLES: dict[str, Event] = {
    "usage-rated/1": UsageRated(
        effective_on=date(2026, 5, 10),
        subscription="voice",
        component="calls",
        days=(
            RatedDay(date(2026, 5, 10), 2, Decimal(130), 6_500_000),
            RatedDay(date(2026, 5, 11), 0, Decimal(0), 0),
        ),
        parts_per_unit=60_000_000,
    ),
}
