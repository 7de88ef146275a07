"""Usage from topics of Kafka: one reader of a group for each source, which counts while it reads on.

A crash at any point loses nothing and counts nothing twice: messages are read from the offset that is kept with what
was counted (`kafka_counting`).
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.kafka_counting import MessageCounter, Receive
from adapters.bootstrap.kafka_out import brokers_of
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.kafka.reading import SESSION_SECONDS, Read, TopicReader
from adapters.postgres.kafka_offsets import KafkaOffsets
from billing_core.kernel.errors import BillingError

WAIT_SECONDS = 0.5

logger = logging.getLogger(__name__)


class KeptPlaces(NamedTuple):
    """The kept offsets of one source's topic."""

    offsets: KafkaOffsets
    counter: MessageCounter

    def next_offset(self, partition: int) -> int:
        return self.offsets.next_offset(self.counter.place(partition))

    def miss(self, partition: int, first_offset: int) -> None:
        """What was deleted before it was read is lost here; its source may send it again."""
        place = self.counter.place(partition)
        if missed := self.offsets.miss(place, first_offset):
            logger.error("kafka source %s: %d messages of %s-%d were deleted unread", place.source, missed, *place[1:])


class KafkaReading:
    """Reads the topic of one source, and counts its messages in a thread of its own meanwhile.

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
        self._source = source.name
        self._clock = SellerClock(application.store, application.tables)
        self._offsets = KafkaOffsets(application.tables)
        self.counter = MessageCounter(application, settings, source, receive)
        self._open = lambda: TopicReader(
            brokers, source.topic, f"{settings.kafka_prefix}.{source.name}", KeptPlaces(self._offsets, self.counter),
            session_seconds,
        )  # fmt: skip
        self._reader: TopicReader | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"kafka source {source.name}")
        self._counting: Future[int] | None = None
        self._may_be_noted = True  # That it cannot go on: by another process, or by this one before.

    def advance(self) -> int:
        """Read what has arrived, while what was read before is counted; how many messages were counted."""
        try:
            if self._reader is None:
                self.counter.load_profile()
                self._reader = self._open()
            read = self._reader.read(WAIT_SECONDS)
            counted = self._counting.result() if self._counting else 0
            self._counting = self._thread.submit(self._count, read) if read else None
        except BillingError as error:
            self._leave()
            self._offsets.failed(self._source, str(error), self._clock.now())
            self._may_be_noted = True
            raise
        except BaseException:
            self._leave()
            raise
        if self._may_be_noted and (counted or not read):
            self._offsets.recovered(self._source)
            self._may_be_noted = False
        return counted

    def partitions(self) -> set[int]:
        """The partitions that it has been given."""
        return self._reader.partitions() if self._reader else set()

    def close(self) -> None:
        """Leave the topic to the other readers, once what is being counted is."""
        self._leave()
        self._thread.shutdown()

    def _count(self, found: list[Read]) -> int:
        return sum(self.counter.count(read) for read in found)

    def _leave(self) -> None:
        if self._counting is not None:
            self._counting.exception()  # Whether it is counted shows at the kept offset.
            self._counting = None
        self.counter.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None
