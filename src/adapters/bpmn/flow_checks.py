"""Faults of how the elements of a process are joined: ends of flows, conditions, boundaries, starts, ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from adapters.bpmn.element_checks import condition_of, condition_reasons, fault
from adapters.bpmn.event_processes import caught_next_to, is_at_outermost
from adapters.bpmn.events import event_kind, subject
from adapters.bpmn.notation import (
    ACTIVITIES,
    CATCHING,
    DECIDING,
    Node,
    children,
    code,
    flow_nodes,
    incoming,
    is_aside,
    kind,
    name,
    outgoing,
    sequence_flows,
)
from billing_core.work.processes import DiagramFault

MOST_NODES = 150


def scope_faults(scope: Node) -> Iterator[DiagramFault]:
    """The faults of a process or sub-process as a whole, without those of the sub-processes in it."""
    nodes = {code(node): node for node in flow_nodes(scope)}
    starts = children(scope, "startEvent")
    if len(nodes) > MOST_NODES:
        yield fault(scope, f"has {len(nodes)} elements, at most {MOST_NODES} can be run: part it into called processes")
    if len(starts) > 1:
        yield from (fault(start, "is one of several start events: a ticket begins at one") for start in starts)
    for flow in sequence_flows(scope):
        yield from _flow_faults(flow, nodes)
    for node in nodes.values():
        yield from _boundary_faults(node, nodes)
        yield from _outgoing_faults(node, outgoing(scope).get(code(node), []))
        yield from _incoming_faults(node, incoming(scope).get(code(node), []), nodes)
    yield from _link_faults(scope)


def duplicate_faults(root: Node) -> Iterator[DiagramFault]:
    """Ids that several elements have."""
    having = [node for node in root.iter() if code(node) and kind(node)]
    seen = Counter(code(node) for node in having)
    yield from (fault(node, "has an id that another element has too") for node in having if seen[code(node)] > 1)


def _flow_faults(flow: Node, nodes: dict[str, Node]) -> Iterator[DiagramFault]:
    for end, words in (("sourceRef", "comes from"), ("targetRef", "leads to")):
        if flow.get(end) not in nodes:
            yield fault(flow, f"{words} {flow.get(end)!r}, which is no element of the same process or sub-process")


def _boundary_faults(node: Node, nodes: dict[str, Node]) -> Iterator[DiagramFault]:
    if kind(node) != "boundaryEvent":
        return
    holder = nodes.get(node.get("attachedToRef") or "")
    if holder is None or kind(holder) not in ACTIVITIES:
        yield fault(node, "is not at the border of a task or sub-process")
    if event_kind(node) == "error" and node.get("cancelActivity") == "false":
        yield fault(node, "catches an error without ending what failed: an error always ends it")


def _outgoing_faults(node: Node, flows: list[Node]) -> Iterator[DiagramFault]:
    if kind(node) == "endEvent" and flows:
        yield fault(node, "is an end event, but a flow leads on from it")
    if kind(node) == "eventBasedGateway" and not flows:
        yield fault(node, "waits for the first of several events, and leads to none")
    default = node.get("default")
    if default and default not in {code(flow) for flow in flows}:
        yield fault(node, f"has the default flow {default}, which does not go out from it")
    if kind(node) in ("parallelGateway", "eventBasedGateway"):
        return
    for flow in flows:
        if code(flow) != default:
            yield from (fault(flow, reason) for reason in _condition_reasons(node, flow, flows))


def _condition_reasons(node: Node, flow: Node, flows: list[Node]) -> Iterator[str]:
    text = condition_of(flow)
    subject_of_flow = f"the flow from {name(node) or code(node)}"
    if kind(node) in DECIDING and len(flows) > 1 and not text:
        yield f"{subject_of_flow} has no condition: give it one, or make it the default flow"
    if text and len(flows) == 1:
        yield f"{subject_of_flow} is the only one and has a condition: nothing says what follows otherwise"
    if text:
        yield from (f"{subject_of_flow} {reason}" for reason in condition_reasons(text))


def _incoming_faults(node: Node, flows: list[Node], nodes: dict[str, Node]) -> Iterator[DiagramFault]:
    if kind(node) in ("startEvent", "boundaryEvent") and flows:
        yield fault(node, "is where something begins, but a flow leads to it")
    sources = [nodes[flow.get("sourceRef") or ""] for flow in flows if flow.get("sourceRef") in nodes]
    if any(kind(source) == "eventBasedGateway" for source in sources):
        if kind(node) not in CATCHING:
            yield fault(node, "follows an event-based gateway, but waits for no event")
        if len(flows) > 1:
            yield fault(node, "follows an event-based gateway, and other flows lead to it too: draw an event for each")


def _link_faults(scope: Node) -> Iterator[DiagramFault]:
    links = [node for node in flow_nodes(scope) if event_kind(node) == "link"]
    caught = Counter(name(node) for node in links if kind(node) == "intermediateCatchEvent")
    thrown = {name(node) for node in links if kind(node) == "intermediateThrowEvent"}
    for node in links:
        if kind(node) == "intermediateThrowEvent" and caught[name(node)] != 1:
            yield fault(node, f"is a link to {caught[name(node)]} elements of its name, must be one")
        if kind(node) == "intermediateCatchEvent" and name(node) not in thrown:
            yield fault(node, "is a link that none of its name leads to")


def uncaught_faults(process: Node, is_called: bool) -> Iterator[DiagramFault]:
    """Errors that a sub-process, or a process that is called, ends with and nothing around catches."""
    for node in process.iter():
        if kind(node) == "endEvent" and event_kind(node) == "error" and not any(map(is_aside, node.iterancestors())):
            around = [each for each in node.iterancestors() if kind(each) == "subProcess"]
            is_inside = bool(around) and not is_at_outermost(node)
            if (is_inside or is_called) and not _is_caught(node, around):
                if is_called and _called_and_caught(process, subject(node)):
                    continue
                yield fault(node, f"ends with the error {subject(node)!r}, which no event around it catches")


def _is_caught(node: Node, around: list[Node]) -> bool:
    error = subject(node)
    return any(_catches(each, error) for each in around) or any(caught_next_to(each, error) for each in (node, *around))


def _catches(activity: Node, error: str) -> bool:
    scope = activity.getparent()
    borders = children(scope, "boundaryEvent") if scope is not None else []
    at_border = [each for each in borders if each.get("attachedToRef") == code(activity)]
    return any(event_kind(each) == "error" and subject(each) in ("", error) for each in at_border)


def _called_and_caught(process: Node, error: str) -> bool:
    """Whether all that calls a process catches its error."""
    calls = [
        each
        for each in process.getroottree().getroot().iter()
        if kind(each) == "callActivity" and (each.get("calledElement") or "").rpartition(":")[2] == code(process)
    ]
    return all(
        _catches(call, error)
        or any(_catches(each, error) for each in call.iterancestors() if kind(each) == "subProcess")
        for call in calls
    )
