"""Events in a topic: each of them, in the order of its stream, again from any position; the broker may be away."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import jsonschema_rs
import pytest

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.kafka_out import EVENTS, KafkaPublishing
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.monitoring.metrics import exposition
from adapters.postgres.followers import PostgresDeliveries
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from tests.adapters.http.described import described_events, whole
from tests.adapters.kafka.conftest import use
from tests.adapters.kafka.other_side import all_messages, make_topic, once
from tests.counterparts.kafka import kafka
from tests.operators import Operator


def settle(operator: Operator, later: timedelta = timedelta(0)) -> None:
    """Do what happens by itself, some time from now."""
    app = operator.application
    clock = SellerClock(app.store, app.tables, now=lambda: datetime.now(UTC) + later)
    automation_of(app, clock).settle()


def topic(settings: Settings) -> str:
    return f"{settings.kafka_prefix}.events"


def positions(operator: Operator) -> list[int]:
    log = operator.application.log
    found = log.read_kinds((Event,), 0, log.final_position(), 10_000, is_personal=False)
    return [entry.position for entry in found]


def test_each_event_arrives_with_its_stream_as_key_and_without_what_is_personal(operator: Operator, settings: Settings):
    operator.subscribers(3)
    operator.bill(date(2026, 4, 1))

    settle(operator)

    messages = all_messages(settings.kafka_servers, topic(settings))
    contents = [json.loads(message.value) for message in messages]
    assert sorted(content["position"] for content in contents) == positions(operator)
    described = described_events()["components"]["messages"]
    for message, content in zip(messages, contents, strict=True):
        assert message.key.decode() == content["stream"]
        assert {name: value.decode() for name, value in message.headers} == {
            "position": str(content["position"]), "event": content["event"], "version": str(content["version"]),
            "recorded-at": content["recorded_at"].replace("Z", "+00:00"),
        }  # fmt: skip
        schema = whole(described[content["event"]]["payload"], described_events())
        jsonschema_rs.validator_for(schema).validate(content)
    registered = next(each for each in contents if each["event"] == "customer-registered")
    assert registered["content"]["customer"]["name"] == "erased"


def test_events_of_a_stream_are_in_one_partition_in_their_order(operator: Operator, settings: Settings):
    operator.subscribers(20)
    operator.bill(date(2026, 4, 1))

    settle(operator)

    versions, partitions = defaultdict(list), defaultdict(set)
    for message in all_messages(settings.kafka_servers, topic(settings)):
        versions[message.key].append(json.loads(message.value)["version"])
        partitions[message.key].add(message.partition)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    assert all(len(found) == 1 for found in partitions.values())
    assert len(set.union(*partitions.values())) > 1


def test_after_a_rewind_what_follows_the_position_is_sent_again_and_a_reader_knows_the_repetitions(
    operator: Operator, settings: Settings
):
    operator.subscribers(3)
    settle(operator)
    known = positions(operator)
    deliveries = PostgresDeliveries(operator.application.tables)

    deliveries.rewind(EVENTS, known[-3])
    settle(operator)

    messages = all_messages(settings.kafka_servers, topic(settings))
    assert len(messages) == len(known) + 2
    assert sorted(json.loads(message.value)["position"] for message in once(messages)) == known
    with pytest.raises(InvalidValue, match="is after what"):
        deliveries.rewind(EVENTS, known[-1] + 1_000)


def test_a_broker_that_is_away_is_seen_and_has_everything_afterwards(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    with kafka() as away:
        settings = use(monkeypatch, away)
        app = operator.application
        publishing = KafkaPublishing(app, settings, EVENTS)
        with away.running():
            publishing.advance()
            operator.subscribers(1)
        monkeypatch.setattr("adapters.kafka.sending.MOST_PAGE_SECONDS", 1.0)

        assert publishing.advance() == 0

        (waiting,) = PostgresDeliveries(app.tables).listed(EVENTS)
        assert (waiting.state, waiting.delivery.attempts) == ("waiting", 1)
        assert "the brokers 127.0.0.1" in waiting.delivery.error
        figures = exposition(app, datetime.now(UTC))
        assert 'billing_deliveries{follower="kafka events",state="waiting"} 1.0' in figures
        assert 'billing_follower_lag_events{follower="kafka events"} 0.0' not in figures
        with away.running():
            later = SellerClock(app.store, app.tables, now=lambda: datetime.now(UTC) + timedelta(seconds=11))
            again = KafkaPublishing(app, settings, EVENTS, later)
            while again.advance():
                pass
            messages = all_messages(settings.kafka_servers, topic(settings))
            assert sorted(json.loads(message.value)["position"] for message in once(messages)) == positions(operator)
            assert PostgresDeliveries(app.tables).listed(EVENTS) == []
            publishing.close()
            again.close()


def test_an_event_that_is_never_taken_keeps_back_later_ones_until_a_person_drops_it(
    operator: Operator, settings: Settings
):
    make_topic(settings.kafka_servers, topic(settings), partitions=2, **{"max.message.bytes": "4000"})
    operator.subscriber("A1")
    operator.publish("long", "20.00", name="Long " * 1000)
    operator.subscriber("A2")
    deliveries = PostgresDeliveries(operator.application.tables)

    settle(operator)
    settle(operator, timedelta(seconds=11))

    (waiting,) = deliveries.listed(EVENTS)
    assert (waiting.delivery.stream, waiting.delivery.attempts) == ("tariff/long", 2)
    before = [at for at in positions(operator) if at < waiting.delivery.position]
    messages = all_messages(settings.kafka_servers, topic(settings))
    assert sorted(json.loads(message.value)["position"] for message in messages) == before

    deliveries.drop(EVENTS, waiting.delivery.position, "clerk", datetime.now(UTC), "too long")
    settle(operator)

    messages = all_messages(settings.kafka_servers, topic(settings))
    arrived = sorted(json.loads(message.value)["position"] for message in messages)
    assert arrived == [at for at in positions(operator) if at != waiting.delivery.position]


def test_without_brokers_nothing_of_kafka_is_done(operator: Operator):
    automation = automation_of(operator.application)

    assert EVENTS not in [lag.name for lag in automation.follower_lags(datetime.now(UTC))]
