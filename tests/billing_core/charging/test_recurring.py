"""Recurring fees of a period: one rate, one rounding."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import Proration
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import (
    Charge,
    explain,
)
from billing_core.kernel.money import Money, rounded, total
from billing_core.kernel.spans import without
from billing_core.time.periods import Period
from tests.billing_core.price_lists import (
    fee,
    month_with,
    monthly,
    monthly_from,
    off,
    tariff,
)
from tests.billing_core.subscriber import Subscriber, short
from tests.billing_core.timelines import (
    START,
    billing_days,
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
    expected: dict[str, list[str]] = {
        "operator": ["monthly 01 Jun - 11 Jun: 100.00", "monthly 21 Jun - 01 Jul: 100.00"],
        "non-payment": ["monthly 01 Jun - 01 Jul: 300.00"],
        "abuse": ["monthly 01 Jun - 01 Jul: 300.00"],
    }
    for reason, lines in expected.items():
        subscriber = timeline(net, activated="2026-06-01")
        subscriber.suspend(reason, "2026-06-11")
        subscriber.resume("2026-06-21")

        assert short(owed(JUNE, subscriber)) == lines


def test_days_in_the_middle_cost_what_is_left_without_them():
    """From the 11th on 10.00 x 21/31 is 6.77, so the ten days before cost 3.23; the last ten are the plain 3.23."""
    subscriber = timeline(tariff("net", monthly("10.00")), activated="2026-03-01")
    subscriber.suspend("operator", "2026-03-11")
    subscriber.resume("2026-03-22")

    assert short(owed(MARCH, subscriber)) == [
        "monthly 01 Mar - 11 Mar: 3.23",
        "monthly 22 Mar - 01 Apr: 3.23",
    ]


def test_a_cent_of_difference_is_explained():
    """10.00 x 11/31 = 3.55; but 6.77 from the 11th on less 3.23 from the 22nd on are 3.54."""
    subscriber = timeline(tariff("net", monthly("10.00")), activated="2026-03-01")
    subscriber.suspend("operator", "2026-03-01")
    subscriber.resume("2026-03-11")
    subscriber.suspend("operator", "2026-03-22")

    (charge,) = owed(MARCH, subscriber)
    assert (str(charge.amount), str(prorated(Decimal("10.00"), 11, 31))) == ("3.54 EUR", "3.55 EUR")
    assert explain(charge) == (
        "10.00 EUR a month x 11/31 days of the whole period, rounded as 6.77 EUR from 2026-03-11 on less 3.23 EUR from "
        "2026-03-22 on, price list net"
    )


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
    """Suspended and resumed again and again: the days kept and the days left out sum to the price, to the cent."""
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

    assert all_days.amount == prorated(Decimal(price), days, days)
    left_out = without([all_days.span], [charge.span for charge in kept])
    amounts = [*(charge.amount for charge in kept), *(all_days.price_of(span) for span in left_out)]
    assert total(amounts, "EUR") == all_days.amount


# --- stubs


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        # From 16 March on, 16 of 31 days: 300.00 x 16/31 is 154.84.
        ("prorate", ["monthly 16 Mar - 01 Apr: 154.84", "monthly 01 Apr - 01 May: 300.00"]),
        ("full", ["monthly 16 Mar - 01 Apr: 300.00", "monthly 01 Apr - 01 May: 300.00"]),
        ("free", ["monthly 01 Apr - 01 May: 300.00"]),
        ("join", ["monthly 16 Mar - 01 May: 454.84"]),
    ],
)
def test_what_a_first_stub_costs(policy: str, lines: list[str]):
    subscriber = timeline(tariff("net", fee("300.00", first_stub=policy)), activated="2026-03-16")

    assert short(subscriber.owed("2026-04-01")) == lines


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        ("prorate", ["monthly 01 Apr - 16 Apr: 150.00"]),
        ("full", ["monthly 01 Apr - 01 May: 300.00"]),
        ("none", []),
    ],
)
def test_what_a_last_stub_costs(policy: str, lines: list[str]):
    subscriber = timeline(tariff("net", fee("300.00", last_stub=policy)), activated="2026-04-01")
    subscriber.terminate("2026-04-16")

    assert short(subscriber.owed("2026-04-30")) == lines


def test_stubs_explain_themselves():
    told_of = {}
    for policy in ("prorate", "full", "join"):
        subscriber = timeline(tariff("net", fee("300.00", first_stub=policy)), activated="2026-03-16")
        told_of[policy] = explain(subscriber.owed("2026-04-01")[0])

    assert told_of == {
        "prorate": "300.00 EUR a month x 16/31 days of the whole period, price list net",
        "full": "300.00 EUR a month x 16/16 days of the first stub, charged in full, price list net",
        "join": "300.00 EUR a month x (16/31 days of the first stub + 30/30 days, joined, whole), price list net",
    }


# --- modes


@pytest.mark.parametrize(
    ("proration", "billing_day", "line", "told_as"),
    [
        ("whole", 10, "377.42", "450.00 EUR a month x 26/31 days of the whole period"),
        ("sliced", 10, "381.77", "450.00 EUR a month x (17/31 + 9/30) of a month (sliced)"),
        ("fixed-30", 1, "240.00", "450.00 EUR a month x 16/30 days (fixed-30)"),
        ("none", 1, "450.00", "450.00 EUR a month x 1 period (not prorated: none)"),
    ],
)
def test_every_mode_explains_its_part(proration: Proration, billing_day: int, line: str, told_as: str):
    subscriber = Subscriber(tariff("net", fee("450.00", proration=proration)), billing_day=billing_day)
    subscriber.activate("net", "2026-03-15")

    (charge,) = subscriber.owed("2026-03-15")

    assert f"{charge.amount.amount:f}" == line
    assert explain(charge) == f"{told_as}, price list net"


def test_what_is_not_prorated_costs_its_price_on_the_terms_of_its_first_day():
    """Joined with the first stub it is one period and costs its price once."""
    subscriber = timeline(
        tariff("net", fee("300.00", proration="none", first_stub="join")),
        tariff("fast", fee("500.00", proration="none", first_stub="join")),
        activated="2026-03-16",
    )
    subscriber.change_tariff("fast", "2026-04-11")
    subscriber.hold("2026-05-20")

    assert short(subscriber.owed("2026-05-31")) == [
        "monthly 16 Mar - 01 May: 300.00",
        "monthly 01 May - 01 Jun: 500.00",
    ]


def test_a_price_that_is_never_prorated_stands_on_the_first_charged_day_with_what_is_on_it():
    """Neither another tariff nor the end of the service takes a part of it back, or of the discount on it."""
    monthly = fee("30.00", proration="none")
    subscriber = timeline(
        tariff("net", monthly, off("10")), tariff("bare", fee("5.00", code="other")), activated="2026-06-01"
    )
    subscriber.bill("2026-06-01")
    subscriber.change_tariff("bare", "2026-06-16")
    subscriber.bill("2026-06-16")
    ended = timeline(tariff("net", monthly, off("10")), activated="2026-06-01")
    ended.bill("2026-06-01")
    ended.terminate("2026-06-16")
    ended.bill("2026-06-16")

    for each in (subscriber, ended):
        posted = [entry.charge for entry in each.history.charges.values() if entry.charge.component != "other"]
        assert total((charge.amount for charge in posted), "EUR") == Money(Decimal("27.00"), "EUR")


def test_a_price_that_is_never_prorated_is_waived_whole_whenever_its_period_begins():
    """The waiver of [11 Jun, 1 Jul) is one of June: that the hold before it is cancelled charges nothing."""
    subscriber = timeline(tariff("net", fee("30.00", proration="none")), activated="2026-05-20")
    subscriber.hold("2026-06-01")
    subscriber.resume("2026-06-11")
    subscriber.bill("2026-06-11")
    subscriber.waive_charge("S1/monthly/2026-06-11/2026-07-01/0", "2026-06-12")
    subscriber.cancel("resume", "2026-06-11")
    subscriber.cancel("hold", "2026-06-01")
    subscriber.bill("2026-06-13")

    posted = [entry.charge.amount for entry in subscriber.history.charges.values()]
    assert total(posted, "EUR") == Money(Decimal("30.00"), "EUR"), "that of May"


def test_the_rest_of_a_sliced_period_is_worth_less_once_its_first_part_is_alone():
    """15 Jan to 15 Feb measures 17/31 + 14/28 of a month. While all of it is charged, the first 17 days are 17/31 of
    that sum, 104.62; when the service ends with January, they are 17/31 of a month, 109.68."""
    subscriber = Subscriber(tariff("net", fee("200.00", proration="sliced")), billing_day=15)
    subscriber.activate("net", "2026-01-15")
    subscriber.bill("2026-01-15")
    subscriber.terminate("2026-02-01")
    subscriber.bill("2026-02-01")

    assert sum(entry.charge.amount.amount for entry in subscriber.history.charges.values()) == Decimal("109.68")


# --- quantities, options, phases


def test_a_fee_per_unit_is_charged_for_the_quantity_and_a_flat_one_is_not():
    """Two from 11 June on (30 days): 100 x 10/30 + 2 x 100 x 20/30."""
    subscriber = timeline(tariff("net", fee("100.00"), fee("5.00", "service", is_flat=True)), activated="2026-06-01")
    subscriber.change_quantity("2", "2026-06-11")

    found = subscriber.owed("2026-06-01")

    assert short(found) == [
        "monthly 01 Jun - 11 Jun: 33.33",
        "monthly 11 Jun - 01 Jul: 133.33",
        "service 01 Jun - 01 Jul: 5.00",
    ]
    assert explain(found[1]) == "2 x 100.00 EUR a month x 20/30 days of the whole period, price list net"


def test_an_agreed_price_holds_until_its_day():
    """10.00 up to 11 July (31 days), then the list's 31.00: 3.23 and 21.00."""
    subscriber = timeline(tariff("net", fee("31.00")), activated="2026-06-01")
    subscriber.change_price("2026-06-01", until="2026-07-11", monthly="10.00")

    found = subscriber.owed("2026-07-01")

    assert short(found) == [
        "monthly 01 Jun - 01 Jul: 10.00",
        "monthly 01 Jul - 11 Jul: 3.23",
        "monthly 11 Jul - 01 Aug: 21.00",
    ]
    assert [charge.agreed for charge in found] == [True, True, False]


