"""Commands that ask first: nothing is written until they are confirmed, and a seller states its own limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from billing_core.confirmation import ConfirmationLimits, ConfirmationNeeded
from billing_core.kernel.errors import NotFound
from commands.accounts import ChangeBillingDay
from commands.billing.account import BillAccount, ChargeOnce, GrantGoodwill
from commands.confirmation import SetConfirmationLimits
from commands.payments.account import ReceivePayment
from commands.payments.giving_back import PayOut, RefundPayment, WriteOffInvoice
from commands.services import (
    ActivateSubscription,
    ChangeTariff,
    HoldSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from tests.operators import Operator, bank_row, eur

TODAY = date(2026, 2, 1)
FAR = date(2072, 2, 1)
MAIN: Any = {"account": "A0001", "subscription": "main"}
BY_HAND: Any = {"account": "A0001", "description": "Cable", "vat_rate": Decimal(20)}
MUCH = Decimal("10000.01")


@pytest.fixture
def rich(operator: Operator) -> Operator:
    """An account with a credit of 20,000.00, and one that owes 24,000.00."""
    operator.publish("gold", "20000.00")
    operator.publish("fast", "50.00")
    operator.subscribers(1)
    operator.subscriber("A0002", tariff="gold")
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "20024.00", "A0001")])
    return operator


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (ActivateSubscription(account="A0001", subscription="tv", tariff="fast", on=FAR), "on"),
        (SuspendSubscription(**MAIN, reason="abuse", on=FAR), "on"),
        (TerminateSubscription(**MAIN, reason="moves", on=FAR), "on"),
        (ChangeTariff(**MAIN, tariff="fast", on=FAR), "on"),
        (HoldSubscription(**MAIN, on=TODAY, until=FAR), "until"),
        (ChangeBillingDay(account="A0001", billing_day=5, on=FAR), "on"),
        (BillAccount(account="A0001", until=date(2026, 8, 4)), "until"),
        (ChargeOnce(**BY_HAND, amount=MUCH), "amount"),
        (GrantGoodwill(**BY_HAND, amount=MUCH, reason="outage"), "amount"),
        (ReceivePayment(account="A0001", source="desk", reference="1", amount=eur("10000.01")), "amount"),
        (RefundPayment(account="A0001", payment="bank:R00002", reason="x"), "amount"),
        (PayOut(account="A0001", reason="x"), "amount"),
        (WriteOffInvoice(account="A0002", invoice="1000000002", reason="x"), "amount"),
    ],
)
def test_what_is_far_ahead_or_large_is_written_once_it_is_confirmed(rich: Operator, command: Any, field: str):
    before = rich.store_contents()
    with pytest.raises(ConfirmationNeeded) as asked:
        rich.tell(command, today=TODAY)
    assert asked.value.field == field
    assert rich.store_contents() == before

    answer = rich.tell(msgspec.structs.replace(command, confirmed=True), today=TODAY)

    assert answer.position > 0
    assert rich.findings() == []


def test_a_bank_file_is_not_asked(rich: Operator):
    assert rich.take_in([bank_row(3, "90000.00", "A0001"), bank_row(4, "90000.00", "nobody")]).rejected == []


def test_a_seller_states_its_own_limits(rich: Operator):
    paid = ReceivePayment(account="A0001", source="desk", reference="1", amount=eur("10000.01"))
    limits = ConfirmationLimits(most_amount=Decimal(50_000), most_days_ahead=10)
    rich.tell(SetConfirmationLimits(seller="north", limits=limits))

    assert rich.tell(paid, today=TODAY).position > 0
    with pytest.raises(ConfirmationNeeded, match=r"is 11 days ahead of today, 2026-02-01, more than 10"):
        rich.tell(SuspendSubscription(**MAIN, reason="abuse", on=date(2026, 2, 12)), today=TODAY)
    assert rich.tell(SetConfirmationLimits(seller="north", limits=limits)).position == 0
    with pytest.raises(NotFound, match="no such seller"):
        rich.tell(SetConfirmationLimits(seller="south", limits=limits))
