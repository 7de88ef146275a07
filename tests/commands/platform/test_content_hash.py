"""A command is known again by what it says, however it was made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.money import Money
from billing_core.time.period_rules import PeriodRule
from commands.catalogue import PublishTariff
from commands.payments.account import ReceivePayment
from commands.platform.bus import Command, content_hash
from commands.services import ChangePrice, ChangeQuantity

MARCH = date(2026, 3, 1)
KEY = bytes(32)


def tariff(*, period: PeriodRule | None = None, amount: str = "19.90") -> PublishTariff:
    fee = Recurring(
        code="fee", name="Fee", vat_rate=Decimal(20), prices=(Price(amount=Decimal(amount), valid_from=MARCH),)
    )
    if period is not None:
        fee = msgspec.structs.replace(fee, period=period)
    return PublishTariff(tariff=Tariff(code="net", name="Net", currency="EUR", components=(fee,)))


def test_a_default_that_is_left_out_is_the_same_as_one_that_is_given():
    unit = "".join(["mon", "th"])  # Equal to the default, but not the same object.
    given = PeriodRule(unit=unit, interval=1)  # type: ignore[arg-type]

    assert content_hash(tariff(period=given), KEY) == content_hash(tariff(), KEY)


def test_the_order_of_named_values_does_not_count():
    one, other = {"fee": Decimal(1), "tv": None}, {"tv": None, "fee": Decimal(1)}

    said = [ChangePrice(account="1", subscription="s", agreed_prices=prices) for prices in (one, other)]
    assert len({content_hash(each, KEY) for each in said}) == 1


def test_whatever_else_is_said_counts():
    paid = ReceivePayment(account="1", source="desk", reference="1", amount=Money(Decimal("5.00"), "EUR"))
    said: list[Command] = [
        paid,
        msgspec.structs.replace(paid, amount=Money(Decimal("5.00"), "USD")),
        msgspec.structs.replace(paid, payer="Ona"),
        msgspec.structs.replace(paid, payment_reference="Ona"),
        msgspec.structs.replace(paid, received_on=MARCH),
        tariff(),
        tariff(amount="19.91"),
        tariff(period=PeriodRule(interval=3)),
        ChangePrice(account="1", subscription="s", agreed_prices={}),
        ChangeQuantity(account="1", subscription="s", quantity=Decimal(1)),
    ]

    assert len({content_hash(command, KEY) for command in said}) == len(said)


def test_it_cannot_be_computed_without_the_key():
    assert content_hash(tariff(), bytes(32)) != content_hash(tariff(), bytes([1] * 32))
