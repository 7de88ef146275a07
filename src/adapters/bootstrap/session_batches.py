"""What sessions used becomes batches of usage, one at a time for each source; silent sessions end, old messages go.

Usage is removed after its batch was received. If the program is killed between the two, it comes in another batch
again, and mediation knows every record by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.settings import Settings
from adapters.files.session_rows import session_chunk
from adapters.files.usage_rows import UsageChunk
from adapters.postgres.access_sessions import PostgresAccessSessions
from adapters.postgres.tables import PostgresTables
from billing_core.usage.sessions.messages import OLDEST, Used
from commands.usage.mediation import IncomingBatch
from commands.usage.ports import BatchId

MOST_ROWS = 20_000
# A message that comes again later than this would count again; none that says so old an instant is believed.
MESSAGES_KEPT = OLDEST + timedelta(days=1)
LOCK = ACTOR = "batches of sessions"

# Receives a batch of a source, whole or not at all.
Deliver = Callable[[str, str, UsageChunk], object]


def components_of(settings: Settings) -> Mapping[Used, str]:
    """The usage component of each kind of usage."""
    return {"data": settings.session_component, "call": settings.call_component, "item": settings.item_component}


class SessionBatches:
    """Hands on what sessions used."""

    def __init__(self, tables: PostgresTables, deliver: Deliver, components: Mapping[Used, str]) -> None:
        self._tables = tables
        self._sessions = PostgresAccessSessions(tables)
        self._deliver = deliver
        self._components = components

    def advance(self, now: datetime) -> int:
        """End silent sessions and hand on what waits; how many records. Another process that does so is left alone."""
        with self._tables.only_runner_unless_busy(LOCK) as is_alone:
            if not is_alone:
                return 0
            self._sessions.end_silent(now)
            self._sessions.remove_messages(now - MESSAGES_KEPT)
            return sum(map(self._hand_on, self._sessions.sources()))

    def _hand_on(self, source: str) -> int:
        """A batch of a source; it is named by the places of its last record and its last refused message."""
        waiting = self._sessions.waiting(source, MOST_ROWS)
        chunk = session_chunk(waiting.used, waiting.refused, self._components)
        self._deliver(source, f"{waiting.last_used}.{waiting.last_refused}", chunk)
        self._sessions.forget_waiting(source, waiting)
        return len(waiting.used) + len(waiting.refused)


def session_batches_of(application: Application, settings: Settings) -> SessionBatches:
    """Batches of sessions that mediation receives; each is booked at once."""

    def deliver(source: str, batch: str, chunk: UsageChunk) -> None:
        mediation = application.usage_mediation()
        received = mediation.receive(IncomingBatch(source, batch), [chunk], origin_of_process(ACTOR))
        application.usage_import().book(BatchId(source, received.batch), origin_of_process(ACTOR))

    return SessionBatches(application.tables, deliver, components_of(settings))
