"""Keeps read models: reads the log page by page below the final mark, folds, writes, and moves the checkpoints.

One page is one transaction: every projection's statements and the checkpoints together, so a page is in the tables as a
whole or not at all. The checkpoint moves by compare-and-set, and a lock per schema lets one runner work while others
wait. A fold that fails stops the runner and names projection, position and event; nothing is skipped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic, sleep

from billing_core.kernel.errors import BillingError, Unavailable
from projections.platform.ports import Holder, Log, Page, Progress, Tables, unwatched
from projections.platform.projection import (
    Cursor,
    LoggedEvent,
    Projection,
    folded_by,
    topics_left_out,
    topics_of_nobody,
)

LIVE_SCHEMA = "live"
PAGE_EVENTS = 5_000
POLL_SECONDS = 0.005
PATIENCE_SECONDS = 30
NOTICE_SECONDS = 3

logger = logging.getLogger(__name__)


class ProjectionFailed(BillingError):
    """A fold met an event that it cannot process. The tables are as before the page."""

    code = "projection-failed"


class ProjectionOutdated(BillingError):
    """A read model was built by another version of its fold, or never built."""

    code = "projection-outdated"


class ReadModelsStandStill(Unavailable):
    """The read models did not reach the position of a write in time; the error names what stops them."""

    def __init__(self, position: int, holder: Holder | None) -> None:
        because = str(holder) if holder else "a check or a rebuild holds them up; wait until it ends"
        super().__init__(f"the read models are stuck at position {position}: {because}; then start again")


def wait_until_final(log: Log, position: int) -> int:
    """Wait while a transaction may still write at or below a position; the final position then, or after a while."""
    give_up_at = monotonic() + PATIENCE_SECONDS
    while (final := log.final_position()) < position and monotonic() < give_up_at:
        sleep(POLL_SECONDS)
    return final


class Runner:
    """Keeps a group of projections in one schema, all at the same position; `counting` picks the events that count."""

    def __init__(
        self,
        log: Log,
        tables: Tables,
        projections: Sequence[Projection],
        schema: str = LIVE_SCHEMA,
        counting: Callable[[Page], Page] | None = None,
    ) -> None:
        self._log = log
        self._tables = tables
        self._projections = projections
        self._schema = schema
        self._counting = counting
        # Which events count may depend on events that are not folded.
        self._left_out = set[str]() if counting else topics_left_out(projections)
        self._erased = topics_of_nobody(projections)

    def create_tables(self) -> None:
        """Make empty tables and checkpoints at the start of the log.

        If the others have left the start already, a missing one is not made: only a rebuild adds it to them.
        """
        with self._tables.transaction(self._schema) as cursor:
            existing = read_checkpoints(cursor, self._schema)
            if any(position for _, position in existing.values()):
                return
            for projection in self._projections:
                if projection.name not in existing:
                    cursor.execute(projection.definition)
                    cursor.execute(projection.indexes)
                    write_checkpoint(cursor, self._schema, projection, 0)

    def position(self) -> int:
        """The position of the tables. A missing or outdated projection raises `ProjectionOutdated`."""
        with self._tables.transaction(self._schema) as cursor:
            existing = read_checkpoints(cursor, self._schema)
        for projection in self._projections:
            if existing.get(projection.name, (0, 0))[0] != projection.version:
                raise ProjectionOutdated(
                    "was built by another version of the program, or never; run `billing rebuild --changed`",
                    field="read model",
                    value=projection.name,
                )
        return min(existing[projection.name][1] for projection in self._projections)

    def catch_up(self, upto: int | None = None, progress: Progress = unwatched) -> int:
        """Bring the tables to the end of the log, or to a position: they show every event up to the returned position.

        Every event written before the call is shown after it. While another transaction is open in any database of the
        server, the log is not final yet; the runner waits for it and logs which one it is.
        """
        wanted = self._log.newest_position() if upto is None else upto
        waits_since, is_told = monotonic(), False
        while True:
            position, has_more = self._fold_page_alone(upto, progress)
            if position >= wanted:
                return position
            if has_more:
                waits_since = monotonic()
                continue
            waited_seconds = monotonic() - waits_since
            if waited_seconds > PATIENCE_SECONDS:
                self._tell_holder("The newest events are not shown")
                return position
            if waited_seconds > NOTICE_SECONDS and not is_told:
                self._tell_holder(f"Waiting up to {PATIENCE_SECONDS} seconds for the newest events")
                is_told = True
            sleep(POLL_SECONDS)

    def wait_for(self, position: int) -> None:
        """Bring the tables to a position of the log; `ReadModelsStandStill` if they do not reach it in time."""
        reached = self.catch_up()
        if reached < position:
            raise self.standing_still(reached)

    def standing_still(self, position: int) -> ReadModelsStandStill:
        """The error of tables that stay at a position, with the open transaction that stops them."""
        return ReadModelsStandStill(position, self._log.holder())

    def follow(self) -> int:
        """Bring the tables to the end of the final log, without waiting for open transactions."""
        has_more = True
        while has_more:
            position, has_more = self._fold_page_alone(None, unwatched)
        return position

    def advance(self, upto: int | None = None, progress: Progress = unwatched) -> int:
        """Catch up, for a caller that holds the lock of the runners."""
        has_more = True
        while has_more:
            position, has_more = self._fold_page(upto, progress)
        return position

    def _fold_page_alone(self, upto: int | None, progress: Progress) -> tuple[int, bool]:
        """The lock is held for a page only: those who wait for it get it in turn, however much is written meanwhile."""
        with self._tables.only_runner(self._schema):
            return self._fold_page(upto, progress)

    def _fold_page(self, upto: int | None, progress: Progress) -> tuple[int, bool]:
        """The position after the next page, and whether there may be another."""
        position = self.position()
        mark = self._log.final_position() if upto is None else upto
        page = self._log.read(position, mark, PAGE_EVENTS, self._left_out, self._erased)
        is_full = len(page) == PAGE_EVENTS
        moved = page[-1].position if is_full else max(position, mark)
        if moved > position:
            self._write(self._counting(page) if self._counting else page, position, moved)
            progress(len(page))
        return moved, is_full

    def _write(self, page: Sequence[LoggedEvent], position: int, moved: int) -> None:
        def conclude(cursor: Cursor) -> None:
            self._move_checkpoints(cursor, position, moved)

        write_page(self._tables, self._schema, self._projections, page, conclude)

    def _tell_holder(self, consequence: str) -> None:
        holder = self._log.holder()
        if holder is not None:
            logger.warning("%s: %s.", consequence, holder)

    def _move_checkpoints(self, cursor: Cursor, position: int, moved: int) -> None:
        names = [projection.name for projection in self._projections]
        found = cursor.execute(
            """UPDATE billing.checkpoints SET position = %s
               WHERE schema_name = %s AND projection = ANY(%s) AND position = %s RETURNING projection""",
            (moved, self._schema, names, position),
        ).fetchall()
        if len(found) != len(names):
            raise ProjectionFailed(
                "another runner moved its checkpoint; nothing was written, run again",
                field="schema",
                value=self._schema,
            )


class _FoldFailed(Exception):
    """Carries the projection whose fold failed, and the event, out of the transaction, so that its locks are
    released.
    """

    def __init__(self, projection: Projection, page: Page, error: Exception) -> None:
        super().__init__(projection.name)
        self.projection = projection
        self.page = page
        self.error = error


def write_page(
    tables: Tables, schema: str, projections: Sequence[Projection], page: Page, conclude: Callable[[Cursor], None]
) -> None:
    """One transaction: every projection's fold of the page, then the checkpoints."""
    try:
        with tables.transaction(schema) as cursor:
            for projection, folded in folded_by(projections, page):
                try:
                    projection.write(cursor, folded)
                except Exception as error:
                    raise _FoldFailed(projection, folded, error) from error
            conclude(cursor)
    except _FoldFailed as failed:
        raise _failure(tables, schema, failed.projection, failed.page, failed.error) from failed.error


