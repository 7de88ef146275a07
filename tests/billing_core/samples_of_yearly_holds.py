"""How the stored samples of yearly holds are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.services.yearly_holds import YearlyHoldEnded, YearlyHoldMade, YearlyHoldPlanned, YearlyHoldSkipped

SAMPLES: dict[str, Event] = {
    "yearly-hold-planned/1": YearlyHoldPlanned(
        effective_on=date(2026, 10, 15), subscription="S1", from_day="10-01", to_day="03-31", next_on=date(2027, 10, 1)
    ),
    "yearly-hold-made/1": YearlyHoldMade(
        effective_on=date(2027, 10, 1), subscription="S1", until_on=date(2028, 4, 1), next_on=date(2028, 10, 1)
    ),
    "yearly-hold-skipped/1": YearlyHoldSkipped(
        effective_on=date(2028, 10, 1), subscription="S1", reason="24.00 EUR is overdue", next_on=date(2029, 10, 1)
    ),
    "yearly-hold-ended/1": YearlyHoldEnded(effective_on=date(2029, 3, 2), subscription="S1"),
}
