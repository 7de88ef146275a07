"""How the stored samples of service levels are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.work.service_levels import Promised, ServiceLevel, ServiceLevelDefined
from billing_core.work.working_hours import WorkingHours

SAMPLES: dict[str, Event] = {
    "service-level-defined/1": ServiceLevelDefined(
        effective_on=date(2026, 6, 1),
        level=ServiceLevel(
            code="home",
            title="Homes",
            seller="north",
            hours=WorkingHours(monday=("08:00-12:00", "13:00-17:00"), holiday=("10:00-12:00",)),
            promised={"normal": Promised(first_reply=240, resolution=960)},
        ),
    ),
}
