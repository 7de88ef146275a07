"""Timed work: done once for every business date, whatever the clock does and however many processes look at it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.seller_clock import SellerClock
from adapters.postgres.timed_work import PostgresWorkRecords
from billing_core.kernel.errors import ConnectionLost, RuleViolation, TookTooLong
from commands.platform.bus import OutcomeUnknown
from commands.platform.timed_work import Stopped, Task, TimedWork, WorkRecord, due_on, has_come, next_due_at
from tests.commands.conftest import StartProcess
from tests.operators import Operator

TWO = time(2)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


class Night:
    """A work at two o'clock that notes for which date it is done, and a clock that the test moves."""

    def __init__(self, operator: Operator, error: Exception | None = None) -> None:
        self.now = at(9, 12)
        self.done: list[date] = []
        self.error = error
        application = operator.application
        clock = SellerClock(application.store, application.tables, now=lambda: self.now)
        works = [TimedWork("count", TWO, self._work)]
        self.automation = Automation(application, (), {}, (), works, clock)
        self.works = self.automation.works
        self.works.register()

    def _work(self, task: Task) -> str:
        if self.error is not None:
            raise self.error
        self.done.append(task.origin.today)
        return f"counted {len(self.done)}"

    def look(self, *instants: datetime) -> list[date]:
        """What was done at these instants."""
        before = len(self.done)
        for self.now in instants:
            self.works.advance()
        return self.done[before:]

    @property
    def record(self) -> WorkRecord:
        return self.automation.work_records.records()["count"]


def test_until_its_time_of_day_it_is_the_night_of_the_day_before():
    assert due_on(TWO, at(10, 1, 59)) == date(2026, 5, 9)
    assert due_on(TWO, at(10, 2)) == date(2026, 5, 10)
    assert next_due_at(TWO, date(2026, 5, 9)).isoformat() == "2026-05-10T02:00:00"


@pytest.mark.parametrize(("on", "expected"), [(8, False), (9, False), (10, True), (14, True), (7, True)])
def test_a_work_last_done_for_the_ninth_has_come(on: int, expected: bool):
    """Also for the seventh: the clock must have been wrong by more than a day when it was done."""
    assert has_come(date(2026, 5, 9), date(2026, 5, on)) is expected


def test_it_is_done_once_each_night(operator: Operator):
    night = Night(operator)

    assert night.look(at(9, 12), at(10, 1, 59)) == []
    assert night.look(at(10, 2), at(10, 2), at(10, 23), at(11, 1)) == [date(2026, 5, 10)]
    assert night.look(at(11, 2)) == [date(2026, 5, 11)]
    record = night.record
    assert (record.state, record.outcome, record.last_on) == ("done", "counted 2", date(2026, 5, 11))
    assert (record.started_by, record.started_at, record.ended_at) == ("timed work count", at(11, 2), at(11, 2))


def test_nights_that_were_missed_are_caught_up_once(operator: Operator):
    night = Night(operator)

    assert night.look(at(14, 13), at(14, 14)) == [date(2026, 5, 14)]


def test_a_clock_that_stands_or_goes_back_does_nothing_twice(operator: Operator):
    night = Night(operator)
    night.look(at(10, 2))

    assert night.look(at(10, 2), at(10, 1), at(9, 12), at(10, 2), at(10, 12)) == []
    assert night.look(at(11, 2)) == [date(2026, 5, 11)]


def test_a_clock_that_was_far_ahead_and_is_right_again_does_not_stop_the_work(operator: Operator):
    night = Night(operator)

    assert night.look(at(30, 2), at(10, 2), at(10, 3), at(11, 2)) == [
        date(2026, 5, 30),
        date(2026, 5, 10),
        date(2026, 5, 11),
    ]


def test_two_who_look_at_once_do_it_once(operator: Operator):
    nights = [Night(operator) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda night: night.look(at(10, 2)), nights))

    assert sorted(found, key=len) == [[], [], [], [date(2026, 5, 10)]]


