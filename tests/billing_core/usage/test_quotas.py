"""The ladder of a quota: steps, top-ups, a new period, and late records, with figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.quotas import Quota, QuotaStep, TopUp, require_quota
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.money import zero
from billing_core.time.periods import Period
from billing_core.usage.control.quotas import (
    BoughtTopUp,
    PeriodUse,
    QuotaReset,
    QuotaState,
    QuotaStepReached,
    QuotaToppedUp,
    QuotaTopUpEnded,
    review_quota,
    state_after,
    top_up,
)

SLOW = QuotaStep(after=Decimal(50), action="slow", parameters={"speed": "2 Mbit/s"})
STOP = QuotaStep(after=Decimal(60), action="suspend")
FIVE = TopUp(code="five", name="5 GB", units=Decimal(5), price=Decimal(4))
WEEK = TopUp(code="week", name="5 GB for a week", units=Decimal(5), price=Decimal(3), days=7)
LADDER = Quota(steps=(SLOW, STOP), unit="GB", counted_in="MB", top_ups=(FIVE, WEEK))
MAY, JUNE = Period(date(2026, 5, 1), date(2026, 6, 1)), Period(date(2026, 6, 1), date(2026, 7, 1))


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


class Service:
    """A service whose quota is reviewed as it is used."""

    def __init__(self, quota: Quota = LADDER) -> None:
        self.quota = quota
        self.state: QuotaState | None = None

    def used(self, megabytes: str, on: str, period: Period = MAY, before: str = "0") -> list[Any]:
        use = PeriodUse("S1", "data", period, Decimal(megabytes), Decimal(before))
        facts = review_quota(self.state, self.quota, use, day(on))
        for fact in facts:
            self.state = state_after(self.state, fact)
        return facts

    def steps(self, *arguments: Any, **details: Any) -> list[Any]:
        return [
            (type(fact).__name__, fact.step, fact.action) if isinstance(fact, QuotaStepReached) else type(fact).__name__
            for fact in self.used(*arguments, **details)
        ]

    def buys(self, bought: TopUp, on: str, period: Period = MAY) -> QuotaToppedUp:
        use = PeriodUse("S1", "data", period, Decimal(0))
        fact = top_up(self.quota, bought, use, zero("EUR"), day(on))
        self.state = state_after(self.state, fact)
        return fact


@pytest.mark.parametrize(
    ("megabytes", "step"),
    [("50000", 0), ("50000.000001", 1), ("60000", 1), ("60000.000001", 2), ("0", 0)],
)
def test_a_step_begins_above_its_border(megabytes: str, step: int):
    assert LADDER.step_after(LADDER.in_units(Decimal(megabytes))) == step


@pytest.mark.parametrize(
    ("unit", "counted_in", "recorded", "units"),
    [
        ("GB", "MB", "1500", Fraction(3, 2)),
        ("GiB", "MiB", "1536", Fraction(3, 2)),
        ("MiB", "MB", "1", Fraction(10**6, 2**20)),
        ("GB", "byte", "1", Fraction(1, 10**9)),
        ("minute", "second", "90", Fraction(3, 2)),
        ("", "", "7", Fraction(7)),
        ("GB", "", "7", Fraction(7)),
    ],
)
def test_units_are_decimal_or_binary_as_stated(unit: Any, counted_in: Any, recorded: str, units: Fraction):
    assert Quota(steps=(SLOW,), unit=unit, counted_in=counted_in).in_units(Decimal(recorded)) == units


def test_a_month_with_a_top_up_in_it_a_new_month_and_late_records():
    service = Service()
    assert service.steps("50000", "05-19") == []
    assert service.used("50500", "05-20") == [
        QuotaStepReached(
            effective_on=day("05-20"), subscription="S1", component="data", step=1, action="slow",
            units=Decimal("50.5"), from_on=MAY.from_on, to_on=MAY.to_on, parameters={"speed": "2 Mbit/s"},
            full_up_to=Decimal(50), unit="GB", counted_in="MB",
        )
    ]  # fmt: skip
    assert service.steps("50600", "05-20") == []
    service.buys(FIVE, "05-21")
    assert service.steps("50600", "05-21") == [("QuotaStepReached", 0, "full")]
    assert service.steps("60000", "05-28") == [("QuotaStepReached", 1, "slow")]
    assert service.steps("0", "06-01", period=JUNE, before="60000") == ["QuotaReset"]
    assert service.state is not None and (service.state.step, service.state.top_ups) == (0, ())
    assert service.used("61000", "06-02") == []
    (late,) = service.used("66000", "06-03")
    assert (late.step, late.action, late.is_past, late.from_on) == (2, "suspend", True, MAY.from_on)
    assert service.used("67000", "06-03") == []
    assert service.state.action == "full"


def test_a_late_record_before_the_reset_is_remembered_after_it():
    service = Service()
    service.used("51000", "05-31")
    (late,) = service.used("61000", "06-01")
    assert (late.step, late.is_past) == (2, True)
    service.used("0", "06-01", period=JUNE, before="61000")
    assert service.used("62000", "06-02") == []


def test_a_top_up_for_some_days_goes_on_into_the_next_period_and_ends():
    service = Service()
    fact = service.buys(WEEK, "05-28")
    assert (fact.valid_to, fact.to_on) == (day("06-04"), day("06-01"))
    assert service.steps("52000", "05-30") == []
    (reset,) = service.used("0", "06-01", period=JUNE, before="52000")
    assert isinstance(reset, QuotaReset)
    assert reset.top_ups == (BoughtTopUp("week", day("05-28"), day("06-04"), Decimal(3)),)
    assert service.steps("51000", "06-03", period=JUNE) == []
    (ended,) = service.used("51000", "06-04", period=JUNE)
    assert isinstance(ended, QuotaTopUpEnded)
    assert (ended.used, ended.unused) == (Decimal(1), Decimal(2))
    assert service.steps("51000", "06-05", period=JUNE) == []
    assert service.steps("51001", "06-05", period=JUNE) == [("QuotaStepReached", 1, "slow")]


def test_a_top_up_of_the_period_ends_with_it_also_if_units_are_left():
    service = Service()
    service.buys(FIVE, "05-20")
    service.used("51000", "05-21")
    (reset,) = service.used("0", "06-01", period=JUNE, before="51000")
    assert reset.top_ups == ()


def test_of_two_top_ups_the_one_that_ends_first_is_used_first():
    service = Service()
    service.buys(FIVE, "05-20")
    service.buys(WEEK, "05-20")
    (ended,) = service.used("53000", "05-27")
    assert (ended.top_up, ended.used, ended.unused) == ("week", Decimal(3), Decimal(2))


def test_usage_that_is_withdrawn_gives_the_full_service_back():
    service = Service()
    service.used("70000", "05-10")
    assert service.steps("49000", "05-11") == [("QuotaStepReached", 0, "full")]


@given(st.lists(st.integers(0, 20000), max_size=12), st.randoms())
def test_the_step_depends_on_what_was_used_and_not_on_its_order(amounts: list[int], random: Any):
    def last_step(amounts: list[int]) -> tuple[int, str]:
        service = Service()
        for number in range(len(amounts)):
            service.used(str(sum(amounts[: number + 1])), "05-10")
        return (0, "full") if service.state is None else (service.state.step, service.state.action)

    mixed = list(amounts)
    random.shuffle(mixed)
    whole = LADDER.step_after(LADDER.in_units(Decimal(sum(amounts))))
    assert last_step(amounts) == last_step(mixed)
    assert last_step(amounts)[0] == whole


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (Quota(steps=()), "needs 1 to 20 steps"),
        (Quota(steps=(STOP, SLOW)), "must be above 60"),
        (Quota(steps=(SLOW,), unit="GB", counted_in="minute"), "cannot be converted to GB"),
        (Quota(steps=(SLOW,), top_ups=(FIVE, FIVE)), "stands twice"),
        (Quota(steps=(SLOW,), alarm_shares=(80, 50)), "must be above 80"),
        (Quota(steps=(SLOW,), alarm_shares=(101,)), "at most 100"),
        (Quota(steps=(SLOW,), top_ups=(TopUp(code="x", name="x", units=Decimal(0), price=Decimal(1)),)), "more than 0"),
    ],
)
def test_a_quota_that_makes_no_sense_is_refused(wrong: Quota, reason: str):
    with pytest.raises(InvalidValue, match=reason):
        require_quota(wrong, "quota")


def test_a_top_up_that_is_not_sold_is_refused_with_those_that_are():
    with pytest.raises(NotFound, match="it has five, week"):
        LADDER.top_up("ten")
