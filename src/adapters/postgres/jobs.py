"""Jobs in the database: asked for once, held by one worker at a time, and ended once.

A worker that takes a job holds it by an id of its own, and renews the heartbeat meanwhile. A job whose heartbeat has
stopped belongs to a worker that died: the next one that looks takes it up again. What the earlier one still says about
it is refused, because it is no longer the holder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from adapters.postgres.tables import PostgresTables

SCHEMA = "billing"
LEASE_SECONDS = 15
KEPT_DAYS = 30
COLUMNS = """number, command_id, kind, fields, is_dry_run, upload, actor, role, source, today, asked_at, state,
    attempts, started_at, step, unit, steps_done, steps_total, cancelled_by, ended_at, code, reason"""
INSERT = """
    INSERT INTO jobs (command_id, content_hash, kind, fields, is_dry_run, upload, actor, role, source, today, asked_at,
        state)
    VALUES (%(command_id)s, %(content_hash)s, %(kind)s, %(fields)s, %(is_dry_run)s, %(upload)s, %(actor)s, %(role)s,
        %(source)s, %(today)s, %(asked_at)s, 'waiting')
    ON CONFLICT (command_id) DO NOTHING RETURNING number
"""
TAKE = f"""
    UPDATE jobs SET state = 'running', holder = %(holder)s, worker = %(worker)s, attempts = attempts + 1,
        heartbeat_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()),
        step = '', unit = '', steps_done = 0, steps_total = NULL
    WHERE number = (
        SELECT number FROM jobs
        WHERE kind = ANY(%(kinds)s) AND (state = 'waiting'
            OR state = 'running' AND heartbeat_at < clock_timestamp() - make_interval(secs => {LEASE_SECONDS}))
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING {COLUMNS}
"""
RENEW = """
    UPDATE jobs SET heartbeat_at = clock_timestamp(), step = %(step)s, unit = %(unit)s, steps_done = %(done)s,
        steps_total = %(total)s
    WHERE number = %(number)s AND holder = %(holder)s RETURNING cancelled_by
"""
END = """
    UPDATE jobs SET state = %(state)s, holder = NULL, ended_at = clock_timestamp(), result = %(result)s,
        code = %(code)s, reason = %(reason)s, step = %(step)s, unit = %(unit)s, steps_done = %(done)s,
        steps_total = %(total)s
    WHERE number = %(number)s AND holder = %(holder)s
"""
DELETE_UPLOAD = "DELETE FROM job_uploads WHERE id = (SELECT upload FROM jobs WHERE number = %s)"
GIVE_BACK = """
    UPDATE jobs SET state = 'waiting', holder = NULL, attempts = attempts - 1
    WHERE number = %(number)s AND holder = %(holder)s
"""
CANCEL = """
    UPDATE jobs SET cancelled_by = coalesce(cancelled_by, %(by)s),
        state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
        ended_at = CASE state WHEN 'waiting' THEN clock_timestamp() ELSE ended_at END
    WHERE number = %(number)s AND state IN ('waiting', 'running') RETURNING state
"""
LIST = f"""
    SELECT {COLUMNS} FROM jobs
    WHERE (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s) OR actor = %(actor)s)
        AND (%(before)s::bigint IS NULL OR number < %(before)s)
    ORDER BY number DESC LIMIT %(limit)s
