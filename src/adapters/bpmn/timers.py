"""Timers: what stands in a diagram, and when it is due. No clock is read here.

PT2H                 a duration since the element was reached
2026-03-01           a date or a moment
R6/P1D               six times, a day apart: at each time the same duration is due again; R/P1D without an end
${answer_within}     a fact that holds a duration or a date
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from adapters.bpmn.conditions import read_condition
from adapters.bpmn.notation import Node, children
from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import Facts, evaluate, names_in

DURATION = re.compile(
    r"P(?=\w)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:[.,]\d+)?S)?)?"
)
CYCLE = re.compile(r"R(?P<times>\d*)/(?P<duration>P[^/]+)")
LIKE_ISO = re.compile(r"[PR][0-9A-Z./]*")  # meant as a duration or cycle, not as the name of a fact
ENDLESS = 0


class Timer(NamedTuple):
    """`text` is a duration, a date, or an expression for one; `times` how often it comes, `ENDLESS` without an end."""

    text: str
    times: int = 1


def timer_of(definition: Node) -> Timer:
    """The timer of an event definition; `InvalidValue` if nothing says when it comes."""
    for written in children(definition, "timeDate", "timeDuration", "timeCycle"):
        text = "".join(written.itertext()).strip()
        if text:
            return read_timer(text)
    raise InvalidValue("does not say when its time comes: write a duration like PT2H, a date, or a cycle like R3/P1D")


def read_timer(text: str) -> Timer:
    """The timer that a text says.

    >>> read_timer("R6/P1D")
    Timer(text='P1D', times=6)
    """
    cycle = CYCLE.fullmatch(text)
    if cycle:
        text = cycle["duration"]
        times = int(cycle["times"]) if cycle["times"] else ENDLESS
        if not DURATION.fullmatch(text) or cycle["times"] == "0":
            raise InvalidValue("is no cycle like R3/P1D", field="timer", value=cycle.group())
        return Timer(text, times)
    if LIKE_ISO.fullmatch(text) and not is_due_text(text):
        raise InvalidValue("is no duration like PT2H and no cycle like R3/P1D", field="timer", value=text)
    if not is_due_text(text):
        read_condition(text)
    return Timer(text)


def is_due_text(text: str) -> bool:
    """Whether a text is an ISO 8601 duration, date or moment."""
    if DURATION.fullmatch(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def names_of(timer: Timer) -> set[str]:
    """The facts that a timer asks for."""
    return set() if is_due_text(timer.text) else names_in(read_condition(timer.text))


def due(timer: Timer, facts: Facts) -> str:
    """When the timer is due, with these facts."""
    if is_due_text(timer.text):
        return timer.text
    value = evaluate(read_condition(timer.text), facts)
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or not is_due_text(text):
        raise InvalidValue(f"must be a duration or a date, is {value!r}", field="timer", value=timer.text)
    return text


def instant_of(text: str, since: datetime) -> datetime:
    """The instant that a duration leads to from another one, or that of a date or moment; without a zone it is in UTC.

    >>> instant_of("P1M", datetime(2026, 1, 31, 9, 0, tzinfo=UTC))
    datetime.datetime(2026, 2, 28, 9, 0, tzinfo=datetime.timezone.utc)
    """
    parts = DURATION.fullmatch(text)
    if parts:
        lengths: dict[str, Any] = {unit: int(count) for unit, count in parts.groupdict(default="0").items()}
        return since + relativedelta(**lengths)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
