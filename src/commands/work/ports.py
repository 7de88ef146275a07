"""The port of diagrams: the position in a BPMN process, derived from what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from billing_core.work.expressions import Facts


class Done(NamedTuple):
    """An element that was passed, with the facts known then: a task, a timer or message that came.

    `error` is the code with which an automatic task failed, so that its error boundary is taken.
    """

    element: str
    facts: Facts
    error: str = ""


class Position(NamedTuple):
    """Where a process stands: tasks of people, tasks to be done by itself, timers and messages, or its end.

    A timer comes with its ISO 8601 duration or date, a message with its name.
    """

    waiting: tuple[str, ...]
    automatic: tuple[str, ...] = ()
    timers: tuple[tuple[str, str], ...] = ()
    messages: tuple[tuple[str, str], ...] = ()
    is_ended: bool = False


class Processes(Protocol):
    """Runs the diagrams of flows."""

    def position(self, diagram: str, history: Sequence[Done]) -> Position:
        """The position after a history, by running the diagram from its start; always the same for the same."""
