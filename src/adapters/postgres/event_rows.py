"""Events as rows of the log, with the metadata of their command, and the statement that appends a few of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from uuid import UUID

import msgspec

from adapters.postgres.person_keys import Protection
from adapters.postgres.recorder import EVENT_COLUMNS, EventRow
from billing_core.kernel.events import topic_of
from commands.platform.ports import (
    Append,
    Origin,
)

_encode_metadata = msgspec.json.Encoder().encode


class Metadata(msgspec.Struct, frozen=True, omit_defaults=True):
    """The metadata of every event of a command."""

    actor: str
    role: str
    channel: str
    source: str
    command: UUID
    correlation: UUID
    causation: UUID | None = None
    requested_by: str = ""


def metadata_of(origin: Origin) -> str:
    """Who, as what, through which channel, from where, and for which command, as JSON."""
    metadata = Metadata(
        origin.actor,
        origin.role,
        origin.channel,
        origin.source,
        origin.command_id,
        origin.correlation_id,
        origin.causation_id,
        origin.requested_by,
    )
    return _encode_metadata(metadata).decode()


def event_rows(appends: Iterable[Append], protection: Protection, origin: Origin) -> Iterator[EventRow]:
    """Made one by one: of a large batch the database writes the first ones while the last are still being encoded."""
    metadata, recorded_at = metadata_of(origin), origin.recorded_at
    for stream, version, events in appends:
        for number, event in enumerate(events, start=version + 1):
            topic, state = topic_of(type(event)), protection.encode(stream, number, event)
            yield EventRow(stream, number, topic, state, metadata, event.effective_on, recorded_at)


@lru_cache
def append_statement(claims: int, events: int) -> bytes:
    """Claims, events, and the command with its answer in one statement: one round trip and one commit."""
    parts = [
        f"""claimed AS (INSERT INTO billing.claims (kind, key, stream, content) VALUES {_places(claims, 4)})"""
        if claims
        else "",
        f"""appended AS (
            INSERT INTO billing.events
                (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
            VALUES {_places(events, len(EVENT_COLUMNS))} RETURNING position
        )"""
        if events
        else "appended AS (SELECT 0 AS position)",
    ]
    return f"""
        WITH {", ".join(filter(None, parts))}
        INSERT INTO billing.commands (command_id, name, content_hash, answer, recorded_at)
        SELECT %b, %b, %b, '{{"position":' || max(position) || ',"result":' || %b || '}}', %b FROM appended
        RETURNING (SELECT max(position) FROM appended)
    """.encode()


def _places(rows: int, columns: int) -> str:
    row = f"({', '.join(['%b'] * columns)})"
    return ", ".join([row] * rows)