"""
DELETE_OLD = f"DELETE FROM jobs WHERE ended_at < now() - make_interval(days => {KEPT_DAYS})"


class Progress(msgspec.Struct, frozen=True):
    """How far a job is: the step that is under way, and how many units of it are done, of how many if that is known."""

    step: str = ""
    unit: str = ""
    done: int = 0
    total: int | None = None


class JobRequest(NamedTuple):
    """What is asked for, by whom, from where and for which business date; without an actor by the program itself."""

    command_id: UUID
    content_hash: bytes
    kind: str
    fields: Mapping[str, Any]
    is_dry_run: bool
    upload: UUID | None
    actor: str
    role: str
    source: str
    today: date
    asked_at: datetime


class JobRecord(msgspec.Struct, frozen=True):
    """A job, and what became of it so far."""

    number: int
    command_id: UUID
    kind: str
    fields: dict[str, Any]
    is_dry_run: bool
    upload: UUID | None
    actor: str
    role: str
    source: str
    today: date
    asked_at: datetime
    state: str
    attempts: int
    started_at: datetime | None
    progress: Progress
    cancelled_by: str | None
    ended_at: datetime | None
    code: str
    reason: str

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None


class End(NamedTuple):
    """How a job ended: `done` with a result as JSON, `failed` with a code and a reason, or `cancelled`."""

    state: str
    result: str | None = None
    code: str = ""
    reason: str = ""


class PostgresJobs:
    """The table of jobs."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def ask(self, request: JobRequest) -> int | None:
        """The number of a new job; None if there is one of this id already. Jobs that ended long ago are removed."""
        row = request._asdict() | {"fields": json.dumps(request.fields)}
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute(DELETE_OLD)
            found = cursor.execute(INSERT, row).fetchone()
        return found[0] if found else None

    def asked(self, command_id: UUID) -> tuple[int, bytes]:
        """The job of an id, and the hash of what was asked for under it."""
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "SELECT number, content_hash FROM jobs WHERE command_id = %s"
            row = cursor.execute(statement, (command_id,)).fetchone()
        assert row is not None
        return row[0], row[1]

    def find(self, number: int) -> JobRecord | None:
        """A job by its number."""
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute(f"SELECT {COLUMNS} FROM jobs WHERE number = %s", (number,)).fetchone()
        return None if row is None else _record(row)

    def result(self, number: int) -> Any:
        """What came of a job; None before its end."""
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute("SELECT result FROM jobs WHERE number = %s", (number,)).fetchone()
        return json.loads(row[0]) if row and row[0] is not None else None

    def newest(self, kinds: Sequence[str] | None, actor: str | None, limit: int, before: int | None) -> list[JobRecord]:
        """Jobs of some kinds, or of all, and those that an actor asked for if one is named, the newest first, before a
        number.
        """
        values = {"kinds": None if kinds is None else list(kinds), "actor": actor, "limit": limit, "before": before}
        with self._tables.transaction(SCHEMA) as cursor:
            return [_record(row) for row in cursor.execute(LIST, values)]

    def cancel(self, number: int, by: str) -> bool:
        """Ask that a job ends; one that waits has ended with it. False if it had ended before."""
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute(CANCEL, {"number": number, "by": by}).fetchone()
            if row == ("cancelled",):
                cursor.execute(DELETE_UPLOAD, (number,))
        return row is not None

    def erase_results(self) -> None:
        """For a customer who is forgotten: what came of a file may name anybody who stood in it."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("UPDATE jobs SET result = NULL, reason = '' WHERE ended_at IS NOT NULL")

    # --- the worker's side

    def take(self, holder: UUID, worker: str, kinds: Sequence[str]) -> JobRecord | None:
        """The oldest job of some kinds that waits or whose worker died, held from now on; None without any."""
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute(TAKE, {"holder": holder, "worker": worker, "kinds": list(kinds)}).fetchone()
        return None if row is None else _record(row)

    def renew(self, number: int, holder: UUID, progress: Progress) -> tuple[bool, bool]:
        """Renew the heartbeat: whether the job is still held, and whether it is to end."""
        with self._tables.transaction(SCHEMA) as cursor:
            row = cursor.execute(RENEW, _held(number, holder) | msgspec.structs.asdict(progress)).fetchone()
        return row is not None, row is not None and row[0] is not None

    def end(self, number: int, holder: UUID, end: End, progress: Progress) -> bool:
        """Note how a job ended, and remove its file; False if it is held no longer."""
        values = _held(number, holder) | end._asdict() | msgspec.structs.asdict(progress)
        with self._tables.transaction(SCHEMA) as cursor:
            is_held = cursor.execute(END, values).rowcount > 0
            if is_held:
                cursor.execute(DELETE_UPLOAD, (number,))
        return is_held

    def give_back(self, number: int, holder: UUID) -> None:
        """Let another worker take the job up again at once."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute(GIVE_BACK, _held(number, holder))


def _held(number: int, holder: UUID) -> dict[str, Any]:
    return {"number": number, "holder": holder}


def _record(row: tuple[Any, ...]) -> JobRecord:
    progress = Progress(*row[14:18])
    values = [*row[:3], json.loads(row[3]), *row[4:14], progress, *row[18:]]
    return JobRecord(*values)
