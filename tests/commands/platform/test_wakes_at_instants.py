"""Wake-ups at an instant: a deadline that has one comes then, whatever date it is for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries
from billing_core.parties.sellers import Seller
from commands.parties import RegisterSeller
from commands.platform.bus import Command
from commands.platform.wakes import WakeUp
from projections.platform.deadlines import list_deadlines
from tests.commands.platform.test_wakes import Diary
from tests.operators import Operator

VISIT = "visit"
STREAM = "account/A0001"
TWO = datetime(2036, 2, 1, 14, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Hands:
    """A worker whose clock is set by hand."""

    def __init__(self, operator: Operator, now: datetime, handler: Callable[[WakeUp], Command] | None = None) -> None:
        self.now = now
        self.diary = Diary()
        application = operator.application
        clock = SellerClock(application.store, application.tables, now=lambda: self.now)
        self.automation = Automation(application, (), {VISIT: handler or self.diary}, (), clock=clock)

    def wake(self, now: datetime) -> list[str]:
        """The subjects for which it is woken at an instant."""
        self.now = now
        known = len(self.diary.woken)
        self.automation.wake_ups.advance()
        return [wake_up.subject for wake_up in self.diary.woken[known:]]


def appoint(operator: Operator, at: datetime | None, subject: str = "", on: date | None = None) -> None:
    """A deadline as an area would fold it; a later one of the same subject takes its place."""
    statement = """INSERT INTO live.deadlines (stream, kind, subject, due_on, due_at) VALUES (%s, %s, %s, %s, %s)
                   ON CONFLICT (stream, kind, subject)
                   DO UPDATE SET due_on = excluded.due_on, due_at = excluded.due_at"""
    day = on or (at.astimezone(UTC).date() if at else None)
    with operator.application.tables.transaction("live") as cursor:
        cursor.execute(statement, (STREAM, VISIT, subject, day, at))


@pytest.fixture
def hands(operator: Operator) -> Hands:
    operator.subscriber()
    operator.application.runner.catch_up()
    return Hands(operator, TWO - 2 * HOUR)


def test_a_deadline_comes_at_its_instant_once(operator: Operator, hands: Hands):
    appoint(operator, TWO)

    assert hands.wake(TWO - MINUTE) == []
    assert hands.wake(TWO) == [""]
    assert hands.wake(TWO) == hands.wake(TWO + HOUR) == []
    assert hands.diary.woken == [WakeUp(TWO.date(), STREAM, VISIT, "", TWO)]


def test_a_clock_that_stands_wakes_for_what_is_appointed_late(operator: Operator, hands: Hands):
    assert hands.wake(TWO) == []
    appoint(operator, TWO - MINUTE, "late")
    appoint(operator, TWO + MINUTE, "early")

    assert hands.wake(TWO) == ["late"]
    assert hands.wake(TWO) == []


def test_two_of_one_day_with_other_subjects_come_each_at_its_instant(operator: Operator, hands: Hands):
    appoint(operator, TWO + HOUR, "a")
    appoint(operator, TWO, "b")

    assert hands.wake(TWO + MINUTE) == ["b"]
    assert hands.wake(TWO + HOUR) == ["a"]


def test_a_clock_that_jumps_ahead_wakes_in_order_of_instant_and_going_back_wakes_nobody(
    operator: Operator, hands: Hands
):
    appoint(operator, TWO + HOUR, "third")
    appoint(operator, None, "first", on=TWO.date())
    appoint(operator, TWO + 30 * HOUR, "fourth")
    appoint(operator, TWO, "second")
    appoint(operator, TWO + 90 * HOUR, "last")

    assert hands.wake(TWO + 50 * HOUR) == ["first", "second", "third", "fourth"]
    assert hands.wake(TWO - HOUR) == hands.wake(TWO) == hands.wake(TWO + 50 * HOUR) == []
    assert hands.wake(TWO + 90 * HOUR) == ["last"]


def test_one_that_is_moved_on_its_day_is_another_one(operator: Operator, hands: Hands):
    appoint(operator, TWO)
    assert hands.wake(TWO) == [""]

    appoint(operator, TWO + HOUR)
    assert hands.wake(TWO + MINUTE) == []
    assert hands.wake(TWO + HOUR) == [""]
    assert operator.select("SELECT due_at FROM billing.wake_ups") == [(TWO + HOUR,)]

    appoint(operator, None, on=TWO.date())  # The same day, without an instant now.
    assert hands.wake(TWO + HOUR) == [""]
    assert [wake_up.at for wake_up in hands.diary.woken] == [TWO, TWO + HOUR, None]


def test_of_the_hour_that_comes_twice_each_has_its_own_instant(operator: Operator, hands: Hands):
    """In Riga, clocks go back from 04:00 to 03:00 on 26 October 2036: 03:30 is 00:30 and again 01:30 in UTC."""
    riga = ZoneInfo("Europe/Riga")
    first, second = (datetime(2036, 10, 26, 3, 30, tzinfo=riga, fold=fold) for fold in (0, 1))
    appoint(operator, second, "winter time")
    appoint(operator, first, "summer time")

    assert hands.wake(datetime(2036, 10, 26, 0, 29, tzinfo=UTC)) == []
    assert hands.wake(datetime(2036, 10, 26, 0, 30, tzinfo=UTC)) == ["summer time"]
    assert hands.wake(datetime(2036, 10, 26, 1, 29, tzinfo=UTC)) == []
    assert hands.wake(datetime(2036, 10, 26, 1, 30, tzinfo=UTC)) == ["winter time"]


def test_the_hour_that_is_left_out_delays_nothing(operator: Operator, hands: Hands):
    """In Riga, clocks go from 03:00 to 04:00 on 30 March 2036, which is 01:00 in UTC."""
    gap = datetime(2036, 3, 30, 3, 30, tzinfo=ZoneInfo("Europe/Riga"))
    appoint(operator, gap)

    assert hands.wake(datetime(2036, 3, 30, 1, 29, tzinfo=UTC)) == []
    assert hands.wake(datetime(2036, 3, 30, 1, 30, tzinfo=UTC)) == [""]


def test_an_instant_of_the_evening_does_not_come_early_because_it_is_tomorrow_elsewhere(
    operator: Operator, hands: Hands
):
    """At 20:00 in UTC it is the next day in Auckland, where a seller is."""
    series: Any = {
        kind: NumberSeries(prefix=prefix, width=9) for kind, prefix in (("invoice", "8"), ("credit-note", "9"))
    }
    far = Seller(code="far", name="Far", address=Address(), time_zone="Pacific/Auckland", series=series)
    operator.tell(RegisterSeller(seller=far), today=date(2020, 1, 1))
    appoint(operator, datetime(2036, 2, 1, 21, tzinfo=UTC), "evening")
    appoint(operator, None, "tomorrow", on=date(2036, 2, 2))

    assert hands.wake(datetime(2036, 2, 1, 20, tzinfo=UTC)) == []
    assert hands.wake(datetime(2036, 2, 1, 21, tzinfo=UTC)) == ["evening"]
    assert hands.wake(datetime(2036, 2, 2, 0, tzinfo=UTC)) == ["tomorrow"]


def test_for_a_clock_that_is_kept_on_a_day_its_instants_have_come(operator: Operator, hands: Hands):
    appoint(operator, TWO, "today")
    appoint(operator, TWO + 12 * HOUR, "tomorrow")
    application, diary = operator.application, Diary()
    clock = SellerClock(application.store, application.tables, TWO.date())

    Automation(application, (), {VISIT: diary}, (), clock=clock).wake_ups.advance()

    assert [wake_up.subject for wake_up in diary.woken] == ["today"]


def test_a_refused_command_is_listed_with_its_instant_and_retried(operator: Operator, hands: Hands):
    diary = Diary()

    def refused(wake_up: WakeUp) -> Command:
        return msgspec.structs.replace(diary(wake_up), account="A9")

    appoint(operator, TWO)
    appoint(operator, TWO + HOUR, "another")
    made = Hands(operator, TWO, refused).automation
    made.wake_ups.advance()

    (listed,) = made.refused.listed("wake-up")
    assert (listed.cause.due_at, listed.cause.due_on) == (TWO, TWO.date())
    assert hands.automation.wake_ups.retry(listed, "clerk", made.refused) is None
    assert hands.diary.woken == [WakeUp(TWO.date(), STREAM, VISIT, "", TWO)]
    assert made.refused.listed("wake-up") == []


def test_the_list_names_the_instant_and_what_was_handed_at_it(operator: Operator, hands: Hands):
    appoint(operator, TWO)
    appoint(operator, TWO + HOUR, "another")
    hands.wake(TWO)
    appoint(operator, TWO + MINUTE)

    with operator.application.tables.transaction("live") as cursor:
        listed = list_deadlines(cursor, 50)

    assert [(row.due_at, row.subject, row.is_handed) for row in listed] == [
        (TWO + MINUTE, "", False),
        (TWO + HOUR, "another", False),
    ]
