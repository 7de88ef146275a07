"""The port of diagrams: a process in BPMN 2.0, and the position in it, derived from what was done.

No state of a process engine is stored. The position of a ticket is derived from its diagram and its history each time,
and is the same each time: neither the clock nor chance has a part in it.

    position(diagram, [])                                      waiting: ("Survey",)
    position(diagram, [Done("Survey", {"reachable": True})])   waiting: ("Install",), timers: (("Reminder", "P3D"),)
    position(diagram, [Done("Survey", ...), Done("Install", {})])  is_ended: True
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from billing_core.work.expressions import Facts

OPENED = ""
"""The element of the first entry of a history, if it says what was known when the ticket was opened."""


class Done(NamedTuple):
    """An element that was passed: a task that was completed, a timer that came, a message that arrived.

    `facts` are those known then; one that was known before, and is not among them, stays as it was. `error` is the code
    with which a task failed, if it did: the process goes on at the boundary event that catches it.
    """

    element: str
    facts: Facts
    error: str = ""


class AwaitedTimer(NamedTuple):
    """A timer that runs since its element was reached: an ISO 8601 duration (`PT2H`), or an ISO date or moment."""

    element: str
    due: str


class AwaitedMessage(NamedTuple):
    """A message, signal or escalation that an element waits for, by its name or code."""

    element: str
    name: str


class Position(NamedTuple):
    """Where a process stands: what it waits for, or its end. All are ids of elements of the diagram.

    `automatic` are service, business-rule and send tasks and thrown messages: they are to be done now without a person.
    `passed` are elements and sequence flows that were gone through, for the drawing.
    """

    waiting: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    timers: tuple[AwaitedTimer, ...] = ()
    messages: tuple[AwaitedMessage, ...] = ()
    is_ended: bool = False
    passed: tuple[str, ...] = ()


class DiagramFault(NamedTuple):
    """Why a diagram cannot be run: the element by its id and name, its line in the text, and how to mend it."""

    element: str
    name: str
    line: int
    reason: str

    def __str__(self) -> str:
        subject = " ".join(filter(None, (f'"{self.name}"' if self.name else "", self.element)))
        return f"line {self.line}, {subject}: {self.reason}" if subject else f"line {self.line}: {self.reason}"


class Cure(NamedTuple):
    """What the diagram leaves out and the reading put in, because only one thing can be meant."""

    element: str
    name: str
    line: int
    change: str


class ProcessElement(NamedTuple):
    """An element of a process: `kind` is `task`, `automatic`, `timer`, `message` or `other`."""

    element: str
    name: str
    kind: str
    line: int


class Process(NamedTuple):
    """A diagram that can be run. `facts` are the names that its conditions, timers and loops ask for."""

    code: str
    name: str
    elements: tuple[ProcessElement, ...]
    facts: frozenset[str]
    cures: tuple[Cure, ...]


class Processes(Protocol):
    """Reads and runs the diagrams of flows."""

    def faults_of(self, diagram: str) -> Sequence[DiagramFault]:
        """Everything that hinders the diagram from being run; empty if nothing does."""
        ...

    def read_process(self, diagram: str) -> Process:
        """The process that a ticket follows; `InvalidValue` with all faults if it cannot be run."""
        ...

    def comes_at(self, due: str, since: datetime) -> datetime:
        """The instant of a timer that began to run at another one: after its duration, or at its date."""
        ...

    def position(self, diagram: str, history: Sequence[Done]) -> Position:
        """The position after the history; `RuleViolation` if an element of it did not wait at its time."""
        ...
