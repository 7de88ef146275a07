"""Flows: by which steps a ticket of a kind goes, as data. Every published one is a version; a ticket keeps its own.

Decides what a flow is made of and which of them is in force. Whether it makes sense is decided by `flow_checks`, what
follows a completed step by `courses`.

    kind: move                        by whom a step is left
    steps:                            person      a person completes it, with one of its moves
      survey        person            decision    the first move whose condition holds is taken at once
      is_possible   decision          automatic   its actions are done, then its move is taken
      relocation    automatic         wait        its move is taken when what it waits for has come
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.work.fields import Field
from billing_core.work.service_levels import Priority

Outcome = Literal["completed", "cancelled"]
Audience = Literal["inside", "customer"]
LeftBy = Literal["person", "decision", "automatic", "wait"]
Awaited = Literal["", "children", "payment", "message"]
OutageRole = Literal["", "is", "joins"]
Subject = Literal["customer", "account", "subscription", "address", "device", "node", "product", "document"]
END = "end"

# --- actions: what a flow does by itself


class GiveCommand(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="give", omit_defaults=True):
    """Give a command; its fields are expressions over the facts of the ticket."""

    command: str
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    when: str = ""


class OpenChild(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="open", omit_defaults=True):
    """Open a ticket of another kind as a child, about the same customer and the same things."""

    kind: str
    subject: str
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    when: str = ""


class AddComment(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="comment", omit_defaults=True):
    """Say something on the ticket, inside or to the customer: a text, or the answer of a field."""

    text: str = ""
    field: str = ""
    audience: Audience = "inside"
    when: str = ""


class SendSignal(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="signal", omit_defaults=True):
    """Record a signal; webhooks that ask for `ticket-signalled` send it to another system."""

    name: str
    when: str = ""


Action = GiveCommand | OpenChild | AddComment | SendSignal

# --- steps


class Limit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many working hours a ticket may stay at a step; after them it is escalated, or takes the named move."""

    hours: Decimal
    queue: str = ""
    priority: Priority | None = None
    move: str = ""


class Move(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way out of a step, chosen by its resolution; `to` is a step, or `end`.

    It is refused with the text `otherwise` unless the condition `when` holds. A move back needs a reason.
    """

    to: str
    resolution: str = ""
    title: str = ""
    is_back: bool = False
    when: str = ""
    otherwise: str = ""
    do: tuple[Action, ...] = ()
    outcome: Outcome = "completed"


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step. Only who holds its permission, if it names one, sees its form and completes it.

    `form` are codes of fields of the flow. With `queue` a ticket that enters goes to another queue.
    """

    code: str
    title: str = ""
    by: LeftBy = "person"
    permission: str = ""
    queue: str = ""
    form: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    limit: Limit | None = None
    do: tuple[Action, ...] = ()
    wait_for: Awaited = ""
    message: str = ""


class Flow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How tickets of a kind go. The first step is the first of the list.

    `may` are the permissions that its actions use. A ticket must say what it is `about`. While one that `holds_dunning`
    is open, its account is not suspended for non-payment. A ticket `is` an outage of its node and address from its
    opening on, or `joins` one of its own that is open. With a `diagram`, a BPMN 2.0
    document, the diagram decides what follows a step, and steps are its tasks by the ids of their elements.
    """

    kind: str
    title: str
    queue: str
    priority: Priority = "normal"
    service_level: str = ""
    about: tuple[Subject, ...] = ()
    may: tuple[str, ...] = ()
    holds_dunning: bool = False
    fields: tuple[Field, ...] = ()
    steps: tuple[Step, ...] = ()
    diagram: str = ""
    outage: OutageRole = ""

    def step(self, code: str) -> Step:
        """The step of this code; a task of a diagram that the flow does not describe has no form and no limit."""
        for step in self.steps:
            if step.code == code:
                return step
        if self.diagram:
            return Step(code=code)
        raise NotFound(f"the flow {self.kind} has no such step", field="step", value=code)

    def move(self, step: str, resolution: str) -> Move:
        """The move of a step that has this resolution."""
        moves = self.step(step).moves
        for move in moves:
            if move.resolution == resolution:
                return move
        offered = ", ".join(repr(move.resolution) for move in moves) or "none"
        raise InvalidValue(f"is no resolution of the step {step}; these are: {offered}", field="resolution",
                           value=resolution)  # fmt: skip

    def fields_of(self, step: str) -> tuple[Field, ...]:
        """The fields that are asked at a step."""
        form = self.step(step).form
        return tuple(field for field in self.fields if field.code in form)


# --- events


@event("flow-published")
class FlowPublished(Event, frozen=True, kw_only=True):
    """New tickets of its kind go by this flow from now on; it is the next version."""

    flow: Flow


@event("flow-withdrawn")
class FlowWithdrawn(Event, frozen=True, kw_only=True):
    """No new ticket of this kind is opened; those that are open go on."""

    kind: str


# --- state


class Flows(msgspec.Struct, frozen=True):
    """The versions of the flow of a kind; the first one is version 1."""

    versions: tuple[Flow, ...]
    is_withdrawn: bool = False

    @property
    def newest(self) -> int:
        return len(self.versions)

    def version(self, number: int) -> Flow:
        return self.versions[number - 1]


def apply_flow(flows: Flows | None, fact: Event) -> Flows | None:
    """The versions of a flow after an event of its stream."""
    match fact:
        case FlowPublished():
            return Flows((*flows.versions, fact.flow) if flows else (fact.flow,))
        case FlowWithdrawn() if flows is not None:
            return Flows(flows.versions, is_withdrawn=True)
    return flows


# --- decisions


def publish_flow(known: Flows | None, flow: Flow, on: date) -> list[Event]:
    """The next version; the newest one again changes nothing, unless it was withdrawn."""
    if known is not None and not known.is_withdrawn and known.versions[-1] == flow:
        return []
    return [FlowPublished(effective_on=on, flow=flow)]


def withdraw_flow(known: Flows, on: date) -> list[Event]:
    """No new tickets of the kind; what is withdrawn stays so."""
    return [] if known.is_withdrawn else [FlowWithdrawn(effective_on=on, kind=known.versions[-1].kind)]


def flow_in_force(known: Flows | None, kind: str) -> tuple[Flow, int]:
    """The newest version of a flow, by which new tickets go, with its number."""
    if known is None:
        raise NotFound("no flow of this kind is published; `billing work flows` lists them", field="kind", value=kind)
    if known.is_withdrawn:
        raise RuleViolation("was withdrawn; open a ticket of another kind", field="kind", value=kind)
    return known.versions[-1], known.newest
