"""Usage from a topic: every message counts once, whatever happens to its readers."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from threading import Event, Thread

import msgspec
import pytest
from kafka import KafkaAdminClient, TopicPartition

from adapters.bootstrap.kafka_in import KafkaReading
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.settings import Settings
from adapters.kafka import reading
from adapters.kafka.reading import Read, TopicMadeAnew
from adapters.postgres.kafka_offsets import KafkaOffsets
from tests.adapters.kafka.counting import MESSAGES_OF_A_BATCH, Counting, counted, prepare
from tests.adapters.kafka.other_side import all_messages, make_topic, send
from tests.operators import Operator
from tests.waiting import eventually

RECORD = {
    "kind": "call", "subscriber": "37120000001", "component": "calls", "started_at": "2026-03-01T10:00:00Z",
    "seconds": 60, "number": "37129999999",
}  # fmt: skip


def record(key: str) -> bytes:
    return msgspec.json.encode({"key": key, **RECORD})


def keys(count: int, first: int = 0) -> list[str]:
    return [f"c-{number:04}" for number in range(first, first + count)]


class Source:
    """A source with its topic, and its readers."""

    def __init__(self, operator: Operator, settings: Settings) -> None:
        self.operator, self.settings = operator, settings
        self.topic = f"{settings.kafka_prefix}.calls"
        self.offsets = KafkaOffsets(operator.application.tables)
        self._readers: list[KafkaReading] = []

    def send(self, found: list[str], partition: int | None = None) -> None:
        send(self.settings.kafka_servers, self.topic, [record(key) for key in found], partition)

    def reader(self, mediation: Counting | None = None) -> KafkaReading:
        named = KafkaSourceSettings(name="switch", topic=self.topic)
        receive = (mediation or Counting()).receive_within
        made = KafkaReading(self.operator.application, self.settings, named, receive, 1)
        self._readers.append(made)
        return made

    def read_until(self, count: int, *readers: KafkaReading) -> None:
        def is_read() -> bool:
            for reader in readers:
                reader.advance()
            return len(counted(self.operator)) >= count

        eventually(is_read)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()


@pytest.fixture
def source(operator: Operator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    monkeypatch.setattr(reading, "MOST_MESSAGES", MESSAGES_OF_A_BATCH)
    prepare(operator)
    made = Source(operator, settings)
    make_topic(settings.kafka_servers, made.topic, partitions=4)
    yield made
    made.close()


def test_every_message_is_counted_in_batches_named_by_the_place_of_their_first_message(source: Source):
    source.send(keys(30), partition=2)
    mediation = Counting()
    reader = source.reader(mediation)

    source.read_until(30, reader)

    assert counted(source.operator) == keys(30)
    assert mediation.batches == [f"{source.topic}-2-0", f"{source.topic}-2-20"]
    (place,) = [each for each in source.offsets.all() if each.next_offset]
    assert (place.source, place.partition, place.next_offset, place.end_offset) == ("switch", 2, 30, 30)


def test_another_reader_goes_on_where_the_first_one_ended(source: Source):
    source.send(keys(10))
    first = source.reader()
    source.read_until(10, first)
    first.close()
    source.send(keys(10, first=10))

    source.read_until(20, source.reader())

    assert counted(source.operator) == keys(20)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reader_that_is_killed_loses_nothing_and_counts_nothing_twice(source: Source, when: str):
    source.send(keys(100))

    killed = subprocess.run(
        [sys.executable, "-m", "tests.adapters.kafka.counting", source.operator.database_url, source.topic, when],
        timeout=60, check=False,
    )  # fmt: skip

    assert killed.returncode == -signal.SIGKILL
    kept = len(counted(source.operator))
    assert 0 < kept < 100
    source.read_until(100, source.reader())
    assert counted(source.operator) == keys(100)


def test_readers_share_the_partitions_and_one_that_leaves_hands_its_own_over(source: Source):
    source.send(keys(100))
    first, second = source.reader(), source.reader()
    source.read_until(20, first)
    assert first.partitions() == {0, 1, 2, 3}

    for _ in range(40):
        first.advance()
        second.advance()
        if len(first.partitions()) == len(second.partitions()) == 2:
            break
    assert first.partitions() | second.partitions() == {0, 1, 2, 3}
    source.send(keys(100, first=100))
    source.read_until(150, first, second)
    first.close()
    source.send(keys(100, first=200))
    source.read_until(300, second)

    assert counted(source.operator) == keys(300)
    assert second.partitions() == {0, 1, 2, 3}


def delivered(source: Source, partition: int) -> Read:
    """All messages of a partition, as any reader is given them."""
    messages = [
        each for each in all_messages(source.settings.kafka_servers, source.topic) if each.partition == partition
    ]
    return Read(partition, messages, len(messages))


def test_messages_that_are_delivered_again_are_passed_over(source: Source):
    source.send(keys(10), partition=1)
    read = delivered(source, 1)
    reader = source.reader()

    taken = [
        reader.counter.count(Read(1, read.messages[:4], 10)),
        reader.counter.count(Read(1, [*read.messages, *read.messages], 10)),
        reader.counter.count(read),
        reader.counter.count(Read(1, read.messages[2:8], 10)),
    ]

    assert taken == [4, 6, 0, 0]
    assert counted(source.operator) == keys(10)


def test_of_two_readers_with_the_same_messages_the_second_waits_and_counts_none(source: Source):
    source.send(keys(10), partition=1)
    read = delivered(source, 1)
    is_counting, may_end = Event(), Event()

    def wait() -> None:
        is_counting.set()
        assert may_end.wait(30)

    taken: list[int] = []
    slow, other = source.reader(Counting(wait)), source.reader()
    other.counter.count(Read(1, read.messages[:1], 10))
    threads = [
        Thread(target=lambda reader=reader: taken.append(reader.counter.count(read))) for reader in (slow, other)
    ]
    threads[0].start()
    assert is_counting.wait(30)
    threads[1].start()
    wait_until_blocked(source.operator)
    may_end.set()
    for thread in threads:
        thread.join(30)

    assert sorted(taken) == [0, 9]
    assert counted(source.operator) == keys(10)


def wait_until_blocked(operator: Operator) -> None:
    blocked = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    eventually(lambda: operator.select(blocked))


def test_a_failure_keeps_the_messages_for_the_next_try_and_is_seen(source: Source):
    def fail() -> None:
        raise TopicMadeAnew("no")

    source.send(keys(10))
    failing = source.reader(Counting(fail))
    with pytest.raises(TopicMadeAnew):
        eventually(lambda: failing.advance() > 0)

    (failure,) = source.offsets.failures()
    assert (failure.source, failure.attempts) == ("switch", 1)
    assert counted(source.operator) == []
    mended = source.reader()
    source.read_until(10, mended)
    mended.advance()
    assert counted(source.operator) == keys(10)
    assert source.offsets.failures() == []


def test_what_cannot_be_read_goes_to_the_dead_letters_with_reason_and_place(source: Source):
    values = [record("c-1"), b"{", record("c-2").replace(b"60", b'"long"'), record("c-3")]
    send(source.settings.kafka_servers, source.topic, values, partition=3)

    source.read_until(2, source.reader())

    assert counted(source.operator) == ["c-1", "c-3"]
    letters = all_messages(source.settings.kafka_servers, f"{source.settings.kafka_prefix}.switch.dead-letters")
    assert [letter.value for letter in letters] == values[1:3]
    assert [letter.key.decode() for letter in letters] == [f"{source.topic}-3-1", f"{source.topic}-3-2"]
    assert {name: value.decode() for name, value in letters[1].headers} == {
        "source": "switch", "topic": source.topic, "partition": "3", "offset": "2", "field": "seconds",
        "reason": "Expected `int`, got `str`",
    }  # fmt: skip


def test_messages_that_were_deleted_unread_are_reported(source: Source):
    source.send(keys(10), partition=0)
    reader = source.reader()
    source.read_until(10, reader)
    reader.close()
    source.send(keys(10, first=10), partition=0)
    with closing(KafkaAdminClient(bootstrap_servers=source.settings.kafka_servers)) as admin:
        admin.delete_records({TopicPartition(source.topic, 0): 15})

    source.read_until(15, source.reader())

    assert counted(source.operator) == [*keys(10), *keys(5, first=15)]
    (place,) = [each for each in source.offsets.all() if each.partition == 0]
    assert (place.missed, place.next_offset) == (5, 20)


def test_a_topic_that_was_made_anew_is_refused(source: Source):
    source.send(keys(10), partition=0)
    reader = source.reader()
    source.read_until(10, reader)
    reader.close()
    with closing(KafkaAdminClient(bootstrap_servers=source.settings.kafka_servers)) as admin:
        admin.delete_topics([source.topic])
    make_topic(source.settings.kafka_servers, source.topic, partitions=4)
    source.send(keys(5, first=10), partition=0)

    again = source.reader()
    with pytest.raises(TopicMadeAnew, match="was read up to 10"):
        eventually(lambda: again.advance() > 0)
