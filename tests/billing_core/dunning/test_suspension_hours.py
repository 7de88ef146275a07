"""On which days and at which hours a policy suspends, and to when a suspension is put off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend, require_policy
from billing_core.dunning.suspension_hours import may_suspend, put_off_to
from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import WITHOUT_HOLIDAYS

FRIDAY, SATURDAY, MONDAY = date(2026, 4, 10), date(2026, 4, 11), date(2026, 4, 13)
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR", skips=("weekends",), suspends_from="09:00", suspends_until="16:00",
    steps=(DunningStep(code="suspend", when=DaysFromDue(days=7), actions=(Suspend(),)),),
)  # fmt: skip
ALWAYS = msgspec.structs.replace(POLICY, skips=(), suspends_from="", suspends_until="")


@pytest.mark.parametrize(
    ("on", "clock", "waits_until"),
    [
        (FRIDAY, time(1, 45), datetime(2026, 4, 10, 9, tzinfo=UTC)),
        (FRIDAY, time(8, 59), datetime(2026, 4, 10, 9, tzinfo=UTC)),
        (FRIDAY, time(9), None), (FRIDAY, time(15, 59), None), (FRIDAY, time(16), datetime(2026, 4, 13, 9, tzinfo=UTC)),
        (SATURDAY, time(10), datetime(2026, 4, 13, 9, tzinfo=UTC)), (MONDAY, time(9), None),
    ],
)  # fmt: skip
def test_the_worked_example(on: date, clock: time, waits_until: datetime | None):
    assert may_suspend(POLICY, on, clock, WITHOUT_HOLIDAYS) == (waits_until is None)
    if waits_until is not None:
        assert put_off_to(POLICY, on, clock, WITHOUT_HOLIDAYS, "UTC") == waits_until


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.times())
def test_where_it_may_not_it_is_put_off_to_a_later_instant_at_which_it_may(on: date, clock: time):
    if may_suspend(POLICY, on, clock, WITHOUT_HOLIDAYS):
        return
    until = put_off_to(POLICY, on, clock, WITHOUT_HOLIDAYS, "UTC")
    assert until > datetime.combine(on, clock, UTC)
    assert may_suspend(POLICY, until.date(), until.time(), WITHOUT_HOLIDAYS)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.none() | st.times())
def test_without_hours_and_days_that_are_skipped_it_may_always(on: date, clock: time | None):
    assert may_suspend(ALWAYS, on, clock, WITHOUT_HOLIDAYS)


@pytest.mark.parametrize(("begins", "ends"), [("09:00", ""), ("", "16:00"), ("16:00", "09:00"), ("9", "16:00")])
def test_hours_that_are_none_are_refused(begins: str, ends: str):
    with pytest.raises(InvalidValue, match="suspends"):
        require_policy(msgspec.structs.replace(POLICY, suspends_from=begins, suspends_until=ends))
