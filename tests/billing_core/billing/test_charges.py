"""Charges as facts: each has a key of its own and explains itself."""

from __future__ import annotations

from datetime import date, timedelta

from billing_core.billing.charges import (
    Charge,
    explain,
)
from billing_core.billing.periods import Period
from billing_core.catalogue.tariffs import Tariff
from tests.billing_core.price_lists import (
    monthly,
    once,
    tariff,
)
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
