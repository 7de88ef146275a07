"""A mediation that counts every record that it is given, also one that it was given before; and the death of a reader.

As a program it reads a topic until it kills itself, before or after it has committed its second batch:

    python -m tests.adapters.kafka.counting DATABASE TOPIC before|after
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from adapters.bootstrap.application import Application
from adapters.bootstrap.kafka_in import KafkaReading
from adapters.bootstrap.kafka_settings import KafkaSourceSettings
from adapters.bootstrap.settings import read_settings
from adapters.kafka import reading
from commands.usage.mediation import IncomingBatch, Received
from tests.operators import Operator

MESSAGES_OF_A_BATCH = 20


class Counting:
    """Writes the key of every record into a table."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self._then = then
        self.batches: list[str] = []

    def receive_within(self, transaction: Any, batch: IncomingBatch, chunk: Any, origin: Any) -> Received:
        keys = chunk.rows.column("key").to_pylist()
        insert = "INSERT INTO billing.counted SELECT %s, %s, unnest(%s::text[])"
        transaction._cursor.execute(insert, (batch.source, batch.batch, keys))
        self.batches.append(batch.batch)
        self._then()
        return Received(batch.batch, len(keys), 0, len(chunk.refused))


def prepare(operator: Operator) -> None:
    operator.execute("CREATE TABLE billing.counted (source text, batch text, key text)")


def counted(operator: Operator) -> list[str]:
    """The keys of all records that were counted."""
    return [key for (key,) in operator.select("SELECT key FROM billing.counted ORDER BY key")]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(database_url: str, topic: str, when: str) -> None:
    reading.MOST_MESSAGES = MESSAGES_OF_A_BATCH
    settings = read_settings()
    mediation = Counting()
    reader = KafkaReading(
        Application(database_url, settings), settings, KafkaSourceSettings(name="switch", topic=topic),
        mediation.receive_within, 1,
    )  # fmt: skip
    if when == "before":
        mediation._then = lambda: die() if len(mediation.batches) == 2 else None
    while True:
        reader.advance()
        if len(mediation.batches) >= 2:
            die()


if __name__ == "__main__":
    main(*sys.argv[1:])
