"""Reading a diagram: the process that a ticket follows, or everything that hinders it from being run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from adapters.bpmn.conditions import read_condition
from adapters.bpmn.cures import cured, main_of
from adapters.bpmn.element_checks import condition_of, element_faults, fault
from adapters.bpmn.events import definitions, event_kind
from adapters.bpmn.flow_checks import duplicate_faults, scope_faults, uncaught_faults
from adapters.bpmn.loops import loop_of
from adapters.bpmn.loops import names_of as names_of_loop
from adapters.bpmn.notation import (
    ACTIVITIES,
    AUTOMATIC_TASKS,
    CATCHING,
    FLOW_NODES,
    USER_TASKS,
    Node,
    code,
    flow_nodes,
    kind,
    line,
    name,
    scopes,
    tag,
)
from adapters.bpmn.path_checks import path_faults
from adapters.bpmn.safe_xml import Unreadable, read_tree
from adapters.bpmn.selection import circles, main_process, with_called
from adapters.bpmn.specs import Specs, specs_of
from adapters.bpmn.timers import names_of, timer_of
from adapters.bpmn.token_checks import token_faults
from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import names_in
from billing_core.work.processes import DiagramFault, Process, ProcessElement

KEPT_DIAGRAMS = 256


class Reading(NamedTuple):
    """A diagram that was read: its faults, or the process and the specifications by which it is run."""

    faults: tuple[DiagramFault, ...]
    process: Process | None = None
    specs: Specs | None = None


def faults_of(diagram: str) -> list[DiagramFault]:
    """Everything that hinders a diagram from being run, in the order of its lines; empty if nothing does."""
    return list(read(diagram).faults)


def read_process(diagram: str) -> Process:
    """The process that a ticket follows, or an `InvalidValue` with all faults."""
    return _required(read(diagram))[0]


def specs_to_run(diagram: str) -> Specs:
    """The specifications by which a diagram is run."""
    return _required(read(diagram))[1]


def _required(reading: Reading) -> tuple[Process, Specs]:
    if reading.process is None or reading.specs is None:
        raise InvalidValue("cannot be run: " + "; ".join(map(str, reading.faults)), field="diagram")
    return reading.process, reading.specs


@lru_cache(maxsize=KEPT_DIAGRAMS)
def read(diagram: str) -> Reading:
    """The reading of a diagram. It depends on the text alone, so the last ones are kept."""
    try:
        root = read_tree(diagram)
        process = main_process(root)
    except Unreadable as error:
        return Reading((error.fault,))
    copied, cures = cured(root, process)
    faults = sorted(set(_faults(root, process, copied)), key=lambda each: (each.line, each.element, each.reason))
    if faults:
        return Reading(tuple(faults))
    try:
        specs = specs_of(copied, main_of(copied, process))
    except Unreadable as error:
        return Reading((error.fault,))
    runs = _processes(copied, main_of(copied, process))
    return Reading(
        (),
        Process(
            code(process),
            name(process),
            tuple(element for each in runs for element in _elements(each)),
            frozenset(fact for each in runs for fact in _facts(each)),
            tuple(cures),
        ),
        specs,
    )


def _processes(root: Node, process: Node) -> list[Node]:
    return [each for each in with_called(root, process) if kind(each) == "process"]


def _faults(root: Node, process: Node, copied: Node) -> Iterator[DiagramFault]:
    yield from duplicate_faults(root)
    for each in _processes(root, process):
        for scope in scopes(each):
            yield from scope_faults(scope)
            for node in flow_nodes(scope):
                yield from element_faults(node)
        yield from uncaught_faults(each, is_called=each is not process)
    calls = list(circles(root, process))
    yield from (fault(call, "calls itself, be it through others") for call in calls)
    # Paths have no end if calls have none.
    for each in [] if calls else _processes(copied, main_of(copied, process)):
        yield from path_faults(each)
        yield from token_faults(each)


def _elements(process: Node) -> Iterator[ProcessElement]:
    for node in process.iter():
        # What a cure put in has no line.
        if kind(node) in FLOW_NODES and line(node):
            yield ProcessElement(code(node), name(node), _kind(node), line(node))


def _kind(node: Node) -> str:
    word = kind(node)
    if word in USER_TASKS:
        return "task"
    if word in AUTOMATIC_TASKS:
        return "automatic"
    about = event_kind(node) if word in CATCHING else ""
    return {"timer": "timer", "message": "message", "signal": "message"}.get(about, "other")


def _facts(process: Node) -> Iterator[str]:
    for node in process.iter():
        loop = loop_of(node) if kind(node) in ACTIVITIES else None
        if loop is not None:
            yield from names_of_loop(loop)
        if kind(node) in CATCHING and event_kind(node) == "timer":
            yield from names_of(timer_of(definitions(node)[0]))
    for flow in process.iter(tag("sequenceFlow")):
        text = condition_of(flow)
        if text:
            yield from names_in(read_condition(text))
