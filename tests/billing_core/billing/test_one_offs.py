"""One-off fees: once for each occasion, and in instalments that sum to the fee."""

from __future__ import annotations

from datetime import date, timedelta

from billing_core.billing.charges import (
    Charge,
)
from billing_core.billing.periods import Period
from billing_core.catalogue.tariffs import Tariff
from tests.billing_core.price_lists import (
    month_with,
    monthly,
    once,
    tariff,
)
from tests.billing_core.subscriber import Subscriber, short

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


def test_a_one_off_fee_is_owed_once_on_the_first_day():
    subscriber = timeline(tariff("net", monthly("300.00"), once("60.00")), activated="2026-03-15")

    assert short(owed(MARCH, subscriber)) == [
        "monthly 15 Mar - 01 Apr: 164.52",
        "installation 15 Mar - 16 Mar: 60.00",
    ]
    assert short(owed(JUNE, subscriber)) == ["monthly 01 Jun - 01 Jul: 300.00"]


def test_a_one_off_fee_is_met_once_however_many_tariffs_have_it():
    net, fast = (tariff(code, monthly("300.00"), once("60.00")) for code in ("net", "fast"))
    subscriber = timeline(net, fast, activated="2026-05-01")
    subscriber.change_tariff("fast", "2026-06-11")
    subscriber.change_tariff("net", "2026-06-21")

    assert {charge.component for charge in owed(JUNE, subscriber)} == {"monthly"}


def test_a_one_off_fee_that_a_later_tariff_brings_is_owed_on_the_first_day_of_that_tariff():
    subscriber = timeline(
        tariff("net", monthly("300.00")),
        tariff("tv", monthly("300.00"), once("15.00", code="box")),
        activated="2026-05-01",
    )
    subscriber.change_tariff("tv", "2026-06-11")

    assert short(owed(JUNE, subscriber))[-1] == "box 11 Jun - 12 Jun: 15.00"


def test_a_one_off_fee_waits_for_the_first_charged_day():
    subscriber = timeline(tariff("net", monthly("300.00"), once("60.00")), activated="2026-05-01")
    subscriber.suspend("operator", "2026-05-01")
    subscriber.resume("2026-06-11")

    assert owed(month_with(date(2026, 5, 1), 1), subscriber) == []
    assert short(owed(JUNE, subscriber))[-1] == "installation 11 Jun - 12 Jun: 60.00"
