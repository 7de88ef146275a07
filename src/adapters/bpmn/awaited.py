"""What a running process waits for, without a clock; and what it throws, to the right one that catches it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from adapters.bpmn.timers import ENDLESS, Timer
from billing_core.kernel.errors import RuleViolation


class Awaited(EventDefinition):
    """What an element waits for. It comes only when the history says so."""

    def __init__(self, element: str, about: str, subject: str, timer: Timer | None) -> None:
        super().__init__(element)
        self.element = element
        self.about = about
        self.subject = subject
        self.timer = timer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Awaited) and other.element == self.element

    def __hash__(self) -> int:
        return hash(self.element)


class Thrown(EventDefinition):
    """What an element throws: a signal to all that wait for it, an error or escalation to what is around."""

    def __init__(self, about: str, subject: str) -> None:
        super().__init__(subject)
        self.about = about
        self.subject = subject

    def throw(self, my_task: Task) -> None:
        if self.about == "signal":
            for task, awaited in list(all_awaited(my_task.workflow.top_workflow)):
                if awaited.about == "signal" and awaited.subject == self.subject:
                    fire(task, awaited)
            return
        found = catcher(holder_of(my_task), self.about, self.subject)
        if found is not None:
            fire(*found)
        elif self.about == "error":
            raise RuleViolation("is caught by no boundary event", field="error", value=self.subject)


class ErrorEnd(EndEvent):
    """An end event with an error. It does not complete: what is around it is ended by the event that catches it."""

    def _run_hook(self, my_task: Task) -> None:
        my_task._set_internal_data(has_thrown=True)
        self.event_definition.throw(my_task)


def tasks_of(workflow: Any, state: int) -> list[Task]:
    """The tasks of a process, its sub-processes and calls that have a state, in the order in which they came up."""
    parts = (workflow, *workflow.subprocesses.values())
    return [task for part in parts for task in part.tasks.values() if task.has_state(state)]


def all_awaited(workflow: Any) -> Iterator[tuple[Task, Awaited]]:
    """What a process waits for now, in the order reached; an event-based gateway waits for several things."""
    for task in tasks_of(workflow, TaskState.WAITING):
        if isinstance(task.task_spec, CatchingEvent):
            definition = task.task_spec.event_definition
            several = definition.event_definitions if isinstance(definition, MultipleEventDefinition) else [definition]
            yield from ((task, each) for each in several if isinstance(each, Awaited))


def fire(task: Task, awaited: Awaited) -> None:
    """Let come what a task waits for. At a border that does not end its task, it can come again."""
    _wait_again(task, awaited)
    task.task_spec.event_definition.catch(task, BpmnEvent(awaited))
    task.task_spec._update(task)


def _wait_again(task: Task, awaited: Awaited) -> None:
    spec = task.task_spec
    if not isinstance(spec, BoundaryEvent) or spec.cancel_activity:
        return
    times = ENDLESS if awaited.timer is None else awaited.timer.times
    have_come = sum(child.task_spec is spec for child in task.parent.children)
    if times == ENDLESS or have_come < times:
        again = task.parent._add_child(spec, TaskState.WAITING)
        spec._update(again)


def holder_of(task: Task) -> Task | None:
    """The task of the sub-process or call in which a task is; None at the outermost."""
    inside = task.workflow
    return None if inside.parent_task_id is None else inside.top_workflow.get_task_from_id(inside.parent_task_id)


def catcher(task: Task | None, about: str, subject: str) -> tuple[Task, Awaited] | None:
    """The event at the border of a task, or of what is around it, that catches an error or escalation.

    An event of this code goes before one of any code, and an inner border before an outer one.
    """
    while task is not None:
        found = [
            (event, event.task_spec.event_definition)
            for event in _border(task)
            if event.task_spec.event_definition.about == about
        ]
        for wanted in (subject, ""):
            for event, awaited in found:
                if awaited.subject == wanted:
                    return event, awaited
        task = holder_of(task)
    return None


def _border(task: Task) -> list[Task]:
    """The events that wait at the border of a task; a turn of a loop has the border of its loop."""
    around = task.parent
    while around is not None and isinstance(around.task_spec, LoopTask):
        around = around.parent
    if around is None or not isinstance(around.task_spec, BoundaryEventSplit):
        return []
    return [
        child
        for child in around.children
        if isinstance(child.task_spec, BoundaryEvent) and child.state == TaskState.WAITING
    ]
