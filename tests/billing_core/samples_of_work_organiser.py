"""How the stored samples of crews, appointments, rates and recurring tasks are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.work.appointments import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentDone,
    AppointmentMoved,
    CrewTimeFreed,
    CrewTimeTaken,
    Place,
)
from billing_core.work.crews import Crew, CrewAbsenceRecorded, CrewAbsenceWithdrawn, CrewDefined
from billing_core.work.job_rates import JobRateSet
from billing_core.work.recurring import (
    RecurringTask,
    RecurringTaskDefined,
    RecurringTaskDue,
    RecurringTaskEnded,
)
from billing_core.work.routes import Position, Travel
from billing_core.work.working_hours import Interval, WorkingHours

ON, NEXT = date(2026, 6, 11), date(2026, 6, 12)
MORNING = Interval(datetime(2026, 6, 11, 6, tzinfo=UTC), datetime(2026, 6, 11, 7, 30, tzinfo=UTC))
NODE = Place(site="Node PT8", site_position=Position(Decimal("49.1951"), Decimal("16.6068")))
TASK = RecurringTask(
    code="inspect-pt8",
    kind="inspection",
    subject="Inspect node PT8",
    rule="FREQ=MONTHLY;BYDAY=1MO",
    from_on=date(2026, 6, 1),
    node="PT8",
)
SAMPLES: dict[str, Event] = {
    "crew-defined/1": CrewDefined(
        effective_on=ON,
        crew=Crew(
            code="crew-2",
            title="Crew 2",
            seller="vrana",
            members=("milan", "areg"),
            hours=WorkingHours(thursday=("08:00-16:00",)),
            skills=("installation", "fault"),
            districts=("north",),
            base=Position(Decimal("49.2"), Decimal("16.6")),
            travel=Travel(speed=50, road_factor=Decimal("1.4")),
        ),
    ),
    "crew-absence-recorded/1": CrewAbsenceRecorded(
        effective_on=ON, technician="areg", from_on=ON, to_on=NEXT, reason="training"
    ),
    "crew-absence-withdrawn/1": CrewAbsenceWithdrawn(effective_on=ON, technician="areg", from_on=ON),
    "appointment-booked/1": AppointmentBooked(
        effective_on=ON,
        ticket="T-1251",
        job_kind="installation",
        crew="crew-2",
        on=ON,
        time=MORNING,
        place=NODE,
        forced="agreed by telephone",
    ),
    "appointment-moved/1": AppointmentMoved(effective_on=ON, crew="crew-1", on=ON, time=MORNING),
    "appointment-cancelled/1": AppointmentCancelled(effective_on=ON, reason="nobody is at home"),
    "appointment-done/1": AppointmentDone(
        effective_on=ON, crew="crew-2", on=ON, time=MORNING, technicians=("milan", "areg")
    ),
    "crew-time-taken/1": CrewTimeTaken(effective_on=ON, appointment="T-1251-1", time=MORNING, place=NODE),
    "crew-time-freed/1": CrewTimeFreed(effective_on=ON, appointment="T-1251-1"),
    "job-rate-set/1": JobRateSet(
        effective_on=ON, job_kind="installation", amount=Money(Decimal("18.00"), "EUR"), crew="crew-2"
    ),
    "recurring-task-defined/1": RecurringTaskDefined(effective_on=ON, task=TASK, next_on=date(2026, 7, 6)),
    "recurring-task-due/1": RecurringTaskDue(effective_on=date(2026, 7, 6), task=TASK, next_on=date(2026, 8, 3)),
    "recurring-task-ended/1": RecurringTaskEnded(effective_on=ON, reason="the node is gone"),
}
