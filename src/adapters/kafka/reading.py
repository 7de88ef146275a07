"""Messages of a topic as one of a group reads them: each partition from the offset that is kept elsewhere.

The group shares the partitions among its readers. A reader that is given one begins at its kept offset, not at the one
that Kafka may know; the reader before may still be at work on messages of it, so what counts them looks at the kept
offset again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import IllegalStateError, OffsetOutOfRangeError

from adapters.kafka.brokers import Brokers
from billing_core.kernel.errors import BillingError

MOST_MESSAGES = 20_000
MOST_BYTES_OF_PARTITION = 8 * 1024 * 1024
SESSION_SECONDS = 10
CLOSING_SECONDS = 5


class TopicMadeAnew(BillingError):
    """A partition ends before what was read of it."""

    code = "topic-made-anew"


class Read(NamedTuple):
    """Some messages of a partition, and the offset after its newest message."""

    partition: int
    messages: Sequence[Any]
    end_offset: int


class KeptOffsets(Protocol):
    """Where the offsets of the partitions of a topic are kept."""

    def next_offset(self, partition: int) -> int:
        """The first message that is not counted yet."""

    def miss(self, partition: int, first_offset: int) -> None:
        """The brokers have deleted what was before this message."""


class TopicReader:
    """Reads a topic in a group. It is closed if what was read cannot be counted."""

    def __init__(
        self, brokers: Brokers, topic: str, group: str, offsets: KeptOffsets, session_seconds: int = SESSION_SECONDS
    ) -> None:
        self._brokers = brokers
        self._offsets = offsets
        with brokers.translated():
            self._consumer = KafkaConsumer(
                **brokers.options,
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="none",
                isolation_level="read_committed",
                max_partition_fetch_bytes=MOST_BYTES_OF_PARTITION,
                session_timeout_ms=session_seconds * 1000,
                heartbeat_interval_ms=session_seconds * 1000 // 3,
                allow_auto_create_topics=False,
            )
            self._consumer.subscribe([topic], listener=_Assigned(self._begin))

    def read(self, seconds: float) -> list[Read]:
        """What has arrived, waiting for it for a while."""
        with self._brokers.translated():
            try:
                found = self._poll(seconds)
            except OffsetOutOfRangeError as error:
                self._begin_later(error.args[0])
                return []
            return [Read(place.partition, messages, self._end(place)) for place, messages in found.items()]

    def _end(self, place: TopicPartition) -> int:
        """Where a partition ends as far as is known; 0 if another reader has been given it meanwhile."""
        try:
            return self._consumer.highwater(place) or 0
        except IllegalStateError:
            return 0

    def _poll(self, seconds: float) -> Mapping[TopicPartition, list[Any]]:
        """A poll gives what one answer of a broker had; small ones are put together."""
        found: dict[TopicPartition, list[Any]] = defaultdict(list)
        left = MOST_MESSAGES
        while left and (polled := self._consumer.poll(0 if found else int(seconds * 1000), left)):
            for place, messages in polled.items():
                found[place] += messages
                left -= len(messages)
        return found

    def partitions(self) -> set[int]:
        """The partitions that this reader has now."""
        return {place.partition for place in self._consumer.assignment()}

    def close(self) -> None:
        """Leave the group, so that the others have the partitions at once."""
        self._consumer.close(autocommit=False, timeout_ms=CLOSING_SECONDS * 1000)

    def _begin(self, places: Iterable[TopicPartition]) -> None:
        for place in places:
            self._consumer.seek(place, self._offsets.next_offset(place.partition))

    def _begin_later(self, places: Collection[TopicPartition]) -> None:
        """The brokers have no message at the kept offset: the next one is their first."""
        first, end = self._consumer.beginning_offsets(places), self._consumer.end_offsets(places)
        for place in places:
            offset = self._offsets.next_offset(place.partition)
            if offset > end[place]:
                raise TopicMadeAnew(
                    f"ends at message {end[place]}, but was read up to {offset}: the topic was made anew, or lost "
                    "messages; send them by a topic of another name",
                    field="partition",
                    value=f"{place.topic}-{place.partition}",
                )
            self._offsets.miss(place.partition, first[place])
            self._consumer.seek(place, max(offset, first[place]))


class _Assigned(ConsumerRebalanceListener):
    def __init__(self, begin: Callable[[Iterable[TopicPartition]], None]) -> None:
        self._begin = begin

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing is kept that would have to be written now."""

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._begin(assigned)
