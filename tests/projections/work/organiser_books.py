"""A crew and what it does, for the books on which every read model is tried."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from billing_core.work.crews import Crew
from billing_core.work.flows import END, Flow, Move, Step
from billing_core.work.recurring import RecurringTask
from commands.work.appointments import BookAppointment, MoveAppointment
from commands.work.crews import DefineCrew, RecordAbsence
from commands.work.flows import PublishFlow
from commands.work.job_rates import SetJobRate
from commands.work.opening import OpenTicket
from commands.work.recurring import DefineRecurringTask
from tests.operators import Operator
from tests.projections.work.books import HOURS, ON

GO = Step(code="go", moves=(Move(to=END, resolution="done"),))
VISIT = Flow(kind="visit", title="Visit", queue="field", steps=(GO,))


def keep_crew(operator: Operator) -> None:
    """A crew with a day off, appointments one of which was moved, a rate, and a task that recurs."""
    crew = Crew(code="crew-1", title="Crew 1", seller="north", members=("anna",), hours=HOURS)
    operator.tell(DefineCrew(crew=crew), today=ON)
    operator.tell(RecordAbsence(crew="crew-1", from_on=date(2026, 4, 14), to_on=date(2026, 4, 15)), today=ON)
    operator.tell(PublishFlow(flow=VISIT), today=ON)
    opened = operator.tell(OpenTicket(kind="visit", subject="No picture", customer="A0001"), today=ON)
    book = BookAppointment(
        ticket=opened.result["ticket"],
        crew="crew-1",
        job_kind="fault",
        begins_at=datetime(2026, 4, 9, 9, tzinfo=UTC),
        minutes=60,
        address="Pier 1",
    )
    first = operator.tell(book, today=ON).result["appointment"]
    operator.tell(MoveAppointment(appointment=first, begins_at=book.begins_at + timedelta(hours=1)), today=ON)
    operator.tell(msgspec.structs.replace(book, begins_at=book.begins_at - timedelta(hours=1)), today=ON)
    operator.tell(SetJobRate(job_kind="fault", rate=Decimal("9.00"), currency="EUR", from_on=ON), today=ON)
    task = RecurringTask(code="inspect", kind="visit", subject="Node", rule="FREQ=MONTHLY;BYDAY=1MO", from_on=ON)
    operator.tell(DefineRecurringTask(task=task), today=ON)
