"""Tasks that recur open their tickets by themselves, once for each day, also for days that passed meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from billing_core.kernel.errors import NotFound
from billing_core.work.flows import END, Flow, Move, Step
from billing_core.work.recurring import RecurringTask
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.recurring import DefineRecurringTask, EndRecurringTask, OpenRecurringTask
from projections.work.recurring import recurring_tasks_after
from projections.work.ticket_lists import Sought, list_tickets
from tests.operators import Operator

FIRST = date(2026, 6, 1)
LOOK = Step(code="look", moves=(Move(to=END, resolution="done"),))
TASK = RecurringTask(code="inspect-pt8", kind="inspection", subject="Inspect node PT8", rule="FREQ=MONTHLY;BYDAY=1MO",
                     from_on=FIRST, priority="high", node="PT8")  # fmt: skip


@pytest.fixture(autouse=True)
def inspected(operator: Operator) -> None:
    flow = Flow(kind="inspection", title="Inspection", queue="field", steps=(LOOK,))
    operator.tell(PublishFlow(flow=flow), today=FIRST)
    let_happen(operator, FIRST)


def let_happen(operator: Operator, on: date) -> None:
    operator.let_happen(on)


def opened(operator: Operator) -> list[Any]:
    found: list[Any] = operator.ask(list_tickets, Sought(), 99)
    return found


def next_on(operator: Operator) -> date | None:
    (known,) = operator.ask(recurring_tasks_after, "", 9)
    on: date | None = known.next_on
    return on


def test_a_task_opens_its_ticket_on_each_of_its_days(operator: Operator):
    operator.tell(DefineRecurringTask(task=TASK), today=FIRST)
    for on in (FIRST, FIRST, date(2026, 6, 30)):
        let_happen(operator, on)
    (ticket,) = opened(operator)
    assert (ticket.subject, ticket.priority, ticket.node, ticket.source) == ("Inspect node PT8", "high", "PT8", "event")
    assert next_on(operator) == date(2026, 7, 6)

    let_happen(operator, date(2026, 7, 6))
    assert len(opened(operator)) == 2


def test_days_that_passed_meanwhile_are_made_up_for(operator: Operator):
    operator.tell(DefineRecurringTask(task=TASK), today=FIRST)
    for _ in range(3):
        let_happen(operator, date(2026, 8, 10))

    assert len(opened(operator)) == 3
    assert next_on(operator) == date(2026, 9, 7)


def test_a_task_that_ended_opens_nothing(operator: Operator):
    operator.tell(DefineRecurringTask(task=TASK), today=FIRST)
    operator.tell(EndRecurringTask(code="inspect-pt8", reason="the node is gone"), today=FIRST)
    let_happen(operator, date(2026, 7, 6))

    assert (opened(operator), next_on(operator)) == ([], None)


def test_a_task_that_is_changed_goes_by_its_new_rule(operator: Operator):
    operator.tell(DefineRecurringTask(task=TASK), today=date(2026, 6, 2))
    changed = msgspec.structs.replace(TASK, rule="FREQ=WEEKLY;BYDAY=WE")
    operator.tell(DefineRecurringTask(task=changed), today=date(2026, 6, 2))
    let_happen(operator, date(2026, 6, 3))

    assert len(opened(operator)) == 1 and next_on(operator) == date(2026, 6, 10)


def test_a_day_that_has_not_come_opens_nothing(operator: Operator):
    operator.tell(DefineRecurringTask(task=TASK), today=date(2026, 6, 2))
    early = OpenRecurringTask(code="inspect-pt8", on=date(2026, 7, 6))

    assert operator.tell(early, today=date(2026, 7, 5)).position == 0


def test_a_task_needs_a_flow_by_which_its_tickets_go(operator: Operator):
    with pytest.raises(NotFound, match="no flow of this kind"):
        operator.tell(DefineRecurringTask(task=msgspec.structs.replace(TASK, kind="nothing")), today=FIRST)
    operator.tell(DefineRecurringTask(task=TASK), today=FIRST)
    operator.tell(WithdrawFlow(kind="inspection"), today=FIRST)
    let_happen(operator, FIRST)
    assert opened(operator) == []  # It stands among the refused commands, from where a person tries it again.
    refused = operator.select("SELECT name FROM billing.refused_commands")
    assert refused == [("open-recurring-ticket",)]
