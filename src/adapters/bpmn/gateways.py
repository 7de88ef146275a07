"""Gateways that join: when they go on. SpiffWorkflow's own count what came in an earlier turn of a loop once more.

A join is reached by one task for each token that comes. What a turn uses up is recorded on the task that goes on.

    parallel     goes on when a token waits at each incoming flow, and uses one of each
    inclusive    goes on when no other token can still reach a flow at which none waits, and uses one of each that waits
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

USED = "used_inputs"
ACTIVE = TaskState.NOT_FINISHED_MASK & ~TaskState.PREDICTED_MASK


class ParallelGateway(defaults.ParallelGateway):
    """A parallel gateway."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        inputs = {spec.name for spec in self.inputs}
        return _use(my_task, inputs) if inputs <= _waiting_inputs(my_task) else False

    def _run_hook(self, my_task: Task) -> bool:
        return True


class InclusiveGateway(defaults.InclusiveGateway):
    """An inclusive gateway."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        reached = _waiting_inputs(my_task)
        empty = {spec.name for spec in self.inputs} - reached
        if any(self._can_still_reach(token, empty, reached) for token in _other_tokens(my_task)):
            return False
        return _use(my_task, reached)

    def _can_still_reach(self, token: Any, empty: set[str], reached: set[str]) -> bool:
        """Whether a token can come to a flow where none waits, and to none where one waits already."""
        ahead = _ahead(token, self)
        return bool(ahead & empty) and not ahead & reached

    def _run_hook(self, my_task: Task) -> bool:
        matches, default = self._get_matching_outputs(my_task)
        if not matches and not default:
            raise WorkflowTaskException(f"No conditions satisfied for {self.name}", task=my_task)
        my_task._sync_children(matches or default, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


def _arrivals(my_task: Task) -> Iterator[Task]:
    """The tasks of this gateway to which a token came."""
    for task in my_task.workflow.tasks.values():
        if task.task_spec is my_task.task_spec and task.parent.has_state(TaskState.COMPLETED):
            yield task


def _waiting_inputs(my_task: Task) -> set[str]:
    """The incoming flows at which a token waits that no turn has used, by the names of what they come from."""
    tokens: Counter[str] = Counter()
    for task in _arrivals(my_task):
        tokens[task.parent.task_spec.name] += 1
        tokens.subtract(task._get_internal_data(USED, ()))
    return {name for name, number in tokens.items() if number > 0}


def _use(my_task: Task, inputs: set[str]) -> bool:
    my_task._set_internal_data(**{USED: tuple(inputs)})
    return True


def _other_tokens(my_task: Task) -> Iterator[Any]:
    """Where other tokens are, in the same process or sub-process: at what runs, waits, or is about to."""
    for task in my_task.workflow.tasks.values():
        is_about_to = task.has_state(TaskState.FUTURE) and task.parent and task.parent.has_state(TaskState.COMPLETED)
        if task.task_spec is not my_task.task_spec and (is_about_to or task.has_state(ACTIVE & ~TaskState.FUTURE)):
            yield task.task_spec


def _ahead(spec: Any, gateway: Any) -> set[str]:
    """What lies ahead of an element, itself included, on ways that do not lead through the gateway."""
    found: dict[str, Any] = {}
    pending = [spec]
    while pending:
        each = pending.pop()
        if each.name not in found and each is not gateway:
            found[each.name] = each
            pending.extend(each.outputs)
    return set(found)
