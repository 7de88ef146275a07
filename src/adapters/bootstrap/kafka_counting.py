"""Messages of usage, counted once: their rows, the batch's event and the next offset are one transaction.

    1  the transaction begins: rows, their event, the next offset    a crash here: nothing of it is kept
    2  wrong messages go to the topic of dead letters                a crash here: they go there again, by the same key
    3  the transaction ends                                          a crash here: all of it is kept, or nothing

What is read at once of a partition is a batch, `topic-partition-offset` of its first message. Of two processes that
have read the same messages one waits for the other's transaction, and then passes over what that has counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from adapters.bootstrap.application import Application
from adapters.bootstrap.kafka_out import brokers_of
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.files.profile_files import load_usage_profile, name_of
from adapters.files.usage_rows import UsageChunk
from adapters.files.usage_sources.rows import Reading
from adapters.kafka.brokers import Topic
from adapters.kafka.dead_letters import dead_letter
from adapters.kafka.profiled_messages import as_lines, read_by_profile
from adapters.kafka.reading import Read
from adapters.kafka.sending import Sender
from adapters.kafka.usage_messages import read_messages
from adapters.postgres.kafka_offsets import Place
from adapters.postgres.transaction import PostgresTransaction
from billing_core.kernel.errors import Conflict
from commands.platform.bus import SYSTEM
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.usage.mediation import IncomingBatch, Received

Receive = Callable[[PostgresTransaction, IncomingBatch, UsageChunk, Origin], Received]
ReadMessages = Callable[[Sequence[bytes], str, datetime], UsageChunk]


def dead_letter_topic(settings: Settings, source: KafkaSourceSettings) -> Topic:
    """The topic of what is refused of a source."""
    return Topic(f"{settings.kafka_prefix}.{source.name}.dead-letters", 1)


class MessageCounter:
    """Counts the messages of one source, by having them received."""

    def __init__(
        self, application: Application, settings: Settings, source: KafkaSourceSettings, receive: Receive
    ) -> None:
        brokers = brokers_of(settings)
        assert brokers is not None
        self._store = application.store
        self._source = source
        self._receive = receive
        self._profile = ""
        self._read: ReadMessages = lambda values, batch, now: read_messages(values)
        self._clock = SellerClock(application.store, application.tables)
        self._dead_letters = Sender(brokers, dead_letter_topic(settings, source))

    def place(self, partition: int) -> Place:
        """A partition of the source's topic."""
        return Place(self._source.name, self._source.topic, partition)

    def load_profile(self) -> None:
        """Read the profile anew, if the source has one: it may have been mended."""
        if not self._source.profile:
            return
        profile = load_usage_profile(self._source.profile)
        lines = as_lines(profile)
        self._profile = name_of(profile)
        self._read = lambda values, batch, now: read_by_profile(values, profile.encoding, Reading(lines, batch, now))

    def close(self) -> None:
        """End the connection for dead letters."""
        self._dead_letters.close()

    def count(self, read: Read) -> int:
        """Count what nobody has counted yet of some messages; how many."""
        place, origin = self.place(read.partition), self._origin()
        with self._store.transaction() as transaction:
            next_offset = transaction.lock_kafka_offset(place)
            messages = _from(next_offset, read.messages)
            if not messages:
                return 0
            batch = f"{place.topic}-{place.partition}-{messages[0].offset}"
            chunk = self._read([message.value or b"" for message in messages], batch, origin.recorded_at)
            received = self._receive(transaction, IncomingBatch(place.source, batch, self._profile), chunk, origin)
            if received.is_known:
                raise Conflict("was received, but its offset was not kept; restore the table billing.kafka_offsets",
                               field="batch", value=batch)  # fmt: skip
            wrong = [*chunk.refused, *transaction.wrong_usage_rows(place.source, batch)]
            self._dead_letters.send([dead_letter(place.source, messages[row.line - 1], row) for row in wrong])
            reached = messages[-1].offset + 1
            transaction.move_kafka_offset(place, reached, max(reached, read.end_offset), origin.recorded_at)
        return len(messages)

    def _origin(self) -> Origin:
        identity = new_id()
        return Origin(
            actor="kafka",
            role=SYSTEM,
            channel="kafka",
            source=self._source.topic,
            command_id=identity,
            correlation_id=identity,
            recorded_at=self._clock.now(),
            today=self._clock.local_now().date(),
        )


def _from(next_offset: int, messages: Sequence[Any]) -> list[Any]:
    """Those that are not counted yet, each once: a reader that was given its partition again may have some twice."""
    found = []
    for message in messages:
        if message.offset >= next_offset:
            found.append(message)
            next_offset = message.offset + 1
    return found
