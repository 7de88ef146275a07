"""The port of processes, by diagrams in BPMN 2.0 and SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.bpmn.reading import faults_of, read_process, specs_to_run
from adapters.bpmn.running import run
from adapters.bpmn.timers import instant_of
from billing_core.work.processes import DiagramFault, Done, Position, Process


class BpmnProcesses:
    """What commands ask of diagrams."""

    def faults_of(self, diagram: str) -> Sequence[DiagramFault]:
        """Everything that hinders the diagram from being run; empty if nothing does."""
        return faults_of(diagram)

    def read_process(self, diagram: str) -> Process:
        """The process that a ticket follows; `InvalidValue` with all faults if it cannot be run."""
        return read_process(diagram)

    def comes_at(self, due: str, since: datetime) -> datetime:
        """The instant of a timer that began to run at another one; a date is its first instant in UTC."""
        return instant_of(due, since)

    def position(self, diagram: str, history: Sequence[Done]) -> Position:
        """The position after the history; `RuleViolation` if an element of it did not wait at its time."""
        return run(specs_to_run(diagram), history)
