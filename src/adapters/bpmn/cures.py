"""What diagrams leave out and only one thing can be meant: put in, so that a few kinds of elements are left to run.

The tree that is changed is a copy: the drawing, and the lines of faults, come from the diagram as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from adapters.bpmn.event_processes import caught_next_to, put_at_borders
from adapters.bpmn.events import definitions, event_kind, subject
from adapters.bpmn.flow_cures import split_flows, trim_conditions, with_start_and_ends
from adapters.bpmn.notation import (
    GLOBAL_TASKS,
    Node,
    children,
    code,
    flow_nodes,
    is_event_process,
    kind,
    line,
    name,
    referred,
    scopes,
    tag,
)
from adapters.bpmn.selection import process_called, with_called
from billing_core.work.processes import Cure

KEPT_AT_ROOT = frozenset({"message", "signal", "error", "escalation"})
NOT_RUN = (
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
    "dataObject",
    "dataObjectReference",
    "property",
    "dataStoreReference",
    "association",
    "textAnnotation",
    "group",
    "laneSet",
    "extensionElements",
    "documentation",
)
Report = Callable[[Node, str], None]


def cured(root: Node, process: Node) -> tuple[Node, list[Cure]]:
    """A copy of the diagram with the process and what it calls alone, ready to be run; and what was put in."""
    copied = deepcopy(root)
    main = process_called(copied, code(process))
    if main is None:
        raise LookupError(code(process))
    cures: list[Cure] = []

    def report(node: Node, change: str) -> None:
        cures.append(Cure(code(node), name(node), line(node), change))

    runs = with_called(copied, main)
    for each in [each for each in runs if kind(each) == "process"]:
        each.set("isExecutable", "true")
        _strip(each)
        for scope in list(scopes(each)):
            _cure_scope(scope, report, is_outermost=each is main and scope is main)
        put_at_borders(each, is_main=each is main)
    for child in list(copied):
        is_run = kind(child) == "process" and child in runs
        if not is_run and not (kind(child) in KEPT_AT_ROOT and code(child)):
            copied.remove(child)
    return copied, cures


def _cure_scope(scope: Node, report: Report, is_outermost: bool) -> None:
    for node in flow_nodes(scope):
        _cure_node(node, report, is_outermost)
    _join_links(scope)
    trim_conditions(scope)
    split_flows(scope, report)
    with_start_and_ends(scope, report)


def _strip(process: Node) -> None:
    """Take data, artifacts, lanes and extensions off: they say nothing of what follows what."""
    for word in NOT_RUN:
        for node in list(process.iter(tag(word))):
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)


def _cure_node(node: Node, report: Report, is_outermost: bool) -> None:
    word, around = kind(node), node.getparent()
    if word == "startEvent" and definitions(node) and around is not None and not is_event_process(around):
        report(node, f"begins when the ticket is opened, not by a {event_kind(node)}")
        _without_definitions(node)
    elif word == "subProcess" and not flow_nodes(node):
        report(node, "is an empty sub-process: one step, done by a person")
        node.tag = tag("userTask")
    elif word == "callActivity":
        _cure_call(node)
    elif word in ("intermediateThrowEvent", "endEvent"):
        _cure_thrown(node, is_outermost)


def _cure_call(node: Node) -> None:
    """Name what is called without its namespace; a global task becomes a task of the process."""
    wanted = referred(node.get("calledElement"))
    called = process_called(node.getroottree().getroot(), wanted)
    node.set("calledElement", wanted)
    if called is not None and kind(called) in GLOBAL_TASKS:
        node.tag = tag(GLOBAL_TASKS[kind(called)])


def _cure_thrown(node: Node, is_outermost: bool) -> None:
    """A message is sent by an automatic task; an end event throws, then ends; an error at the outermost ends all."""
    about = event_kind(node)
    if about == "message":
        _without_definitions(node)
        node.tag = tag("sendTask")
    elif about in ("signal", "escalation"):
        node.tag = tag("intermediateThrowEvent")
    elif about == "error" and is_outermost and not caught_next_to(node, subject(node)):
        _without_definitions(node)
        etree.SubElement(node, tag("terminateEventDefinition"))


def _without_definitions(node: Node) -> None:
    for each in definitions(node):
        node.remove(each)


def _join_links(scope: Node) -> None:
    """A link that is thrown leads to the one of its name that catches it."""
    links = [node for node in flow_nodes(scope) if event_kind(node) == "link"]
    caught = {name(node): node for node in links if kind(node) == "intermediateCatchEvent"}
    for node in links:
        target = caught.get(name(node))
        if kind(node) == "intermediateThrowEvent" and target is not None:
            etree.SubElement(
                scope, tag("sequenceFlow"), id=f"{code(node)}.link", sourceRef=code(node), targetRef=code(target)
            )
    for node in links:
        _without_definitions(node)
        node.tag = tag("intermediateThrowEvent")


def main_of(copied: Node, process: Node) -> Node:
    """The process of the copy that the process of the original became."""
    return next(each for each in children(copied, "process") if code(each) == code(process))
