"""One-off fees: once for each trigger, and in instalments that sum to the fee."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge, explain
from billing_core.charging.one_offs import without_waived
from billing_core.kernel.money import rounded
from billing_core.time.periods import Period
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, month_with, monthly, once, one_off, tariff
from tests.billing_core.subscriber import Subscriber, short
from tests.billing_core.timelines import billing_days, prices

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


def subscribed(*components: AnyComponent, on: str = "2026-01-31") -> Subscriber:
    subscriber = Subscriber(tariff("net", *components))
    subscriber.activate("net", on)
    return subscriber


# --- at the end


def test_a_device_that_falls_with_each_complete_month():
    """The worked example: 240.00 over 24 months, from 31 January to 15 July: 5 months are complete, 19/24 are owed."""
    subscriber = subscribed(one_off("240.00", at="termination", committed_months=24, declining=True))
    subscriber.terminate("2026-07-15")

    (rest,) = subscriber.owed("2026-07-15")

    assert short([rest]) == ["device 15 Jul - 16 Jul: 190.00"]
    assert explain(rest) == "240.00 EUR x 19/24 months of the commitment, price list net"


@pytest.mark.parametrize(
    ("ends_on", "declining", "expected"),
    [
        ("2026-02-27", True, "240.00"),  # No month is complete yet: the first one is on 28 February.
        ("2026-02-28", True, "230.00"),
        ("2028-01-30", True, "10.00"),
        ("2028-01-31", True, None),
        ("2028-01-30", False, "240.00"),
        ("2028-01-31", False, None),
    ],
)
def test_a_fee_for_ending_early_is_owed_before_the_commitment_is_over(
    ends_on: str, declining: bool, expected: str | None
):
    subscriber = subscribed(one_off("240.00", at="termination", committed_months=24, declining=declining))
    subscriber.terminate(ends_on)

    owed_then = [f"{charge.amount.amount:f}" for charge in subscriber.owed(ends_on)]
    assert owed_then == ([expected] if expected else [])


def test_a_fee_at_the_end_without_a_commitment_is_owed_whenever_it_ends():
    subscriber = subscribed(one_off("20.00", at="termination"))
    assert subscriber.owed("2030-01-01") == []
    subscriber.terminate("2029-01-01")

    assert short(subscriber.owed("2029-01-01")) == ["device 01 Jan - 02 Jan: 20.00"]


def test_a_termination_that_is_cancelled_takes_its_fee_back():
    subscriber = subscribed(fee("9.00"), one_off("20.00", at="termination"), on="2026-01-01")
    subscriber.terminate("2026-01-11")
    subscriber.bill("2026-01-11")
    subscriber.cancel("terminate", "2026-01-11")
    subscriber.bill("2026-01-12")

    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(charge for charge in posted if charge.component == "device") == [
        "device 11 Jan - 12 Jan: 20.00",
        "device 11 Jan - 12 Jan: -20.00",
    ]
    audit(subscriber)


# --- at each trigger


def test_fees_for_a_hold_a_suspension_and_a_resumption_are_owed_each_time():
    subscriber = subscribed(
        one_off("3.00", "pause", at="hold"),
        one_off("7.00", "cut", at="suspension"),
        one_off("8.00", "again", at="resumption"),
        on="2026-01-01",
    )
    subscriber.hold("2026-01-05")
    subscriber.resume("2026-01-10")
    for day in ("2026-02-01", "2026-03-01"):
        subscriber.suspend("non-payment", day)
        subscriber.change_quantity("2", f"{day[:-2]}03")
        subscriber.resume(f"{day[:-2]}05")

    assert sorted(short(subscriber.owed("2026-12-31"))) == [
        "again 05 Feb - 06 Feb: 8.00",
        "again 05 Mar - 06 Mar: 8.00",
        "again 10 Jan - 11 Jan: 8.00",
        "cut 01 Feb - 02 Feb: 7.00",
        "cut 01 Mar - 02 Mar: 7.00",
        "pause 05 Jan - 06 Jan: 3.00",
    ]


def test_a_service_that_is_moved_pays_no_second_installation():
    here, there = (Subscriber(tariff("net", once("60.00"), fee("9.00"))) for _ in range(2))
    here.activate("net", "2026-01-01")
    here.move_to(there, "2026-02-01")

    assert [charge.component for charge in there.owed("2026-03-01")] == ["monthly", "monthly"]


# --- waived


@pytest.mark.parametrize(
    ("waived", "left"),
    [
        ([], ["01", "11", "21"]),
        ([("again", 11)], ["01", "21"]),
        ([("again", 12)], ["11", "21"]),
        ([("again", 12), ("again", 1)], ["21"]),  # The first day is taken by its own waiver, 11 June by the other one.
        ([("again", 30), ("again", 29)], ["21"]),
        ([("again", 11), ("again", 11)], ["21"]),
        ([("pause", 11)], ["01", "11", "21"]),
        ([("again", 1)] * 4, []),
    ],
)
def test_each_waiver_takes_one_fee_away_that_of_its_own_day_first(waived: list[tuple[str, int]], left: list[str]):
    subscriber = subscribed(one_off("8.00", "again", at="resumption"), on="2026-05-01")
    for day in ("2026-06-01", "2026-06-11", "2026-06-21"):
        subscriber.hold(date.fromisoformat(day) - timedelta(days=2))
        subscriber.resume(day)
    fees = list(reversed(subscriber.owed("2026-06-30")))

    found = without_waived(fees, [(code, date(2026, 6, day)) for code, day in waived])

    assert [f"{fee.from_on:%d}" for fee in reversed(found)] == left


# --- instalments


def test_instalments_sum_to_the_fee_and_fall_due_on_the_accounts_months():
    """100.00 in three: 33.34 on the day, 33.33 on each of the next billing days, whatever becomes of the service."""
    subscriber = Subscriber(tariff("net", one_off("100.00", instalments=3)), billing_day=31)
    subscriber.activate("net", "2026-01-15")
    subscriber.terminate("2026-02-01")

    found = subscriber.owed("2026-12-31")

    assert short(found) == [
        "device 15 Jan - 16 Jan: 33.34",
        "device 31 Jan - 01 Feb: 33.33",
        "device 28 Feb - 01 Mar: 33.33",
    ]
    assert explain(found[1]) == "instalment 2 of 3 of 100.00 EUR, price list net"


def test_an_agreed_price_of_a_one_off_fee_is_what_is_charged():
    subscriber = Subscriber(tariff("net", once("60.00")))
    subscriber.activate("net", "2026-01-15", installation="45.00")

    (charge,) = subscriber.owed("2026-01-15")

    assert (f"{charge.amount.amount:f}", charge.agreed) == ("45.00", True)


@given(price=prices, instalments=st.integers(1, 120), billing_day=billing_days)
def test_whatever_is_cut_into_instalments_sums_to_the_fee(price: str, instalments: int, billing_day: int):
    subscriber = Subscriber(tariff("net", one_off(price, instalments=instalments)), billing_day=billing_day)
    subscriber.activate("net", "2026-01-15")

    found = subscriber.owed("2036-12-31")

    assert len(found) == instalments
    assert sum(charge.amount.amount for charge in found) == rounded(Decimal(price), "EUR").amount
    assert len({charge.key for charge in found}) == instalments
