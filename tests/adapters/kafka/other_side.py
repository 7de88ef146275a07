"""What a program on the other side reads from the topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic


def all_messages(servers: str, topic: str) -> list[Any]:
    """Every message that a topic has now, partition by partition in their order."""
    with closing(KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)) as consumer:
        partitions = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            return []
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: dict[TopicPartition, list[Any]] = {each: [] for each in partitions}
        while any(consumer.position(each) < ends[each] for each in partitions):
            for partition, records in consumer.poll(timeout_ms=1000).items():
                found[partition] += records
    return [record for partition in partitions for record in found[partition]]


def make_topic(servers: str, name: str, partitions: int = 1, **configuration: str) -> None:
    """A topic as its operator made it."""
    with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
        admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configuration)])


def send(servers: str, topic: str, values: Iterable[bytes | None], partition: int | None = None) -> None:
    """Messages of another program."""
    with closing(KafkaProducer(bootstrap_servers=servers)) as producer:
        for number, value in enumerate(values):
            producer.send(topic, value, key=str(number).encode(), partition=partition)
        producer.flush()


def once(messages: list[Any]) -> Iterator[Any]:
    """Messages without repetitions, as the guide for consumers has it: the highest position of a partition counts."""
    highest: dict[int, int] = {}
    for message in messages:
        position = int(dict(message.headers)["position"])
        if position > highest.get(message.partition, 0):
            highest[message.partition] = position
            yield message
