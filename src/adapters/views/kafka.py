"""Topics of Kafka: how far those that are written to are behind, and how far those of which usage is read were read."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.kafka_out import topics_of
from adapters.bootstrap.settings import read_settings
from adapters.postgres.kafka_offsets import KafkaOffsets
from adapters.views.query import Page, Queries, Query, Reading
from commands.platform.concerns import HOUSE, Concerns


class ListKafkaTopics(Query, frozen=True, kw_only=True):
    """Topics of Kafka that events and balances are written to: how far each is behind, and why."""


class ListKafkaSources(Query, frozen=True, kw_only=True):
    """Sources of usage that are topics of Kafka: how far each of their partitions was read."""


class KafkaTopicRow(msgspec.Struct):
    """A topic: its follower, the events it is behind, and what it stands at if the brokers do not take it."""

    topic: str
    follower: str
    position: int | None
    lag_events: int
    lag_seconds: int
    error: str


class KafkaSourceRow(msgspec.Struct):
    """A partition: the next message, those that are not counted yet as of the last look, and those missed.

    `error` is why the source cannot go on. A source that was never read has no partition.
    """

    source: str
    topic: str
    partition: int | None
    next_offset: int
    lag_messages: int
    missed: int
    read_at: datetime | None
    error: str


def _list_topics(query: ListKafkaTopics, reading: Reading) -> Page[KafkaTopicRow]:
    automation = automation_of(reading.app)
    lags = {lag.name: lag for lag in automation.follower_lags(datetime.now(UTC))}
    rows = []
    for follower, topic in topics_of(read_settings()).items():
        lag = lags[follower]
        errors = [each.delivery.error for each in automation.deliveries.listed(follower) if each.state == "waiting"]
        rows.append(
            KafkaTopicRow(topic.name, follower, lag.position, lag.lag_events, lag.lag_seconds, "".join(errors[:1]))
        )
    return Page(rows, None)


def _list_sources(query: ListKafkaSources, reading: Reading) -> Page[KafkaSourceRow]:
    offsets = KafkaOffsets(reading.app.tables)
    errors = {each.source: each.error for each in offsets.failures()}
    rows = [
        KafkaSourceRow(each.source, each.topic, each.partition, each.next_offset,
                       max(0, each.end_offset - each.next_offset), each.missed, each.moved_at,
                       errors.get(each.source, ""))
        for each in offsets.all()
    ]  # fmt: skip
    read = {(row.source, row.topic) for row in rows}
    rows += [
        KafkaSourceRow(each.name, each.topic, None, 0, 0, 0, None, errors.get(each.name, ""))
        for each in read_settings().kafka_sources
        if (each.name, each.topic) not in read
    ]
    return Page(rows, None)


QUERIES: Queries = {ListKafkaTopics: _list_topics, ListKafkaSources: _list_sources}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
