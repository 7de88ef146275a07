"""What is owed for the days of a period: one rate, one rounding, and every amount explains itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.charges import (
    Charge,
    ChargedTwice,
    ChargesPosted,
    _require_single_cover,
    explain,
    owed_in,
    prorated,
)
from billing_core.billing.periods import Period, period_containing
from billing_core.catalogue.tariffs import Tariff
from billing_core.errors import NotFound, RuleViolation
from billing_core.services.events import SubscriptionActivated, SuspensionReason
from billing_core.services.subscriptions import change_of
from billing_core.services.timeline import Segment, Standing, segments
from tests.billing_core.books import covered_days, owed_day_by_day, posted_net
from tests.billing_core.price_lists import monthly, monthly_from, once, tariff
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import (
    START,
    Run,
    Step,
    billing_days,
    histories,
    price_lists,
    prices,
    try_to_record,
)

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


def timeline(*tariffs: Tariff, activated: str, **agreed: str) -> Subscriber:
    """A subscriber of the first tariff, whose timeline is what matters here."""
    subscriber = Subscriber(*tariffs)
    subscriber.activate(tariffs[0].code, activated, **agreed)
    return subscriber


def owed(period: Period, subscriber: Subscriber) -> list[Charge]:
    return owed_in(period, subscriber.account.subscriptions["S1"].segments(), "S1", subscriber.catalogue)


def short(charges: Sequence[Charge]) -> list[tuple[str, str, str]]:
    return [
        (charge.component, f"{charge.from_on:%d %b} - {charge.to_on:%d %b}", str(charge.amount)) for charge in charges
    ]


# --- worked examples


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
        amount=prorated(Decimal("450.00"), 17, 31, "EUR"),
        unit_price=Decimal("450.00"),
        days=17,
        period_days=31,
        vat_rate=Decimal(21),
    )
    assert str(charge.amount) == "246.77 EUR"
    assert charge.key == "S1/monthly/2026-03-15/2026-04-01/0"


def test_a_move_on_11_june():
    """300.00 a month moved to 500.00 on 11 June (30 days): 100.00 and 333.33."""
    subscriber = timeline(tariff("net", monthly("300.00")), tariff("fast", monthly("500.00")), activated="2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")

    assert short(owed(JUNE, subscriber)) == [
        ("monthly", "01 Jun - 11 Jun", "100.00 EUR"),
        ("monthly", "11 Jun - 01 Jul", "333.33 EUR"),
    ]


def test_days_suspended_by_the_operator_are_not_owed_and_those_for_non_payment_are():
    net = tariff("net", monthly("300.00"))
    expected: dict[SuspensionReason, list[tuple[str, str, str]]] = {
        "operator": [("monthly", "01 Jun - 11 Jun", "100.00 EUR"), ("monthly", "21 Jun - 01 Jul", "100.00 EUR")],
        "non-payment": [("monthly", "01 Jun - 01 Jul", "300.00 EUR")],
        "abuse": [("monthly", "01 Jun - 01 Jul", "300.00 EUR")],
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
        ("monthly", "01 Mar - 11 Mar", "3.23 EUR"),
        ("monthly", "22 Mar - 01 Apr", "3.22 EUR"),
    ]
    assert str(prorated(Decimal("10.00"), 10, 31, "EUR")) == "3.23 EUR"


def test_a_whole_period_costs_the_price_whatever_its_length():
    subscriber = timeline(tariff("net", monthly("19.99")), activated="2026-01-01")

    for month in range(1, 13):
        period = period_containing(date(2026, month, 1), 1)
        assert [str(charge.amount) for charge in owed(period, subscriber)] == ["19.99 EUR"]


def test_the_price_list_changes_in_mid_month_but_an_agreed_price_stays():
    net = tariff("net", monthly_from({"2020-01-01": "30.00", "2026-06-16": "60.00"}))

    assert short(owed(JUNE, timeline(net, activated="2026-06-01"))) == [
        ("monthly", "01 Jun - 16 Jun", "15.00 EUR"),
        ("monthly", "16 Jun - 01 Jul", "30.00 EUR"),
    ]
    assert short(owed(JUNE, timeline(net, activated="2026-06-01", monthly="40.00"))) == [
        ("monthly", "01 Jun - 01 Jul", "40.00 EUR")
    ]


def test_a_price_list_that_changes_to_the_same_price_does_not_cut_the_line():
    net = tariff("net", monthly_from({"2020-01-01": "30.00", "2026-06-16": "30.00"}))

    assert short(owed(JUNE, timeline(net, activated="2026-06-01"))) == [("monthly", "01 Jun - 01 Jul", "30.00 EUR")]


def test_a_list_price_and_an_agreed_price_of_the_same_amount_stay_two_lines():
    """They explain themselves differently."""
    net = tariff("net", monthly("30.00"))
    subscriber = timeline(net, activated="2026-06-01")
    subscriber.change_tariff("net", "2026-06-11", monthly="30.00")

    first, second = owed(JUNE, subscriber)

    assert explain(first) == "30.00 EUR a month x 10/30 days of the whole period, price list net"
    assert explain(second) == "30.00 EUR a month x 20/30 days of the whole period, agreed price"


def test_a_one_off_fee_is_owed_once_on_the_first_day():
    subscriber = timeline(tariff("net", monthly("300.00"), once("60.00")), activated="2026-03-15")

    assert short(owed(MARCH, subscriber)) == [
        ("monthly", "15 Mar - 01 Apr", "164.52 EUR"),
        ("installation", "15 Mar - 16 Mar", "60.00 EUR"),
    ]
    assert short(owed(JUNE, subscriber)) == [("monthly", "01 Jun - 01 Jul", "300.00 EUR")]


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

    assert short(owed(JUNE, subscriber))[-1] == ("box", "11 Jun - 12 Jun", "15.00 EUR")


def test_a_one_off_fee_waits_for_the_first_charged_day():
    subscriber = timeline(tariff("net", monthly("300.00"), once("60.00")), activated="2026-05-01")
    subscriber.suspend("operator", "2026-05-01")
    subscriber.resume("2026-06-11")

    assert owed(period_containing(date(2026, 5, 1), 1), subscriber) == []
    assert short(owed(JUNE, subscriber))[-1] == ("installation", "11 Jun - 12 Jun", "60.00 EUR")


def test_nothing_is_owed_before_activation_or_after_the_end():
    subscriber = timeline(tariff("net", monthly("300.00"), once("60.00")), activated="2026-04-10")
    subscriber.terminate("2026-05-10")

    assert owed(MARCH, subscriber) == []
    assert owed(JUNE, subscriber) == []


# --- what stops a charge


def test_a_day_without_a_price_stops_the_charge():
    subscriber = timeline(tariff("net", monthly_from({"2026-06-11": "300.00"})), activated="2026-06-11")
    subscriber.record([SubscriptionActivated(effective_on=date(2026, 6, 1), subscription="S2", tariff="net")])

    with pytest.raises(RuleViolation, match="tariff net has no price for component monthly") as caught:
        owed_in(JUNE, subscriber.account.subscriptions["S2"].segments(), "S2", subscriber.catalogue)

    assert (caught.value.field, caught.value.value) == ("date", "2026-06-01")


def test_a_tariff_that_nobody_published_stops_the_charge():
    change = change_of(SubscriptionActivated(effective_on=date(2026, 6, 1), subscription="S1", tariff="lost"))

    with pytest.raises(NotFound) as caught:
        owed_in(JUNE, segments([change]), "S1", {})

    assert (caught.value.field, caught.value.value) == ("tariff", "lost")


def test_days_covered_twice_are_never_charged():
    """Segments that overlap can only come from a fault, and the fault must not become an invoice."""
    subscriber = timeline(tariff("net", monthly("300.00")), tariff("fast", monthly("500.00")), activated="2026-06-01")
    (segment,) = subscriber.account.subscriptions["S1"].segments()
    other = Segment(date(2026, 6, 20), None, Standing("active", "fast", {}))

    with pytest.raises(ChargedTwice, match="overlaps the charge S1/monthly/2026-06-01/2026-07-01/0") as caught:
        owed_in(JUNE, [segment, other], "S1", subscriber.catalogue)

    assert caught.value.code == "charged-twice"
    assert (caught.value.field, caught.value.value) == ("charge", "S1/monthly/2026-06-20/2026-07-01/0")


def test_charges_that_follow_each_other_are_no_double_cover():
    subscriber = timeline(tariff("net", monthly("300.00")), tariff("fast", monthly("500.00")), activated="2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")

    _require_single_cover(owed(JUNE, subscriber))


# --- explanation


def test_every_amount_explains_itself():
    subscriber = timeline(tariff("net", monthly("450.00"), once("60.00")), activated="2026-03-15", installation="45.00")

    assert [explain(charge) for charge in owed(MARCH, subscriber)] == [
        "450.00 EUR a month x 17/31 days of the whole period, price list net",
        "once 45.00 EUR, agreed price",
    ]
    assert [explain(charge) for charge in owed(JUNE, subscriber)] == ["1 month at 450.00 EUR, price list net"]


# --- whatever the timeline


@given(price=prices, cuts=st.sets(st.integers(1, 30)), days=st.integers(28, 31))
def test_the_parts_of_a_cut_period_sum_to_the_whole_periods_amount(price: str, cuts: set[int], days: int):
    """Suspended and resumed again and again: the days kept are rounded once, whatever the cuts."""
    from_on = {28: date(2026, 2, 1), 29: date(2024, 2, 1), 30: date(2026, 6, 1), 31: date(2026, 3, 1)}[days]
    period = period_containing(from_on, 1)
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

    assert all_days.amount == prorated(Decimal(price), days, days, "EUR")
    together = sum((charge.amount.amount for charge in kept), Decimal(0))
    assert together == prorated(Decimal(price), used, days, "EUR").amount
    left_out = prorated(Decimal(price), days - used, days, "EUR").amount
    assert abs(together + left_out - all_days.amount.amount) <= Decimal("0.01"), "both roundings together, one cent"


@given(tariffs=price_lists(), billing_day=billing_days, steps=histories())
def test_what_is_owed_is_what_is_counted_day_by_day(tariffs: list[Tariff], billing_day: int, steps: list[Step]):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    for step in steps:
        if not isinstance(step, Run):
            try_to_record(subscriber, step, START + timedelta(days=40))
    subscription = subscriber.account.subscriptions["S1"]
    period, charges = period_containing(START, billing_day), []
    for _ in range(5):
        charges += owed_in(period, subscription.segments(), "S1", subscriber.catalogue)
        period = period_containing(period.to_on, billing_day)

    posted = [ChargesPosted(effective_on=START, charges=tuple(charges), charged_until={})]
    owed = owed_day_by_day(subscription, subscriber.catalogue, billing_day, period.from_on)
    assert posted_net(posted, billing_day) == owed
    assert all(set(cover.values()) <= {1} for cover in covered_days(charges).values())
    assert all(charge.amount.amount >= 0 for charge in charges)
    assert all(charge.days == (charge.to_on - charge.from_on).days for charge in charges)


@given(tariffs=price_lists(), billing_day=billing_days, steps=histories())
def test_stretches_of_one_rate_never_touch(tariffs: list[Tariff], billing_day: int, steps: list[Step]):
    """What follows on at the same terms stands on one line."""
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    for step in steps:
        if not isinstance(step, Run):
            try_to_record(subscriber, step, START + timedelta(days=40))
    period = period_containing(START + timedelta(days=40), billing_day)

    ends: dict[tuple[object, ...], set[date]] = defaultdict(set)
    for charge in owed(period, subscriber):
        terms = charge.component, charge.tariff, charge.unit_price, charge.vat_rate, charge.agreed
        assert charge.from_on not in ends[terms]
        ends[terms].add(charge.to_on)
