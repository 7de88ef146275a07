"""Tickets and flows, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.custom_fields import values_text
from adapters.texts.sentences import Sentences
from billing_core.work.flows import FlowPublished, FlowWithdrawn
from billing_core.work.ticket_events import (
    ActionDone,
    ActionOverruled,
    ChildOpened,
    CommentAdded,
    LabourLogged,
    MaterialUsed,
    StepCompleted,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketEscalated,
    TicketFieldsSet,
    TicketOpened,
    TicketReopened,
    TicketSignalled,
    WatchersChanged,
)


def _opened(fact: TicketOpened) -> str:
    about = [f"{name} {value}" for name in fact.about.__struct_fields__ if (value := getattr(fact.about, name))]
    for_whom = f" for customer {fact.customer}" if fact.customer else ""
    things = f", about {', '.join(about)}" if about else ""
    return f"{fact.kind} ticket opened by {fact.source} in {fact.queue}{for_whom}{things}: {fact.subject}"


def _completed(fact: StepCompleted) -> str:
    how = f" as {fact.resolution}" if fact.resolution else ""
    what = "went back from" if fact.is_back else "completed"
    to = f", now at {', '.join(fact.steps)}" if fact.steps else ""
    answers = f" ({', '.join(f'{code} {value}' for code, value in fact.values.items())})" if fact.values else ""
    why = f": {fact.reason}" if fact.reason else ""
    return f"{what} {fact.step}{how}{answers}{to}{why}"


def _done(fact: ActionDone) -> str:
    if fact.left_out:
        return f"the flow left out {fact.name}: {fact.left_out}"
    return f"the flow did {fact.name}{f' on {fact.changed}' if fact.changed else ''}"


def _overruled(fact: ActionOverruled) -> str:
    error = f" with error {fact.error}" if fact.error else ""
    return f"the flow goes on without {fact.name}{error}: {fact.reason}"


def _assigned(fact: TicketAssigned) -> str:
    crew = f" with crew {fact.crew}" if fact.crew else ""
    return f"in {fact.queue}, assigned to {fact.assignee or 'nobody'}{crew}"


def _changed(fact: TicketChanged) -> str:
    due = f", due {fact.due_at:%Y-%m-%d %H:%M} UTC" if fact.due_at else ""
    tags = f", tags {', '.join(fact.tags)}" if fact.tags else ""
    return f"priority {fact.priority}{due}{tags}: {fact.subject}"


def _said(fact: CommentAdded) -> str:
    if fact.is_from_customer:
        who = "the customer said"
    else:
        who = "said to the customer" if fact.audience == "customer" else "noted inside"
    files = f" ({counted(len(fact.attachments), 'file')})" if fact.attachments else ""
    return f"{who}{files}: {fact.text}"


def _labour(fact: LabourLogged) -> str:
    return f"{fact.operator} worked {fact.minutes} min{f': {fact.note}' if fact.note else ''}"


def _closed(fact: TicketClosed) -> str:
    if fact.duplicate_of:
        return f"closed as the same as {fact.duplicate_of}"
    return f"{fact.outcome}{f': {fact.reason}' if fact.reason else ''}"


def _published(fact: FlowPublished) -> str:
    flow = fact.flow
    drawn = " drawn as BPMN" if flow.diagram else ""
    return f"flow {flow.kind} published{drawn}: {flow.title}, {counted(len(flow.steps), 'step')}"


SENTENCES: Sentences = {
    FlowPublished: _published,
    FlowWithdrawn: lambda fact: f"flow {fact.kind} withdrawn",
    TicketOpened: _opened,
    StepCompleted: _completed,
    ActionDone: _done,
    ActionOverruled: _overruled,
    TicketAssigned: _assigned,
    TicketChanged: _changed,
    TicketFieldsSet: lambda fact: f"custom fields {values_text(fact.values)}",
    WatchersChanged: lambda fact: f"followed by {', '.join(fact.watchers) or 'nobody'}",
    CommentAdded: _said,
    LabourLogged: _labour,
    MaterialUsed: lambda fact: f"used {fact.quantity}{f' {fact.unit}' if fact.unit else ''} of {fact.item}",
    ChildOpened: lambda fact: f"{fact.child} opened below it",
    TicketEscalated: lambda fact: f"{fact.step} took too long: to {fact.queue} with priority {fact.priority}",
    TicketSignalled: lambda fact: f"signal {fact.name} sent",
    TicketClosed: _closed,
    TicketReopened: lambda fact: f"reopened at {fact.step}: {fact.reason}",
}
