"""Loops of an activity: how often it is done. A loop without a count or a condition is for its author to decide."""

from __future__ import annotations

from typing import NamedTuple

from adapters.bpmn.conditions import read_condition
from adapters.bpmn.notation import Node, children
from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import names_in

MOST_TIMES = 100


class Loop(NamedTuple):
    """`while_true` is asked after each turn, `until_true` as well; `times` is an expression for the number of turns."""

    while_true: str = ""
    until_true: str = ""
    times: str = ""


def loop_of(node: Node) -> Loop | None:
    """The loop of an activity, if it has one; `InvalidValue` if nothing says how often."""
    for loop in children(node, "standardLoopCharacteristics"):
        found = Loop(while_true=_text(loop, "loopCondition"), times=loop.get("loopMaximum") or "")
        if found.times and not (found.times.isdecimal() and 0 < int(found.times) <= MOST_TIMES):
            raise InvalidValue(f"must be repeated 1 to {MOST_TIMES} times", field="loopMaximum", value=found.times)
        return _checked(found)
    for loop in children(node, "multiInstanceLoopCharacteristics"):
        if children(loop, "loopDataInputRef"):
            raise InvalidValue("is repeated for each item of a list, which tickets lack: give a loop cardinality")
        return _checked(Loop(until_true=_text(loop, "completionCondition"), times=_text(loop, "loopCardinality")))
    return None


def names_of(loop: Loop) -> set[str]:
    """The facts that a loop asks for."""
    return {name for text in loop if text for name in names_in(read_condition(text))}


def _checked(loop: Loop) -> Loop:
    if not loop.times and not loop.while_true:
        raise InvalidValue("is repeated, but nothing says how often: give a number of times")
    for text in filter(None, loop):
        read_condition(text)
    return loop


def _text(node: Node, word: str) -> str:
    return "".join("".join(child.itertext()) for child in children(node, word)).strip()
