"""What a technician gets for a job."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.work.job_rates import JobRates, JobRateSet, apply_job_rates, rate_for, set_job_rate


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def rate(amount: str, month: int, crew: str = "", technician: str = "") -> JobRateSet:
    return JobRateSet(effective_on=date(2026, month, 1), job_kind="installation", amount=eur(amount), crew=crew,
                      technician=technician)  # fmt: skip


def folded(*facts: JobRateSet) -> JobRates:
    rates: JobRates | None = None
    for fact in facts:
        rates = apply_job_rates(rates, fact)
    return rates or JobRates()


RATES = folded(rate("20.00", 4, technician="milan"), rate("15.00", 1), rate("18.00", 3, crew="crew-2"))


def test_the_nearest_rate_that_holds_on_the_day_counts():
    found = {
        (month, technician): rate_for(RATES, "crew-2", technician, date(2026, month, 10))
        for month in (2, 3, 4)
        for technician in ("milan", "areg")
    }

    assert found == {
        (2, "milan"): eur("15.00"), (2, "areg"): eur("15.00"), (3, "milan"): eur("18.00"), (3, "areg"): eur("18.00"),
        (4, "milan"): eur("20.00"), (4, "areg"): eur("18.00"),
    }  # fmt: skip
    assert rate_for(RATES, "crew-1", "ivan", date(2026, 4, 10)) == eur("15.00")
    assert rate_for(RATES, "crew-1", "ivan", date(2025, 12, 31)) is None


def test_a_rate_of_the_same_day_replaces_the_one_before_and_an_equal_one_changes_nothing():
    assert set_job_rate(RATES, rate("15.00", 1)) == []
    assert set_job_rate(RATES, rate("16.00", 1)) == [rate("16.00", 1)]
    assert rate_for(folded(rate("15.00", 1), rate("16.00", 1)), "", "ivan", date(2026, 1, 1)) == eur("16.00")


def test_a_rate_is_of_a_crew_or_a_technician_and_not_negative():
    with pytest.raises(InvalidValue, match="name one of the two"):
        set_job_rate(JobRates(), rate("1.00", 1, crew="crew-2", technician="milan"))
    with pytest.raises(InvalidValue, match="less than zero"):
        set_job_rate(JobRates(), rate("-1.00", 1))
