"""Faults of single elements: what cannot be run, and what only the author of a diagram can decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from adapters.bpmn.conditions import read_condition
from adapters.bpmn.events import definitions, event_kind, names_something, reference, subject
from adapters.bpmn.loops import loop_of
from adapters.bpmn.notation import (
    ACTIVITIES,
    FLOW_NODES,
    REFUSED,
    Node,
    children,
    code,
    incoming,
    is_event_process,
    kind,
    line,
    name,
    outgoing,
    referred,
    tag,
)
from adapters.bpmn.selection import process_called
from adapters.bpmn.timers import timer_of
from billing_core.kernel.errors import InvalidValue
from billing_core.work.processes import DiagramFault

CAUGHT = frozenset({"timer", "message", "signal"})
ALLOWED: Mapping[str, frozenset[str]] = {
    "startEvent": CAUGHT | {""},
    "intermediateCatchEvent": CAUGHT | {"link"},
    "boundaryEvent": CAUGHT | {"error", "escalation"},
    "intermediateThrowEvent": frozenset({"", "message", "signal", "escalation", "link"}),
    "endEvent": frozenset({"", "message", "signal", "escalation", "error", "terminate"}),
}
COMPENSATION = "is for compensation, which is not run: draw the way back as ordinary steps"
UNSUPPORTED = {
    "compensation": COMPENSATION,
    "condition": "waits for a condition, which is not watched: use a message, a timer or a gateway",
    "cancellation": "cancels a transaction: use an error event",
    "link": "is a link, which only joins intermediate events",
    "": "does not say what it waits for: choose a timer, a message or a signal",
}


def fault(node: Node, reason: str) -> DiagramFault:
    """A fault of an element."""
    return DiagramFault(code(node), name(node), line(node), reason)


def element_faults(node: Node) -> Iterator[DiagramFault]:
    """The faults of a flow node alone, whatever leads to it."""
    word = kind(node)
    if not code(node):
        yield fault(node, f"is a {word} without an id: give it one")
    if word in REFUSED:
        yield fault(node, REFUSED[word])
        return
    if node.get("isForCompensation") == "true":
        yield fault(node, COMPENSATION)
    for script in node.iterfind(f"./{tag('extensionElements')}//{{*}}script"):
        yield DiagramFault(code(node), name(node), line(script), "runs a script: leave it out, its action is a command")
    for check in CHECKS.get(word, ()):
        yield from (fault(node, reason) for reason in check(node))
    if word in ACTIVITIES:
        yield from (fault(node, reason) for reason in _loop_reasons(node))


def _event_reasons(node: Node) -> Iterator[str]:
    """What an event waits for or throws must be one thing, of a kind that can be run, with what it needs."""
    word, about = kind(node), event_kind(node)
    if len(definitions(node)) > 1:
        yield "is about several things at once: draw an event for each"
        return
    if definitions(node) and kind(definitions(node)[0]) == "eventDefinitionRef":
        yield "refers to a definition elsewhere: put the definition into the event"
        return
    around = node.getparent()
    is_awaited = word == "startEvent" and around is not None and is_event_process(around)
    if about not in (ALLOWED["boundaryEvent"] if is_awaited else ALLOWED[word]):
        yield UNSUPPORTED.get(about, f"is of the kind {about}, which cannot stand here")
    elif is_awaited or word != "startEvent":
        yield from _definition_reasons(node, about)
    if is_awaited and about == "error" and node.get("isInterrupting") == "false":
        yield "catches an error without ending what failed: an error always ends it"


def _definition_reasons(node: Node, about: str) -> Iterator[str]:
    is_thrown = kind(node) in ("endEvent", "intermediateThrowEvent")
    if about == "timer":
        try:
            timer_of(definitions(node)[0])
        except InvalidValue as error:
            yield str(error)
    if names_something(node) and reference(node) is None:
        yield f"names a {about} that the diagram does not have"
    elif about in ("message", "signal") and not subject(node) and not (is_thrown and about == "message"):
        yield f"does not say which {about}: name one"


def _receive_reasons(node: Node) -> Iterator[str]:
    if node.get("instantiate") == "true":
        yield "begins a process: use a start event"
    yield from _definition_reasons(node, "message")


def _gateway_reasons(node: Node) -> Iterator[str]:
    if node.get("instantiate") == "true" or node.get("eventGatewayType") == "Parallel":
        yield "begins a process or waits for several events: use a start event and an exclusive event-based gateway"


def _sub_process_reasons(node: Node) -> Iterator[str]:
    if not is_event_process(node):
        return
    if not children(node, "startEvent"):
        yield "is an event sub-process without a start event: nothing says what begins it"
    scope = node.getparent()
    flows = [] if scope is None else [*outgoing(scope).get(code(node), []), *incoming(scope).get(code(node), [])]
    if flows:
        yield "is an event sub-process, but a flow leads to it or from it: it begins by its start event alone"
    if scope is not None and any(each.get("attachedToRef") == code(node) for each in children(scope, "boundaryEvent")):
        yield "is an event sub-process with an event at its border: draw that event inside of it"


def _call_reasons(node: Node) -> Iterator[str]:
    wanted = referred(node.get("calledElement"))
    if not wanted:
        yield "does not say which process it calls"
        return
    called = process_called(node.getroottree().getroot(), wanted)
    if called is None:
        yield f"calls {wanted}, which is not in this diagram: draw it here, or use a task"
    elif kind(called) == "globalScriptTask":
        yield REFUSED["scriptTask"]
    elif kind(called) == "process" and not any(kind(child) in FLOW_NODES for child in called):
        yield f"calls {wanted}, which has no elements"


def _loop_reasons(node: Node) -> Iterator[str]:
    try:
        loop_of(node)
    except InvalidValue as error:
        yield str(error)


CHECKS: Mapping[str, tuple[Callable[[Node], Iterator[str]], ...]] = {
    **dict.fromkeys(ALLOWED, (_event_reasons,)),
    "receiveTask": (_receive_reasons,),
    "eventBasedGateway": (_gateway_reasons,),
    "subProcess": (_sub_process_reasons,),
    "callActivity": (_call_reasons,),
}


def condition_reasons(text: str) -> Iterator[str]:
    """Why a condition cannot be used."""
    try:
        read_condition(text)
    except InvalidValue as error:
        yield f"has the condition {text!r}, which {error.message}"


def condition_of(flow: Node) -> str:
    """The text of a flow's condition; empty without one."""
    return "".join("".join(each.itertext()) for each in children(flow, "conditionExpression")).strip()
