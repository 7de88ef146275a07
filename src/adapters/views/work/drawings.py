"""Where a ticket stands in the diagram of its flow, as a picture."""

from __future__ import annotations

import msgspec

from adapters.bpmn.drawing import drawing
from adapters.bpmn.processes import BpmnProcesses
from adapters.views.query import Queries, Query, Reading
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.work.flows import apply_flow
from billing_core.work.tickets import apply_ticket
from commands.platform.concerns import Concern, Concerns, Named
from commands.work.diagrams import position_of
from commands.work.flows import flow_stream
from commands.work.streams import ticket_stream


class ShowDrawing(Query, frozen=True, kw_only=True):
    """The diagram of a ticket's flow, with what was passed and what waits now, as SVG."""

    ticket: str


class Drawing(msgspec.Struct):
    """A picture as SVG; elements have the classes `passed` and `waiting`."""

    svg: str


def _show_drawing(query: ShowDrawing, reading: Reading) -> Drawing:
    ticket = None
    for fact in reading.source.events_of(ticket_stream(query.ticket)):
        ticket = apply_ticket(ticket, fact)
    if ticket is None:
        raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=query.ticket)
    flows = None
    for fact in reading.source.events_of(flow_stream(ticket.kind)):
        flows = apply_flow(flows, fact)
    assert flows is not None
    flow = flows.version(ticket.flow_version)
    if not flow.diagram:
        raise RuleViolation("its flow has no diagram", field="ticket", value=query.ticket)
    return Drawing(drawing(flow.diagram, position_of(flow, ticket, BpmnProcesses())))


QUERIES: Queries = {ShowDrawing: _show_drawing}
CONCERNS: Concerns = {ShowDrawing: Concern("named", (Named("ticket", ("ticket",)),))}