def _failure(tables: Tables, schema: str, projection: Projection, page: Page, error: Exception) -> BillingError:
    """Name the first event that the fold cannot take, found by folding the page again event by event."""
    culprit = page[0]
    try:
        with tables.transaction(schema) as cursor:
            for culprit in page:
                projection.write(cursor, [culprit])
            raise error
    except Unavailable:
        raise
    except Exception:
        kind = type(culprit.event).__name__
        return ProjectionFailed(
            f"stopped at position {culprit.position}, {kind} of {culprit.stream}: {error!r}",
            field="read model",
            value=projection.name,
        )


def read_checkpoints(cursor: Cursor, schema: str) -> dict[str, tuple[int, int]]:
    """Version and position of every projection in a schema."""
    rows = cursor.execute(
        "SELECT projection, version, position FROM billing.checkpoints WHERE schema_name = %s", (schema,)
    ).fetchall()
    return {name: (version, position) for name, version, position in rows}


def write_checkpoint(cursor: Cursor, schema: str, projection: Projection, position: int) -> None:
    """Note that a projection's tables stand at a position."""
    cursor.execute(
        """INSERT INTO billing.checkpoints (schema_name, projection, version, position) VALUES (%s, %s, %s, %s)
           ON CONFLICT (schema_name, projection)
           DO UPDATE SET version = excluded.version, position = excluded.position""",
        (schema, projection.name, projection.version, position),
    )