def test_part_of_a_fee_goes_on_while_it_is_held_or_suspended():
    """300.00: ten days whole, ten at 20 %, ten at 50 %."""
    subscriber = timeline(tariff("net", fee("300.00")), activated="2026-06-01")
    subscriber.hold("2026-06-11", percent="20")
    subscriber.suspend("operator", "2026-06-21", percent="50")

    found = subscriber.owed("2026-06-01")

    assert short(found) == [
        "monthly 01 Jun - 11 Jun: 100.00",
        "monthly 11 Jun - 21 Jun: 20.00",
        "monthly 21 Jun - 01 Jul: 50.00",
    ]
    assert explain(found[1]) == "300.00 EUR a month x 10/30 days of the whole period, 20 % of it, price list net"


def test_phases_hold_one_after_the_other_and_then_the_list():
    """One period free, two at 5.00; a period that is held counts, an agreed price comes before a phase."""
    subscriber = timeline(tariff("net", fee("9.00", phases=((1, "0.00"), (2, "5.00")))), activated="2026-01-16")
    subscriber.hold("2026-02-01")
    subscriber.resume("2026-03-01")
    subscriber.change_price("2026-05-01", until="2026-06-01", monthly="7.00")

    assert short(subscriber.owed("2026-06-01")) == [
        "monthly 16 Jan - 01 Feb: 0.00",
        "monthly 01 Mar - 01 Apr: 5.00",
        "monthly 01 Apr - 01 May: 9.00",
        "monthly 01 May - 01 Jun: 7.00",
        "monthly 01 Jun - 01 Jul: 9.00",
    ]


