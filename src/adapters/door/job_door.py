"""Jobs over HTTP: started, seen and cancelled by who may.

Who has started a job may see and cancel it. Others see it if a role permits its kind, to be started
(`billing.change.run-billing`) or to be seen (`billing.read.run-billing`), and cancel it if they might start it. A job
that may not be seen is as unknown as one that does not exist.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

import msgspec

from adapters.bootstrap.jobs import kinds, kinds_by_name
from adapters.bootstrap.operations import Operation, operations
from adapters.door.door import Caller, Door
from adapters.edge.models import read_struct
from adapters.postgres.job_uploads import PostgresJobUploads
from adapters.postgres.jobs import JobRecord, JobRequest, PostgresJobs, Progress
from adapters.views.query import Page, page_of
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.staff.roles import permits
from commands.platform.ports import CommandIdReused, Origin
from commands.staff.rights import Rights

NUMBER_DIGITS = 18
PART_BYTES = 1_000_000
MOST_FILE_BYTES = 2_000_000_000


class JobCard(msgspec.Struct):
    """A job: `state` is waiting, running, done, failed or cancelled; `result` is what came of it.

    A failed one has a `code` and a `reason`. All that it changes has its `correlation_id`. It began `attempts` times:
    more than once if it was cut off, and the result then counts what earlier attempts did as known before.
    """

    job: int
    kind: str
    fields: dict[str, Any]
    dry_run: bool
    actor: str
    source: str
    correlation_id: UUID
    asked_at: datetime
    state: str
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None
    progress: Progress
    cancelled_by: str | None
    code: str
    reason: str
    result: Any = None


class Asked(NamedTuple):
    """A job that may be started: by whom it is asked for, what, and whether it is only rehearsed."""

    operation: Operation
    origin: Origin
    fields: Mapping[str, Any]
    is_dry_run: bool


class JobDoor:
    """Carries out requests about jobs."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._jobs = PostgresJobs(door.app.tables)
        self.uploads = PostgresJobUploads(door.app.tables)

    def admit(self, operation: Operation, fields: Mapping[str, Any], caller: Caller, *, dry_run: bool) -> Asked:
        """Whether who asks may start the job with these fields; a refused attempt is kept for the LOG."""
        rights = self._door.rights_of(caller)
        origin = self._door.origin(rights, caller)
        try:
            rights.require(operation.permission)
            read_struct(operation.struct, fields)
            if dry_run and not kinds()[operation.struct].rehearses:
                raise InvalidValue("has no rehearsal", field="dry_run", value=operation.name)
        except BillingError as error:
            self._door.refused.note(operation.permission, error, origin)
            raise
        return Asked(operation, origin, fields, dry_run)

    def start(self, asked: Asked, upload: UUID | None = None, file_hash: bytes = b"") -> JobCard:
        """The job that was asked for. With a known Idempotency-Key it is the first one again."""
        origin, name = asked.origin, asked.operation.name
        content = json.dumps([name, dict(asked.fields), asked.is_dry_run, file_hash.hex()], sort_keys=True)
        content_hash = hashlib.sha256(content.encode()).digest()
        number = self._jobs.ask(
            JobRequest(
                origin.command_id, content_hash, name, asked.fields, asked.is_dry_run, upload, origin.actor,
                origin.role, origin.source, origin.today, origin.recorded_at,
            )
        )  # fmt: skip
        if number is None:
            if upload is not None:
                self.uploads.remove(upload)
            number, known_hash = self._jobs.asked(origin.command_id)
            if known_hash != content_hash:
                raise CommandIdReused(
                    "was already used for another job; use a new key for every job", field="Idempotency-Key",
                )  # fmt: skip
        return self._card(number)

    def start_with_file(self, asked: Asked, file: BinaryIO) -> JobCard:
        """The job that was asked for, with the file that it reads; one that cannot be kept leaves nothing behind."""
        upload, hashed, part = self.uploads.begin(), hashlib.sha256(), 0
        try:
            while content := file.read(PART_BYTES):
                hashed.update(content)
                self.uploads.add(upload, part, content)
                part += 1
            if not part:
                raise InvalidValue("is empty; choose a file with content", field="file")
            return self.start(asked, upload, hashed.digest())
        except BaseException:
            self.uploads.remove(upload)
            raise

    def list_jobs(self, caller: Caller, limit: int, before: str, kind: str = "") -> Page[JobCard]:
        """The jobs that who asks may see, the newest first, without their results; those of one kind if it is named."""
        rights = self._door.rights_of(caller)
        seen = [name for name in kinds_by_name() if kind in ("", name) and _may_see(rights, name)]
        own = None if kind else _own_jobs_of(rights)
        found = self._jobs.newest(seen, own, limit + 1, _number(before, "before") if before else None)
        return page_of([_card(job) for job in found], limit, lambda card: card.job)

    def show_job(self, caller: Caller, job: str) -> JobCard:
        """A job with what came of it."""
        found = self._seen(self._door.rights_of(caller), _number(job, "job"))
        return self._card(found.number)

    def watched(self, operator: str, number: int) -> JobCard:
        """A job without its result, for who watches it and still may."""
        return _card(self._seen(self._door.app.rights.of(operator), number))

    def operator_of(self, caller: Caller) -> str:
        """Who asks."""
        return self._door.rights_of(caller).operator.code

    def cancel_job(self, caller: Caller, job: str) -> JobCard:
        """Ask that a job ends at its next safe point."""
        rights = self._door.rights_of(caller)
        found = self._seen(rights, _number(job, "job"))
        permission = _operation(found.kind).permission
        try:
            if found.actor != _own_jobs_of(rights):
                rights.require(permission)
            if not self._jobs.cancel(found.number, rights.operator.code):
                raise RuleViolation(f"has ended: it is {found.state}", field="job", value=found.number)
        except BillingError as error:
            self._door.refused.note(permission, error, self._door.origin(rights, caller))
            raise
        return self._card(found.number)

    def _card(self, number: int) -> JobCard:
        found = self._jobs.find(number)
        assert found is not None
        card = _card(found)
        card.result = self._jobs.result(number) if found.has_ended else None
        return card

    def _seen(self, rights: Rights, number: int) -> JobRecord:
        found = self._jobs.find(number)
        if found is None or not (found.actor == _own_jobs_of(rights) or _may_see(rights, found.kind)):
            raise NotFound("no such job; `billing jobs` lists them", field="job", value=number)
        return found


def _own_jobs_of(rights: Rights) -> str:
    """Whose jobs are seen without a permission: the own ones, unless a key is for a part of what the roles permit."""
    return "" if rights.is_limited else rights.operator.code


def _may_see(rights: Rights, kind: str) -> bool:
    return kind in kinds_by_name() and any(
        permits(rights.permissions, permission) for permission in _operation(kind).permissions
    )


def _operation(kind: str) -> Operation:
    return operations()[kinds_by_name()[kind]]


def _number(written: str, field: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= NUMBER_DIGITS):
        raise NotFound("no such job; `billing jobs` lists them", field=field, value=written)
    return int(written)


def _card(job: JobRecord) -> JobCard:
    return JobCard(
        job=job.number, kind=job.kind, fields=job.fields, dry_run=job.is_dry_run, actor=job.actor, source=job.source,
        correlation_id=job.command_id, asked_at=job.asked_at, state=job.state, attempts=job.attempts,
        started_at=job.started_at, ended_at=job.ended_at, progress=job.progress, cancelled_by=job.cancelled_by,
        code=job.code, reason=job.reason,
    )  # fmt: skip
