"""A step that takes too long is escalated in working time, once, on a clock that moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from billing_core.work.flows import END, Limit, Move, Step
from billing_core.work.ticket_events import TicketEscalated
from billing_core.work.tickets import Ticket, apply_ticket
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from commands.work.tickets import CloseTicket
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator
from tests.projections.work.books import keep_work


@pytest.fixture(autouse=True)
def with_flow(operator: Operator) -> None:
    operator.subscriber()


def now() -> datetime:
    return datetime.now(UTC)


def let_pass(operator: Operator, time: timedelta) -> None:
    """Everything that happens by itself so much later."""
    operator.let_happen(now=lambda: now() + time)


def opened(operator: Operator) -> str:
    command = OpenTicket(kind="connection", subject="Dolní 5", account="A0001", subscription="net-2")
    return str(operator.tell(command).result["ticket"])


def ticket_of(operator: Operator, number: str) -> Ticket:
    ticket: Ticket | None = None
    for fact in operator.facts(f"ticket/{number}"):
        ticket = apply_ticket(ticket, fact)
    assert ticket is not None
    return ticket


def escalations(operator: Operator, ticket: str) -> int:
    return sum(isinstance(fact, TicketEscalated) for fact in operator.facts(f"ticket/{ticket}"))


def test_a_step_is_escalated_once_when_its_time_has_passed(operator: Operator):
    operator.tell(PublishFlow(flow=CONNECTION))
    ticket = opened(operator)
    let_pass(operator, timedelta(hours=15, minutes=50))
    assert escalations(operator, ticket) == 0

    for _ in range(3):
        let_pass(operator, timedelta(hours=16, minutes=1))

    found = ticket_of(operator, ticket)
    assert (escalations(operator, ticket), found.queue, found.priority, found.steps) == (
        1, "supervisors", "high", ("survey",),
    )  # fmt: skip


def test_a_step_that_was_left_in_time_or_a_ticket_that_ended_is_not_escalated(operator: Operator):
    operator.tell(PublishFlow(flow=CONNECTION))
    moved, closed = opened(operator), opened(operator)
    operator.tell(CompleteStep(ticket=moved, step="survey", resolution="measured", values={"is_possible": "yes"}))
    operator.tell(CloseTicket(ticket=closed, reason="changed their mind"))
    let_pass(operator, timedelta(days=3))

    assert (escalations(operator, moved), escalations(operator, closed)) == (0, 0)
    assert operator.select("SELECT count(*) FROM live.deadlines WHERE kind = 'step-limit'") == [(0,)]


def test_a_step_that_began_again_has_its_whole_time_again(operator: Operator):
    operator.tell(PublishFlow(flow=CONNECTION))
    ticket = opened(operator)
    first = ticket_of(operator, ticket).limits["survey"]
    operator.tell(CompleteStep(ticket=ticket, step="survey", resolution="measured", values={"is_possible": "yes"}))
    back = CompleteStep(ticket=ticket, step="installation", resolution="no-way", reason="no duct",
                        values={"tariff": "net", "power": "-9"})  # fmt: skip
    operator.tell(back)
    assert ticket_of(operator, ticket).limits["survey"] > first
    let_pass(operator, timedelta(hours=17))
    assert escalations(operator, ticket) == 1


def test_a_limit_may_take_a_move_instead(operator: Operator):
    step = Step(code="call", limit=Limit(hours=Decimal(1), move="no-answer"), moves=(
        Move(to=END, resolution="reached"), Move(to=END, resolution="no-answer", outcome="cancelled"),
    ))  # fmt: skip
    operator.tell(PublishFlow(flow=replace(CONNECTION, steps=(step,), fields=(), may=())))
    ticket = opened(operator)
    let_pass(operator, timedelta(minutes=61))
    assert ticket_of(operator, ticket).outcome == "cancelled"


def test_the_deadline_of_a_ticket_is_counted_in_the_hours_of_its_service_level(operator: Operator):
    keep_work(operator)
    operator.tell(PublishFlow(flow=replace(CONNECTION, service_level="home")), today=date(2026, 4, 8))
    found = ticket_of(operator, opened(operator))

    assert found.due_at is not None and found.due_at >= now() + timedelta(hours=8) - timedelta(seconds=10)
    let_pass(operator, timedelta())
    zone = ZoneInfo(operator.select("SELECT details::jsonb ->> 'time_zone' FROM live.sellers")[0][0])
    for at in (found.due_at, found.limits["survey"]):
        assert at.astimezone(zone).weekday() in (0, 1, 3)  # the level works on Monday, Tuesday and Thursday