def test_a_joined_stub_is_one_period_of_the_phases_with_the_period_that_follows():
    """Two periods at 6.20: 16 January to 1 March (16/31 and a month) is the first of them, March the second."""
    subscriber = timeline(tariff("net", fee("9.00", first_stub="join", phases=((2, "6.20"),))), activated="2026-01-16")
    subscriber.change_quantity("2", "2026-02-15")

    assert short(subscriber.owed("2026-04-01")) == [
        "monthly 16 Jan - 15 Feb: 6.30",
        "monthly 15 Feb - 01 Mar: 6.20",
        "monthly 01 Mar - 01 Apr: 12.40",
        "monthly 01 Apr - 01 May: 18.00",
    ]


def test_phases_do_not_begin_anew_with_another_billing_day_or_another_account():
    here = timeline(tariff("net", fee("9.00", phases=((2, "0.00"),))), activated="2026-01-01")
    here.change_billing_day(20, "2026-02-10")
    there = Subscriber(tariff("net", fee("9.00", phases=((2, "0.00"),))))
    moved = timeline(tariff("net", fee("9.00", phases=((2, "0.00"),))), activated="2026-01-01")
    moved.move_to(there, "2026-02-01")

    assert [line for line in short(here.owed("2026-03-20")) if not line.endswith("0.00")] == [
        "monthly 20 Feb - 20 Mar: 9.00",
        "monthly 20 Mar - 20 Apr: 9.00",
    ]
    assert short(there.owed("2026-03-01")) == ["monthly 01 Feb - 01 Mar: 0.00", "monthly 01 Mar - 01 Apr: 9.00"]


