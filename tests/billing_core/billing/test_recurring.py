"""Recurring fees of a period: one rate, one rounding."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.charges import (
    Charge,
    explain,
)
from billing_core.billing.periods import Period
from billing_core.catalogue.tariffs import Tariff
from billing_core.money import Money, rounded
from billing_core.services.events import SuspensionReason
from tests.billing_core.price_lists import (
    month_with,
    monthly,
    monthly_from,
    tariff,
)
from tests.billing_core.subscriber import Subscriber, short
from tests.billing_core.timelines import (
    prices,
)

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


def prorated(price: Decimal, days: int, period_days: int) -> Money:
    return rounded(Fraction(price) * days / period_days, "EUR")


def test_active_from_15_march():
    """450.00 a month, billing day 1, active from 15 March (31 days): 450 x 17/31 = 246.77."""
    (charge,) = owed(MARCH, timeline(tariff("tv", monthly("450.00", vat="21")), activated="2026-03-15"))

    assert charge == Charge(
        subscription="S1",
        component="monthly",
        description="Tv: monthly fee",
        tariff="tv",
        kind="recurring",
        from_on=date(2026, 3, 15),
        to_on=date(2026, 4, 1),
        amount=prorated(Decimal("450.00"), 17, 31),
        unit_price=Decimal("450.00"),
        days=17,
        period_days=31,
        vat_rate=Decimal(21),
        period=MARCH,
    )
    assert str(charge.amount) == "246.77 EUR"
    assert charge.key == "S1/monthly/2026-03-15/2026-04-01/0"


def test_a_move_on_11_june():
    """300.00 a month moved to 500.00 on 11 June (30 days): 100.00 and 333.33."""
    subscriber = timeline(tariff("net", monthly("300.00")), tariff("fast", monthly("500.00")), activated="2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")

    assert short(owed(JUNE, subscriber)) == [
        "monthly 01 Jun - 11 Jun: 100.00",
        "monthly 11 Jun - 01 Jul: 333.33",
    ]


def test_days_suspended_by_the_operator_are_not_owed_and_those_for_non_payment_are():
    net = tariff("net", monthly("300.00"))
    expected: dict[SuspensionReason, list[str]] = {
        "operator": ["monthly 01 Jun - 11 Jun: 100.00", "monthly 21 Jun - 01 Jul: 100.00"],
        "non-payment": ["monthly 01 Jun - 01 Jul: 300.00"],
        "abuse": ["monthly 01 Jun - 01 Jul: 300.00"],
    }
    for reason, lines in expected.items():
        subscriber = timeline(net, activated="2026-06-01")
        subscriber.suspend(reason, "2026-06-11")
        subscriber.resume("2026-06-21")

        assert short(owed(JUNE, subscriber)) == lines


def test_days_at_one_rate_are_rounded_once_together():
    """10.00 x 20/31 = 6.45 for both stretches together; each alone would be 3.23 and make 6.46."""
    subscriber = timeline(tariff("net", monthly("10.00")), activated="2026-03-01")
    subscriber.suspend("operator", "2026-03-11")
    subscriber.resume("2026-03-22")

    assert short(owed(MARCH, subscriber)) == [
        "monthly 01 Mar - 11 Mar: 3.23",
        "monthly 22 Mar - 01 Apr: 3.22",
    ]
    assert str(prorated(Decimal("10.00"), 10, 31)) == "3.23 EUR"


def test_a_whole_period_costs_the_price_whatever_its_length():
    subscriber = timeline(tariff("net", monthly("19.99")), activated="2026-01-01")

    for month in range(1, 13):
        period = month_with(date(2026, month, 1), 1)
        assert [str(charge.amount) for charge in owed(period, subscriber)] == ["19.99 EUR"]


def test_the_price_list_changes_in_mid_month_but_an_agreed_price_stays():
    net = tariff("net", monthly_from({"2020-01-01": "30.00", "2026-06-16": "60.00"}))

    assert short(owed(JUNE, timeline(net, activated="2026-06-01"))) == [
        "monthly 01 Jun - 16 Jun: 15.00",
        "monthly 16 Jun - 01 Jul: 30.00",
    ]
    assert short(owed(JUNE, timeline(net, activated="2026-06-01", monthly="40.00"))) == [
        "monthly 01 Jun - 01 Jul: 40.00"
    ]


def test_a_price_list_that_changes_to_the_same_price_does_not_cut_the_line():
    net = tariff("net", monthly_from({"2020-01-01": "30.00", "2026-06-16": "30.00"}))

    assert short(owed(JUNE, timeline(net, activated="2026-06-01"))) == ["monthly 01 Jun - 01 Jul: 30.00"]


def test_a_list_price_and_an_agreed_price_of_the_same_amount_stay_two_lines():
    """They explain themselves differently."""
    net = tariff("net", monthly("30.00"))
    subscriber = timeline(net, activated="2026-06-01")
    subscriber.change_tariff("net", "2026-06-11", monthly="30.00")

    first, second = owed(JUNE, subscriber)

    assert explain(first) == "30.00 EUR a month x 10/30 days of the whole period, price list net"
    assert explain(second) == "30.00 EUR a month x 20/30 days of the whole period, agreed price"


@given(price=prices, cuts=st.sets(st.integers(1, 30)), days=st.integers(28, 31))
def test_the_parts_of_a_cut_period_sum_to_the_whole_periods_amount(price: str, cuts: set[int], days: int):
    """Suspended and resumed again and again: the days kept are rounded once, whatever the cuts."""
    from_on = {28: date(2026, 2, 1), 29: date(2024, 2, 1), 30: date(2026, 6, 1), 31: date(2026, 3, 1)}[days]
    period = month_with(from_on, 1)
    net = tariff("net", monthly(price))
    whole = Subscriber(net, opened=str(from_on))
    whole.activate("net", from_on)
    cut = Subscriber(net, opened=str(from_on))
    cut.activate("net", from_on)
    for place, offset in enumerate(sorted(offset for offset in cuts if offset < days)):
        if place % 2:
            cut.resume(from_on + timedelta(days=offset))
        else:
            cut.suspend("operator", from_on + timedelta(days=offset))

    kept = owed(period, cut)
    (all_days,) = owed(period, whole)
    used = sum(charge.days for charge in kept)

    assert all_days.amount == prorated(Decimal(price), days, days)
    together = sum((charge.amount.amount for charge in kept), Decimal(0))
    assert together == prorated(Decimal(price), used, days).amount
    left_out = prorated(Decimal(price), days - used, days).amount
    assert abs(together + left_out - all_days.amount.amount) <= Decimal("0.01"), "both roundings together, one cent"
