"""A ticket as of now: the steps that wait, the actions that are due, and who has it.

Money and service change by the commands of their areas alone; the actions that are due stand here until each is done or
overruled. Which changes are allowed is decided in `ticket_changes`, which step may be completed in `moves`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.flows import Outcome
from billing_core.work.service_levels import Priority
from billing_core.work.ticket_events import (
    About,
    ActionDone,
    ActionOverruled,
    ChildOpened,
    LabourLogged,
    StepCompleted,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketEscalated,
    TicketFieldsSet,
    TicketOpened,
    TicketReopened,
    WatchersChanged,
)


class Passed(msgspec.Struct, frozen=True, gc=False):
    """A step that was completed, with what was answered."""

    step: str
    resolution: str
    values: Mapping[str, str]
    error: str = ""


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as of now. It is open while steps wait or actions are due. `given` was answered when it was opened."""

    kind: str
    flow_version: int
    opened_on: date
    subject: str
    customer: str
    about: About
    priority: Priority
    queue: str
    due_at: datetime | None
    parent: str
    assignee: str = ""
    crew: str = ""
    tags: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    given: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    custom_fields: Mapping[str, str] = {}
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()
    labour_minutes: int = 0
    limits: Mapping[str, datetime] = {}
    ends_as: Outcome | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        return not self.outcome


def apply_ticket(ticket: Ticket | None, fact: Event) -> Ticket | None:
    """The ticket after an event of its stream."""
    if isinstance(fact, TicketOpened):
        return _opened(fact)
    assert ticket is not None
    change = _changes(ticket, fact)
    return msgspec.structs.replace(ticket, **change) if change else ticket


def _opened(fact: TicketOpened) -> Ticket:
    return Ticket(
        kind=fact.kind, flow_version=fact.flow_version, opened_on=fact.effective_on, subject=fact.subject,
        customer=fact.customer, about=fact.about, priority=fact.priority, queue=fact.queue, due_at=fact.due_at,
        parent=fact.parent, given=fact.values, values=fact.values, custom_fields=fact.custom_fields,
        steps=fact.steps, actions=fact.actions, limits=fact.limits,
    )  # fmt: skip


def _changes(ticket: Ticket, fact: Event) -> Mapping[str, object]:  # noqa: PLR0911  (one for each kind of event)
    match fact:
        case StepCompleted():
            return _after_step(ticket, fact)
        case ActionDone() | ActionOverruled():
            return {"actions": actions_left(ticket.actions, fact)}
        case TicketAssigned():
            return {"queue": fact.queue, "assignee": fact.assignee, "crew": fact.crew}
        case TicketChanged():
            return {"subject": fact.subject, "priority": fact.priority, "due_at": fact.due_at, "tags": fact.tags}
        case TicketEscalated():
            limits = {step: at for step, at in ticket.limits.items() if step != fact.step}
            return {"queue": fact.queue, "priority": fact.priority, "limits": limits}
        case TicketFieldsSet():
            return {"custom_fields": fact.values}
        case _:
            return _small_changes(ticket, fact)


def _small_changes(ticket: Ticket, fact: Event) -> Mapping[str, object]:
    match fact:
        case WatchersChanged():
            return {"watchers": fact.watchers}
        case LabourLogged():
            return {"labour_minutes": ticket.labour_minutes + fact.minutes}
        case ChildOpened():
            return {"children": (*ticket.children, fact.child)}
        case TicketClosed():
            return {"outcome": fact.outcome, "steps": (), "actions": (), "limits": {}}
        case TicketReopened():
            return {"outcome": "", "steps": (fact.step,), "limits": fact.limits}
    return {}


def actions_left(due: Sequence[str], fact: ActionDone | ActionOverruled) -> tuple[str, ...]:
    """What is still due; after an error nothing else of the same step is."""
    if isinstance(fact, ActionOverruled) and fact.error:
        failed = fact.action.partition("/")[0]
        return tuple(each for each in due if each.partition("/")[0] != failed)
    return tuple(due[1:])


def _after_step(ticket: Ticket, fact: StepCompleted) -> Mapping[str, object]:
    return {
        "values": {**ticket.values, **fact.values},
        "steps": fact.steps,
        "actions": (*ticket.actions, *fact.actions),
        "passed": (*ticket.passed, Passed(fact.step, fact.resolution, fact.values, fact.error)),
        "queue": fact.queue or ticket.queue,
        "ends_as": fact.ends_as,
        "limits": {**{step: at for step, at in ticket.limits.items() if step not in fact.gone_limits}, **fact.limits},
    }
