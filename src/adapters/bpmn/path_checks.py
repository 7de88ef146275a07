"""Faults of paths through a cured process: what cannot be reached, what never ends, what turns without a stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from adapters.bpmn.element_checks import fault
from adapters.bpmn.notation import (
    TASKS,
    Node,
    children,
    code,
    flow_nodes,
    is_aside,
    is_event_process,
    kind,
    line,
    referred,
    scopes,
    sequence_flows,
)
from adapters.bpmn.selection import process_called
from billing_core.work.processes import DiagramFault

Graph = dict[str, list[str]]


def path_faults(process: Node) -> Iterator[DiagramFault]:
    """The faults of all paths through a process and its sub-processes."""
    for scope in scopes(process):
        yield from _scope_faults(scope)


def _scope_faults(scope: Node) -> Iterator[DiagramFault]:
    nodes = {code(node): node for node in flow_nodes(scope)}
    graph = _graph(scope, nodes)
    reached = _reachable(graph, [code(node) for node in children(scope, "startEvent")])
    ending = _reachable(_reversed(graph), [code(node) for node in children(scope, "endEvent")])
    for each, node in nodes.items():
        # What a cure put in has no line, and what is refused anyway has no paths.
        if not line(node) or is_aside(node) or is_event_process(node):
            continue
        if each not in reached:
            yield fault(node, "no path leads to it from the start")
        elif each not in ending:
            yield fault(node, "no path leads from it to an end")
    yield from _circle_faults(graph, nodes)


def _graph(scope: Node, nodes: Mapping[str, Node]) -> Graph:
    """What follows each element: by a flow, or by an event at its border."""
    graph: Graph = {each: [] for each in nodes}
    for flow in sequence_flows(scope):
        if flow.get("sourceRef") in nodes and flow.get("targetRef") in nodes:
            graph[flow.get("sourceRef") or ""].append(flow.get("targetRef") or "")
    for each, node in nodes.items():
        if kind(node) == "boundaryEvent" and node.get("attachedToRef") in nodes:
            graph[node.get("attachedToRef") or ""].append(each)
    return graph


def _reversed(graph: Graph) -> Graph:
    backwards: Graph = {each: [] for each in graph}
    for source, targets in graph.items():
        for target in targets:
            backwards[target].append(source)
    return backwards


def _reachable(graph: Graph, starts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    pending = list(starts)
    while pending:
        each = pending.pop()
        if each not in found:
            found.add(each)
            pending.extend(graph[each])
    return found


def _circle_faults(graph: Graph, nodes: Mapping[str, Node]) -> Iterator[DiagramFault]:
    """A circle in which nobody does anything and nothing is waited for would turn for ever."""
    passing = {each for each, node in nodes.items() if not stops(node)}
    through = {each: [target for target in graph[each] if target in passing] for each in passing}
    for each, targets in through.items():
        if each in _reachable(through, targets):
            yield fault(nodes[each], "is on a circle without a task or an event to wait for: it would turn for ever")


def stops(node: Node) -> bool:
    """Whether the process stops at an element, until something is done or comes."""
    word = kind(node)
    if word == "callActivity":
        called = process_called(node.getroottree().getroot(), referred(node.get("calledElement")))
        return called is not None and any(stops(each) for each in flow_nodes(called))
    if word == "subProcess":
        return any(stops(each) for each in flow_nodes(node))
    return word in TASKS or word in ("intermediateCatchEvent", "boundaryEvent")
