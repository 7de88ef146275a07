"""Does jobs: takes one, does it in the name of who asked for it, and notes what came of it.

While a job is done, a thread renews its heartbeat, shows its progress, and hears whether it is to end. A job ends early
at the next report of progress, which every run gives between two writes. One that was cut off is done again
from the start, by the same or another worker, until it ends: what was done before is not done twice.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import msgspec

from adapters.bootstrap.application import Application
from adapters.bootstrap.jobs import Job, Work, kinds, kinds_by_name
from adapters.bootstrap.operations import operations
from adapters.edge.models import read_struct
from adapters.postgres.job_uploads import PostgresJobUploads
from adapters.postgres.jobs import LEASE_SECONDS, End, JobRecord, PostgresJobs, Progress
from billing_core.kernel.errors import BillingError, TookTooLong, Unavailable
from commands.platform.answers import plain
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.timed_work import Stopped

CHANNEL = "job"
BEAT_SECONDS = 2.0
# A job that ends its worker each time would be taken up for ever.
MOST_ATTEMPTS = 10
UPLOAD = "upload"
FAULT = "a fault of the program; the log of the worker has the details"

logger = logging.getLogger(__name__)


class Cancelled(Stopped):
    """The job is to end at this point."""


class NoLongerHeld(Stopped):
    """Another worker has taken the job up, because the heartbeat did not reach the database."""


class CutOff(BillingError):
    """The job ended its worker again and again."""

    code = "cut-off"


class JobRunner:
    """Does the jobs of one database, one after the other."""

    def __init__(self, app: Application, progress: Callable[[int], None]) -> None:
        """`progress` raises `Stopped` if the worker is asked to end."""
        self._app = app
        self._jobs = PostgresJobs(app.tables)
        self._uploads = PostgresJobUploads(app.tables)
        self._progress = progress

    def advance(self) -> int:
        """Do the job that has waited longest: 1, or 0 if none waits."""
        holder = new_id()
        job = self._jobs.take(holder, f"{socket.gethostname()} {os.getpid()}", list(kinds_by_name()))
        if job is None:
            return 0
        with Held(self._jobs, job.number, holder, self._progress) as held:
            try:
                end = self._end_of(job, held)
            except NoLongerHeld:
                logger.warning("Job %s was taken up by another worker.", job.number)
                return 1
            except Stopped:
                self._jobs.give_back(job.number, holder)
                raise
        self._jobs.end(job.number, holder, end, held.progress)
        return 1

    def _end_of(self, job: JobRecord, held: Held) -> End:
        """Do a job; a database that cannot be used leaves it to be taken up again."""
        try:
            end = End("done", self._do(job, held))
        except Cancelled:
            end = End("cancelled")
        except BillingError as error:
            end = End("failed", code=error.code, reason=str(error))
        except TookTooLong as error:
            end = End("failed", code="took-too-long", reason=str(error))
        except (Stopped, Unavailable):
            raise
        except Exception:
            logger.exception("Job %s failed.", job.number)
            end = End("failed", code="fault", reason=FAULT)
        return end

    def _do(self, job: JobRecord, held: Held) -> str:
        """What came of a job, as JSON."""
        if job.cancelled_by is not None:
            raise Cancelled
        if job.attempts > MOST_ATTEMPTS:
            raise CutOff(f"it was begun {MOST_ATTEMPTS} times, and its worker ended each time")
        struct = kinds_by_name()[job.kind]
        if job.actor:  # Else the program itself asked for it.
            self._app.rights.of(job.actor).require(operations()[struct].permission)
        asked: Job = read_struct(struct, job.fields)
        with self._file_of(job) as file:
            assert job.started_at is not None
            is_again = job.attempts > 1
            work = Work(self._app, _origin(job), held.watch, job.started_at, file, job.is_dry_run, is_again)
            return _said(json.dumps(plain(kinds()[struct].do(asked, work))), file)

    @contextmanager
    def _file_of(self, job: JobRecord) -> Iterator[Path | None]:
        if job.upload is None:
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="billing-job-") as folder:
            path = Path(folder) / "file"
            self._uploads.write(job.upload, path)
            try:
                yield path
            except BillingError as error:
                for attribute in ("message", "field", "value"):
                    setattr(error, attribute, _said(getattr(error, attribute), path))
                raise


class Held:
    """A job while it is held: its progress, and whether it is to go on."""

    def __init__(self, jobs: PostgresJobs, number: int, holder: UUID, go_on: Callable[[int], None]) -> None:
        self._jobs, self._number, self._holder = jobs, number, holder
        self._go_on = go_on
        self._is_over = Event()
        self._is_held, self._is_cancelled = True, False
        self._thread = Thread(target=self._beat, name=f"heartbeat of job {number}", daemon=True)
        self.progress = Progress()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    @contextmanager
    def watch(self, step: str, unit: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """A step of the job: each report counts units, and ends the job if it is to end."""
        self.progress = Progress(step, unit, 0, total)
        self._advance(0)
        yield self._advance

    def _advance(self, count: int) -> None:
        self.progress = msgspec.structs.replace(self.progress, done=self.progress.done + count)
        self._go_on(count)
        if not self._is_held:
            raise NoLongerHeld
        if self._is_cancelled:
            raise Cancelled

    def _beat(self) -> None:
        renewed_at = monotonic()
        while not self._is_over.wait(BEAT_SECONDS):
            try:
                self._is_held, self._is_cancelled = self._jobs.renew(self._number, self._holder, self.progress)
                renewed_at = monotonic()
            except Unavailable as error:
                logger.warning("The heartbeat of job %s failed: %s", self._number, error)
                self._is_held = monotonic() - renewed_at < LEASE_SECONDS
            if not self._is_held:
                return


def _origin(job: JobRecord) -> Origin:
    """All that a job changes has its id as correlation, whatever attempt does it."""
    return Origin(
        actor=job.actor or job.source,
        role=job.role,
        channel=CHANNEL,
        source=job.source,
        command_id=new_id(),
        correlation_id=job.command_id,
        recorded_at=datetime.now(UTC),
        today=job.today,
        causation_id=job.command_id,
    )


def _said(text: Any, file: Path | None) -> Any:
    """The sender of a file does not learn where it lay on this machine."""
    return text.replace(str(file), UPLOAD) if file is not None and isinstance(text, str) else text
