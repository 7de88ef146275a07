"""On which days a task opens its ticket."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.work.recurring import (
    KnownTask,
    RecurringTask,
    RecurringTaskDefined,
    RecurringTaskDue,
    RecurringTaskEnded,
    apply_recurring_task,
    come_due,
    define_recurring_task,
    end_recurring_task,
    next_day,
    require_rule,
)

FIRST = date(2026, 6, 1)
MONDAYS = RecurringTask(code="inspect", kind="inspection", subject="Node PT8", rule="FREQ=MONTHLY;BYDAY=1MO",
                        from_on=FIRST)  # fmt: skip


def days(rule: str, from_on: date, count: int) -> list[str]:
    task, after = msgspec.structs.replace(MONDAYS, rule=rule, from_on=from_on), from_on - timedelta(days=1)
    found: list[str] = []
    while len(found) < count and (on := next_day(task, after)) is not None:
        found.append(f"{on:%m-%d}")
        after = on
    return found


@pytest.mark.parametrize(
    ("rule", "from_on", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO", FIRST, ["06-01", "07-06", "08-03"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", date(2026, 6, 2), ["06-02", "06-04", "06-16", "06-18", "06-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 1, 15), ["01-31", "02-28", "03-31"]),
        ("FREQ=DAILY;COUNT=2", FIRST, ["06-01", "06-02"]),
        ("FREQ=YEARLY;COUNT=2", date(2028, 2, 29), ["02-29", "02-29"]),
    ],
)
def test_the_days_are_those_of_the_rule(rule: str, from_on: date, expected: list[str]):
    assert days(rule, from_on, len(expected) + (2 if "COUNT" in rule else 0)) == expected


def test_a_task_is_due_on_its_day_and_then_on_the_next():
    (defined,) = define_recurring_task(None, MONDAYS, date(2026, 6, 2))
    known = apply_recurring_task(None, defined)
    assert known == KnownTask(MONDAYS, date(2026, 7, 6))
    assert come_due(known, date(2026, 7, 6), date(2026, 7, 5)) == []

    (due,) = come_due(known, date(2026, 7, 6), date(2026, 7, 8))

    assert due == RecurringTaskDue(effective_on=date(2026, 7, 6), task=MONDAYS, next_on=date(2026, 8, 3))
    after = apply_recurring_task(known, due)
    assert after is not None and come_due(after, date(2026, 7, 6), date(2026, 7, 8)) == []


def test_a_task_ends_before_its_last_day_or_by_hand():
    until = msgspec.structs.replace(MONDAYS, to_on=date(2026, 7, 6))
    assert next_day(until, FIRST) is None
    known = KnownTask(MONDAYS, date(2026, 7, 6))
    (ended,) = end_recurring_task(known, "the node is gone", FIRST)
    assert isinstance(ended, RecurringTaskEnded)
    over = apply_recurring_task(known, ended)
    assert over is not None and (over.next_on, end_recurring_task(over, "again", FIRST)) == (None, [])
    assert come_due(over, date(2026, 7, 6), date(2026, 7, 6)) == []


def test_an_equal_task_changes_nothing_unless_it_is_over():
    known = KnownTask(MONDAYS, date(2026, 7, 6))

    assert define_recurring_task(known, MONDAYS, FIRST) == []
    (again,) = define_recurring_task(KnownTask(MONDAYS, None), MONDAYS, date(2026, 6, 2))
    assert isinstance(again, RecurringTaskDefined) and again.next_on == date(2026, 7, 6)


@pytest.mark.parametrize(
    "rule",
    [
        "", "x", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=367", "FREQ=DAILY;COUNT=10001",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=77", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "DTSTART:20260101\nRRULE:FREQ=DAILY", "FREQ=DAILY;UNTIL=20260101",
    ],
)  # fmt: skip
def test_what_is_no_rule_of_days_is_refused(rule: str):
    with pytest.raises(BillingError):
        require_rule(rule, FIRST)


def test_a_task_that_has_no_day_left_is_refused():
    past = msgspec.structs.replace(MONDAYS, to_on=date(2026, 6, 2))
    with pytest.raises(InvalidValue, match="has no day from 2026-06-02 on"):
        define_recurring_task(None, past, date(2026, 6, 2))


@given(st.sampled_from(["FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYMONTHDAY=31"]),
       st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 900))  # fmt: skip
def test_days_follow_each_other_and_none_is_passed_over(rule: str, from_on: date, gap: int):
    task = msgspec.structs.replace(MONDAYS, rule=rule, from_on=from_on)
    on = next_day(task, from_on + timedelta(days=gap))

    assert on is not None and on > from_on + timedelta(days=gap)
    assert next_day(task, on - timedelta(days=1)) == on
