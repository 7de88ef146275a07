"""Pages of messages to a topic: taken as a whole, or reported as not taken.

A page may have arrived in part if it is reported as not taken. Then what arrived of it in a partition is its beginning:
no message overtakes an earlier one of its partition. For nothing gives up a single message: the sender waits for the
page, and ends the connection with all that was not confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.producer.future import FutureRecordMetadata

from adapters.kafka.brokers import Brokers, KafkaUnavailable, NotTaken, Topic
from adapters.kafka.messages import Message
from adapters.kafka.topics import made_topic

MOST_PAGE_SECONDS = 30.0
# Longer than any page, so that no message of it is given up before those that follow it.
DELIVERY_SECONDS = 3_600
BATCH_BYTES = 262_144
# The page ends the wait; meanwhile full batches are on their way.
LINGER_SECONDS = 5


class Sender:
    """Sends to one topic, which is made unless it exists; connects with the first page, and anew after a failure."""

    def __init__(self, brokers: Brokers, topic: Topic) -> None:
        self._brokers = brokers
        self._topic = topic
        self._producer: KafkaProducer | None = None

    def send(self, page: Sequence[Message]) -> None:
        """Returns when all replicas have the page; `NotTaken` otherwise."""
        if not page:
            return
        try:
            producer = self._producer = self._producer or self._open()
        except KafkaUnavailable as error:
            raise NotTaken(str(error), 0) from error
        futures: list[FutureRecordMetadata] = []
        try:
            for message in page:
                futures.append(producer.send(self._topic.name, message.value, message.key, message.headers))
        except (KafkaError, OSError) as error:
            self._require_taken(producer, futures)
            self._abort(producer)
            raise NotTaken(str(self._brokers.unavailable(error)), len(futures)) from error
        self._require_taken(producer, futures)

    def _require_taken(self, producer: KafkaProducer, futures: Sequence[FutureRecordMetadata]) -> None:
        with suppress(KafkaTimeoutError):  # Then the first one that was not confirmed tells it.
            producer.flush(MOST_PAGE_SECONDS)
        for at, future in enumerate(futures):
            try:
                future.get(timeout=0)
            except (KafkaError, OSError) as error:
                self._abort(producer)
                raise NotTaken(str(self._brokers.unavailable(error)), at) from error

    def close(self) -> None:
        """End the connection."""
        if self._producer is not None:
            self._abort(self._producer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _open(self) -> KafkaProducer:
        """A message that is larger than the topic takes is refused here already, before any that follow it."""
        most_bytes = made_topic(self._brokers, self._topic)
        with self._brokers.translated():
            return KafkaProducer(
                **self._brokers.options,
                batch_size=min(BATCH_BYTES, most_bytes),
                max_request_size=most_bytes,
                linger_ms=LINGER_SECONDS * 1000,
                delivery_timeout_ms=DELIVERY_SECONDS * 1000,
                max_block_ms=MOST_PAGE_SECONDS * 1000,
                allow_auto_create_topics=False,
            )

    def _abort(self, producer: KafkaProducer) -> None:
        """Drop what was not confirmed. `close` alone would go on trying to send it."""
        self._producer = None
        producer._sender.force_close()
        producer._sender.join(MOST_PAGE_SECONDS)
        with suppress(KafkaError):
            producer.close(timeout=0)
