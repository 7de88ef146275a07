"""A small consumer elsewhere: it builds the balance of every account from the topic of events, and knows nothing else.

It needs a client of Kafka and the schema of the events. Each balance is compared to the read model's at the end: equal,
or the program ends with an error.

    python -m benchmarks.kafka_balances DATABASE_URL SERVERS billing.events
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition

# What an event adds to the balance: the sign of an amount of its content.
AMOUNTS = {
    "invoice-issued": (-1, "gross"),
    "credit-note-issued": (-1, "gross"),
    "payment-received": (1, "amount"),
    "payment-moved-in": (1, "amount"),
    "payment-reversed": (-1, "amount"),
    "payment-partly-reversed": (-1, "amount"),
    "payment-refunded": (-1, "amount"),
    "payment-moved-away": (-1, "amount"),
    "invoice-written-off": (1, "amount"),
    "write-off-cancelled": (-1, "amount"),
}


class Balances:
    """The balance of every account, of the events seen so far; a repetition changes nothing."""

    def __init__(self) -> None:
        self.of_account: dict[str, Decimal] = defaultdict(Decimal)
        self.repeated = 0
        self._highest: dict[int, int] = defaultdict(int)

    def take(self, message: Any) -> None:
        """Within a partition positions rise; one that is not above the highest is a repetition."""
        headers = dict(message.headers)
        position = int(headers["position"])
        if position <= self._highest[message.partition]:
            self.repeated += 1
            return
        self._highest[message.partition] = position
        kind, _, account = message.key.decode().partition("/")
        if kind == "account":
            self.of_account[account] += change(headers["event"].decode(), message.value)


def change(event: str, value: bytes) -> Decimal:
    """What an event of an account adds to its balance."""
    if event == "credit-paid-out":
        return -sum((amount(part["amount"]) for part in json.loads(value)["content"]["parts"]), Decimal())
    sign, field = AMOUNTS.get(event, (0, ""))
    return sign * amount(json.loads(value)["content"][field]) if sign else Decimal()


def amount(money: dict[str, str]) -> Decimal:
    """The amount of a sum of money."""
    return Decimal(money["amount"])


def messages(servers: str, topic: str) -> Iterator[Any]:
    """Everything that a topic has, from its beginning to where it ends now."""
    with closing(KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)) as consumer:
        partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(each) < ends[each] for each in partitions):
            for found in consumer.poll(timeout_ms=1000, max_records=10_000).values():
                yield from found


def proved(database_url: str, servers: str, topic: str) -> Balances:
    """The balances of a topic; an error if one is not that of the read model."""
    balances = Balances()
    for message in messages(servers, topic):
        balances.take(message)
    with psycopg.connect(database_url) as connection:
        listed: dict[str, Decimal] = dict(connection.execute("SELECT number, balance FROM live.accounts").fetchall())
    differing = {number for number in listed if listed[number] != balances.of_account.get(number, Decimal())}
    assert not differing, f"{len(differing)} balances differ, such as that of account {min(differing)}"
    assert balances.of_account.keys() <= listed.keys()
    return balances


if __name__ == "__main__":
    found = proved(*sys.argv[1:])
    print(f"{len(found.of_account)} balances are equal; {found.repeated} messages were repetitions")
