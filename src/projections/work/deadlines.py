"""Until when may the step at which a ticket waits take?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from billing_core.work.ticket_events import StepCompleted, TicketClosed, TicketEscalated, TicketOpened, TicketReopened
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import LoggedEvent

STEP_LIMIT = "step-limit"


def _begun(limits: Mapping[str, datetime]) -> Iterator[Deadline]:
    for step, at in limits.items():
        yield Deadline(STEP_LIMIT, at.date(), _subject(step, at), at)


def _gone(step: str, at: datetime) -> Deadline:
    return Deadline(STEP_LIMIT, None, _subject(step, at))


def _subject(step: str, at: datetime) -> str:
    """A step may begin again on the same day, with another limit."""
    return f"{step} {at:%Y-%m-%dT%H:%M:%S.%fZ}"


def _of_opened(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, TicketOpened | TicketReopened)
    yield from _begun(entry.event.limits)


def _of_completed(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, StepCompleted)
    for step, at in entry.event.gone_limits.items():
        yield _gone(step, at)
    yield from _begun(entry.event.limits)


def _of_escalated(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, TicketEscalated)
    yield _gone(entry.event.step, entry.event.limit_at)


def _of_closed(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, TicketClosed)
    for step, at in entry.event.limits.items():
        yield _gone(step, at)


DEADLINES: DeadlineFolds = {
    TicketOpened: _of_opened,
    TicketReopened: _of_opened,
    StepCompleted: _of_completed,
    TicketEscalated: _of_escalated,
    TicketClosed: _of_closed,
}
