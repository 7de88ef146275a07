"""Subscriptions: activated, changed and ended from a date on, also one that lies in the past."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.catalogue.prices import Price
from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, NotFound, RuleViolation
from commands.services import (
    ActivateSubscription,
    ChangeTariff,
    ResumeSubscription,
    SubscriptionCommand,
    SuspendSubscription,
    TerminateSubscription,
)
from projections.services import SubscriptionRow, count_by_status, subscriptions_of
from tests.operators import Operator

MAIN: dict[str, Any] = {"account": "A0001", "subscription": "main"}


def main_subscription(operator: Operator) -> SubscriptionRow:
    (row,) = operator.ask(subscriptions_of, "A0001")
    assert isinstance(row, SubscriptionRow)
    return row


@pytest.fixture(autouse=True)
def subscriber(operator: Operator) -> None:
    operator.publish("tv", "9.00")
    operator.publish("dollar", "9.00", currency="USD")
    operator.subscriber("A0001", since=date(2026, 1, 10))


def test_a_subscription_goes_through_its_life(operator: Operator):
    operator.tell(SuspendSubscription(**MAIN, on=date(2026, 3, 10), reason="non-payment"))
    suspended = main_subscription(operator)
    operator.tell(ResumeSubscription(**MAIN, on=date(2026, 3, 20)))
    operator.tell(ChangeTariff(**MAIN, on=date(2026, 4, 1), tariff="tv", agreed_prices={"fee": Decimal("8.00")}))
    active = main_subscription(operator)
    operator.tell(TerminateSubscription(reason="moves away", **MAIN, on=date(2026, 5, 1)))
    ended = main_subscription(operator)

    assert (suspended.status, suspended.reason, suspended.tariff) == ("suspended", "non-payment", "net")
    assert (active.status, active.reason, active.tariff) == ("active", None, "tv")
    assert (ended.status, ended.since_on, ended.activated_on) == ("terminated", date(2026, 5, 1), date(2026, 1, 10))
    assert [change.kind for change in ended.timeline] == ["activate", "suspend", "resume", "change-tariff", "terminate"]
    assert operator.ask(count_by_status) == {"terminated": 1}


def test_a_suspension_keeps_its_reason_when_the_tariff_changes_meanwhile(operator: Operator):
    operator.tell(SuspendSubscription(**MAIN, on=date(2026, 3, 10), reason="abuse"))
    operator.tell(ChangeTariff(**MAIN, on=date(2026, 3, 15), tariff="tv"))

    row = main_subscription(operator)

    assert (row.status, row.reason, row.tariff) == ("suspended", "abuse", "tv")
    assert operator.findings() == []


def test_a_change_without_a_date_is_true_from_today_on(operator: Operator):
    operator.tell(SuspendSubscription(**MAIN, reason="operator"), today=date(2026, 3, 3))
    assert main_subscription(operator).since_on == date(2026, 3, 3)


def test_a_change_learnt_late_takes_its_place_in_the_timeline(operator: Operator):
    operator.tell(TerminateSubscription(reason="moves away", **MAIN, on=date(2026, 6, 1)))
    operator.tell(SuspendSubscription(**MAIN, on=date(2026, 2, 1), reason="operator"))

    row = main_subscription(operator)
    assert [(change.kind, change.on) for change in row.timeline[1:]] == [
        ("suspend", date(2026, 2, 1)),
        ("terminate", date(2026, 6, 1)),
    ]
    assert row.status == "terminated"


def test_an_account_may_have_several_subscriptions(operator: Operator):
    operator.tell(ActivateSubscription(account="A0001", subscription="tv", tariff="tv", on=date(2026, 2, 1)))
    assert [row.subscription for row in operator.ask(subscriptions_of, "A0001")] == ["main", "tv"]


@pytest.mark.parametrize(
    ("command", "error", "told"),
    [
        (ActivateSubscription(**MAIN, tariff="net", on=date(2026, 2, 1)), AlreadyExists, "main"),
        (ActivateSubscription(account="A0001", subscription="x", tariff="none"), NotFound, "tariff 'none'"),
        (ActivateSubscription(account="A0009", subscription="x", tariff="net"), NotFound, "account 'A0009'"),
        (ActivateSubscription(account="A0001", subscription="x", tariff="dollar"), InvalidValue, "USD.*EUR"),
        (ActivateSubscription(account="A0001", subscription="x", tariff="net", on=date(2026, 1, 9)),
         RuleViolation, "since 2026-01-10"),
        (ActivateSubscription(account="A0001", subscription="x", tariff="net", agreed_prices={"fee": Decimal(-1)}),
         InvalidValue, "negative"),
        (ActivateSubscription(account="A0001", subscription="x", tariff="net", agreed_prices={"gift": Decimal(1)}),
         InvalidValue, "gift"),
        (ChangeTariff(**MAIN, tariff="none"), NotFound, "none"),
        (ChangeTariff(account="A0001", subscription="x", tariff="tv"), NotFound, "subscription 'x'"),
        (ResumeSubscription(**MAIN, on=date(2026, 2, 1)), RuleViolation, "active"),
        (SuspendSubscription(**MAIN, on=date(2026, 1, 9), reason="abuse"), RuleViolation, "not active yet"),
        (TerminateSubscription(reason="moves away", **MAIN, on=date(2026, 1, 9)), RuleViolation, "not active yet"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(
    operator: Operator, command: SubscriptionCommand, error: type[BillingError], told: str
):
    before = operator.store_contents()
    with pytest.raises(error, match=told):
        operator.tell(command, today=date(2026, 2, 1))
    assert operator.store_contents() == before


def test_a_tariff_without_a_price_on_that_date_is_refused(operator: Operator):
    operator.publish("later", [Price(amount=Decimal(9), valid_from=date(2027, 1, 1))])
    with pytest.raises(RuleViolation, match=r"no price.*fee"):
        operator.tell(ChangeTariff(**MAIN, tariff="later", on=date(2026, 12, 31)))


def test_nothing_changes_after_the_end(operator: Operator):
    operator.tell(TerminateSubscription(reason="moves away", **MAIN, on=date(2026, 5, 1)))
    with pytest.raises(RuleViolation, match="terminated"):
        operator.tell(SuspendSubscription(**MAIN, on=date(2026, 5, 2), reason="abuse"))
