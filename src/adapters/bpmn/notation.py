"""The words of BPMN 2.0 as they stand in a file: namespaces, the names of elements, and how to walk them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

Node: TypeAlias = etree._Element

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"

USER_TASKS = frozenset({"task", "userTask", "manualTask"})
AUTOMATIC_TASKS = frozenset({"serviceTask", "businessRuleTask", "sendTask"})
TASKS = USER_TASKS | AUTOMATIC_TASKS | {"receiveTask"}
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
ACTIVITIES = TASKS | {"subProcess", "callActivity"}
CATCHING = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
REFUSED = {
    "scriptTask": "runs a script: make it a service task, whose action is a command",
    "complexGateway": "is a complex gateway: use exclusive, inclusive or parallel ones",
    "adHocSubProcess": "is an ad-hoc sub-process: draw in which order its tasks come",
    "transaction": "is a transaction: use a sub-process and draw what follows if it fails",
    "callChoreography": "calls a choreography: draw the process itself",
    "choreographyTask": "belongs to a choreography: draw the process itself",
    "subChoreography": "belongs to a choreography: draw the process itself",
}
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | REFUSED.keys()
GLOBAL_TASKS = {
    "globalTask": "userTask",
    "globalUserTask": "userTask",
    "globalManualTask": "userTask",
    "globalBusinessRuleTask": "serviceTask",
}


def tag(word: str) -> str:
    """`task` with its namespace."""
    return f"{{{MODEL}}}{word}"


def kind(node: Node) -> str:
    """`userTask`, for an element of the model; empty for a comment or an element of another namespace."""
    name = node.tag
    prefix = f"{{{MODEL}}}"
    return name[len(prefix) :] if isinstance(name, str) and name.startswith(prefix) else ""


def code(node: Node) -> str:
    """The id of an element."""
    return node.get("id") or ""


def name(node: Node) -> str:
    """The name of an element, in one line."""
    return " ".join((node.get("name") or "").split())


def referred(text: str | None) -> str:
    """The id that a reference names, without the prefix of its namespace: `sid:Message_1` is `Message_1`."""
    return (text or "").strip().rpartition(":")[2]


def line(node: Node) -> int:
    """The line in the file."""
    return node.sourceline or 0


def children(node: Node, *words: str) -> list[Node]:
    """The children of these kinds, in the order of the file; all of the model without any."""
    return [child for child in node if (kind(child) in words if words else kind(child))]


def is_aside(node: Node) -> bool:
    """Whether an element stands aside of what is run: what is for compensation."""
    return node.get("isForCompensation") == "true"


def is_event_process(node: Node) -> bool:
    """Whether an element is an event sub-process: no flow leads to it, it begins when its start event comes."""
    return kind(node) == "subProcess" and node.get("triggeredByEvent") == "true" and not is_aside(node)


def interrupts(node: Node) -> bool:
    """Whether an event sub-process ends what is around it."""
    return all(start.get("isInterrupting") != "false" for start in children(node, "startEvent"))


def flow_nodes(scope: Node) -> list[Node]:
    """The flow nodes of a process or sub-process, without those of the sub-processes in it."""
    return [child for child in scope if kind(child) in FLOW_NODES]


def sequence_flows(scope: Node) -> list[Node]:
    """The sequence flows of a process or sub-process."""
    return children(scope, "sequenceFlow")


def scopes(process: Node) -> Iterator[Node]:
    """The process, and every sub-process in it."""
    yield process
    for node in process.iter(tag("subProcess")):
        if not any(is_aside(each) for each in (node, *node.iterancestors())):
            yield node


def outgoing(scope: Node) -> dict[str, list[Node]]:
    """The sequence flows of a scope, by the id from which they go out."""
    return _grouped(scope, "sourceRef")


def incoming(scope: Node) -> dict[str, list[Node]]:
    """The sequence flows of a scope, by the id to which they lead."""
    return _grouped(scope, "targetRef")


def _grouped(scope: Node, end: str) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for flow in sequence_flows(scope):
        found.setdefault(flow.get(end) or "", []).append(flow)
    return found