def test_a_price_for_a_class_of_customers_is_theirs_alone():
    listed_prices = (
        Price(amount=Decimal("9.00"), valid_from=date(2020, 1, 1)),
        Price(amount=Decimal("4.00"), valid_from=date(2020, 1, 1), customer_class="staff"),
    )
    subscriber = Subscriber(tariff("net", msgspec.structs.replace(fee("9.00"), prices=listed_prices)))
    subscriber.activate_on("net", "2026-06-01", customer_class="staff")
    subscriber.activate_on("net", "2026-06-01", "S2", customer_class="pensioner")

    assert short(subscriber.owed("2026-06-01")) == ["monthly 01 Jun - 01 Jul: 4.00"]
    assert short(subscriber.owed("2026-06-01", "S2")) == ["monthly 01 Jun - 01 Jul: 9.00"]


@given(
    price=prices,
    quantity=st.integers(1, 50).map(lambda tenths: Decimal(tenths) / 10),
    proration=st.sampled_from(["whole", "sliced", "fixed-30"]),
    billing_day=billing_days,
    months=st.integers(1, 12),
    cuts=st.sets(st.integers(1, 360), max_size=5),
)
def test_a_period_cut_by_anything_that_costs_nothing_costs_its_price(
    price: str, quantity: Decimal, proration: Proration, billing_day: int, months: int, cuts: set[int]
):
    """Tariffs alike but for their code: whatever the mode, the parts of a whole period sum to it."""
    both = [tariff(code, fee(price, proration=proration, interval=months, align="own")) for code in ("a", "b")]
    subscriber = Subscriber(*both, opened=START.isoformat(), billing_day=billing_day)
    subscriber.activate_on("a", START, quantity=quantity)
    for place, days in enumerate(sorted(cuts)):
        subscriber.change_tariff("ba"[place % 2], START + timedelta(days=days))

    found = subscriber.owed(START)

    together = sum((charge.amount.amount for charge in found), Decimal(0))
    assert together == rounded(Decimal(price) * quantity, "EUR").amount
