"""Topics of Kafka over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.bootstrap.kafka_out import EVENTS
from adapters.monitoring.metrics import exposition
from adapters.postgres.followers import PostgresDeliveries
from adapters.postgres.kafka_offsets import KafkaOffsets, Place
from tests.adapters.http.conftest import Api
from tests.operators import Operator

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_KAFKA_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("BILLING_KAFKA_SOURCES", '[{"name": "switch", "topic": "calls"}]')


def test_topics_are_listed_with_their_lag_and_written_again(admin: Api, operator: Operator, named: None):
    deliveries = PostgresDeliveries(operator.application.tables)
    deliveries.register({EVENTS: 3})

    events, balances = admin.get("/kafka/topics").json()["items"]
    assert (events["topic"], events["position"]) == ("billing.events", 3)
    assert events["lag_events"] > 0 and events["error"] == ""
    assert (balances["topic"], balances["position"]) == ("billing.balances", None)

    assert admin.post("/kafka/topics/events/replay", {"from_position": 2}).status_code == 200
    assert deliveries.positions()[EVENTS] == 1
    assert admin.post("/kafka/topics/events/replay", {"from_position": 9}).status_code == 422
    assert admin.post("/kafka/topics/events/replay", {"from_position": 0}).status_code == 422
    assert admin.post("/kafka/topics/balances/replay", {"from_position": 1}).status_code == 422


def test_sources_are_listed_with_what_was_read_and_missed_and_why_they_stand(
    admin: Api, operator: Operator, named: None
):
    (row,) = admin.get("/kafka/sources").json()["items"]
    assert (row["source"], row["topic"], row["partition"]) == ("switch", "calls", None)

    offsets = KafkaOffsets(operator.application.tables)
    with operator.application.store.transaction() as transaction:
        place = Place("switch", "calls", 2)
        transaction.lock_kafka_offset(place)
        transaction.move_kafka_offset(place, 7, 12, NOW)
    offsets.miss(place, 9)
    offsets.failed("switch", "no route", NOW)
    offsets.failed("switch", "no route", NOW)

    (row,) = admin.get("/kafka/sources").json()["items"]
    assert (row["partition"], row["next_offset"], row["lag_messages"], row["missed"]) == (2, 9, 3, 2)
    assert row["error"] == "no route"
    figures = exposition(operator.application, NOW)
    assert 'billing_kafka_source_lag_messages{partition="2",source="switch",topic="calls"} 3.0' in figures
    assert 'billing_kafka_source_failures{source="switch"} 2.0' in figures


def test_without_brokers_no_topics_are_listed(admin: Api):
    assert admin.get("/kafka/topics").json()["items"] == []
    assert admin.get("/kafka/sources").json()["items"] == []
