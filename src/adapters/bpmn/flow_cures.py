"""What diagrams leave out between their elements: gateways behind tasks, starts and ends, the form of conditions."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from adapters.bpmn.conditions import plain
from adapters.bpmn.element_checks import condition_of
from adapters.bpmn.notation import (
    GATEWAYS,
    Node,
    children,
    code,
    flow_nodes,
    incoming,
    is_event_process,
    kind,
    outgoing,
    sequence_flows,
    tag,
)
from billing_core.kernel.errors import InvalidValue

Report = Callable[[Node, str], None]
ALWAYS = "True"


def trim_conditions(scope: Node) -> None:
    """Write conditions as expressions; take off those that decide nothing, and give every flow an id."""
    kinds = {code(node): kind(node) for node in flow_nodes(scope)}
    for number, flow in enumerate(sequence_flows(scope), start=1):
        if not code(flow):
            flow.set("id", f"{code(scope)}.flow-{number}")
        text = condition_of(flow)
        for each in children(flow, "conditionExpression"):
            flow.remove(each)
        if text and kinds.get(flow.get("sourceRef") or "") not in ("parallelGateway", "eventBasedGateway"):
            _set_condition(flow, text)


def _set_condition(flow: Node, text: str) -> None:
    try:
        written = plain(text)
    except InvalidValue:
        written = text  # Faulty, as the checks say: such a diagram is not run.
    etree.SubElement(flow, tag("conditionExpression")).text = written


def split_flows(scope: Node, report: Report) -> None:
    """Several flows out of a task or event go out of a gateway behind it: all, or those whose condition holds."""
    leading = outgoing(scope)
    for node in flow_nodes(scope):
        flows = leading.get(code(node), [])
        if kind(node) in GATEWAYS or len(flows) < 2:
            continue
        has_conditions = any(condition_of(flow) for flow in flows)
        gateway = etree.SubElement(
            scope, tag("inclusiveGateway" if has_conditions else "parallelGateway"), id=f"{code(node)}.split"
        )
        for flow in flows:
            flow.set("sourceRef", code(gateway))
            if has_conditions and not condition_of(flow) and code(flow) != node.get("default"):
                _set_condition(flow, ALWAYS)
        if has_conditions and node.get("default"):
            gateway.set("default", node.get("default") or "")
        node.attrib.pop("default", None)
        _connect(scope, code(node), code(gateway))
        followed = "those whose condition holds are" if has_conditions else "all are"
        report(node, f"has several flows out: {followed} followed at once")


def with_start_and_ends(scope: Node, report: Report) -> None:
    """Begin at the elements to which nothing leads, if no start is drawn; end where nothing leads on."""
    nodes = [node for node in flow_nodes(scope) if not is_event_process(node)]
    if not nodes:
        return
    if not children(scope, "startEvent"):
        led_to = incoming(scope)
        first = [node for node in nodes if code(node) not in led_to and kind(node) != "boundaryEvent"]
        start = etree.SubElement(scope, tag("startEvent"), id=f"{code(scope)}.start")
        for node in first:
            _connect(scope, code(start), code(node))
        report(scope, "has no start event: begins at what nothing leads to")
    leading = outgoing(scope)
    last = [node for node in nodes if code(node) not in leading and kind(node) != "endEvent"]
    for node in last:
        end = etree.SubElement(scope, tag("endEvent"), id=f"{code(node)}.end")
        _connect(scope, code(node), code(end))
        if kind(node) not in ("sendTask", "intermediateThrowEvent"):
            report(node, "leads nowhere: ends there")


def _connect(scope: Node, source: str, target: str) -> None:
    etree.SubElement(scope, tag("sequenceFlow"), id=f"{source}-{target}", sourceRef=source, targetRef=target)
