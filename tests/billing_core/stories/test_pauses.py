"""Holds: the days between are left out, those before them and the grid stay as they are."""

from __future__ import annotations

import pytest

from billing_core.catalogue.components import Proration
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import fee, tariff
from tests.billing_core.subscriber import Subscriber, short


@pytest.mark.parametrize(
    ("mode", "before", "credit"),
    [
        # 15 January to 15 February measure 17/31 + 14/28; from the 31st on 1/31 + 14/28, from 8 February on 7/28.
        ("sliced", ["monthly 15 Jan - 31 Jan: 98.46", "monthly 31 Jan - 15 Feb: 203.08"], "-95.38"),
        # The 31st counts as the 30th: 15 of 30 days from it on, 7 of 30 from 8 February on.
        ("fixed-30", ["monthly 15 Jan - 31 Jan: 100.00", "monthly 31 Jan - 15 Feb: 200.00"], "-93.33"),
    ],
)
def test_a_hold_touches_no_day_before_it_in_whatever_mode(mode: Proration, before: list[str], credit: str):
    """200.00, and 400.00 from 31 January on, when there are two."""
    subscriber = Subscriber(tariff("net", fee("200.00", proration=mode)), billing_day=15)
    subscriber.activate("net", "2026-01-15")
    subscriber.change_quantity("2", "2026-01-31")
    assert short(posted_charges(subscriber.bill("2026-01-15"))) == before
    subscriber.hold("2026-02-08")

    assert short(posted_charges(subscriber.bill("2026-02-08"))) == [f"monthly 08 Feb - 15 Feb: {credit}"]


def test_repeated_holds_keep_the_grid_and_credit_the_gaps():
    """10.00 a day; 10 February to 10 March has 29 days: 310.00 x 27/29 from the 12th on."""
    subscriber = Subscriber(tariff("net", fee("310.00", align="own")), opened="2023-01-01")
    subscriber.activate("net", "2024-01-10")
    assert short(posted_charges(subscriber.bill("2024-01-10"))) == ["monthly 10 Jan - 10 Feb: 310.00"]
    subscriber.hold("2024-01-15")
    assert short(posted_charges(subscriber.bill("2024-01-15"))) == ["monthly 15 Jan - 10 Feb: -260.00"]
    subscriber.resume("2024-01-20")
    assert short(posted_charges(subscriber.bill("2024-01-20"))) == ["monthly 20 Jan - 10 Feb: 210.00"]
    subscriber.hold("2024-01-25")
    assert short(posted_charges(subscriber.bill("2024-01-25"))) == ["monthly 25 Jan - 10 Feb: -160.00"]
    assert posted_charges(subscriber.bill("2024-02-10")) == []
    subscriber.resume("2024-02-12")
    assert short(posted_charges(subscriber.bill("2024-02-12"))) == ["monthly 12 Feb - 10 Mar: 288.62"]
    assert short(posted_charges(subscriber.bill("2024-03-10"))) == ["monthly 10 Mar - 10 Apr: 310.00"]
    audit(subscriber)
