"""Usage from topics of Kafka: every message counts once.

    1  messages of a partition are read from the kept offset on      a crash here: they are read again
    2  a transaction begins: rows, their event, the next offset      a crash here: nothing of it is kept
    3  wrong messages go to the topic of dead letters                a crash here: they go there again, by the same key
    4  the transaction ends                                          a crash here: all of it is kept, or nothing

What is read at once of a partition is a batch, `topic-partition-offset` of its first message. Of two processes that
have read the same messages one waits for the other's transaction, and then passes over what that has counted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.kafka_out import brokers_of
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.files.usage_rows import UsageChunk
from adapters.kafka.brokers import Topic
from adapters.kafka.dead_letters import dead_letter
from adapters.kafka.reading import SESSION_SECONDS, Read, TopicReader
from adapters.kafka.sending import Sender
from adapters.kafka.usage_messages import read_messages
from adapters.postgres.kafka_offsets import KafkaOffsets, Place
from adapters.postgres.transaction import PostgresTransaction
from billing_core.kernel.errors import BillingError, Conflict
from commands.platform.bus import SYSTEM
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.usage.mediation import IncomingBatch, Received

WAIT_SECONDS = 0.5

logger = logging.getLogger(__name__)

Receive = Callable[[PostgresTransaction, IncomingBatch, UsageChunk, Origin], Received]


def dead_letter_topic(settings: Settings, source: KafkaSourceSettings) -> Topic:
    """The topic of what is refused of a source."""
    return Topic(f"{settings.kafka_prefix}.{source.name}.dead-letters", 1)


class KeptPlaces(NamedTuple):
    """The kept offsets of one source's topic."""

    offsets: KafkaOffsets
    source: KafkaSourceSettings

    def place(self, partition: int) -> Place:
        return Place(self.source.name, self.source.topic, partition)

    def next_offset(self, partition: int) -> int:
        return self.offsets.next_offset(self.place(partition))

    def miss(self, partition: int, first_offset: int) -> None:
        """What was deleted before it was read is lost here; its source may send it again."""
        if missed := self.offsets.miss(self.place(partition), first_offset):
            place = f"{self.source.topic}-{partition}"
            logger.error("kafka source %s: %d messages of %s were deleted unread", self.source.name, missed, place)


class KafkaReading:
    """Reads the topic of one source, and has its records received.

    After a failure it reads on: the messages that were not counted come again.
    """

    def __init__(
        self,
        application: Application,
        settings: Settings,
        source: KafkaSourceSettings,
        receive: Receive,
        session_seconds: int = SESSION_SECONDS,
    ) -> None:
        brokers = brokers_of(settings)
        assert brokers is not None
        self._application = application
        self._source = source
        self._clock = SellerClock(application.store, application.tables)
        self._offsets = KafkaOffsets(application.tables)
        self._places = KeptPlaces(self._offsets, source)
        self._dead_letters = Sender(brokers, dead_letter_topic(settings, source))
        self._receive = receive
        self._group = f"{settings.kafka_prefix}.{source.name}"
        self._brokers, self._session_seconds = brokers, session_seconds
        self._reader: TopicReader | None = None

    def advance(self) -> int:
        """Count what has arrived; how many messages."""
        try:
            self._reader = self._reader or TopicReader(
                self._brokers, self._source.topic, self._group, self._places, self._session_seconds
            )
            counted = sum(self.count(read) for read in self._reader.read(WAIT_SECONDS))
        except BillingError as error:
            self.close()
            self._offsets.failed(self._source.name, str(error), self._clock.now())
            raise
        except BaseException:
            self.close()
            raise
        self._offsets.recovered(self._source.name)
        return counted

    def partitions(self) -> set[int]:
        """The partitions that it has been given."""
        return self._reader.partitions() if self._reader else set()

    def close(self) -> None:
        """Leave the topic to the other readers."""
        self._dead_letters.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def count(self, read: Read) -> int:
        """Count what nobody has counted yet of some messages; how many."""
        place, origin = self._places.place(read.partition), self._origin()
        with self._application.store.transaction() as transaction:
            next_offset = transaction.lock_kafka_offset(place)
            messages = [message for message in read.messages if message.offset >= next_offset]
            if not messages:
                return 0
            chunk = read_messages([message.value for message in messages])
            batch = f"{place.topic}-{place.partition}-{messages[0].offset}"
            received = self._receive(transaction, IncomingBatch(place.source, batch), chunk, origin)
            if received.is_known:
                raise Conflict("was received, but its offset was not kept; restore the table billing.kafka_offsets",
                               field="batch", value=batch)  # fmt: skip
            wrong = [*chunk.refused, *transaction.wrong_usage_rows(place.source, batch)]
            self._dead_letters.send([dead_letter(place.source, messages[row.line - 1], row) for row in wrong])
            transaction.move_kafka_offset(place, messages[-1].offset + 1, read.end_offset, origin.recorded_at)
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
