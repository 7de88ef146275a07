"""What follows when a step took longer than its time limit: it is escalated, or left by the move of the flow."""

from __future__ import annotations

from billing_core.kernel.events import Event
from billing_core.work.moves import Completion, escalated
from billing_core.work.ticket_changes import require_no_actions
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Origin, Transaction
from commands.platform.wakes import WakeUp
from commands.work.progress import complete, opened_of
from commands.work.streams import OfTicket, load_ticket

STEP_LIMIT = "step-limit"

# --- commands


class EndStepTime(OfTicket, frozen=True, kw_only=True):
    """Escalate a ticket whose step took longer than its time limit, or take the move that the flow names for it.

    The time limit gives it by itself. The move waits until every action that is due is done or overruled: it stands
    among the refused commands until then.
    """

    step: str


# --- handlers


def handle_end_step_time(command: EndStepTime, transaction: Transaction, origin: Origin) -> Decision:
    loaded = load_ticket(transaction, command.ticket)
    ticket, _ = loaded
    until = ticket.limits.get(command.step)
    if until is None or origin.recorded_at < until or command.step not in ticket.steps:
        return Decision(())
    found = opened_of(command.ticket, loaded, transaction, origin)
    limit = found.flow.step(command.step).limit
    if limit is None:  # A timer of a diagram has come.
        return found.decision(complete(found, Completion(command.step, "", {}), transaction))
    if limit.move:
        require_no_actions(found.ticket, command.ticket)
        return found.decision(complete(found, Completion(command.step, limit.move, {}, "time limit"), transaction))
    events: list[Event] = [escalated(ticket, command.step, limit, origin.today)]
    return found.decision(events)


def _wake(wake_up: WakeUp) -> EndStepTime:
    return EndStepTime(ticket=wake_up.number, step=wake_up.subject.rpartition(" ")[0])


HANDLERS: Handlers = {EndStepTime: handle_end_step_time}
WAKES = {STEP_LIMIT: _wake}
