"""Event sub-processes: run as a sub-process behind an event at the border of what is around it.

    drawn     process p { start > work > end,  event sub-process E { message asked > answer > done } }
    run       process p { start > p.body > end, message asked at the border of p.body > E > end }
              sub-process p.body { start > work > end },  sub-process E { start > answer > done }

One that interrupts ends the body, and those that do not interrupt and run already; so these stand around the body, and
those that interrupt around both. A terminate end event of the body ends what runs next to it too, by an error that no
diagram has. An event sub-process of the ticket's own process that ends with an error ends all of it.
"""

from __future__ import annotations

from lxml import etree

from adapters.bpmn.events import definitions, event_kind, subject
from adapters.bpmn.notation import (
    Node,
    children,
    code,
    flow_nodes,
    interrupts,
    is_event_process,
    kind,
    line,
    outgoing,
    scopes,
    sequence_flows,
    tag,
)


def event_processes(scope: Node) -> list[Node]:
    """The event sub-processes of a process or sub-process."""
    return [node for node in flow_nodes(scope) if is_event_process(node)]


def caught_next_to(node: Node, error: str) -> bool:
    """Whether an event sub-process of the scope in which an element stands catches an error that it ends with."""
    scope = node.getparent()
    if scope is None or is_event_process(node):
        return False
    starts = [start for each in event_processes(scope) for start in children(each, "startEvent")]
    return any(event_kind(each) == "error" and subject(each) in ("", error) for each in starts)


def drawn(scope: Node) -> Node:
    """The process or sub-process in which the body was drawn; one that was drawn itself as it is."""
    around = scope.getparent()
    return scope if line(scope) or around is None else drawn(around)


def is_at_outermost(node: Node) -> bool:
    """Whether an end event stands in an event sub-process of a process, and in nothing else."""
    around = node.getparent()
    return around is not None and is_event_process(around) and kind(around.getparent()) == "process"


def put_at_borders(process: Node, is_main: bool) -> None:
    """Put the event sub-processes of a cured process, and of what is in it, at the border of what is around them."""
    failing = [each for each in event_processes(process) if is_main and _ends_with_error(each)]
    for scope in list(scopes(process)):
        found = [each for each in event_processes(scope) if len(children(each, "startEvent")) == 1]
        for kept, others in (("others", [each for each in found if not interrupts(each)]),
                             ("all", [each for each in found if interrupts(each)])):  # fmt: skip
            if others:
                _wrap(scope, f"{code(scope)}.{kept}", others, found)
    for each in failing:
        scope = each.getparent()
        assert scope is not None
        _end_all(scope, each, "")


def _ends_with_error(scope: Node) -> bool:
    return any(event_kind(end) == "error" for end in children(scope, "endEvent"))


def _wrap(scope: Node, body_code: str, begun: list[Node], aside: list[Node]) -> None:
    """Put the elements of a scope, without the event sub-processes, into a body; some of these begin at its border."""
    body = etree.SubElement(scope, tag("subProcess"), id=body_code)
    for each in [*flow_nodes(scope), *sequence_flows(scope)]:
        if each is not body and each not in aside:
            body.append(each)
    if not all(map(interrupts, begun)):
        _end_together(scope, body)
    _lead(scope, "startEvent", body)
    for each in begun:
        _begin_at_border(scope, body, each)
        each.attrib.pop("triggeredByEvent")
        aside.remove(each)


def _begin_at_border(scope: Node, body: Node, process: Node) -> None:
    """The start event of an event sub-process becomes an event at the border of the body, which leads to it."""
    (event,) = children(process, "startEvent")
    begin = etree.SubElement(process, tag("startEvent"), id=f"{code(event)}.begin")
    for flow in outgoing(process).get(code(event), []):
        flow.set("sourceRef", code(begin))
    scope.append(event)
    event.tag = tag("boundaryEvent")
    event.set("attachedToRef", code(body))
    event.set("cancelActivity", event.attrib.pop("isInterrupting", "true"))
    _connect(scope, event, process)
    _lead(scope, "endEvent", process)


def _end_together(scope: Node, body: Node) -> None:
    """What ends all of the body ends what runs next to it."""
    ends = [end for end in children(body, "endEvent") if event_kind(end) == "terminate"]
    if not ends:
        return
    error = f"{code(body)}.terminated"
    root = scope.getroottree().getroot()
    root.insert(0, root.makeelement(tag("error"), id=error, errorCode=error))
    for end in ends:
        for each in definitions(end):
            end.remove(each)
        etree.SubElement(end, tag("errorEventDefinition"), errorRef=error)
    _end_all(scope, body, error)


def _end_all(scope: Node, activity: Node, error: str) -> None:
    """An error with which an activity ends, any without a code, ends all of the scope."""
    border = etree.SubElement(scope, tag("boundaryEvent"), id=f"{code(activity)}.failed", attachedToRef=code(activity))
    etree.SubElement(border, tag("errorEventDefinition"), {"errorRef": error} if error else {})
    last = _lead(scope, "endEvent", border)
    etree.SubElement(last, tag("terminateEventDefinition"))


def _lead(scope: Node, word: str, node: Node) -> Node:
    """A start event that leads to an element, or an end event to which it leads, if it has none yet."""
    added = etree.SubElement(scope, tag(word), id=f"{code(node)}.{kind(node)}.{word}")
    _connect(scope, *((added, node) if word == "startEvent" else (node, added)))
    return added


def _connect(scope: Node, source: Node, target: Node) -> None:
    name = f"{code(source)}-{code(target)}"
    etree.SubElement(scope, tag("sequenceFlow"), id=name, sourceRef=code(source), targetRef=code(target))
