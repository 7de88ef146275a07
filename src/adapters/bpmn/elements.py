"""The elements at which a process stops, as SpiffWorkflow's specifications of tasks.

SpiffWorkflow looks ahead: it lays out what follows an element before it is reached. On a circle without a decision it
would look for ever, and what it laid out behind an event at a border it takes for what was joined. Here nothing is laid
out behind an element at which the process stops, until the element is passed.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


class _Stop:
    """An element whose followers are laid out when it is passed."""

    outputs: list[Any]

    def _predict_hook(self, my_task: Task) -> None:
        pass

    def _on_complete_hook(self, my_task: Task) -> None:
        my_task._sync_children(self.outputs, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        super()._on_complete_hook(my_task)  # type: ignore[misc]


class Work(_Stop, defaults.UserTask):
    """A task that the process waits for, until it is done."""


class PersonTask(Work):
    """A task of a person."""


class AutomaticTask(Work):
    """A task of the engine."""


class ReceiveTask(_Stop, defaults.ReceiveTask):
    """A task that waits for a message."""


class CatchEvent(_Stop, defaults.IntermediateCatchEvent):
    """An event between elements that waits."""


class BorderEvent(_Stop, defaults.BoundaryEvent):
    """An event at the border of a task."""


class SubProcess(_Stop, defaults.SubWorkflowTask):
    """A sub-process."""


class CallActivity(_Stop, defaults.CallActivity):
    """A call of another process of the file."""


class StandardLoop(_Stop, defaults.StandardLoopTask):
    """An activity that is repeated while a condition holds."""


class SequentialTurns(_Stop, defaults.SequentialMultiInstanceTask):
    """An activity that is done so often, one turn after the other."""


class ParallelTurns(_Stop, defaults.ParallelMultiInstanceTask):
    """An activity that is done so often, all turns at a time."""
