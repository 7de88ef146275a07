"""Moves: a step of a ticket is completed, with answers and a resolution; what is due by itself is done or overruled.

Decides whether a step may be completed now, and which events say so. What follows is the `Passage` that is handed in:
by the moves of the flow (`courses`), or by its diagram.

Worked example, a ticket at `installation`, whose form asks for the optical power, -27 to -8 dBm:

    power "-3", done      refused: must be -27 to -8
    power "-19.5", done   StepCompleted(installation, done, values {power: -19.5}, steps (activation,), actions ...)
    the last action done  ActionDone, then StepCompleted(activation) by itself
    the end reached       TicketClosed(completed) in the same write
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.field_rules import accepted
from billing_core.work.courses import Passage, holds
from billing_core.work.expressions import Facts
from billing_core.work.fields import Field, Values, facts_of
from billing_core.work.flows import Awaited, Flow, Limit, Outcome
from billing_core.work.ticket_changes import require_no_actions, require_open, require_words
from billing_core.work.ticket_events import ActionDone, ActionOverruled, StepCompleted, TicketClosed, TicketEscalated
from billing_core.work.tickets import Passed, Ticket


class Completion(NamedTuple):
    """A step that is to be completed: with which resolution and answers, and why, if it goes back.

    In a diagram it may fail with an `error`, at whose boundary event the ticket goes on.
    """

    step: str
    resolution: str
    values: Values
    reason: str = ""
    error: str = ""

    @property
    def passed(self) -> Passed:
        """The step as it stands in the history."""
        return Passed(self.step, self.resolution, self.values, self.error)


def answers(fields: Iterable[Field], given: Values, known: Values) -> dict[str, str]:
    """The answers at a step in the form in which they are kept; every field that is needed has one."""
    by_code = {field.code: field for field in fields}
    for code in given:
        if code not in by_code:
            raise InvalidValue(
                f"is not asked here; these are: {', '.join(by_code) or 'none'}", field="field", value=code
            )
    found = {code: accepted(by_code[code], text) for code, text in given.items() if text.strip()}
    for code, field in by_code.items():
        if not field.is_optional and code not in found and code not in known:
            raise InvalidValue(f"is needed{f': {field.title}' if field.title else ''}", field=code, value="")
    return found


def require_completable(ticket: Ticket, number: str, step: str) -> None:
    """The step waits now, and nothing else is to be done before."""
    require_open(ticket, number)
    if step not in ticket.steps:
        raise RuleViolation(f"does not wait now; {', '.join(ticket.steps) or 'none'} does", field="step", value=step)
    require_no_actions(ticket, number)


def require_move(flow: Flow, completion: Completion, facts: Facts) -> bool:
    """The move is possible with these facts; whether it goes back. A diagram decides by itself."""
    if flow.diagram:
        return False
    move = flow.move(completion.step, completion.resolution)
    if not holds(move.when, facts):
        raise RuleViolation(move.otherwise or f"the condition does not hold: {move.when}", field="resolution",
                            value=completion.resolution)  # fmt: skip
    if move.is_back:
        require_words("reason", completion.reason)
    return move.is_back


def facts_at(flow: Flow, values: Values, outside: Facts) -> Facts:
    """The facts of the form and those of the ticket, its account and its subscription."""
    return {**outside, **facts_of(flow.fields, values)}


class Next(NamedTuple):
    """What follows a completed step: the passage, until when its steps may take, and whether it goes back."""

    passage: Passage
    limits: dict[str, datetime]
    is_back: bool = False


def completed(ticket: Ticket, flow: Flow, completion: Completion, follows: Next, on: date) -> list[Event]:
    """The step is completed; the ticket ends if nothing follows."""
    passage = follows.passage
    events: list[Event] = [
        StepCompleted(
            effective_on=on,
            customer=ticket.customer,
            step=completion.step,
            resolution=completion.resolution,
            is_back=follows.is_back,
            reason=completion.reason,
            values=dict(completion.values),
            steps=passage.steps,
            actions=passage.actions,
            waits_for=awaited_at(flow, passage),
            queue=queue_at(flow, passage),
            ends_as=passage.outcome,
            error=completion.error,
            limits=follows.limits,
            gone_limits={
                step: at for step, at in ticket.limits.items() if step == completion.step or step not in passage.steps
            },
        )
    ]
    return [*events, *ended(ticket, passage.outcome, on)] if not passage.steps and not passage.actions else events


def queue_at(flow: Flow, passage: Passage) -> str:
    """The queue of the first step that names one; empty if the ticket stays in its queue."""
    return next((queue for step in passage.steps if (queue := flow.step(step).queue)), "")


def awaited_at(flow: Flow, passage: Passage) -> Awaited:
    """For what the ticket waits at its step, if not for a person."""
    return next((awaited for step in passage.steps if (awaited := flow.step(step).wait_for)), "")


def action_done(ticket: Ticket, name: str, changed: str, left_out: str, on: date) -> ActionDone:
    """The first of the actions that are due is done, or left out for a reason."""
    return ActionDone(effective_on=on, action=ticket.actions[0], name=name, changed=changed,
                      left=len(ticket.actions) - 1, left_out=left_out)  # fmt: skip


def escalated(ticket: Ticket, step: str, limit: Limit, on: date) -> TicketEscalated:
    """The step took longer than its limit: the ticket goes where the limit says, else it stays with its priority."""
    return TicketEscalated(
        effective_on=on, step=step, limit_at=ticket.limits[step], queue=limit.queue or ticket.queue,
        priority=limit.priority or ticket.priority,
    )  # fmt: skip


def overrule(ticket: Ticket, number: str, name: str, reason: str, error: str, on: date) -> ActionOverruled:
    """The first of the actions that are due is not done by the flow, for a reason."""
    require_open(ticket, number)
    if not ticket.actions:
        raise RuleViolation("no action is due", field="ticket", value=number)
    require_words("reason", reason)
    return ActionOverruled(effective_on=on, action=ticket.actions[0], name=name, reason=reason, error=error,
                           left=len(ticket.actions) - 1)  # fmt: skip


def ended(ticket: Ticket, outcome: Outcome | None, on: date) -> list[Event]:
    """The end of a ticket after its last step and action."""
    return [TicketClosed(effective_on=on, customer=ticket.customer, outcome=outcome or "completed",
                         parent=ticket.parent, limits=dict(ticket.limits))]  # fmt: skip
