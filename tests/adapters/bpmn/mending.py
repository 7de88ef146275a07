"""What an author would decide in a drawing that says nothing of it: some answer for each open question."""

from __future__ import annotations

from lxml import etree

from adapters.bpmn.element_checks import condition_of, condition_reasons
from adapters.bpmn.events import definitions, event_kind, subject
from adapters.bpmn.loops import loop_of
from adapters.bpmn.notation import (
    ACTIVITIES,
    DECIDING,
    Node,
    children,
    code,
    flow_nodes,
    kind,
    outgoing,
    referred,
    scopes,
    tag,
)
from adapters.bpmn.safe_xml import read_tree
from adapters.bpmn.selection import called_from, process_called
from billing_core.kernel.errors import InvalidValue


def processes_in(diagram: str) -> list[str]:
    """The processes that a ticket could follow: with elements, and not called by another."""
    drawn = [process for process in children(read_tree(diagram), "process") if flow_nodes(process)]
    called = {target for process in drawn for target in called_from(process)}
    return [code(process) for process in drawn if code(process) not in called]


def mended(diagram: str, process: str) -> str:
    """The drawing with this process marked, and an answer to each question that an author has to decide."""
    root = read_tree(diagram)
    for each in children(root, "process"):
        each.set("isExecutable", "true" if code(each) == process else "false")
        for scope in list(scopes(each)):
            for number, node in enumerate(flow_nodes(scope)):
                _mend(root, node)
                flows = outgoing(scope).get(code(node), [])
                if kind(node) in DECIDING and len(flows) > 1:
                    _choose(node, flows, f"choice_{number}_{len(code(scope))}")
    return etree.tostring(root, encoding="unicode")


def _mend(root: Node, node: Node) -> None:
    about = event_kind(node)
    if about == "timer":
        timer = definitions(node)[0]
        if not "".join(timer.itertext()).strip():
            timer[:] = []
            etree.SubElement(timer, tag("timeDuration")).text = "PT1H"
    if about in ("message", "signal") and not subject(node):
        named = etree.SubElement(root, tag(about), id=f"{about}-{code(node)}", name=f"What {code(node)} waits for")
        holder = node if kind(node) == "receiveTask" else definitions(node)[0]
        holder.set(f"{about}Ref", code(named))
    if kind(node) == "callActivity" and process_called(root, referred(node.get("calledElement"))) is None:
        node.tag = tag("serviceTask")  # What is called may end with an error.
    if kind(node) in ACTIVITIES:
        _count(node)


def _count(node: Node) -> None:
    try:
        loop_of(node)
    except InvalidValue:
        for loop in children(node, "standardLoopCharacteristics"):
            loop.set("loopMaximum", "2")
        for loop in children(node, "multiInstanceLoopCharacteristics"):
            loop[:] = []
            etree.SubElement(loop, tag("loopCardinality")).text = "2"


def _choose(node: Node, flows: list[Node], fact: str) -> None:
    open_flows = [flow for flow in flows if code(flow) != node.get("default")]
    if all(condition_of(flow) and not list(condition_reasons(condition_of(flow))) for flow in open_flows):
        return
    for number, flow in enumerate(open_flows):
        for each in children(flow, "conditionExpression"):
            flow.remove(each)
        etree.SubElement(flow, tag("conditionExpression")).text = f"{fact} == 'way {number}'"