@pytest.mark.parametrize("kind", [RuleViolation, TookTooLong])
def test_a_work_that_fails_is_shown_and_is_done_on_the_next_date_or_by_hand(
    operator: Operator, kind: Callable[[str], Exception]
):
    night = Night(operator, kind("3 invariants do not hold"))
    night.look(at(10, 2), at(10, 3))
    assert (night.record.state, night.record.outcome) == ("failed", "3 invariants do not hold")

    night.error = None
    assert night.look(at(10, 4)) == []
    record = night.works.start("count", "clerk")
    assert (record.state, record.started_by, night.done) == ("done", "clerk", [date(2026, 5, 10)])


def test_a_fault_of_a_work_is_shown_and_the_others_are_done(operator: Operator):
    night = Night(operator, KeyError("what"))
    other = TimedWork("other", time(3), lambda task: "well")
    night.works.works["other"] = other
    night.works.register()

    night.look(at(10, 3))

    assert (night.record.state, night.record.outcome) == ("failed", "KeyError: 'what'")
    assert night.automation.work_records.records()["other"].outcome == "well"


@pytest.mark.parametrize("error", [Stopped(), ConnectionLost("away"), OutcomeUnknown("away")])
def test_a_work_that_did_not_come_to_its_end_is_done_again_and_none_is_begun_after_it(
    operator: Operator, error: Exception
):
    night = Night(operator, error)
    night.works.works["other"] = TimedWork("other", time(3), lambda task: "well")
    night.works.register()
    with pytest.raises(type(error)):
        night.look(at(10, 3))
    assert night.automation.work_records.records()["other"].state == "never started"
    assert (night.record.state, night.record.last_on) == ("interrupted", date(2026, 5, 9))

    night.error = None
    assert night.look(at(10, 3)) == [date(2026, 5, 10)]


def test_a_work_that_somebody_wants_is_done_in_that_name_until_it_has_come_to_its_end(operator: Operator):
    night = Night(operator, Stopped())
    night.works.ask_for("count", "anna")
    with pytest.raises(Stopped):
        night.look(at(10, 1))
    assert (night.record.state, night.record.wanted_by) == ("interrupted", "anna")

    night.error = None
    assert night.look(at(10, 1), at(10, 1)) == [date(2026, 5, 10)]
    assert (night.record.started_by, night.record.wanted_by) == ("anna", None)
    assert night.record.last_on == date(2026, 5, 9)  # Before its time of day: it is done again at two o'clock.
    assert len(night.look(at(10, 2))) == 1


KILLED = """
    import os, signal, sys
    from adapters.bootstrap.application import Application
    from tests.commands.platform.test_timed_work import Night, at
    from tests.operators import Operator

    night = Night(Operator(Application(sys.argv[1]), sys.argv[1]))
    night.done = type("", (list,), {"append": lambda *_: os.kill(os.getpid(), signal.SIGKILL)})()
    night.look(at(10, 2))
"""


def test_a_work_whose_process_was_killed_is_done_again(operator: Operator, start_process: StartProcess):
    night = Night(operator)
    assert start_process(KILLED, operator.database_url).wait(60) == -signal.SIGKILL
    assert night.record.state == "running"
    assert not PostgresWorkRecords(operator.application.tables).is_any_running()

    assert night.look(at(10, 2)) == [date(2026, 5, 10)]


def test_a_work_runs_in_the_zone_in_which_the_day_begins_last(operator: Operator):
    """The seller `north` is in UTC; another one in Chicago begins its 10 May five hours later."""
    operator.execute(
        """UPDATE billing.events SET state = replace(convert_from(state, 'UTF8'), '"UTC"', '"America/Chicago"')::bytea
           WHERE originator_id = 'seller/north'"""
    )
    night = Night(operator)

    assert night.look(at(10, 2), at(10, 6, 59)) == []
    assert night.look(at(10, 7)) == [date(2026, 5, 10)]
    assert night.now - timedelta(hours=5) == at(10, 2)
