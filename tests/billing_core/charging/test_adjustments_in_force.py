"""Which discounts and surcharges are in force: on their days, in their bundle, for so many billed periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Revision
from billing_core.charging.charges import Charge
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, off, tariff
from tests.billing_core.subscriber import Subscriber, short, told


def subscribed(*components: AnyComponent, on: str = "2026-06-01") -> Subscriber:
    subscriber = Subscriber(tariff("net", *components), tariff("tv", fee("9.00")))
    subscriber.activate("net", on)
    return subscriber


def shares(charges: Iterable[Charge]) -> list[str]:
    """Discounts and surcharges without the fees that they are on."""
    return short(charge for charge in charges if charge.of)


# --- on which days


def test_one_that_holds_from_a_day_on_is_taken_of_the_amount_of_these_days():
    """300.00 in June, 10 % from the 11th on: of 200.00."""
    subscriber = subscribed(fee("300.00"), off("10", valid_from=date(2026, 6, 11), valid_to=date(2026, 7, 16)))

    assert shares(subscriber.owed("2026-08-01")) == [
        "promo 11 Jun - 01 Jul: -20.00",
        "promo 01 Jul - 16 Jul: -14.52",
    ]


def test_one_that_ends_with_a_change_of_tariff_ends_there():
    subscriber = subscribed(fee("300.00"), off("10"))
    subscriber.change_tariff("tv", "2026-06-11")

    assert shares(subscriber.owed("2026-06-01")) == ["promo 01 Jun - 11 Jun: -10.00"]


def test_a_bundle_holds_on_the_days_on_which_all_its_tariffs_are_there():
    """Television from 16 June to 11 July: half of June, ten days of July."""
    subscriber = subscribed(fee("300.00"), off("10", bundle=("tv",)))
    assert subscriber.owed("2026-06-01")[1:] == []

    subscriber.activate("tv", "2026-06-16", "S2")
    subscriber.terminate("2026-07-11", "S2")

    assert shares(subscriber.owed("2026-07-01")) == ["promo 16 Jun - 01 Jul: -15.00", "promo 01 Jul - 11 Jul: -9.68"]


def test_a_bundle_that_is_left_after_billing_is_charged_what_it_saved():
    subscriber = subscribed(fee("300.00"), off("10", bundle=("tv",)))
    subscriber.activate("tv", "2026-06-01", "S2")
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-16", "S2")

    lines = told(subscriber.bill("2026-06-16"))

    assert any(
        line.startswith("promo 16 Jun - 01 Jul: 15.00 of S1/promo:monthly/2026-06-01/2026-07-01/0") for line in lines
    )
    audit(subscriber)


# --- for so many billed periods


def test_the_first_periods_that_cost_anything_count():
    """Two months at half the price: the free month and the one that was held do not count."""
    subscriber = subscribed(fee("100.00", phases=((1, "0.00"),)), off("50", billed_periods=2), on="2026-01-01")
    subscriber.hold("2026-03-01")
    subscriber.resume("2026-04-01")

    assert shares(subscriber.owed("2026-06-01")) == ["promo 01 Feb - 01 Mar: -50.00", "promo 01 Apr - 01 May: -50.00"]


def test_they_are_counted_from_the_grant():
    subscriber = subscribed(fee("100.00"), on="2026-01-01")
    subscriber.grant(off("50", code="won", billed_periods=2), "2026-02-11")

    assert shares(subscriber.owed("2026-06-01")) == ["won 11 Feb - 01 Mar: -32.14", "won 01 Mar - 01 Apr: -50.00"]


def test_a_period_of_which_only_days_before_the_grant_are_charged_does_not_count():
    """Granted on 11 February, held from that day to the end of the month: March is the first at half the price."""
    subscriber = subscribed(fee("100.00"), on="2026-01-01")
    subscriber.grant(off("50", code="won", billed_periods=1), "2026-02-11")
    subscriber.hold("2026-02-11")
    subscriber.resume("2026-03-01")

    assert shares(subscriber.owed("2026-06-01")) == ["won 01 Mar - 01 Apr: -50.00"]


def test_another_billing_day_does_not_begin_them_anew():
    subscriber = subscribed(fee("100.00"), off("50", billed_periods=2), on="2026-01-01")
    subscriber.change_billing_day(20, "2026-02-10")

    assert shares(subscriber.owed("2026-06-01")) == ["promo 01 Jan - 01 Feb: -50.00", "promo 01 Feb - 20 Feb: -33.93"]


def test_one_that_comes_with_a_revision_is_counted_from_there():
    """Five months were billed before it came; the same one listed again with the next revision goes on counting."""
    half = off("50", billed_periods=3)
    before = tariff("net", fee("100.00"))
    summer = Revision(valid_from=date(2026, 6, 1), components=(fee("100.00"), half))
    autumn = Revision(valid_from=date(2026, 8, 1), components=(fee("120.00"), half))
    subscriber = Subscriber(msgspec.structs.replace(before, revisions=(summer, autumn)))
    subscriber.activate("net", "2026-01-01")

    assert shares(subscriber.owed("2026-10-01")) == [
        "promo 01 Jun - 01 Jul: -50.00", "promo 01 Jul - 01 Aug: -50.00", "promo 01 Aug - 01 Sep: -60.00"
    ]  # fmt: skip
