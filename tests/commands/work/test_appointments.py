"""Appointments on a real database: booked, moved, cancelled and done; two at once; forgotten with their customer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.parties.customers import Customer
from billing_core.work.appointments import AppointmentBooked, CrewTimeFreed, CrewTimeTaken
from billing_core.work.flows import END, Flow, Move, Step
from billing_core.work.routes import Position
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterCustomer
from commands.staff.operators import RegisterOperator
from commands.work.appointments import (
    BookAppointment,
    CancelAppointment,
    CompleteAppointment,
    MoveAppointment,
)
from commands.work.crews import DefineCrew, RecordAbsence, WithdrawAbsence
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import CloseTicket
from projections.work.appointments import AppointmentRow, Sought, appointments_by_time, streams_of_customer
from tests.billing_core.work.crew_days import CREW
from tests.operators import Operator

A = "A0001"
ON, THURSDAY = date(2026, 6, 1), date(2026, 6, 11)
PRAGUE = ZoneInfo("Europe/Prague")
GO = Step(code="go", moves=(Move(to=END, resolution="done"),))
VISIT = Flow(kind="visit", title="Visit", queue="field", steps=(GO,))


@pytest.fixture(autouse=True)
def crew(house: Operator) -> None:
    """Crew 2 of Milan and Areg, 08:00 to 16:00 in Prague, and a kind of ticket for which it is sent out."""
    house.subscriber(A)
    for member in CREW.members:
        house.tell(RegisterOperator(operator=member, name=member.title(), roles=("support",)), today=ON)
    house.tell(DefineCrew(crew=CREW), today=ON)
    house.tell(PublishFlow(flow=VISIT), today=ON)


def at(hour: int, minute: int = 0, on: date = THURSDAY) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=PRAGUE)


def ticket(operator: Operator, customer: str = A) -> str:
    opened = operator.tell(OpenTicket(kind="visit", subject="Dolní 8", customer=customer), today=ON)
    return str(opened.result["ticket"])


def book(operator: Operator, number: str, begins_at: datetime, **others: Any) -> str:
    fields: dict[str, Any] = {"crew": "crew-2", "job_kind": "fault", "minutes": 60, "address": "Dolní 8"} | others
    booked = operator.tell(BookAppointment(ticket=number, begins_at=begins_at, **fields), today=ON)
    return str(booked.result["appointment"])


def rows(operator: Operator) -> list[AppointmentRow]:
    found: list[AppointmentRow] = operator.ask(appointments_by_time, Sought(ON, date(2026, 7, 1)))
    return found


def test_a_ticket_has_appointments_of_its_own_numbers(operator: Operator):
    number = ticket(operator)

    assert book(operator, number, at(8)) == f"{number}-1"
    assert book(operator, number, at(10), minutes=90) == f"{number}-2"
    (first, second) = rows(operator)
    assert (first.number, first.place.customer, first.place.text) == (f"{number}-1", A, "Dolní 8")
    assert (second.on, second.time.length) == (THURSDAY, timedelta(minutes=90))
    assert operator.ask(streams_of_customer, A) == [f"appointment/{number}-1", f"appointment/{number}-2"]


def test_what_the_rules_refuse_is_refused_and_a_reason_is_kept(operator: Operator):
    number = ticket(operator)
    book(operator, number, at(8))

    with pytest.raises(RuleViolation, match="is taken by"):
        book(operator, number, at(8, 30), forced="urgent")
    with pytest.raises(RuleViolation, match="not inside the working hours"):
        book(operator, number, at(17))
    book(operator, number, at(17), forced="agreed by telephone")
    assert rows(operator)[-1].forced == "agreed by telephone"
    for wrong in ({"crew": "crew-9"}, {"minutes": 0}, {"address": ""}, {"begins_at": at(23, 30)}):
        with pytest.raises((InvalidValue, NotFound)):
            book(operator, number, **({"begins_at": at(12)} | wrong))


def test_a_ticket_that_ended_gets_no_appointment(operator: Operator):
    number = ticket(operator)
    operator.tell(CloseTicket(ticket=number, reason="solved by telephone"), today=ON)

    with pytest.raises(RuleViolation, match="reopen it first"):
        book(operator, number, at(8))


def test_an_appointment_moves_within_its_day_and_to_another_one(operator: Operator):
    number = ticket(operator)
    appointment = book(operator, number, at(8))
    operator.tell(MoveAppointment(appointment=appointment, begins_at=at(8, 30)), today=ON)
    friday = date(2026, 6, 12)
    operator.tell(MoveAppointment(appointment=appointment, begins_at=at(9, on=friday), minutes=30), today=ON)

    (row,) = rows(operator)
    assert (row.on, row.time.length, row.version) == (friday, timedelta(minutes=30), 3)
    assert [type(fact) for fact in operator.facts("crew-day/crew-2:2026-06-11")] == [
        CrewTimeTaken, CrewTimeTaken, CrewTimeFreed,
    ]  # fmt: skip
    assert len(operator.facts("crew-day/crew-2:2026-06-12")) == 1
    again = MoveAppointment(appointment=appointment, begins_at=at(9, on=friday))
    assert operator.tell(again, today=ON).position == 0
    book(operator, number, at(8), minutes=480)  # All of Thursday is free again.


def test_an_appointment_moves_to_another_crew(operator: Operator):
    operator.tell(DefineCrew(crew=msgspec.structs.replace(CREW, code="crew-1", members=("milan",))), today=ON)
    number = ticket(operator)
    appointment = book(operator, number, at(8))
    operator.tell(MoveAppointment(appointment=appointment, begins_at=at(8), crew="crew-1"), today=ON)

    assert [row.crew for row in rows(operator)] == ["crew-1"]
    book(operator, number, at(8))


def test_a_cancelled_time_is_free_and_what_is_done_stays(operator: Operator):
    number = ticket(operator)
    first, second = book(operator, number, at(8)), book(operator, number, at(10))
    operator.tell(CancelAppointment(appointment=first, reason="nobody at home"), today=ON)
    assert operator.tell(CancelAppointment(appointment=first, reason="again"), today=ON).position == 0
    book(operator, number, at(8))
    done = CompleteAppointment(appointment=second, begun_at=at(10, 5), ended_at=at(11, 15))
    origin = origin_of_process("milan", THURSDAY)._replace(recorded_at=at(12).astimezone(UTC))
    operator.application.bus.execute(done, origin)

    states = {row.number: (row.state, row.technicians) for row in rows(operator)}
    assert states[first] == ("cancelled", ())
    assert states[second] == ("done", ("milan", "areg"))
    for command in (
        MoveAppointment(appointment=second, begins_at=at(12)),
        CancelAppointment(appointment=second, reason="no"),
        MoveAppointment(appointment=first, begins_at=at(12)),
    ):
        with pytest.raises(RuleViolation, match="already"):
            operator.tell(command, today=ON)


def test_days_off_are_not_booked_until_they_are_withdrawn(operator: Operator):
    number = ticket(operator)
    operator.tell(RecordAbsence(crew="crew-2", from_on=THURSDAY, to_on=date(2026, 6, 12)), today=ON)
    with pytest.raises(RuleViolation, match="nobody of crew crew-2 works"):
        book(operator, number, at(8))
    operator.tell(WithdrawAbsence(crew="crew-2", from_on=THURSDAY), today=ON)
    book(operator, number, at(8))


def test_a_crew_is_made_of_operators(operator: Operator):
    with pytest.raises(NotFound, match="no such operator"):
        operator.tell(DefineCrew(crew=msgspec.structs.replace(CREW, members=("nobody",))), today=ON)


def test_of_two_who_book_one_crew_at_once_one_is_refused(operator: Operator):
    numbers = [ticket(operator) for _ in range(4)]
    outcomes = at_once([partial(book, operator, number, at(9)) for number in numbers])

    refused = [outcome for outcome in outcomes if isinstance(outcome, BillingError)]
    assert len(refused) == 3 and all("is taken by" in str(each) for each in refused)
    assert len(rows(operator)) == 1
    assert operator.findings() == []


def test_of_two_who_move_to_one_time_at_once_one_is_refused(operator: Operator):
    booked = [book(operator, ticket(operator), at(8 + hour)) for hour in range(3)]
    moves = [MoveAppointment(appointment=each, begins_at=at(13)) for each in booked]
    outcomes = at_once([partial(operator.tell, move, today=ON) for move in moves])

    assert sum(isinstance(outcome, BillingError) for outcome in outcomes) == 2
    assert [row.time.begins_at for row in rows(operator)].count(at(13).astimezone(UTC)) == 1
    assert operator.findings() == []


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each of the calls gave, or the error that refused it, all of them begun together."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except BillingError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_where_a_customer_lives_is_forgotten_with_the_customer(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C7", kind="person", name="Zora")), today=ON)
    number = ticket(operator, "C7")
    book(operator, number, at(8), position=Position(Decimal("49.05"), Decimal("16.6")))
    assert rows(operator)[0].place.position is not None
    order = ForgetCustomer(customer="C7", ordered_by="the customer", reason="asked for it")
    operator.application.forgetting.forget(order, origin_of_process())

    (row,) = rows(operator)
    assert (row.place.address, row.place.position, row.time.begins_at) == ("", None, at(8).astimezone(UTC))
    (booked,) = [fact for fact in operator.facts(f"appointment/{number}-1") if isinstance(fact, AppointmentBooked)]
    assert booked.place.text == ""
    assert operator.findings() == []
