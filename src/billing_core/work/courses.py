"""Courses: what follows when a ticket begins or a step is completed, by the moves of its flow.

Worked example, a flow `survey (person) -> is_possible (decision) -> contract (person) | end`:

    survey completed as "measured", possible = yes    enters contract, with the actions of both moves
    survey completed as "measured", possible = no     the decision's other move: the ticket ends as cancelled

The actions of moves and automatic steps are done one after the other, in this order; until the last one is done no
step can be completed. Each has a place in the flow, `survey/measured/0`: the step, the resolution, and its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from billing_core.kernel.errors import RuleViolation
from billing_core.work.expressions import Facts, is_true, parse
from billing_core.work.flows import END, Action, Flow, Move, Outcome, Step

MOST_PASSED = 100


class Passage(NamedTuple):
    """The steps that wait now, the places of the actions that are due, and how the ticket ended, if it did."""

    steps: tuple[str, ...]
    actions: tuple[str, ...] = ()
    outcome: Outcome | None = None


def begin(flow: Flow, facts: Facts) -> Passage:
    """What a new ticket begins with."""
    return _enter(flow, flow.steps[0].code, facts, ())


def follow(flow: Flow, step: str, resolution: str, facts: Facts) -> Passage:
    """What follows when a step is completed with a resolution. The facts include what was answered at it."""
    move = flow.move(step, resolution)
    return _enter(flow, move.to, facts, due_actions(step, resolution, move.do, facts), move.outcome)


def action_at(flow: Flow, place: str) -> Action:
    """The action at a place of a flow."""
    step, resolution, number = place.split("/")
    at = flow.step(step)
    actions = flow.move(step, resolution).do if resolution else at.do
    return actions[int(number)]


def due_actions(step: str, resolution: str, actions: Sequence[Action], facts: Facts) -> tuple[str, ...]:
    """The places of those actions whose condition holds."""
    return tuple(f"{step}/{resolution}/{number}" for number, action in enumerate(actions) if holds(action.when, facts))


def holds(condition: str, facts: Facts) -> bool:
    """Whether a condition holds; one that is left out does."""
    return not condition or is_true(parse(condition), facts)


def _enter(flow: Flow, code: str, facts: Facts, due: tuple[str, ...], outcome: Outcome = "completed") -> Passage:
    for _ in range(MOST_PASSED):
        if code == END:
            return Passage((), due, outcome)
        step = flow.step(code)
        if step.by == "automatic":
            due = (*due, *due_actions(code, "", step.do, facts))
        if step.by == "decision":
            move = _decided(step, facts)
        elif step.by == "automatic" and not due:
            move = step.moves[0]
        else:
            return Passage((code,), due)
        due = (*due, *due_actions(code, move.resolution, move.do, facts))
        code, outcome = move.to, move.outcome
    raise RuleViolation(f"decisions of the flow {flow.kind} go in a circle", field="step", value=code)


def _decided(step: Step, facts: Facts) -> Move:
    for move in _in_order(step.moves):
        if holds(move.when, facts):
            return move
    raise RuleViolation("no move of this decision is possible with these answers", field="step", value=step.code)


def _in_order(moves: Iterable[Move]) -> list[Move]:
    """Those with a condition first: the one without is taken if no other is."""
    return sorted(moves, key=lambda move: not move.when)
