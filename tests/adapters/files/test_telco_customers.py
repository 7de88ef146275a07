"""The 7,043 real subscribers of a telephone operator, read with the profile that comes with the program."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.profile_files import load_profile
from adapters.files.subscribers import read_subscribers
from commands.platform.batch import BatchReport

REFERENCE_DATE = date(2026, 11, 1)
REAL_DATA = Path(
    os.environ.get("BILLING_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data" / "telco-customers.csv"
)


@pytest.mark.skipif(not REAL_DATA.exists(), reason=f"{REAL_DATA} is absent; name the file in BILLING_REAL_DATA")
def test_every_subscriber_is_read_and_the_monthly_prices_add_up_to_the_cent():
    report = BatchReport()
    subscribers = [row.subscriber for row in read_subscribers(REAL_DATA, load_profile("telco-customers"), report)]

    months, charged, left = 0, Decimal(0), 0
    for subscriber in subscribers:
        subscription = subscriber.subscription
        since = subscription.activated_on
        assert since.day == 1
        span = (REFERENCE_DATE.year - since.year) * 12 + REFERENCE_DATE.month - since.month
        months += span
        charged += span * subscription.agreed_prices["monthly"]
        left += subscription.terminated_on == REFERENCE_DATE

    assert report.rejected == []
    assert len(subscribers) == len({subscriber.account.number for subscriber in subscribers}) == 7_043
    assert months == 227_990
    assert charged == Decimal("16055091.45")
    assert left == 1_869
    assert {(subscriber.account.currency, subscriber.account.plan.billing_day) for subscriber in subscribers} == {
        ("USD", 1)
    }
