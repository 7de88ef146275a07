"""Flows that are drawn: what follows a completed step by the diagram, from the history of the ticket.

The position in the diagram is derived each time from what was passed; nothing of an engine is kept with the ticket. A
condition of a diagram may use the answers of forms, and the resolution of the step before it, for only these are in the
history.

    history   opened {tariff: net}, Survey {is_possible: yes}, Install {power: -19.5}
    position  waiting Sign, automatic Activate, timer Remind after P3D
    passage   steps Sign, Activate, Remind; actions Activate//0; Remind has a limit of three days
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from billing_core.work.courses import Passage, due_actions
from billing_core.work.expressions import Facts
from billing_core.work.fields import Values, facts_of
from billing_core.work.flow_checks import Fault
from billing_core.work.flows import Flow
from billing_core.work.moves import Completion
from billing_core.work.processes import OPENED, Done, Position, Processes
from billing_core.work.tickets import Passed, Ticket

RESOLUTION = "resolution"


def position_of(flow: Flow, ticket: Ticket, processes: Processes, then: Sequence[Passed] = ()) -> Position:
    """Where a ticket stands in the diagram of its flow, or would after more was passed."""
    return processes.position(flow.diagram, list(_history(flow, ticket, then)))


def _history(flow: Flow, ticket: Ticket, then: Sequence[Passed]) -> Iterator[Done]:
    yield Done(OPENED, _answers(flow, ticket.given))
    for passed in (*ticket.passed, *then):
        facts = {**_answers(flow, passed.values), RESOLUTION: passed.resolution or None}
        yield Done(passed.step, facts, passed.error)


def _answers(flow: Flow, values: Values) -> Facts:
    """The facts that were answered; the others stay as they were."""
    return {code: value for code, value in facts_of(flow.fields, values).items() if code in values}


def passage_drawn(
    flow: Flow, ticket: Ticket, completion: Completion | None, facts: Facts, processes: Processes
) -> Passage:
    """What follows by the diagram when a ticket is opened, or when an element is passed."""
    then = () if completion is None else (completion.passed,)
    position = position_of(flow, ticket, processes, then)
    left = () if completion is None else (completion.step,)
    begun = [element for element in position.automatic if element not in ticket.steps or element in left]
    actions = tuple(place for each in begun for place in due_actions(each, "", flow.step(each).do, facts))
    return Passage(_steps(position), actions, "completed" if position.is_ended else None)


def _steps(position: Position) -> tuple[str, ...]:
    timers, messages = (each.element for each in position.timers), (each.element for each in position.messages)
    return tuple(dict.fromkeys((*position.waiting, *position.automatic, *timers, *messages)))


def timers_at(position: Position, since: datetime, processes: Processes) -> dict[str, datetime]:
    """When each timer of a position comes that began to run now."""
    return {each.element: processes.comes_at(each.due, since) for each in position.timers}


def faults_drawn(flow: Flow, processes: Processes) -> list[Fault]:
    """What is wrong with the diagram of a flow, and with what the flow says of its tasks."""
    if not flow.diagram:
        return []
    faults = [Fault(("diagram",), str(each)) for each in processes.faults_of(flow.diagram)]
    return faults or list(_faults_of_tasks(flow, processes))


def _faults_of_tasks(flow: Flow, processes: Processes) -> Iterator[Fault]:
    process = processes.read_process(flow.diagram)
    kinds = {each.element: each.kind for each in process.elements}
    for number, step in enumerate(flow.steps):
        kind = kinds.get(step.code)
        if kind is None:
            yield Fault(("steps", number, "code"), f"the diagram has no element {step.code!r}")
        elif step.form and kind != "task":
            yield Fault(("steps", number, "form"), f"{step.code!r} is no task of a person")
        elif step.do and kind == "task":
            yield Fault(("steps", number, "do"), f"{step.code!r} is a task of a person: draw a service task for it")
    for name in sorted(process.facts - {field.code for field in flow.fields} - {RESOLUTION}):
        yield Fault(("diagram",), f"a condition or timer asks for {name!r}, which is no field of the flow")
