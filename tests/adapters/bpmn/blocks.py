"""Processes put together of blocks, and what must wait in them: the rules of BPMN for blocks, in a few lines.

A block is a task, a task with a timer at its border that leads on or back, one that is done twice, the first of two
events, a row of blocks, a choice, a split of all, a split of some, a loop, or a sub-process. What waits is worked out
here without any engine, and compared with what the engine says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Literal

from billing_core.work.expressions import Value
from tests.adapters.bpmn.drawn import flows, process

Kind = Literal["task", "timed", "retried", "twice", "at_once", "first", "row", "choice", "all", "some", "loop", "sub"]
LEAVES: tuple[Kind, ...] = ("task", "timed", "retried", "twice", "at_once", "first")


@dataclass
class Block:
    """`answers` says for a choice which part is taken, for a split of some which, for a loop how often it repeats."""

    kind: Kind
    parts: list[Block] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.number}"


def numbered(block: Block, numbers: Iterator[int] | None = None) -> Block:
    """The block, with a number for it and each part of it."""
    numbers = numbers or count()
    block.number = next(numbers)
    for part in block.parts:
        numbered(part, numbers)
    return block


# --- the diagram

Ends = tuple[str, str]
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
GATEWAY = {"choice": "exclusiveGateway", "all": "parallelGateway", "some": "inclusiveGateway"}


class Drawing:
    """The elements and flows of a process, or of a sub-process, while it is drawn."""

    def __init__(self, elements: str) -> None:
        self.elements = elements
        self.flows: list[str] = []

    def add(self, block: Block) -> Ends:
        """Draw a block; the elements at which it begins and ends."""
        ends: Ends = getattr(self, f"_{block.kind}", self._split)(block)
        return ends

    def _task(self, block: Block) -> Ends:
        self.elements += f'<userTask id="{block.name}"/>'
        return block.name, block.name

    def _timed(self, block: Block) -> Ends:
        name = block.name
        self.elements += (
            f'<userTask id="{name}"/><boundaryEvent id="{name}_late" attachedToRef="{name}">{TIMER}</boundaryEvent>'
            f'<exclusiveGateway id="{name}_on"/>'
        )
        self.flows += [f"{name} > {name}_on", f"{name}_late > {name}_on"]
        return name, f"{name}_on"

    def _retried(self, block: Block) -> Ends:
        name = block.name
        self.elements += (
            f'<exclusiveGateway id="{name}_in"/><userTask id="{name}"/>'
            f'<boundaryEvent id="{name}_late" attachedToRef="{name}">{TIMER}</boundaryEvent>'
        )
        self.flows += [f"{name}_in > {name}", f"{name}_late > {name}_in"]
        return f"{name}_in", name

    def _twice(self, block: Block) -> Ends:
        is_sequential = "true" if block.kind == "twice" else "false"
        self.elements += (
            f'<userTask id="{block.name}"><multiInstanceLoopCharacteristics isSequential="{is_sequential}">'
            "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
        )
        return block.name, block.name

    _at_once = _twice

    def _first(self, block: Block) -> Ends:
        name = block.name
        self.elements += f'<eventBasedGateway id="{name}"/><exclusiveGateway id="{name}_on"/>'
        for event in (f"{name}_soon", f"{name}_late"):
            self.elements += f'<intermediateCatchEvent id="{event}">{TIMER}</intermediateCatchEvent>'
            self.flows += [f"{name} > {event}", f"{event} > {name}_on"]
        return name, f"{name}_on"

    def _row(self, block: Block) -> Ends:
        ends = [self.add(part) for part in block.parts]
        self.flows += [f"{left[1]} > {right[0]}" for left, right in pairwise(ends)]
        return ends[0][0], ends[-1][1]

    def _loop(self, block: Block) -> Ends:
        name = block.name
        first, last = self.add(block.parts[0])
        self.elements += (
            f'<exclusiveGateway id="{name}_in"/><exclusiveGateway id="{name}_out" default="{name}_out-{name}_on"/>'
            f'<exclusiveGateway id="{name}_on"/>'
        )
        self.flows += [f"{name}_in > {first}", f"{last} > {name}_out", f"{name}_out > {name}_on"]
        self.flows.append(f"{name}_out > {name}_in: {name}_again")
        return f"{name}_in", f"{name}_on"

    def _sub(self, block: Block) -> Ends:
        name = block.name
        inside = Drawing(f'<startEvent id="{name}_start"/>')
        first, _ = inside.add(block.parts[0])
        written = flows(f"{name}_start > {first}", *inside.flows)
        self.elements += f'<subProcess id="{name}">{inside.elements}{written}</subProcess>'
        return name, name

    def _split(self, block: Block) -> Ends:
        split, join, gateway = f"{block.name}_split", f"{block.name}_join", GATEWAY[block.kind]
        self.elements += f'<{gateway} id="{split}"/><{gateway} id="{join}"/>'
        for number, part in enumerate(block.parts):
            first, last = self.add(part)
            condition = "" if block.kind == "all" else f"{block.name}_{number}"
            self.flows += [f"{split} > {first}: {condition}", f"{last} > {join}"]
        return split, join


def diagram_of(block: Block) -> str:
    """The process of a block."""
    drawing = Drawing('<startEvent id="start"/><endEvent id="end"/>')
    first, last = drawing.add(block)
    return process(drawing.elements, f"start > {first}", f"{last} > end", *drawing.flows)


# --- what waits


class State:
    """What is left to do of a block: the rules, without an engine."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.parts: list[State] = []
        self.is_done = False
        self._begin()

    def _begin(self) -> None:
        block = self.block
        if block.kind == "row":
            self.parts = [State(block.parts[0])]
        elif block.kind in ("choice", "some"):
            self.parts = [State(block.parts[number]) for number in block.answers]
        elif block.kind not in LEAVES:
            self.parts = [State(part) for part in block.parts]
        self.turns = 0

    def waiting(self) -> set[str]:
        """The elements that wait."""
        if self.is_done:
            return set()
        if self.block.kind in ("task", "twice", "at_once"):
            return {self.block.name}
        if self.block.kind == "first":
            return {f"{self.block.name}_soon", f"{self.block.name}_late"}
        if self.block.kind in ("timed", "retried"):
            return {self.block.name, f"{self.block.name}_late"}
        return {element for part in self.parts for element in part.waiting()}

    def do(self, element: str) -> None:
        """Pass an element that waits."""
        if self.block.kind in LEAVES:
            leads_back = self.block.kind == "retried" and element != self.block.name
            self.turns += element in self.waiting() and not leads_back
            self.is_done = self.turns == (2 if self.block.kind in ("twice", "at_once") else 1)
            return
        for part in self.parts:
            part.do(element)
        if not self.is_done and all(part.is_done for part in self.parts):
            self._go_on()

    def _go_on(self) -> None:
        block = self.block
        if block.kind == "row" and len(self.parts) < len(block.parts):
            self.parts.append(State(block.parts[len(self.parts)]))
        elif block.kind == "loop" and self.turns < block.answers[0]:
            self.turns += 1
            self.parts = [State(part) for part in block.parts]
        else:
            self.is_done = True

    def facts(self) -> dict[str, Value]:
        """What the gateways of the block are to be answered now."""
        found: dict[str, Value] = {}
        _collect(self.block, found)
        self._loops(found)
        return found

    def _loops(self, found: dict[str, Value]) -> None:
        if self.block.kind == "loop":
            found[f"{self.block.name}_again"] = self.turns < self.block.answers[0]
        for part in self.parts:
            part._loops(found)


def _collect(block: Block, found: dict[str, Value]) -> None:
    if block.kind in ("choice", "some"):
        found.update({f"{block.name}_{number}": number in block.answers for number in range(len(block.parts))})
    if block.kind == "loop":
        found[f"{block.name}_again"] = block.answers[0] > 0
    for part in block.parts:
        _collect(part, found)
