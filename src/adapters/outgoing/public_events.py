"""Events as other programs see them, in the feed and in webhooks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event, kinds_by_name, topic_of
from commands.platform.answers import plain
from commands.platform.event_log import RecordedEvent


class PublicEvent(msgspec.Struct):
    """An event with its place in the log. The schema of its content is at /v1/asyncapi.json, by its name."""

    position: int
    recorded_at: datetime
    stream: str
    version: int
    event: str
    effective_on: date
    correlation_id: str
    content: dict[str, Any]


def kinds_named(names: tuple[str, ...]) -> tuple[type[Event], ...]:
    """The classes of events of these known names; all for none."""
    known = kinds_by_name()
    return tuple(known[name] for name in names) or (Event,)


def public_event(entry: RecordedEvent) -> PublicEvent:
    """A recorded event, with what its reader may see of it."""
    fact = entry.event
    return PublicEvent(
        position=entry.position,
        recorded_at=entry.recorded_at,
        stream=entry.stream,
        version=entry.version,
        event=topic_of(type(fact)).partition("/")[0],
        effective_on=fact.effective_on,
        correlation_id=entry.origin.correlation,
        content=plain(fact),
    )
