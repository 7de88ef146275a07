"""The position of a ticket: its process run from the start over its history. Nothing of it is kept.

It runs until it waits, passes the first element of the history, runs until it waits again, and passes the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from adapters.bpmn.awaited import Awaited, all_awaited, catcher, fire, tasks_of
from adapters.bpmn.elements import AutomaticTask, Work
from adapters.bpmn.rules import FactRules
from adapters.bpmn.specs import Specs
from adapters.bpmn.timers import Timer, due
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.work.processes import OPENED, AwaitedMessage, AwaitedTimer, Done, Position

# SpiffWorkflow walks along what was passed by recursion, and looks only so far.
MOST_STEPS = 600
SAID = ("message", "signal", "escalation")


class _Workflow(BpmnWorkflow):
    """SpiffWorkflow walks along all that was passed to find what is ready; a look at the states finds the same."""

    def get_tasks(self, first_task: Task | None = None, **conditions: Any) -> list[Task]:
        if first_task is None and conditions.keys() == {"state"}:
            return tasks_of(self, conditions["state"])
        found: list[Task] = super().get_tasks(first_task, **conditions)
        return found


class Run:
    """A process while its history is passed."""

    def __init__(self, specs: Specs) -> None:
        self._specs = specs
        self._rules = FactRules()
        self._workflow = _Workflow(specs.main, specs.called, script_engine=self._rules)
        self._steps = 0
        self._has_run = False

    def go_through(self, history: Sequence[Done]) -> None:
        """Pass all of a history."""
        for passed in history:
            if passed.element == OPENED:
                self._rules.learn(passed.facts)
                continue
            # What followed the element before was decided by the facts known then, not by those that came later.
            self._advance()
            self._rules.learn(passed.facts)
            self._pass(passed)
        self._advance()
        self._require_a_way()

    def position(self) -> Position:
        """What it waits for now."""
        ready = [task.task_spec for task in self._ready()]
        awaited = [each for _, each in all_awaited(self._workflow)]
        return Position(
            waiting=tuple(spec.bpmn_id for spec in ready if not isinstance(spec, AutomaticTask)),
            automatic=tuple(spec.bpmn_id for spec in ready if isinstance(spec, AutomaticTask)),
            timers=tuple(AwaitedTimer(each.element, self._due(each.timer, each)) for each in awaited if each.timer),
            messages=tuple(AwaitedMessage(each.element, each.subject) for each in awaited if each.about in SAID),
            is_ended=self._workflow.is_completed(),
            passed=tuple(dict.fromkeys(self._passed())),
        )

    def _due(self, timer: Timer, awaited: Awaited) -> str:
        try:
            return due(timer, self._rules.facts)
        except InvalidValue as error:
            raise RuleViolation(f"at {awaited.element}: {error}", field="process") from error

    def _ready(self) -> list[Task]:
        """The tasks that wait to be done."""
        return [task for task in tasks_of(self._workflow, TaskState.READY) if isinstance(task.task_spec, Work)]

    def _advance(self) -> None:
        """Run until nothing goes on by itself."""
        self._workflow.do_engine_steps(did_complete_task=self._count)

    def _count(self, task: Task) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            where = task.task_spec.bpmn_id
            raise RuleViolation(f"goes through more than {MOST_STEPS} elements", field="process", value=where)

    def _require_a_way(self) -> None:
        """A process that has not ended waits for something that can come."""
        if self._ready() or any(all_awaited(self._workflow)) or self._workflow.is_completed():
            return
        joins = [task.task_spec.bpmn_id for task in tasks_of(self._workflow, TaskState.WAITING)]
        names = ", ".join(dict.fromkeys(filter(None, joins)))
        raise RuleViolation(f"stands still at {names}: not all its flows can arrive", field="process")

    def _pass(self, passed: Done) -> None:
        for task in self._ready():
            if task.task_spec.bpmn_id == passed.element:
                self._complete(task, passed.error)
                return
        for task, awaited in all_awaited(self._workflow):
            if awaited.element == passed.element and not passed.error:
                fire(task, awaited)
                return
        raise self._not_waiting(passed.element)

    def _complete(self, task: Task, error: str) -> None:
        self._count(task)
        if not error:
            task.run()
            return
        found = catcher(task, "error", error)
        if found is None:
            reason = f"fails with the error {error}, which no boundary event catches"
            raise RuleViolation(reason, field="element", value=task.task_spec.bpmn_id)
        fire(*found)

    def _not_waiting(self, element: str) -> RuleViolation:
        self._require_a_way()
        position = self.position()
        timers, messages = position.timers, position.messages
        waiting = [*position.waiting, *position.automatic, *(each.element for each in timers)]
        waiting += [each.element for each in messages]
        what = f"the process waits for {', '.join(waiting)}" if waiting else "the process has ended"
        return RuleViolation(f"does not wait now: {what}", field="element", value=element)

    def _passed(self) -> Iterator[str]:
        """The ids of elements and sequence flows that were gone through."""
        for task in tasks_of(self._workflow, TaskState.FINISHED_MASK):
            element = task.task_spec.bpmn_id
            if not element or not (task.has_state(TaskState.COMPLETED) or task._get_internal_data("has_thrown")):
                continue
            yield element
            for child in task.children:
                if not child.has_state(TaskState.PREDICTED_MASK):
                    yield from self._specs.flows.get((element, _element(child)), ())


def _element(task: Task) -> str:
    """The id of the element of a task; the split before a border stands for what has the border."""
    spec: Any = task.task_spec
    if isinstance(spec, BoundaryEventSplit):
        return next((each.bpmn_id for each in spec.outputs if not isinstance(each, BoundaryEvent)), "") or ""
    return spec.bpmn_id or ""


def run(specs: Specs, history: Sequence[Done]) -> Position:
    """The position after a history; `RuleViolation` if it cannot have happened, or facts are missing."""
    try:
        process = Run(specs)
        process.go_through(history)
        return process.position()
    except (SpiffWorkflowException, RecursionError) as error:
        raise RuleViolation(f"cannot go on: {error}", field="process") from error
