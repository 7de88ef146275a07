"""Commitments at a change of tariff: kept by the terms of the tariff that had the fee, or begun anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision, Tariff, revised
from billing_core.charging.charges import explain
from tests.billing_core.books import posted_charges
from tests.billing_core.price_lists import monthly, one_off, tariff
from tests.billing_core.subscriber import Subscriber, short

BOUND: dict[str, Any] = {"at": "termination", "committed_months": 24, "declining": True}
DEVICE = tariff("device", monthly("30.00"), one_off("240.00", **BOUND))
BARE = tariff("bare", monthly("20.00"))
OTHER = tariff("other", monthly("25.00"))
# 360.00 over 12 months for a device of the same code.
BETTER = tariff("better", monthly("50.00"), one_off("360.00", **(BOUND | {"committed_months": 12})))
ANEW = tariff("anew", monthly("40.00"), one_off("240.00", **BOUND, on_tariff_change="restart"))
TARIFFS = (DEVICE, BARE, OTHER, BETTER, ANEW)


def subscribed(first: str, *tariffs: Tariff, since: str = "2026-01-01", number: str = "A1") -> Subscriber:
    subscriber = Subscriber(*(tariffs or TARIFFS), number=number)
    subscriber.activate(first, since)
    return subscriber


def owed_at_the_end(subscriber: Subscriber, ended: str | date) -> list[str]:
    """The one-off fees that a termination on a day leaves: their amounts, with the tariff whose they are."""
    subscriber.terminate(ended)
    fees = [charge for charge in subscriber.owed(ended) if charge.kind == "one-off"]
    return [f"{charge.tariff} {charge.amount.amount:f}" for charge in fees]


# --- keep


def test_a_commitment_outlives_a_change_to_a_tariff_without_its_fee():
    """240.00 over 24 months since 1 January; on 1 May 4 are complete: 240.00 x 20/24 = 200.00, changed or not."""
    stayed, changed = subscribed("device"), subscribed("device")
    changed.change_tariff("bare", "2026-04-30")

    assert owed_at_the_end(stayed, "2026-05-01") == ["device 200.00"]
    assert owed_at_the_end(changed, "2026-05-01") == ["device 200.00"]
    (fee,) = (charge for charge in changed.owed("2026-05-01") if charge.kind == "one-off")
    assert short([fee]) == ["device 01 May - 02 May: 200.00"]
    assert explain(fee) == "240.00 EUR x 20/24 months of the commitment, price list device"


@pytest.mark.parametrize(("ended", "expected"), [("2027-12-31", ["device 10.00"]), ("2028-01-01", [])])
def test_a_kept_commitment_is_over_when_its_months_are(ended: str, expected: list[str]):
    subscriber = subscribed("device")
    subscriber.change_tariff("bare", "2026-04-30")

    assert owed_at_the_end(subscriber, ended) == expected


def test_a_kept_fee_that_does_not_decline_is_owed_whole():
    early_end = tariff("device", monthly("30.00"), one_off("240.00", **(BOUND | {"declining": False})))
    subscriber = subscribed("device", early_end, BARE)
    subscriber.change_tariff("bare", "2026-04-30")

    assert owed_at_the_end(subscriber, "2027-12-31") == ["device 240.00"]


def test_a_fee_of_the_same_code_in_the_new_tariff_counts_from_the_same_beginning():
    """360.00 over 12 months since 1 January, 4 complete on 1 May: 360.00 x 8/12 = 240.00; after a year nothing."""
    subscriber, over = subscribed("device"), subscribed("device")
    for each in (subscriber, over):
        each.change_tariff("better", "2026-03-11")

    assert owed_at_the_end(subscriber, "2026-05-01") == ["better 240.00"]
    assert owed_at_the_end(over, "2027-01-01") == []


def test_the_last_tariff_with_the_fee_says_its_terms():
    """device, bare, better, other: 360.00 x 7/12 = 210.00, though 5 months were complete before the second change."""
    subscriber = subscribed("device")
    for code, on in (("bare", "2026-02-11"), ("better", "2026-06-11"), ("other", "2026-06-12"), ("bare", "2026-06-13")):
        subscriber.change_tariff(code, on)

    assert owed_at_the_end(subscriber, "2026-06-20") == ["better 210.00"]


def test_a_tariff_that_gets_the_fee_on_the_day_on_which_it_is_left_never_had_it():
    revised_bare = revised(BARE, Revision(valid_from=date(2026, 4, 11), components=BETTER.components))
    subscriber = subscribed("device", DEVICE, revised_bare, OTHER)
    subscriber.change_tariff("bare", "2026-03-11")
    subscriber.change_tariff("other", "2026-04-11")

    assert owed_at_the_end(subscriber, "2026-05-01") == ["device 200.00"]


@pytest.mark.parametrize("ended", ["2026-05-01", "2029-05-01"])
def test_without_a_commitment_in_the_new_tariff_its_fee_is_owed_whenever_it_ends(ended: str):
    free = tariff("free", monthly("30.00"), one_off("15.00", at="termination"))
    subscriber = subscribed("device", DEVICE, free)
    subscriber.change_tariff("free", "2026-03-11")

    assert owed_at_the_end(subscriber, ended) == ["free 15.00"]


def test_a_fee_of_the_same_code_at_another_trigger_is_another_fee():
    install = tariff("install", monthly("30.00"), one_off("15.00", at="activation"))
    subscriber = subscribed("device", DEVICE, install)
    subscriber.change_tariff("install", "2026-03-11")

    assert owed_at_the_end(subscriber, "2026-05-01") == ["install 15.00", "device 200.00"]


def test_a_commitment_begins_when_its_fee_comes_in_force():
    """Since 15 February: 3 months are complete on 15 May, 240.00 x 21/24 = 210.00."""
    subscriber = subscribed("bare")
    subscriber.change_tariff("device", "2026-02-15")

    assert owed_at_the_end(subscriber, "2026-05-15") == ["device 210.00"]


def test_the_price_of_the_day_of_the_change_counts():
    """264.00 from 1 March on: left on that day 264.00 x 20/24 = 220.00, left the day before 200.00."""
    prices = (
        Price(amount=Decimal("240.00"), valid_from=date(2020, 1, 1), valid_to=date(2026, 3, 1)),
        Price(amount=Decimal("264.00"), valid_from=date(2026, 3, 1)),
    )
    dearer = tariff("device", monthly("30.00"), one_off("0", prices=prices, **BOUND))
    for on, expected in (("2026-02-28", "200.00"), ("2026-03-01", "220.00")):
        subscriber = subscribed("device", dearer, BARE)
        subscriber.change_tariff("bare", on)
        assert owed_at_the_end(subscriber, "2026-05-01") == [f"device {expected}"]


def test_an_agreed_price_is_kept_with_the_commitment():
    """120.00 x 20/24 = 100.00."""
    subscriber = Subscriber(DEVICE, BARE)
    subscriber.activate("device", "2026-01-01", device="120.00")
    subscriber.change_tariff("bare", "2026-03-11")
    subscriber.terminate("2026-05-01")

    (fee,) = (charge for charge in subscriber.owed("2026-05-01") if charge.kind == "one-off")
    assert (f"{fee.amount.amount:f}", fee.agreed) == ("100.00", True)


def test_a_correction_of_terms_keeps_no_commitment():
    """The customer never was on the tariff with the device."""
    subscriber = subscribed("device")
    subscriber.correct_terms("2026-01-01", None, tariff="bare")
    subscriber.change_tariff("other", "2026-03-11")

    assert owed_at_the_end(subscriber, "2026-05-01") == []


def test_a_revision_that_drops_the_fee_ends_the_commitment():
    dropped = revised(DEVICE, Revision(valid_from=date(2026, 3, 1), components=(monthly("30.00"),)))
    subscriber = subscribed("device", dropped, BARE)
    subscriber.change_tariff("bare", "2026-03-11")

    assert owed_at_the_end(subscriber, "2026-05-01") == []


# --- restart


def test_a_change_to_a_tariff_that_restarts_begins_the_commitment_anew():
    """Since 11 March: 4 months are complete on 15 July, 240.00 x 20/24 = 200.00; kept it would be 180.00."""
    subscriber = subscribed("device")
    subscriber.change_tariff("anew", "2026-03-11")

    assert owed_at_the_end(subscriber, "2026-07-15") == ["anew 200.00"]


def test_a_tariff_that_restarts_counts_from_the_activation_if_it_is_the_first():
    assert owed_at_the_end(subscribed("anew"), "2026-05-01") == ["anew 200.00"]


def test_a_commitment_that_may_restart_is_kept_until_it_does():
    """Since 1 January 200.00 on 1 May; back on the tariff on 11 April, no month is complete: 240.00."""
    left, back = subscribed("anew"), subscribed("anew")
    for subscriber in (left, back):
        subscriber.change_tariff("bare", "2026-03-11")
    back.change_tariff("anew", "2026-04-11")

    assert owed_at_the_end(left, "2026-05-01") == ["anew 200.00"]
    assert owed_at_the_end(back, "2026-05-01") == ["anew 240.00"]


def test_other_agreed_prices_in_the_same_tariff_restart_nothing():
    subscriber = subscribed("anew")
    subscriber.change_tariff("anew", "2026-03-11", monthly="35.00")

    assert owed_at_the_end(subscriber, "2026-05-01") == ["anew 200.00"]


# --- moved to another account


@pytest.mark.parametrize("moved_on", ["2026-02-01", "2026-03-11", "2026-04-01"])
@pytest.mark.parametrize(("reached", "expected"), [("bare", "device 200.00"), ("better", "better 240.00")])
def test_a_moved_service_takes_its_commitments_along(moved_on: str, reached: str, expected: str):
    """Changed on 11 March, before, on and after the day of the move."""
    here, there, last = subscribed("device"), *(Subscriber(*TARIFFS, number=number) for number in ("B1", "C1"))
    if moved_on == "2026-04-01":
        here.change_tariff(reached, "2026-03-11")
    here.move_to(there, moved_on)
    if moved_on != "2026-04-01":
        there.change_tariff(reached, "2026-03-11")
    there.move_to(last, "2026-04-20")

    assert owed_at_the_end(last, "2026-05-01") == [expected]
    for account in (here, there):
        assert [charge for charge in account.owed("2026-12-31") if charge.kind == "one-off"] == []


def test_a_moved_service_goes_on_with_a_commitment_that_was_begun_anew():
    """Since 11 March, moved on 1 April: 240.00 x 20/24 = 200.00 on 15 July."""
    here, there = subscribed("device"), Subscriber(*TARIFFS, number="B1")
    here.change_tariff("anew", "2026-03-11")
    here.move_to(there, "2026-04-01")

    assert owed_at_the_end(there, "2026-07-15") == ["anew 200.00"]


# --- learnt late


def test_a_change_learnt_after_the_termination_was_billed_posts_the_other_fee():
    """200.00 was posted for 1 May; on better since 11 March it is 240.00, on bare it stays as it was."""
    better, bare = subscribed("device"), subscribed("device")
    for subscriber, reached in ((better, "better"), (bare, "bare")):
        subscriber.terminate("2026-05-01")
        subscriber.bill("2026-05-01")
        subscriber.change_tariff(reached, "2026-03-11")
        subscriber.bill("2026-06-01")

    def fees(subscriber: Subscriber) -> list[str]:
        return short(charge for charge in posted_charges(subscriber.events) if charge.kind == "one-off")

    assert fees(bare) == ["device 01 May - 02 May: 200.00"]
    assert fees(better) == [*fees(bare), "device 01 May - 02 May: -200.00", "device 01 May - 02 May: 240.00"]


def test_a_change_to_a_tariff_with_a_fee_learnt_after_the_termination_was_billed_posts_it():
    subscriber = subscribed("bare")
    subscriber.terminate("2026-05-15")
    subscriber.bill("2026-05-15")
    subscriber.change_tariff("device", "2026-02-15")
    subscriber.bill("2026-06-01")

    fees = [charge for charge in posted_charges(subscriber.events) if charge.kind == "one-off"]
    assert short(fees) == ["device 15 May - 16 May: 210.00"]


days = st.dates(date(2026, 1, 1), date(2028, 6, 1))


@given(changed=days, ended=days, moved=st.none() | days)
@example(changed=date(2026, 1, 2), ended=date(2027, 12, 31), moved=date(2026, 1, 2))
def test_whatever_the_days_a_kept_commitment_costs_as_if_nothing_had_changed(
    changed: date, ended: date, moved: date | None
):
    assume(date(2026, 1, 1) < changed < ended and (moved is None or date(2026, 1, 1) < moved < ended))
    stayed, left, there = subscribed("device"), subscribed("device"), Subscriber(*TARIFFS, number="B1")
    for code, on in sorted([("bare", changed), ("", moved or date.max)], key=lambda step: step[1]):
        if on == date.max:
            break
        account = there if "S1" in there.account.subscriptions else left
        account.change_tariff(code, on) if code else left.move_to(there, on)
    account = there if "S1" in there.account.subscriptions else left

    assert owed_at_the_end(account, ended) == owed_at_the_end(stayed, ended)
