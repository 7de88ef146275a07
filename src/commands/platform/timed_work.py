"""Timed work: what is done once on every business date, from a time of day on, such as the nightly billing run.

A work has come when the business date that it would be done for is later than the one it was last done for. So one
that was missed for several nights is done once. Worked example, at 02:00, last done for 9 May:

    10 May 01:59   nothing: until 02:00 it is the night of 9 May
    10 May 02:00   done for 10 May
    14 May 13:00   done for 14 May, once, though three nights were missed
    13 May 02:00   nothing: the clock went back by a day
    11 May 02:00   done for 11 May: the clock was more than a day ahead before, and is right now

A work that fails has ended: it is shown, and done again on the next date or by hand. One that is killed or stopped
before its end is done again. All works are under one lock, so one runs at a time, in whichever process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

import msgspec

from billing_core.kernel.errors import BillingError, TookTooLong, Unavailable
from commands.platform.ports import Origin
from commands.platform.progress import Progress

MOST_BACK = timedelta(days=1)

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Raised by a work's progress when the process is asked to end."""


class Task(NamedTuple):
    """One doing of a work: in whose name and for which business date, `origin.today`; and whom to show progress."""

    origin: Origin
    progress: Progress


class TimedWork(NamedTuple):
    """`work` does it and returns what came of it in words; `at` is the time of day from which it is done."""

    name: str
    at: time
    work: Callable[[Task], str]


class WorkRecord(msgspec.Struct, frozen=True):
    """When a work was last started, by whom, when it ended, what came of it, and the date it was last done for.

    `wanted_by` asked for it to be done as soon as a worker is free.
    """

    name: str
    last_on: date
    state: str
    outcome: str
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    wanted_by: str | None = None


class WorkRecords(Protocol):
    """The record of every work."""

    def only_runner(self, *, waits: bool = False) -> AbstractContextManager[bool]:
        """Keep other processes from working; False while another one works, unless it is waited for."""

    def register(self, last_on: Mapping[str, date]) -> None:
        """Note works that are new as done for a date."""

    def records(self) -> Mapping[str, WorkRecord]:
        """Every record by name."""

    def want(self, name: str, by: str) -> None:
        """Note that somebody wants a work done."""

    def started(self, name: str, by: str, at: datetime) -> None:
        """Note that a work runs."""

    def ended(self, name: str, state: str, outcome: str, at: datetime, last_on: date | None) -> None:
        """Note how a work ended, and the date it counts as done for; None if it is to be done again.

        What has ended is no longer wanted.
        """


# --- rules


def due_on(at: time, local_now: datetime) -> date:
    """The date a work is done for at a local time: at 02:00, it is that of the day before until 01:59."""
    return (local_now.replace(tzinfo=None) - timedelta(hours=at.hour, minutes=at.minute)).date()


def has_come(last_on: date, on: date) -> bool:
    """Whether a work that was last done for one date is to be done for another."""
    return on > last_on or last_on - on > MOST_BACK


def next_due_at(at: time, last_on: date) -> datetime:
    """The local time from which a work is done again."""
    return datetime.combine(last_on + timedelta(days=1), at)


# --- running


class WorkRunner:
    """Does works when they have come, or when a person starts one."""

    def __init__(
        self,
        records: WorkRecords,
        works: Iterable[TimedWork],
        local_now: Callable[[], datetime],
        origin: Callable[[str], Origin],
        progress: Progress,
    ) -> None:
        """`local_now` is the time in the sellers' zone; `origin` makes an origin in a person's or a work's name."""
        self._records = records
        self.works = {work.name: work for work in works}
        self._local_now = local_now
        self._origin = origin
        self._progress = progress

    def register(self) -> None:
        """Works that are new have their next time before them: none is done at once."""
        now = self._local_now()
        self._records.register({work.name: due_on(work.at, now) for work in self.works.values()})

    def advance(self) -> Sequence[str]:
        """Do every work that has come, in order of time; which. Another process that works is not waited for.

        One that is stopped, or finds the database unavailable, ends all of them: they are done again.
        """
        if not self._come():
            return ()
        with self._records.only_runner() as is_alone:
            # Asked again: another process may have done them since.
            come = self._come() if is_alone else []
            for work, by in come:
                self._do(work, by, due_on(work.at, self._local_now()))
            return [work.name for work, _ in come]

    def start(self, name: str, by: str) -> WorkRecord:
        """Do a work now in the name of a person, after one that is under way; what came of it."""
        work = self.works[name]
        self.register()
        with self._records.only_runner(waits=True):
            self._do(work, by, due_on(work.at, self._local_now()))
        return self._records.records()[name]

    def ask_for(self, name: str, by: str) -> None:
        """Have a work done by the next worker that is free, in the name of a person."""
        self.register()
        self._records.want(name, by)

    def _come(self) -> list[tuple[TimedWork, str]]:
        """The works that have come or are wanted, in order of time, each with who does it."""
        records = self._records.records()
        if not self.works.keys() <= records.keys():
            self.register()
            records = self._records.records()
        now = self._local_now()
        come = [
            (work, records[work.name].wanted_by or f"timed work {work.name}")
            for work in self.works.values()
            if records[work.name].wanted_by or has_come(records[work.name].last_on, due_on(work.at, now))
        ]
        return sorted(come, key=lambda each: each[0].at)

    def _do(self, work: TimedWork, by: str, on: date) -> None:
        """A work ends with what came of it, failed, or is left to be done again."""
        origin = self._origin(by)
        self._records.started(work.name, by, origin.recorded_at)
        state, outcome, last_on = "interrupted", "the process was asked to end", None
        try:
            outcome = work.work(Task(origin, self._progress))
            state, last_on = "done", on
        except Stopped:
            raise
        except (BillingError, TookTooLong) as error:
            state, outcome, last_on = "failed", str(error), on
        except Unavailable as error:
            outcome = str(error)
            raise
        except Exception as error:
            logger.exception("Timed work %s failed.", work.name)
            state, outcome, last_on = "failed", f"{type(error).__name__}: {error}", on
        finally:
            self._records.ended(work.name, state, outcome, self._origin(by).recorded_at, last_on)
