"""Processes put together of blocks, and what must wait in them: the rules of BPMN for blocks, in a few lines.

A block is a task, a row of blocks, a choice, a split of all, a split of some, a loop, a sub-process, or a task with a
timer at its border. What waits is worked out here without any engine, and compared with what the engine says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Literal

from billing_core.work.expressions import Value
from tests.adapters.bpmn.drawn import flows as written
from tests.adapters.bpmn.drawn import process

Kind = Literal["task", "row", "choice", "all", "some", "loop", "sub", "timed"]


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


def diagram_of(block: Block) -> str:
    """The process of a block."""
    elements, flows = ['<startEvent id="start"/><endEvent id="end"/>'], []
    first, last = _draw(block, elements, flows)
    return process("".join(elements), f"start > {first}", f"{last} > end", *flows)


def _draw(block: Block, elements: list[str], flows: list[str]) -> tuple[str, str]:
    """Draw a block; the elements at which it begins and ends."""
    name = block.name
    match block.kind:
        case "task":
            elements.append(f'<userTask id="{name}"/>')
            return name, name
        case "timed":
            return _draw_timed(name, elements, flows)
        case "row":
            ends = [_draw(part, elements, flows) for part in block.parts]
            flows += [f"{left[1]} > {right[0]}" for left, right in pairwise(ends)]
            return ends[0][0], ends[-1][1]
        case "loop":
            first, last = _draw(block.parts[0], elements, flows)
            elements.append(f'<exclusiveGateway id="{name}_in"/><exclusiveGateway id="{name}_out" '
                            f'default="{name}_out-{name}_on"/><exclusiveGateway id="{name}_on"/>')  # fmt: skip
            flows += [f"{name}_in > {first}", f"{last} > {name}_out", f"{name}_out > {name}_in: {name}_again",
                      f"{name}_out > {name}_on"]  # fmt: skip
            return f"{name}_in", f"{name}_on"
        case "sub":
            inner, inner_flows = [f'<startEvent id="{name}_start"/>'], []
            first, _ = _draw(block.parts[0], inner, inner_flows)
            inner_flows.append(f"{name}_start > {first}")

            elements.append(f'<subProcess id="{name}">{"".join(inner)}{written(*inner_flows)}</subProcess>')
            return name, name
    return _draw_split(block, elements, flows)


def _draw_timed(name: str, elements: list[str], flows: list[str]) -> tuple[str, str]:
    elements.append(
        f'<userTask id="{name}"/><boundaryEvent id="{name}_late" attachedToRef="{name}"><timerEventDefinition>'
        f'<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><exclusiveGateway id="{name}_on"/>'
    )
    flows += [f"{name} > {name}_on", f"{name}_late > {name}_on"]
    return name, f"{name}_on"


GATEWAY = {"choice": "exclusiveGateway", "all": "parallelGateway", "some": "inclusiveGateway"}


def _draw_split(block: Block, elements: list[str], flows: list[str]) -> tuple[str, str]:
    split, join, gateway = f"{block.name}_split", f"{block.name}_join", GATEWAY[block.kind]
    elements.append(f'<{gateway} id="{split}"/><{gateway} id="{join}"/>')
    for number, part in enumerate(block.parts):
        first, last = _draw(part, elements, flows)
        flows += [
            f"{split} > {first}" + ("" if block.kind == "all" else f": {block.name}_{number}"),
            f"{last} > {join}",
        ]
    return split, join


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
        elif block.kind not in ("task", "timed"):
            self.parts = [State(part) for part in block.parts]
        self.turns = 0

    def waiting(self) -> set[str]:
        """The elements that wait."""
        if self.is_done:
            return set()
        if self.block.kind == "task":
            return {self.block.name}
        if self.block.kind == "timed":
            return {self.block.name, f"{self.block.name}_late"}
        return {element for part in self.parts for element in part.waiting()}

    def do(self, element: str) -> None:
        """Pass an element that waits."""
        if self.block.kind in ("task", "timed"):
            self.is_done = self.is_done or element in self.waiting()
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
