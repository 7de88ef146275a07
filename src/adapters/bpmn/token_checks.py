"""Faults of splits and joins: a parallel gateway that never goes on, a process that never ends.

    exclusive gateway -> a | b -> parallel gateway      one of two ways is taken, the gateway waits for both
    parallel gateway -> end | a -> parallel gateway     whenever one way ends, the other begins both again

Tokens are moved through a process or sub-process in every way that its kinds of elements allow, whatever its conditions
say. What is never passed in any of these ways is never passed by a ticket. A process with too many ways is not decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from adapters.bpmn.element_checks import fault
from adapters.bpmn.event_processes import drawn
from adapters.bpmn.events import event_kind
from adapters.bpmn.notation import (
    Node,
    children,
    code,
    flow_nodes,
    incoming,
    is_aside,
    kind,
    line,
    outgoing,
    scopes,
)
from billing_core.work.processes import DiagramFault

MOST_STATES = 3_000
MANY = 2  # of so many tokens at a flow or more, one can go and as many be left
MOST_SUBSETS = 4

State = frozenset[tuple[str, int]]


class Step(NamedTuple):
    """An element that can be passed: it takes one token of each of these flows, and puts one at each of those."""

    element: str
    takes: tuple[str, ...]
    puts: tuple[str, ...]
    ends_all: bool = False


class Ways(NamedTuple):
    """What is passed in one way or another, and whether one of the ways comes to an end."""

    passed: set[str]
    has_end: bool


def token_faults(process: Node) -> Iterator[DiagramFault]:
    """The joins of a cured process that never go on; the process or sub-process that never ends."""
    for scope in scopes(process):
        ways = _ways(_first(scope), list(_steps(scope)))
        if ways is None:
            continue
        stuck = [node for node in flow_nodes(scope) if _joins(node) and code(node) not in ways.passed]
        for node in stuck:
            yield fault(node, "waits for flows that never all arrive: join by an exclusive gateway what one parts")
        if not ways.has_end and not stuck:
            yield fault(drawn(scope), "never ends: a way that is always taken leads back")


def _joins(node: Node) -> bool:
    return kind(node) == "parallelGateway" and bool(line(node)) and not is_aside(node)


def _first(scope: Node) -> State:
    leading = outgoing(scope)
    flows = [code(flow) for start in children(scope, "startEvent") for flow in leading.get(code(start), [])]
    return frozenset((flow, 1) for flow in flows)


def _steps(scope: Node) -> Iterator[Step]:
    arriving, leading = _codes(incoming(scope)), _codes(outgoing(scope))
    for node in flow_nodes(scope):
        ins, outs = arriving.get(code(node), []), leading.get(code(node), [])
        for taken in [ins] if kind(node) == "parallelGateway" else [[flow] for flow in ins]:
            yield from (Step(code(node), tuple(taken), put, _ends_all(node)) for put in _puts(node, outs))
    for border in children(scope, "boundaryEvent"):
        holder, outs = border.get("attachedToRef") or "", leading.get(code(border), [])
        for flow in arriving.get(holder, []):
            # What does not end its task leaves it where it is.
            stays = (flow,) if border.get("cancelActivity") == "false" else ()
            yield Step(code(border), (flow,), (*outs, *stays))


def _ends_all(node: Node) -> bool:
    return kind(node) == "endEvent" and event_kind(node) in ("terminate", "error")


def _puts(node: Node, outs: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if kind(node) in ("exclusiveGateway", "eventBasedGateway"):
        yield from ((flow,) for flow in outs)
    elif kind(node) == "inclusiveGateway":
        sizes = range(1, len(outs) + 1) if len(outs) <= MOST_SUBSETS else (1, len(outs))
        yield from (subset for size in sizes for subset in combinations(outs, size))
    else:
        yield tuple(outs)


def _codes(flows: Mapping[str, Sequence[Node]]) -> dict[str, list[str]]:
    return {end: [code(flow) for flow in found] for end, found in flows.items()}


def _ways(first: State, steps: Sequence[Step]) -> Ways | None:
    """All ways through a process or sub-process; None if they are too many to go through."""
    seen, pending, passed = {first}, [first], set()
    while pending:
        state = pending.pop()
        for step in steps:
            for after in _after(dict(state), step):
                passed.add(step.element)
                if after not in seen:
                    seen.add(after)
                    pending.append(after)
        if len(seen) > MOST_STATES:
            return None
    return Ways(passed, frozenset() in seen)


def _after(tokens: dict[str, int], step: Step) -> Iterator[State]:
    """The states after a step, none if a token is missing."""
    if any(not tokens.get(flow) for flow in step.takes):
        return
    if step.ends_all:
        yield frozenset()
        return
    left = [(MANY, MANY - 1) if tokens[flow] == MANY else (tokens[flow] - 1,) for flow in step.takes]
    for numbers in product(*left):
        after = tokens | dict(zip(step.takes, numbers, strict=True))
        for flow in step.puts:
            after[flow] = min(after.get(flow, 0) + 1, MANY)
        yield frozenset((flow, number) for flow, number in after.items() if number)
