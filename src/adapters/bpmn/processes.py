"""The port of processes, by diagrams in BPMN 2.0 and SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.bpmn.reading import faults_of, read_process, specs_to_run
from adapters.bpmn.running import run
from commands.work.ports import DiagramFault, Done, Position, Process


class BpmnProcesses:
    """What commands ask of diagrams."""

    def faults_of(self, diagram: str) -> Sequence[DiagramFault]:
        """Everything that hinders the diagram from being run; empty if nothing does."""
        return faults_of(diagram)

    def read_process(self, diagram: str) -> Process:
        """The process that a ticket follows; `InvalidValue` with all faults if it cannot be run."""
        return read_process(diagram)

    def position(self, diagram: str, history: Sequence[Done]) -> Position:
        """The position after the history; `RuleViolation` if an element of it did not wait at its time."""
        return run(specs_to_run(diagram), history)
