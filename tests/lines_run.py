"""How the work grows, by counting: the lines of the program that are run, so that it is the same on every machine.

What the interpreter does within a line is timed by the benchmarks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

FEW, MANY = 30, 300
MOST_TIMES = 11  # As many times as there is more of it, and something for what grows with the logarithm.


def lines_run(work: Callable[[], Any]) -> int:
    """How many lines of Python are run."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def times_as_many(work_on: Callable[[int], Callable[[], Any]]) -> float:
    """How many times as many lines are run for many as for few, apart from those that are run for any."""
    work_on(FEW)()  # What is made once for all is made.
    none, few, many = (lines_run(work_on(size)) for size in (1, FEW, MANY))
    return (many - none) / (few - none)
