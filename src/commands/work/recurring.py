"""Recurring tasks: define them; on each of their days they open a ticket by themselves."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import NotFound
from billing_core.work.flows import flow_in_force
from billing_core.work.recurring import (
    KnownTask,
    RecurringTask,
    RecurringTaskDue,
    apply_recurring_task,
    come_due,
    define_recurring_task,
    end_recurring_task,
)
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers, WakeUp
from commands.work.flows import load_flows
from commands.work.opening import OpenTicket

# --- commands


class DefineRecurringTask(Command, frozen=True, kw_only=True):
    """Open a ticket of a kind on each day of a rule, by itself, from a first day on.

    The rule is one of RFC 5545, such as `FREQ=MONTHLY;BYDAY=1MO` for the first Monday of each month.
    """

    task: RecurringTask


class OfRecurringTask(Command, frozen=True, kw_only=True):
    code: str


class OpenRecurringTask(OfRecurringTask, frozen=True, kw_only=True):
    """Let the ticket of a task be opened for its next day, if that has come. The day gives it by itself."""

    on: date


class EndRecurringTask(OfRecurringTask, frozen=True, kw_only=True):
    """Open no tickets of a task any more."""

    reason: str


# --- handlers


def recurring_task_stream(code: str) -> str:
    return f"recurring-task/{code}"


def load_recurring_task(transaction: Transaction, code: str) -> tuple[KnownTask, int]:
    """The task and its version, or `NotFound`."""
    known, version = transaction.load(recurring_task_stream(code), apply_recurring_task)
    if known is None:
        raise NotFound("no such task; `billing work recurring` lists them", field="task", value=code)
    return known, version


def handle_define_recurring_task(command: DefineRecurringTask, transaction: Transaction, origin: Origin) -> Decision:
    flows, _ = load_flows(transaction, command.task.kind)
    flow_in_force(flows, command.task.kind)
    stream = recurring_task_stream(command.task.code)
    known, version = transaction.load(stream, apply_recurring_task)
    return Decision((Append(stream, version, define_recurring_task(known, command.task, origin.today)),))


def handle_open_recurring_task(command: OpenRecurringTask, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_recurring_task(transaction, command.code)
    events = come_due(known, command.on, origin.today)
    return Decision((Append(recurring_task_stream(command.code), version, events),))


def handle_end_recurring_task(command: EndRecurringTask, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_recurring_task(transaction, command.code)
    events = end_recurring_task(known, command.reason, origin.today)
    return Decision((Append(recurring_task_stream(command.code), version, events),))


# --- what happens by itself


def _open(wake_up: WakeUp) -> OpenRecurringTask:
    return OpenRecurringTask(code=wake_up.number, on=wake_up.on)


def _open_ticket(entry: RecordedEvent) -> OpenTicket:
    fact = entry.event
    assert isinstance(fact, RecurringTaskDue)
    task = fact.task
    return OpenTicket(kind=task.kind, subject=task.subject, priority=task.priority, node=task.node, source="event")


HANDLERS: Handlers = {
    DefineRecurringTask: handle_define_recurring_task,
    OpenRecurringTask: handle_open_recurring_task,
    EndRecurringTask: handle_end_recurring_task,
}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
REACTIONS = (Reaction("open-recurring-ticket", (RecurringTaskDue,), _open_ticket),)
WAKES: WakeHandlers = {"recurring-task": _open}
