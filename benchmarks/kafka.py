"""Kafka, in and out, on a broker of its own: each against a bare client that moves the same messages, turn about.

Out: the events of a billed base are written to their topic. The bare client sends the same keys, values and headers,
which it is handed ready-made.

In: records of calls are read, received by mediation and kept with their offsets. The bare client reads the same
messages in a group, and does nothing with them.

    python -m benchmarks.kafka 2000 40000     # accounts, and messages of usage
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from adapters.bootstrap.application import Application
from adapters.bootstrap.kafka_in import KafkaReading
from adapters.bootstrap.kafka_out import EVENTS, PARTITIONS, KafkaPublishing
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.settings import Settings
from adapters.kafka import reading
from adapters.postgres.followers import PostgresDeliveries
from adapters.postgres.server import create_database, running_server
from benchmarks.billing_run import prepare
from benchmarks.kafka_balances import messages, proved
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number
from tests.counterparts.kafka import Broker, kafka

ROUNDS = 3


def main(server_url: str, accounts: int = 10_000, records: int = 200_000) -> None:
    """Both ways, and the proof that balances made of the topic are those of the read model."""
    try:
        with kafka() as broker, broker.running():
            _measure(server_url, broker, accounts, records)
    except pytest.skip.Exception as absent:
        note(str(absent))


def _measure(server_url: str, broker: Broker, accounts: int, records: int) -> None:
    url = create_database(server_url, "bench_kafka")
    prepare(url, accounts)
    application = Application(url)
    application.runner.catch_up()
    _measure_out(application, broker)
    _measure_in(application, broker, accounts, records)
    application.close()
    drop(server_url, "bench_kafka")


def _rounds(ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float]:
    found = []
    for _ in range(ROUNDS):
        found.append((ours(), bare()))
        note("ours {:.0f}/s, bare {:.0f}/s".format(*found[-1]))
    of_ours, of_bare = zip(*found, strict=True)
    return median(of_ours), median(of_bare)


# --- out


def _measure_out(application: Application, broker: Broker) -> None:
    settings = _settings(broker)
    topic = f"{settings.kafka_prefix}.events"
    _publish(application, settings)
    balances = proved(application.database_url, broker.servers, topic)
    note(f"{len(balances.of_account)} balances made of the topic are equal")
    sent = [(each.key, each.value, each.headers) for each in messages(broker.servers, topic)]
    bare_topic = _make_topic(broker, PARTITIONS)
    ours, bare = _rounds(
        lambda: len(sent) / _publish(application, settings), lambda: len(sent) / _send(broker, bare_topic, sent)
    )
    report("kafka_out_events", ours, "events/s", bare)


def _publish(application: Application, settings: Settings) -> float:
    """Seconds in which all events are written, connected before."""
    deliveries = PostgresDeliveries(application.tables)
    with closing(KafkaPublishing(application, settings, EVENTS)) as publishing:
        publishing.advance()
        deliveries.rewind(EVENTS, 0)
        started = time.perf_counter()
        while publishing.advance():
            pass
        return time.perf_counter() - started


def _send(broker: Broker, topic: str, sent: list[Any]) -> float:
    with closing(KafkaProducer(bootstrap_servers=broker.servers, linger_ms=5)) as producer:
        producer.partitions_for(topic)
        started = time.perf_counter()
        for key, value, headers in sent:
            producer.send(topic, value, key, headers)
        producer.flush()
        return time.perf_counter() - started


# --- in


def _measure_in(application: Application, broker: Broker, accounts: int, records: int) -> None:
    began = datetime.now(UTC) - timedelta(days=2)
    topic = _make_topic(broker, 4)
    turns = iter(range(ROUNDS))

    def ours() -> float:
        name = f"switch{next(turns)}"
        return records / _read(application, _settings(broker), KafkaSourceSettings(name=name, topic=topic), records)

    _send(broker, topic, [(None, _call(number, accounts, began), []) for number in range(records)])
    in_ours, in_bare = _rounds(ours, lambda: records / _poll(broker, topic, records))
    report("kafka_in_records", in_ours, "records/s", in_bare)


def _call(number: int, accounts: int, began: datetime) -> bytes:
    fields = {
        "key": f"call-{number:09}", "kind": "call", "subscriber": f"{account_number(number % accounts)}/S1",
        "component": "calls", "started_at": began + timedelta(seconds=number % 86_400), "seconds": number % 600,
        "number": f"3712{number % 10_000_000:07}", "network": "trunk-1", "direction": "out",
    }  # fmt: skip
    return msgspec.json.encode(fields)


def _read(application: Application, settings: Settings, source: KafkaSourceSettings, records: int) -> float:
    """Seconds from the first records on, so without joining the group."""
    receive = application.usage_mediation().receive_within
    with closing(KafkaReading(application, settings, source, receive)) as read:
        first = 0
        while not first:
            first = read.advance()
        counted, started = first, time.perf_counter()
        while counted < records:
            counted += read.advance()
        return (time.perf_counter() - started) * records / (records - first)


def _poll(broker: Broker, topic: str, records: int) -> float:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=broker.servers, group_id=uuid4().hex, enable_auto_commit=False,
        auto_offset_reset="earliest", max_poll_records=reading.MOST_MESSAGES,
        max_partition_fetch_bytes=reading.MOST_BYTES_OF_PARTITION,
    )  # fmt: skip
    with closing(consumer):
        first = 0
        while not first:
            first = sum(len(found) for found in consumer.poll(500).values())
        counted, started = first, time.perf_counter()
        while counted < records:
            counted += sum(len(found) for found in consumer.poll(500).values())
        return (time.perf_counter() - started) * records / (records - first)


def _settings(broker: Broker) -> Settings:
    return Settings(kafka_servers=broker.servers, kafka_security="none", kafka_prefix=f"bench-{uuid4().hex[:8]}")


def _make_topic(broker: Broker, partitions: int) -> str:
    name = f"bench-{uuid4().hex[:8]}"
    with closing(KafkaAdminClient(bootstrap_servers=broker.servers)) as admin:
        admin.create_topics([NewTopic(name, partitions, 1)])
    return name


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *(int(each) for each in sys.argv[1:]))
