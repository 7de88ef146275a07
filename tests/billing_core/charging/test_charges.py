"""Charges as facts: each has a key of its own and explains itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge, explain
from billing_core.charging.difference import credit_of
from billing_core.kernel.money import Money
from billing_core.kernel.phrases import phrase
from billing_core.kernel.spans import Span
from billing_core.time.periods import Period
from tests.billing_core.price_lists import fee, month_with, monthly, off, once, tariff
from tests.billing_core.subscriber import Subscriber

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


def timeline(*tariffs: Tariff, activated: str, **agreed: str) -> Subscriber:
    """A subscriber of the first tariff, whose timeline is what matters here."""
    subscriber = Subscriber(*tariffs)
    subscriber.activate(tariffs[0].code, activated, **agreed)
    return subscriber


def owed(period: Period, subscriber: Subscriber) -> list[Charge]:
    """What becomes due within a period."""
    found = subscriber.owed(period.to_on - timedelta(days=1))
    return [charge for charge in found if period.from_on <= charge.from_on < period.to_on]


def test_every_amount_explains_itself():
    subscriber = timeline(tariff("net", monthly("450.00"), once("60.00")), activated="2026-03-15", installation="45.00")

    assert [explain(charge) for charge in owed(MARCH, subscriber)] == [
        "450.00 EUR a month x 17/31 days of the whole period, price list net",
        "once 45.00 EUR, agreed price",
    ]
    assert [explain(charge) for charge in owed(JUNE, subscriber)] == ["1 month at 450.00 EUR, price list net"]


def test_days_of_a_discount_of_which_a_part_stands_on_another_document_explain_their_own_price():
    subscriber = Subscriber(tariff("net", fee("100.00"), off("10")))
    subscriber.activate("net", "2026-06-01")
    _, discount = subscriber.owed("2026-06-01")
    parted = msgspec.structs.replace(
        discount,
        amount=Money(Decimal("-4.00"), "EUR"),
        steps=(*discount.steps, phrase("part-elsewhere", "-6.00 EUR")),
    )

    credit = credit_of(parted, Span(date(2026, 6, 11), date(2026, 7, 1)))

    assert explain(parted) == "10 % off 100.00 EUR; -6.00 EUR of it on another document, price list net"
    assert str(credit.amount) == "6.67 EUR"
    assert explain(credit) == ("credit: 10 % off 100.00 EUR a month x 20/30 days of the whole period, price list net")


# --- as facts


def test_a_charge_has_one_key_which_names_what_a_share_is_on():
    subscriber = Subscriber(tariff("net", fee("100.00"), off("10")))
    subscriber.activate("net", "2026-06-01")

    assert [charge.key for charge in subscriber.owed("2026-06-01")] == [
        "S1/monthly/2026-06-01/2026-07-01/0",
        "S1/promo:monthly/2026-06-01/2026-07-01/0",
    ]


def test_a_charge_knows_the_whole_period_in_which_its_days_lie():
    subscriber = timeline(tariff("net", monthly("300.00")), activated="2026-03-15")

    assert [charge.whole_period for charge in subscriber.owed("2026-04-01")] == [MARCH, month_with(MARCH.to_on, 1)]


@pytest.mark.parametrize(
    ("component", "told"),
    [
        (fee("10.00", unit="week", align="own"), "1 week at 10.00 EUR"),
        (fee("10.00", unit="day", interval=30, align="own"), "30 days at 10.00 EUR"),
        (fee("10.00", interval=3), "10.00 EUR for 3 months x 16/90 days of the whole period"),
    ],
)
def test_other_periods_are_told_by_their_length(component: AnyComponent, told: str):
    subscriber = timeline(tariff("net", component), activated="2026-03-16")

    assert explain(subscriber.owed("2026-03-16")[0]) == f"{told}, price list net"
