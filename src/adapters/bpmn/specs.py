"""SpiffWorkflow's specifications of a cured process: its parser, with our own tasks and events in the place of its.

What is replaced: its timers read the clock, it runs expressions and scripts as Python, its errors reach events at the
border of a neighbour, and its joins count earlier turns of a loop. The rest (the tree of tasks, splits, sub-processes,
loops of a task) is SpiffWorkflow's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EndEventParser, EventDefinitionParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, IntermediateThrowEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import SpiffWorkflowException

from adapters.bpmn.awaited import Awaited, ErrorEnd, Thrown
from adapters.bpmn.elements import (
    AutomaticTask,
    BorderEvent,
    CallActivity,
    CatchEvent,
    ParallelTurns,
    PersonTask,
    ReceiveTask,
    SequentialTurns,
    StandardLoop,
    SubProcess,
)
from adapters.bpmn.events import NONE, definitions, event_kind, subject
from adapters.bpmn.gateways import InclusiveGateway, ParallelGateway
from adapters.bpmn.notation import AUTOMATIC_TASKS, USER_TASKS, Node, code, kind, scopes, sequence_flows, tag
from adapters.bpmn.safe_xml import Unreadable
from adapters.bpmn.selection import with_called
from adapters.bpmn.timers import timer_of


class ActivityParser(TaskParser):
    """A task of a person or of the engine."""

    STANDARD_LOOP_CLASS = StandardLoop
    PARALLEL_MI_CLASS = ParallelTurns
    SEQUENTIAL_MI_CLASS = SequentialTurns


class SubProcessParser(SubWorkflowParser, ActivityParser):
    """A sub-process."""


class CallParser(CallActivityParser, ActivityParser):
    """A call of another process."""


class AwaitedParser(EventDefinitionParser, ActivityParser):
    """An event or task that waits for something."""

    def create_task(self) -> Any:
        about = event_kind(self.node)
        timer = timer_of(definitions(self.node)[0]) if about == "timer" else None
        found = Awaited(self.bpmn_id, about, subject(self.node), timer) if about != NONE else NoneEventDefinition()
        is_boundary = kind(self.node) == "boundaryEvent"
        return self._create_task(found, self.node.get("cancelActivity") != "false" if is_boundary else None)


class ThrownParser(EventDefinitionParser):
    """An event that throws a signal or an escalation, or nothing."""

    def create_task(self) -> Any:
        about = event_kind(self.node)
        return self._create_task(NoneEventDefinition() if about == NONE else Thrown(about, subject(self.node)))


class EndParser(EndEventParser):
    """An end event; one with an error ends what is around it at the event that catches the error."""

    def create_task(self) -> Any:
        if event_kind(self.node) != "error":
            return super().create_task()
        task = ErrorEnd(self.spec, self.bpmn_id, event_definition=Thrown("error", subject(self.node)))
        task.connect(self.spec.end)
        return task


class Parser(BpmnParser):
    """SpiffWorkflow's parser for cured processes."""

    OVERRIDE_PARSER_CLASSES: ClassVar = {
        **{tag(word): (ActivityParser, PersonTask) for word in USER_TASKS},
        **{tag(word): (ActivityParser, AutomaticTask) for word in AUTOMATIC_TASKS},
        tag("subProcess"): (SubProcessParser, SubProcess),
        tag("callActivity"): (CallParser, CallActivity),
        tag("receiveTask"): (AwaitedParser, ReceiveTask),
        tag("intermediateCatchEvent"): (AwaitedParser, CatchEvent),
        tag("boundaryEvent"): (AwaitedParser, BorderEvent),
        tag("intermediateThrowEvent"): (ThrownParser, IntermediateThrowEvent),
        tag("endEvent"): (EndParser, EndEvent),
        tag("parallelGateway"): (GatewayParser, ParallelGateway),
        tag("inclusiveGateway"): (ConditionalGatewayParser, InclusiveGateway),
    }


class Specs(NamedTuple):
    """What is run: the process, what it calls, and the ids of the sequence flows by their ends."""

    main: BpmnProcessSpec
    called: Mapping[str, BpmnProcessSpec]
    flows: Mapping[tuple[str, str], tuple[str, ...]]


def specs_of(root: Node, process: Node) -> Specs:
    """The specifications of a cured process; `Unreadable` if SpiffWorkflow finds what our checks did not."""
    parser = Parser()
    try:
        parser.add_bpmn_xml(root)
        main = parser.get_spec(code(process))
        called = parser.get_subprocess_specs(code(process))
    except ValidationException as error:
        raise Unreadable(error.line_number or 0, f"cannot be run: {error}") from None
    except SpiffWorkflowException as error:
        raise Unreadable(0, f"cannot be run: {error}") from None
    except RecursionError:
        raise Unreadable(0, "has too many elements in a row: part it into called processes") from None
    for spec in (main, *called.values()):
        _connect_loops(spec)
    return Specs(main, called, _flows(root, process))


def _connect_loops(spec: BpmnProcessSpec) -> None:
    """Let loops hear of their turns now: SpiffWorkflow would do it while running, be it in two threads at a time."""
    for task_spec in list(spec.task_specs.values()):
        if isinstance(task_spec, LoopTask):
            turn = spec.task_specs[task_spec.task_spec]
            if not turn.completed_event.is_connected(task_spec.merge_child):
                turn.completed_event.connect(task_spec.merge_child)


def _flows(root: Node, process: Node) -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in with_called(root, process):
        for scope in scopes(each):
            for flow in sequence_flows(scope):
                ends = (flow.get("sourceRef") or "", flow.get("targetRef") or "")
                found[ends] = (*found.get(ends, ()), code(flow))
    return found
