"""Brokers that are reached by TLS and signed in to by SCRAM: both ways work, and a refusal names the servers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme

from adapters.bootstrap.kafka_in import KafkaReading
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.settings import Settings, read_settings
from adapters.kafka.brokers import Brokers, KafkaUnavailable, Topic
from adapters.kafka.messages import Message
from adapters.kafka.sending import Sender
from tests.adapters.kafka.conftest import use
from tests.adapters.kafka.counting import Counting, counted, prepare
from tests.adapters.kafka.other_side import all_messages, make_topic, send
from tests.adapters.kafka.test_events import positions, settle
from tests.adapters.kafka.test_usage import record
from tests.counterparts.kafka import PASSWORD, USER, Broker
from tests.operators import Operator
from tests.waiting import eventually


@pytest.fixture
def secured(monkeypatch: pytest.MonkeyPatch, broker: Broker) -> Settings:
    """The program reaches the broker by TLS alone, and signs in."""
    use(monkeypatch, broker)
    for name, value in {
        "SERVERS": broker.secured_servers, "SECURITY": "tls", "AUTHORITY": str(broker.authority), "USER": USER,
        "PASSWORD": PASSWORD,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"BILLING_KAFKA_{name}", value)
    return read_settings()


def test_events_are_written_and_usage_is_read_by_tls_after_signing_in(
    operator: Operator, secured: Settings, broker: Broker
):
    operator.subscribers(1)
    settle(operator)
    written = all_messages(broker.servers, f"{secured.kafka_prefix}.events")
    assert len(written) == len(positions(operator))

    prepare(operator)
    topic = f"{secured.kafka_prefix}.calls"
    make_topic(broker.servers, topic)
    send(broker.servers, topic, [record("c-1"), record("c-2")])
    source = KafkaSourceSettings(name="switch", topic=topic)
    reader = KafkaReading(operator.application, secured, source, Counting().receive_within, 1)

    def are_read() -> bool:
        reader.advance()
        return len(counted(operator)) == 2

    with closing(reader):
        eventually(are_read)
    assert counted(operator) == ["c-1", "c-2"]


def brokers(broker: Broker, **changes: Any) -> Brokers:
    known = Brokers((broker.secured_servers,), "tls", USER, PASSWORD, broker.authority)
    return known._replace(**changes)


def written_by(reached: Brokers, topic: str) -> None:
    with Sender(reached, Topic(topic, 1)) as sender:
        sender.send([Message(b"key", b"value", [])])


def test_who_signs_in_wrongly_or_trusts_another_authority_is_refused(broker: Broker, secured: Settings, tmp_path: Path):
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    topic = f"{secured.kafka_prefix}.refused"
    for refused in (
        brokers(broker, password="another one"),
        brokers(broker, user=""),
        brokers(broker, security="none", user=""),
        brokers(broker, authority=tmp_path / "other.pem"),
    ):
        with pytest.raises(KafkaUnavailable, match=broker.secured_servers):
            written_by(refused, topic)

    written_by(brokers(broker), topic)
    assert [message.key for message in all_messages(broker.servers, topic)] == [b"key"]
