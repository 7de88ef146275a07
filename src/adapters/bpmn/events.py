"""Events: what an event waits for or throws, and its name, as the diagram says them."""

from __future__ import annotations

from adapters.bpmn.notation import MODEL, Node, children, code, kind, name, referred

NONE = ""
KINDS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "terminateEventDefinition": "terminate",
    "linkEventDefinition": "link",
    "conditionalEventDefinition": "condition",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancellation",
}
REFERENCES = {
    "message": ("messageRef", "message"),
    "signal": ("signalRef", "signal"),
    "error": ("errorRef", "error"),
    "escalation": ("escalationRef", "escalation"),
}
CODES = {"error": "errorCode", "escalation": "escalationCode"}


def definitions(node: Node) -> list[Node]:
    """The definitions of an event, and its references to definitions that stand elsewhere."""
    return [child for child in children(node) if kind(child) in KINDS or kind(child) == "eventDefinitionRef"]


def event_kind(node: Node) -> str:
    """`timer`, `message`, ...: what an event is about; `NONE` if about nothing. A receive task is about a message."""
    if kind(node) == "receiveTask":
        return "message"
    found = definitions(node)
    return KINDS.get(kind(found[0]), NONE) if found else NONE


def reference(node: Node) -> Node | None:
    """The message, signal, error or escalation that an event names; for a message also by a flow that leads to it."""
    about = event_kind(node)
    if about not in REFERENCES:
        return None
    attribute, word = REFERENCES[about]
    holder = node if kind(node) == "receiveTask" else definitions(node)[0]
    wanted = referred(holder.get(attribute)) or (_by_message_flow(node) if about == "message" else "")
    root = node.getroottree().getroot()
    return next((each for each in children(root, word) if wanted and code(each) == wanted), None)


def subject(node: Node) -> str:
    """The name of a message or signal, the code of an error or escalation; empty if the event names none."""
    found = reference(node)
    if found is None:
        return ""
    return (found.get(CODES[kind(found)]) or "") if kind(found) in CODES else name(found) or code(found)


def names_something(node: Node) -> bool:
    """Whether an event has a reference, be it to something that exists or not."""
    about = event_kind(node)
    holder = node if kind(node) == "receiveTask" else next(iter(definitions(node)), node)
    return about in REFERENCES and bool(referred(holder.get(REFERENCES[about][0])))


def _by_message_flow(node: Node) -> str:
    """The message of the one message flow that leads to an event, if one alone does."""
    flows = node.getroottree().getroot().iter(f"{{{MODEL}}}messageFlow")
    found = {referred(flow.get("messageRef")) for flow in flows if referred(flow.get("targetRef")) == code(node)}
    return found.pop() if len(found) == 1 else ""
