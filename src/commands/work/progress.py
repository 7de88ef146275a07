"""How a ticket goes on: a step is completed, and what needs nobody is passed until somebody or something is waited for.

The one place where it matters whether a flow says its moves itself or has a diagram.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.work.courses import MOST_PASSED, Passage, begin, follow
from billing_core.work.expressions import Facts
from billing_core.work.flows import Flow
from billing_core.work.moves import Completion, Next, completed, ended, facts_at, require_move
from billing_core.work.tickets import Ticket, apply_ticket
from commands.platform.bus import Decision
from commands.platform.ports import Append, Origin, Transaction
from commands.work.diagrams import passage_drawn, position_of, timers_at
from commands.work.due import step_limits
from commands.work.facts import outside_facts
from commands.work.flows import load_flow
from commands.work.streams import load_ticket, ticket_stream


class OpenedTicket(NamedTuple):
    """A ticket with its flow, what is known of it and around it, and who gives the command."""

    number: str
    ticket: Ticket
    version: int
    flow: Flow
    outside: Facts
    origin: Origin

    def after(self, events: list[Event]) -> OpenedTicket:
        """The same after these events, at the version that was read."""
        ticket: Ticket | None = self.ticket
        for fact in events:
            ticket = apply_ticket(ticket, fact)
        assert ticket is not None
        return self._replace(ticket=ticket)

    def append(self, events: list[Event]) -> Append:
        """The events for the ticket's stream."""
        return Append(ticket_stream(self.number), self.version, events)

    def decision(self, events: list[Event]) -> Decision:
        """The events of the ticket; the answer says where it stands."""
        ticket = self.after(events).ticket
        answer = {"steps": list(ticket.steps), "outcome": ticket.outcome}
        return Decision((self.append(events),) if events else (), answer)


def load_opened(transaction: Transaction, number: str, origin: Origin) -> OpenedTicket:
    """The ticket with the version of the flow that it began with."""
    return opened_of(number, load_ticket(transaction, number), transaction, origin)


def opened_of(number: str, loaded: tuple[Ticket, int], transaction: Transaction, origin: Origin) -> OpenedTicket:
    """The same for a ticket that was loaded already."""
    ticket, version = loaded
    flow = load_flow(transaction, ticket.kind, ticket.flow_version)
    outside = outside_facts(ticket, number, flow, transaction, origin.today)
    return OpenedTicket(number, ticket, version, flow, outside, origin)


# --- going on


def begun(found: OpenedTicket, transaction: Transaction) -> Next:
    """What a new ticket begins with."""
    facts = facts_at(found.flow, found.ticket.values, found.outside)
    if found.flow.diagram:
        passage = passage_drawn(found.flow, found.ticket, None, facts, transaction.processes())
    else:
        passage = begin(found.flow, facts)
    return Next(passage, _limits(found, passage, None, transaction))


def complete(found: OpenedTicket, completion: Completion, transaction: Transaction) -> list[Event]:
    """The step is completed, and what follows from it."""
    events = _completed(found, completion, transaction)
    return [*events, *passed_on(found.after(events), transaction)]


def passed_on(found: OpenedTicket, transaction: Transaction) -> list[Event]:
    """As long as no action is due, automatic steps are left; the ticket ends if nothing waits any more."""
    events: list[Event] = []
    for _ in range(MOST_PASSED):
        ticket = found.ticket
        if not ticket.is_open or ticket.actions:
            return events
        if not ticket.steps:
            return [*events, *ended(ticket, ticket.ends_as, found.origin.today)]
        step = _automatic(found, transaction)
        if step is None:
            return events
        more = _completed(found, step, transaction)
        events, found = [*events, *more], found.after(more)
    raise RuleViolation(f"the flow {found.flow.kind} goes in a circle by itself", field="ticket", value=found.number)


def _automatic(found: OpenedTicket, transaction: Transaction) -> Completion | None:
    """The first automatic step at which the ticket stands."""
    if found.flow.diagram:
        for element in position_of(found.flow, found.ticket, transaction.processes()).automatic:
            return Completion(element, "", {})
        return None
    step = found.flow.step(found.ticket.steps[0])
    return Completion(step.code, step.moves[0].resolution, {}) if step.by == "automatic" else None


def _completed(found: OpenedTicket, completion: Completion, transaction: Transaction) -> list[Event]:
    known = {**found.ticket.values, **completion.values}
    facts = facts_at(found.flow, known, {**found.outside, "resolution": completion.resolution})
    is_back = require_move(found.flow, completion, facts)
    if found.flow.diagram:
        passage = passage_drawn(found.flow, found.ticket, completion, facts, transaction.processes())
    else:
        passage = follow(found.flow, completion.step, completion.resolution, facts)
    follows = Next(passage, _limits(found, passage, completion, transaction), is_back)
    return completed(found.ticket, found.flow, completion, follows, found.origin.today)


def _limits(
    found: OpenedTicket, passage: Passage, completion: Completion | None, transaction: Transaction
) -> dict[str, datetime]:
    """Until when the steps may take that begin now, and when the timers come that begin to run now."""
    left = "" if completion is None else completion.step
    begin_now = [step for step in passage.steps if step not in found.ticket.steps or step == left]
    since = found.origin.recorded_at
    limits = step_limits(found.flow, begin_now, since, transaction)
    if found.flow.diagram:
        limits |= {step: at for step, at in _timers(found, completion, transaction).items() if step in begin_now}
    return limits


def _timers(found: OpenedTicket, completion: Completion | None, transaction: Transaction) -> Mapping[str, datetime]:
    processes = transaction.processes()
    then = () if completion is None else (completion.passed,)
    position = position_of(found.flow, found.ticket, processes, then)
    return timers_at(position, found.origin.recorded_at, processes)
