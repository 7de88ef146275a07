"""Topics: made if they are written to, and asked where they end."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing, suppress

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, NewTopic
from kafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError

from adapters.kafka.brokers import Brokers, Topic

OF_THE_BROKER = -1
MOST_BYTES = "max.message.bytes"
MOST_TRIES = 50
SECONDS_BETWEEN_TRIES = 0.1


def made_topic(brokers: Brokers, topic: Topic) -> int:
    """Make a topic unless it exists; how many bytes a message in it may have."""
    with brokers.translated():
        admin = KafkaAdminClient(**brokers.options)
        try:
            if topic.name not in admin.list_topics():
                _make(admin, topic)
            return _most_bytes(admin, topic.name)
        finally:
            admin.close()


def _most_bytes(admin: KafkaAdminClient, name: str) -> int:
    """A topic that was made a moment ago is not known to every broker: until then it has no configuration."""
    for _ in range(MOST_TRIES):
        found = admin.describe_configs([ConfigResource("TOPIC", name)], config_filter="all")["topic"].get(name, {})
        if MOST_BYTES in found:
            return int(found[MOST_BYTES]["value"])
        time.sleep(SECONDS_BETWEEN_TRIES)
    raise UnknownTopicOrPartitionError(f"topic {name} has no configuration yet")


def _make(admin: KafkaAdminClient, topic: Topic) -> None:
    configuration = {"cleanup.policy": "compact"} if topic.is_compacted else {}
    with suppress(TopicAlreadyExistsError):  # Another process was faster.
        admin.create_topics([NewTopic(topic.name, topic.partitions, OF_THE_BROKER, topic_configs=configuration)])


def end_offsets(brokers: Brokers, topics: Iterable[str]) -> dict[tuple[str, int], int]:
    """The offset after the newest message of each partition of some topics; of those that exist."""
    with brokers.translated(), closing(KafkaConsumer(**brokers.options, enable_auto_commit=False)) as consumer:
        places = [
            TopicPartition(topic, partition)
            for topic in sorted(topics)
            for partition in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        found = consumer.end_offsets(places) if places else {}
    return {(place.topic, place.partition): offset for place, offset in found.items()}
