"""What a running process asks of facts: conditions and counts, by the expressions of flows. Python is never run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.task import Task

from adapters.bpmn.conditions import read_condition
from adapters.bpmn.loops import MOST_TIMES
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.work.expressions import Facts, Value, evaluate, is_true


class FactRules(PythonScriptEngine):
    """In the place of SpiffWorkflow's engine, which runs Python. The facts are those of the history so far."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, Value] = {}

    def learn(self, facts: Facts) -> None:
        """Facts that are known from now on."""
        self.facts.update(facts)

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> bool | int:
        """Whether a condition holds, or how many turns a loop has."""
        spec = task.task_spec
        try:
            if isinstance(spec, MultiInstanceTask) and expression == spec.cardinality:
                return _count(evaluate(read_condition(expression), self.facts))
            return is_true(read_condition(expression), self.facts)
        except InvalidValue as error:
            raise RuleViolation(
                f"at {' '.join((spec.bpmn_name or spec.bpmn_id).split())}: {error}", field="process"
            ) from error

    def execute(self, task: Task, script: str, external_context: Any = None) -> bool:
        """No script is run."""
        raise RuleViolation("scripts are not run", field="process", value=task.task_spec.bpmn_id)

    def call_service(self, task: Task, **kwargs: Any) -> None:
        """No service is called: the engine does automatic tasks by commands."""
        raise RuleViolation("services are not called", field="process", value=task.task_spec.bpmn_id)


def _count(value: Value) -> int:
    if not isinstance(value, Decimal) or value != value.to_integral_value() or not 0 <= value <= MOST_TIMES:
        raise InvalidValue(f"must be a number of turns from 0 to {MOST_TIMES}, is {value!r}")
    return int(value)
