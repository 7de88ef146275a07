"""The pay of technicians: what was done times the rates, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.flows import END, Flow, Move, Step
from commands.staff.operators import RegisterOperator
from commands.work.appointments import BookAppointment, CompleteAppointment
from commands.work.crews import DefineCrew
from commands.work.flows import PublishFlow
from commands.work.job_rates import SetJobRate
from commands.work.opening import OpenTicket
from projections.work.pay import pay_of
from tests.billing_core.work.crew_days import CREW
from tests.operators import Operator, eur

ON = date(2026, 6, 1)
GO = Step(code="go", moves=(Move(to=END, resolution="done"),))


@pytest.fixture(autouse=True)
def month(house: Operator) -> None:
    """Two installations and a survey in June; everybody gets 15.00 for an installation, Milan 20.50 from 10 June on."""
    for member in CREW.members:
        house.tell(RegisterOperator(operator=member, name=member.title(), roles=("support",)), today=ON)
    house.tell(DefineCrew(crew=CREW), today=ON)
    house.tell(PublishFlow(flow=Flow(kind="visit", title="Visit", queue="field", steps=(GO,))), today=ON)
    number = house.tell(OpenTicket(kind="visit", subject="Node"), today=ON).result["ticket"]
    for day, job_kind, technicians in ((4, "installation", ()), (11, "installation", ()), (12, "survey", ("milan",))):
        begins_at, ends_at = (datetime(2026, 6, day, hour, tzinfo=UTC) for hour in (7, 8))
        book = BookAppointment(ticket=number, crew="crew-2", job_kind=job_kind, begins_at=begins_at, minutes=60,
                               address="Node PT8")  # fmt: skip
        appointment = house.tell(book, today=ON).result["appointment"]
        done = CompleteAppointment(appointment=appointment, begun_at=begins_at, ended_at=ends_at,
                                   technicians=technicians)  # fmt: skip
        house.application.bus.execute(done, origin_of_process("milan", ON)._replace(recorded_at=ends_at))
    rate(house, "15.00", ON)
    rate(house, "20.50", date(2026, 6, 10), technician="milan")


def rate(operator: Operator, amount: str, from_on: date, **whose: str) -> None:
    command = SetJobRate(job_kind="installation", rate=Decimal(amount), currency="EUR", from_on=from_on, **whose)
    operator.tell(command, today=ON)


def test_each_technician_gets_the_rate_of_the_day_for_what_was_done(operator: Operator):
    pay = operator.ask(pay_of, ON, date(2026, 7, 1))

    assert [(each.technician, each.jobs, each.amount) for each in pay.technicians] == [
        ("areg", 2, eur("30.00")), ("milan", 2, eur("35.50")),
    ]  # fmt: skip
    assert [(job.job_kind, job.amount) for job in pay.jobs if job.technician == "milan"] == [
        ("installation", eur("15.00")), ("installation", eur("20.50")), ("survey", None),
    ]  # fmt: skip


def test_pay_is_of_a_period_a_crew_or_a_technician(operator: Operator):
    first_week = operator.ask(pay_of, ON, date(2026, 6, 11))
    assert [each.amount for each in first_week.technicians] == [eur("15.00"), eur("15.00")]
    assert {job.technician for job in operator.ask(pay_of, ON, date(2026, 7, 1), "", "areg").jobs} == {"areg"}
    assert operator.ask(pay_of, ON, date(2026, 7, 1), "crew-1").jobs == []


def test_a_rate_is_of_somebody_who_exists_and_in_whole_cents(operator: Operator):
    with pytest.raises(NotFound, match="no such crew"):
        rate(operator, "1.00", ON, crew="crew-9")
    with pytest.raises(NotFound, match="no such operator"):
        rate(operator, "1.00", ON, technician="nobody")
    with pytest.raises(InvalidValue):
        rate(operator, "1.001", ON)
