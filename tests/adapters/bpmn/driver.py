"""Drives a process to its end by chance: answers its conditions, does or fails its tasks, lets its events come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from adapters.bpmn.conditions import plain
from adapters.bpmn.processes import BpmnProcesses
from billing_core.kernel.errors import RuleViolation
from billing_core.work.expressions import Value, names_in, parse
from billing_core.work.processes import OPENED, Done, Position

MOST_STEPS = 200
TRIES = 50
EVENTS = 0.3
FAILURES = 0.2
CONDITION = re.compile(r"<\w*:?conditionExpression[^>]*(?<!/)>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</", re.DOTALL)
LITERAL = re.compile(r"""["']([^"']*)["']""")
ERROR_CODE = re.compile(r'errorCode="([^"]*)"')

Step = tuple[Done, Position]


class Driver:
    """Runs of one diagram. A fact gets a value that its conditions compare it with, or another; else yes or no."""

    def __init__(self, diagram: str, random: Random) -> None:
        self._processes = BpmnProcesses()
        self._diagram = diagram
        self._random = random
        self._errors = ["", *ERROR_CODE.findall(diagram), "any"]
        self._values: dict[str, set[Value]] = {name: set() for name in self._processes.read_process(diagram).facts}
        for condition in CONDITION.findall(diagram):
            written = plain(condition)
            literals = LITERAL.findall(written)
            for name in self._values.keys() & names_in(parse(written)):
                self._values[name].update([*literals, "another"] if literals else [True, False])

    def run(self) -> list[Step]:
        """One run to the end: each element passed, and the position after it."""
        steps = [self._step([], OPENED, [""])]
        while not steps[-1][1].is_ended:
            assert len(steps) < MOST_STEPS, f"does not end: {steps[-1]}"
            steps.append(self._next([passed for passed, _ in steps], steps[-1][1]))
        return steps

    def _next(self, history: Sequence[Done], position: Position) -> Step:
        """Pass one of what waits: a task, if there is one and no event comes first."""
        tasks = [*position.waiting, *position.automatic]
        events = [*(each.element for each in position.timers), *(each.element for each in position.messages)]
        assert tasks or events, "waits for nothing, and has not ended"
        comes = bool(events) and (not tasks or self._random.random() < EVENTS)
        element = self._random.choice(events if comes else tasks)
        fails = element in position.automatic and self._random.random() < FAILURES
        return self._step(history, element, self._errors if fails else [""])

    def _step(self, history: Sequence[Done], element: str, errors: Sequence[str]) -> Step:
        """Pass it with facts, and with an error, for which the process can go on."""
        refusals: set[str] = set()
        for _ in range(TRIES):
            passed = Done(element, self._facts(), self._random.choice(errors))
            try:
                return passed, self._processes.position(self._diagram, [*history, passed])
            except RuleViolation as error:
                refusals.add(str(error))
        raise AssertionError(f"nothing lets {element} pass: {sorted(refusals)[:5]}")

    def _facts(self) -> dict[str, Value]:
        return {name: self._random.choice(sorted(values, key=str)) for name, values in self._values.items()}
