"""Balances in a compacted topic: those of the read model, and none of an account whose customer was forgotten."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.kafka_out import BALANCES, EVENTS, KafkaPublishing
from adapters.bootstrap.settings import Settings
from adapters.postgres.followers import PostgresDeliveries
from benchmarks.kafka_balances import proved
from commands.forgetting import ForgetCustomer
from commands.payments.account import ReceivePayment
from tests.adapters.kafka.other_side import all_messages
from tests.operators import Operator, bank_row, eur


def shown(settings: Settings) -> dict[str, Any]:
    """What a reader of the topic knows of every account."""
    balances: dict[str, Any] = {}
    for message in all_messages(settings.kafka_servers, f"{settings.kafka_prefix}.balances"):
        balances[message.key.decode()] = None if message.value is None else json.loads(message.value)
    return balances


def listed(operator: Operator) -> dict[str, str]:
    return {number: str(balance) for number, balance in operator.select("SELECT number, balance FROM live.accounts")}


def test_the_balance_of_every_account_is_in_the_topic_and_follows_its_changes(operator: Operator, settings: Settings):
    operator.subscribers(3)
    operator.bill(date(2026, 3, 1))
    automation_of(operator.application).settle()
    first = shown(settings)
    assert {number: each["balance"] for number, each in first.items()} == listed(operator)
    assert first["A0002"]["currency"] == "EUR" and first["A0002"]["balance"].startswith("-")

    operator.take_in([bank_row(2, "100.00", "A0002")], today=date(2026, 3, 2))
    automation_of(operator.application).settle()

    second = shown(settings)
    assert {number: each["balance"] for number, each in second.items()} == listed(operator)
    assert Decimal(second["A0002"]["balance"]) == Decimal(first["A0002"]["balance"]) + 100
    assert second["A0002"]["position"] > first["A0002"]["position"]
    assert second["A0001"] == first["A0001"]


def test_a_balance_is_as_new_as_the_event_that_caused_it_though_nobody_else_keeps_the_read_models(
    operator: Operator, settings: Settings
):
    operator.subscriber("A0001")
    operator.bill(date(2026, 2, 1))
    operator.tell(
        ReceivePayment(
            account="A0001", source="desk", reference="1", amount=eur("7.00"), received_on=date(2026, 2, 2)
        ),
        today=date(2026, 2, 2),
    )  # fmt: skip

    with closing(KafkaPublishing(operator.application, settings, BALANCES)) as publishing:
        publishing.advance()

    assert {number: each["balance"] for number, each in shown(settings).items()} == {"A0001": "-17.00"}


def test_a_reader_of_the_events_makes_the_same_balances_also_of_repetitions(operator: Operator, settings: Settings):
    operator.subscribers(3)
    operator.bill_each_due_date(date(2026, 4, 1))
    operator.take_in([bank_row(2, "100.00", "A0002"), bank_row(3, "20.00", "A0003")], today=date(2026, 4, 2))
    automation_of(operator.application).settle()
    PostgresDeliveries(operator.application.tables).rewind(EVENTS, 0)
    automation_of(operator.application).settle()

    made = proved(operator.database_url, settings.kafka_servers, f"{settings.kafka_prefix}.events")

    assert {number: str(balance) for number, balance in made.of_account.items()} == listed(operator)
    assert made.repeated == len(all_messages(settings.kafka_servers, f"{settings.kafka_prefix}.events")) // 2
    operator.execute("UPDATE live.accounts SET balance = balance + 1 WHERE number = 'A0003'")
    with pytest.raises(AssertionError, match="1 balances differ, such as that of account A0003"):
        proved(operator.database_url, settings.kafka_servers, f"{settings.kafka_prefix}.events")


def test_the_topic_is_made_compacted(operator: Operator, settings: Settings):
    operator.subscriber()
    automation_of(operator.application).settle()

    topic = f"{settings.kafka_prefix}.balances"
    with closing(KafkaAdminClient(bootstrap_servers=settings.kafka_servers)) as admin:
        found = admin.describe_configs([ConfigResource("TOPIC", topic)], config_filter="all")
    assert found["topic"][topic]["cleanup.policy"]["value"] == "compact"


def test_of_a_forgotten_customer_no_balance_is_left(operator: Operator, settings: Settings):
    operator.subscriber("A0001", until=date(2026, 2, 1))
    operator.subscriber("A0002")
    operator.bill_each_due_date(date(2026, 3, 1))
    (owed,) = operator.select("SELECT -balance FROM live.accounts WHERE number = 'A0001'")
    operator.take_in([bank_row(2, str(owed[0]), "A0001")], today=date(2026, 3, 2))
    automation_of(operator.application).settle()
    assert shown(settings)["A0001"]["balance"] == "0.00"

    order = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it")
    operator.tell(order, today=date(2026, 3, 3))
    automation_of(operator.application).settle()

    balances = shown(settings)
    assert balances["A0001"] is None
    assert balances["A0002"] is not None
