"""Reports that are sent by themselves: on which instants, and what is noted of each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.errors import BillingError, NotFound
from billing_core.kernel.events import Event
from billing_core.reports.schedules import (
    WEEKDAYS,
    KnownSchedule,
    Maker,
    ReportSchedule,
    apply_report_schedule,
    come_due,
    end_report_schedule,
    next_instant,
    note_made,
    note_not_made,
    note_sent,
    schedule_report,
)

RIGA = "Europe/Riga"
ANNA, EVA = Maker("anna", True), Maker("eva", True, "east")
FILE = Attachment(content_hash="ab" * 32, media_type="text/csv", size_bytes=10)


def schedule(**terms: Any) -> ReportSchedule:
    return ReportSchedule(**({"code": "income", "report": "income-by-method", "recipients": ("a@isp.test",),
                              "seller": "north", "at": "06:30"} | terms))  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(found: ReportSchedule, after: str, count: int) -> list[str]:
    instants, last = [], at(after)
    for _ in range(count):
        last = next_instant(found, RIGA, last)
        instants.append(f"{last:%m-%d %H:%M}")
    return instants


def told(known: KnownSchedule | None, events: list[Event]) -> KnownSchedule:
    for fact in events:
        known = apply_report_schedule(known, fact)
    assert known is not None
    return known


def test_it_is_due_on_its_days_at_its_time_on_the_clock_of_the_seller():
    assert days(schedule(), "2026-03-28T00:00", 3) == ["03-28 04:30", "03-29 03:30", "03-30 03:30"]  # Summer time.
    assert days(schedule(every="week", weekday="monday"), "2026-06-11T00:00", 2) == ["06-15 03:30", "06-22 03:30"]
    monthly = schedule(every="month", day=31)
    assert days(monthly, "2026-01-30T00:00", 4) == ["01-31 04:30", "02-28 04:30", "03-31 03:30", "04-30 03:30"]
    assert days(schedule(), "2026-06-11T03:30", 1) == ["06-12 03:30"]
    assert days(schedule(), "2026-06-11T03:29", 1) == ["06-11 03:30"]


@given(
    st.sampled_from([{"every": "day"}, *({"every": "week", "weekday": day} for day in WEEKDAYS),
                     *({"every": "month", "day": day} for day in (1, 15, 30, 31))]),
    st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)  # fmt: skip
def test_the_next_instant_is_later_and_no_more_than_a_month_away(when: dict[str, Any], of_day: Any, now: datetime):
    now = now.replace(tzinfo=UTC)
    found = next_instant(schedule(at=f"{of_day:%H:%M}", **when), RIGA, now)
    assert now < found <= now + timedelta(days=32)


def test_it_comes_due_once_and_what_was_missed_is_not_made_up_for():
    known = told(None, schedule_report(None, schedule(), ANNA, RIGA, at("2026-06-01T00:00")))
    first = at("2026-06-01T03:30")
    assert known.next_at == first
    assert come_due(known, first, at("2026-06-01T03:29")) == []
    (due,) = come_due(known, first, at("2026-06-04T12:00"))
    assert due.effective_on == date(2026, 6, 1)
    known = told(known, [due])
    assert known.next_at == at("2026-06-05T03:30")
    assert come_due(known, first, at("2026-06-04T12:00")) == []


def test_the_file_the_failure_and_each_mail_are_noted_once():
    known = told(None, schedule_report(None, schedule(), ANNA, RIGA, at("2026-06-01T00:00")))
    on, later = date(2026, 6, 1), date(2026, 6, 2)
    known = told(known, come_due(known, at("2026-06-01T03:30"), at("2026-06-01T03:31")))
    assert note_made(known, later, FILE, "a.csv") == []
    known = told(known, note_made(known, on, FILE, "a.csv"))
    assert note_made(known, on, FILE, "b.csv") == note_not_made(known, on, "late") == []
    known = told(known, note_sent(known, on, "a@isp.test"))
    assert note_sent(known, on, "a@isp.test") == []

    known = told(known, come_due(known, at("2026-06-02T03:30"), at("2026-06-02T03:31")))
    known = told(known, note_not_made(known, later, "took too long"))
    assert (known.failure, known.is_made, known.sent) == ("took too long", False, ())
    assert known.last is not None and known.last.on == on


def test_another_report_has_no_last_file():
    known = told(None, schedule_report(None, schedule(), ANNA, RIGA, at("2026-06-01T00:00")))
    known = told(known, come_due(known, at("2026-06-01T03:30"), at("2026-06-01T03:31")))
    known = told(known, note_made(known, date(2026, 6, 1), FILE, "a.csv"))
    other = schedule(report="debts")
    assert (
        told(known, schedule_report(known, schedule(at="07:00"), ANNA, RIGA, at("2026-06-01T04:00"))).last is not None
    )
    assert told(known, schedule_report(known, other, ANNA, RIGA, at("2026-06-01T04:00"))).last is None


def test_an_equal_schedule_changes_nothing_and_who_changes_it_is_its_maker():
    now = at("2026-06-01T00:00")
    known = told(None, schedule_report(None, schedule(), ANNA, RIGA, now))
    assert schedule_report(known, schedule(), ANNA, RIGA, now) == []
    assert told(known, schedule_report(known, schedule(), Maker("bert", True), RIGA, now)).maker == "bert"
    ended = told(known, end_report_schedule(known, "", "unread", now.date()))
    assert (ended.next_at, end_report_schedule(ended, "", "unread", now.date())) == (None, [])
    assert told(ended, schedule_report(ended, schedule(), ANNA, RIGA, now)).next_at is not None


def test_a_dealer_neither_sees_nor_takes_the_schedule_of_the_house():
    now = at("2026-06-01T00:00")
    known = told(None, schedule_report(None, schedule(), ANNA, RIGA, now))
    with pytest.raises(NotFound):
        end_report_schedule(known, "east", "mine", now.date())
    with pytest.raises(BillingError, match="taken"):
        schedule_report(known, schedule(), EVA, RIGA, now)
    own = told(None, schedule_report(None, schedule(), EVA, RIGA, now))
    assert end_report_schedule(own, "east", "unread", now.date())


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"recipients": ()}, "recipients"), ({"recipients": ("nobody",)}, "recipients"),
        ({"recipients": ("a@x.test\nBcc: b@x.test",)}, "recipients"),
        ({"recipients": ("a@x.test", "a@x.test")}, "recipients"), ({"at": "6:30"}, "at"), ({"at": "24:00"}, "at"),
        ({"every": "week"}, "weekday"), ({"weekday": "monday"}, "weekday"),
        ({"every": "month"}, "day"), ({"every": "month", "day": 32}, "day"), ({"every": "month", "day": 0}, "day"),
        ({"code": "My report"}, "code"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_by_its_field(terms: dict[str, Any], field: str):
    with pytest.raises(BillingError) as refused:
        schedule_report(None, schedule(**terms), ANNA, RIGA, at("2026-06-01T00:00"))
    assert refused.value.field == field


def test_a_schedule_is_read_as_it_was_written():
    known = told(None, schedule_report(None, schedule(every="month", day=1), ANNA, RIGA, at("2026-06-01T00:00")))
    assert msgspec.json.decode(msgspec.json.encode(known), type=KnownSchedule) == known
