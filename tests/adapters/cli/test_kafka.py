"""Kafka as an operator sees it: status, writing again, and a process that does nothing else."""

from __future__ import annotations

import signal
from uuid import uuid4

import pytest

from tests.adapters.cli.conftest import Billing
from tests.adapters.cli.test_projections import eventually
from tests.adapters.kafka.other_side import all_messages
from tests.counterparts.kafka import Broker


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
