"""Kafka as an operator sees it: status, writing again, and a process that does nothing else."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.adapters.cli.conftest import Billing, Serve, free_port
from tests.adapters.kafka.other_side import all_messages, make_topic, send
from tests.counterparts.kafka import Broker
from tests.waiting import eventually


def test_without_brokers_the_status_says_so_and_a_server_for_kafka_alone_is_refused(opened: Billing):
    assert opened("kafka", "status").output == "No brokers are named; set BILLING_KAFKA_SERVERS.\n"
    assert "kafka_servers" in opened("serve", "--only", "kafka").complaint


@pytest.fixture
def settings(broker: Broker) -> dict[str, str]:
    return {"BILLING_KAFKA_SERVERS": broker.servers, "BILLING_KAFKA_SECURITY": "none",
            "BILLING_KAFKA_PREFIX": f"test-{uuid4().hex[:12]}"}  # fmt: skip


def test_a_process_for_kafka_alone_writes_the_topics_and_writes_them_again(
    opened: Billing, settings: dict[str, str], broker: Broker
):
    topic = f"{settings['BILLING_KAFKA_PREFIX']}.events"
    process = opened.start("serve", "--only", "kafka", **settings)
    try:
        eventually(lambda: is_written(opened, settings))
        written = len(all_messages(broker.servers, topic))
        ((events,),) = opened.select("SELECT count(*) FROM billing.events")
        assert written == events
        assert topic in opened("kafka", "status", **settings).output

        again = opened("kafka", "replay", "--from", "1", **settings)
        assert again.output == "The topic of events is written again from position 1 on.\n"
        eventually(lambda: len(all_messages(broker.servers, topic)) == 2 * events)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "is after what" in opened("kafka", "replay", "--from", "100000", **settings).complaint


def is_written(billing: Billing, settings: dict[str, str]) -> bool:
    topics = billing("kafka", "status", "--json", **settings).json["topics"]
    return all(each["position"] and not each["lag_events"] for each in topics)


def record(key: str) -> bytes:
    began = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    return json.dumps(
        {"key": key, "kind": "call", "subscriber": "1/main", "component": "calls", "started_at": began, "seconds": 60}
    ).encode()


def test_a_worker_reads_the_topics_that_the_settings_name(opened: Billing, settings: dict[str, str], broker: Broker):
    topic = f"{settings['BILLING_KAFKA_PREFIX']}.calls"
    settings["BILLING_KAFKA_SOURCES"] = json.dumps([{"name": "switch", "topic": topic}])
    make_topic(broker.servers, topic)
    send(broker.servers, topic, [record("c-1"), b"no record", record("c-2")])

    (before,) = opened("kafka", "status", "--json", **settings).json["sources"]
    assert (before["source"], before["partition"], before["lag_messages"]) == ("switch", 0, 3)
    process = opened.start("worker", **settings)
    try:
        eventually(lambda: opened.select("SELECT key FROM billing.usage_rows ORDER BY key") == [("c-1",), ("c-2",)])
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    (source,) = opened("kafka", "status", "--json", **settings).json["sources"]
    assert (source["next_offset"], source["lag_messages"], source["error"]) == (3, 0, "")
    assert "switch" in opened("kafka", "status", **settings).output


def test_a_server_whose_brokers_are_away_serves_and_shows_it(opened: Billing, serve: Serve):
    away = {"BILLING_KAFKA_SERVERS": f"127.0.0.1:{free_port()}", "BILLING_KAFKA_SECURITY": "none",
            "BILLING_KAFKA_SOURCES": '[{"name": "switch", "topic": "calls"}]'}  # fmt: skip

    client = serve(**away)

    assert client.get("/readyz").status_code == 200
    eventually(lambda: all(each["error"] for each in opened("kafka", "status", "--json", **away).json["topics"]))
    eventually(lambda: opened("kafka", "status", "--json", **away).json["sources"][0]["error"] != "")
    assert "127.0.0.1" in opened("kafka", "status", **away).errors
