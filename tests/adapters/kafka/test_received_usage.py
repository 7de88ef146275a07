"""Usage from a topic as mediation receives it: rows, what waits, and the dead letters of what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.bootstrap.kafka_in import KafkaReading
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.settings import Settings
from tests.adapters.kafka.other_side import all_messages, make_topic, send
from tests.operators import Operator

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def call(key: str, **fields: Any) -> bytes:
    usual = {"key": key, "kind": "call", "subscriber": "A0001/main", "component": "calls", "started_at": YESTERDAY,
             "seconds": 60, "number": "37129999999", "direction": "out"}  # fmt: skip
    return msgspec.json.encode(usual | fields)


@pytest.fixture
def topic(operator: Operator, settings: Settings) -> str:
    operator.subscriber("A0001")
    name = f"{settings.kafka_prefix}.calls"
    make_topic(settings.kafka_servers, name)
    return name


def read_all(operator: Operator, settings: Settings, topic: str, count: int, profile: str = "") -> None:
    source = KafkaSourceSettings(name="switch", topic=topic, profile=profile)
    receive = operator.application.usage_mediation().receive_within
    reading = KafkaReading(operator.application, settings, source, receive)
    read = 0
    while read < count:
        read += reading.advance()
    reading.close()


def rows(operator: Operator) -> list[tuple[Any, ...]]:
    return operator.select("SELECT key, batch, account, seconds FROM billing.usage_rows ORDER BY key")


def test_a_batch_has_its_rows_what_waits_and_one_event(operator: Operator, settings: Settings, topic: str):
    values = [
        call("c-1"), b"no record", call("c-2", subscriber="37120000001"), call("c-3", seconds=-1),
        call("c-4", seconds=5), call("c-5", number="1\x002"),
    ]  # fmt: skip
    send(settings.kafka_servers, topic, values)

    read_all(operator, settings, topic, len(values))

    batch = f"{topic}-0-0"
    assert rows(operator) == [("c-1", batch, "A0001", 60), ("c-4", batch, "A0001", 5)]
    (fact,) = operator.facts(f"usage/switch:{batch}")
    assert (fact.taken, fact.refused) == (2, 4)  # type: ignore[attr-defined]
    waiting = operator.select("SELECT line, key, field FROM billing.usage_waiting ORDER BY line")
    assert waiting == [(2, "", ""), (3, "c-2", "subscriber"), (4, "c-3", "seconds"), (6, "c-5", "number")]


def test_wrong_messages_are_dead_letters_and_those_of_nobody_are_not(
    operator: Operator, settings: Settings, topic: str
):
    nobodys = call("c-2", subscriber="37120000001")
    values = [
        call("c-1"),
        b"no record",
        nobodys,
        call("c-3", seconds=-1),
        None,
    ]  # The last one says that a key is gone.
    send(settings.kafka_servers, topic, values)

    read_all(operator, settings, topic, len(values))

    letters = all_messages(settings.kafka_servers, f"{settings.kafka_prefix}.switch.dead-letters")
    assert [(letter.value, dict(letter.headers)["offset"]) for letter in letters] == [
        (values[1], b"1"), (None, b"4"), (values[3], b"3"),
    ]  # fmt: skip
    assert b"must be from 0" in dict(letters[2].headers)["reason"]


def test_a_record_that_its_source_sends_twice_counts_once(operator: Operator, settings: Settings, topic: str):
    send(settings.kafka_servers, topic, [call("c-1"), call("c-2")])
    read_all(operator, settings, topic, 2)
    send(settings.kafka_servers, topic, [call("c-2"), call("c-3")])

    read_all(operator, settings, topic, 2)

    assert [(key, batch[-1]) for key, batch, *_ in rows(operator)] == [("c-1", "0"), ("c-2", "0"), ("c-3", "2")]


def test_a_source_with_a_profile_sends_records_in_its_own_form(
    operator: Operator, settings: Settings, topic: str, tmp_path: Path
):
    profile = tmp_path / "north.yaml"
    profile.write_text(
        "{name: north, about: Calls, form: csv, header: false, columns: [id, at, length], fields: {key: id, "
        "kind: {value: call}, subscriber: {value: A0001/main}, component: {value: calls}, "
        "started_at: {column: at, zone: UTC}, seconds: length}}"
    )
    at = f"{YESTERDAY:%Y-%m-%d %H:%M:%S}".encode()
    values = [b"c-1," + at + b",60", b"half a li", b"c-3," + at + b",5"]
    send(settings.kafka_servers, topic, values)

    read_all(operator, settings, topic, len(values), str(profile))

    assert [(key, seconds) for key, _, _, seconds in rows(operator)] == [("c-1", 60), ("c-3", 5)]
    letters = all_messages(settings.kafka_servers, f"{settings.kafka_prefix}.switch.dead-letters")
    assert [letter.value for letter in letters] == [b"half a li"]
    assert operator.select("SELECT profile LIKE 'north@%' FROM billing.usage_waiting") == [(True,)]
