"""The books as they were: read models built next to the live ones, up to a moment, by the same folds.

The moment is one of three:

- `position`: every event up to that position of the log. The tables equal the live ones at that position.
- `recorded`: the log up to its first event recorded after an instant. A long run's events carry the instant at which it
  began, so they count up to the first event recorded later.
- `effective`: every event known now, as far as it was true by a date; `platform.effective` says what that means. Only
  read models of facts that are true on a day answer it, not those of decisions or records.

These read models never change, with one exception: a customer who is forgotten is erased from them. The schema's
comment describes them and is written last, so an interrupted build cannot be queried, and the description is dropped
with the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from billing_core.kernel.dates import LAST_DAY
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, Unavailable
from billing_core.parties.forgotten import CustomerForgotten
from projections.platform.effective import TrueBy
from projections.platform.ports import Log, Page, Progress, Tables, unwatched
from projections.platform.projection import Cursor, PersonalProjection, Projection
from projections.platform.rebuild import build_beside, drop_schema
from projections.platform.runner import ProjectionOutdated, read_checkpoints, wait_until_final

PREFIX = "asof_"
NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,49}")
SELECT_DESCRIBED = """
    SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace
    WHERE starts_with(nspname, %(prefix)s) AND (%(schema)s::text IS NULL OR nspname = %(schema)s)
    AND obj_description(oid, 'pg_namespace') IS NOT NULL ORDER BY nspname
"""

Moment = int | datetime | date


class AsOf(msgspec.Struct, frozen=True):
    """Read models as of a moment: their position in the log, and the day and instant that they answer for."""

    name: str
    kind: Literal["position", "recorded", "effective"]
    value: str
    position: int
    on: date
    at: datetime
    built_at: datetime

    @property
    def schema(self) -> str:
        return PREFIX + self.name

    def counting(self) -> Callable[[Page], Page] | None:
        """The filter of the events that count; None if all do."""
        return TrueBy(self.on) if self.kind == "effective" else None


def build(
    log: Log,
    tables: Tables,
    projections: Sequence[Projection],
    name: str,
    moment: Moment,
    progress: Progress = unwatched,
) -> AsOf:
    """Build read models as of a position, a recorded instant or an effective date."""
    if not NAME_PATTERN.fullmatch(name):
        raise InvalidValue("must be a to z, 0 to 9 and _, begin with a letter and have at most 50 of them",
                           field="as-of name", value=name)  # fmt: skip
    with tables.only_runner(_lock(name)):
        if _described(tables, name):
            raise AlreadyExists(f"is built; drop it first, with `billing asof drop {name}`", field="as-of", value=name)
        asof = _placed(log, tables, name, moment)
        build_beside(log, tables, projections, asof.schema, progress, upto=asof.position, counting=asof.counting())
        _describe(tables, asof)
    return asof


def find(tables: Tables, projections: Sequence[Projection], name: str) -> AsOf:
    """The read models of this name, complete and built by this version of the program."""
    found = _described(tables, name)
    if not found:
        raise NotFound("no read models of this name were built; `billing asof list` lists them",
                       field="as-of", value=name)  # fmt: skip
    (asof,) = found
    with tables.transaction(asof.schema) as cursor:
        built = read_checkpoints(cursor, asof.schema)
    for projection in projections:
        if projection.name in built and built[projection.name][0] != projection.version:
            raise ProjectionOutdated(
                f"was built by another version of the program; drop {name} and build it again",
                field="read model",
                value=projection.name,
            )
    return asof


def list_built(tables: Tables) -> list[AsOf]:
    """All of them, in order of name."""
    return _described(tables)


def drop(tables: Tables, name: str) -> None:
    """Remove read models, including those of an interrupted build."""
    schema = PREFIX + name
    with tables.only_runner(_lock(name)):
        with tables.transaction("public") as cursor:
            is_there = cursor.execute("SELECT FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
        if not NAME_PATTERN.fullmatch(name) or is_there is None:
            raise NotFound("no read models of this name were built; `billing asof list` lists them",
                           field="as-of", value=name)  # fmt: skip
        drop_schema(tables, schema)


def forget(
    tables: Tables, projections: Sequence[PersonalProjection], forgotten: Sequence[CustomerForgotten]
) -> list[str]:
    """Erase customers from all of them, after running builds have ended; those that cannot be queried are dropped.

    Returns the tables of those that remain, which hold what was erased until they are vacuumed.
    """
    remaining = []
    with tables.transaction("public") as cursor:
        rows = cursor.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (PREFIX,)).fetchall()
    for (schema,) in rows:
        name = schema.removeprefix(PREFIX)
        with tables.only_runner(_lock(name)):
            try:
                find(tables, projections, name)
            except (NotFound, ProjectionOutdated):
                drop_schema(tables, schema)
                continue
            with tables.transaction(schema) as cursor:
                built = read_checkpoints(cursor, schema)
                # For an effective date only those read models are built that have an answer for one.
                for projection in [each for each in projections if each.name in built]:
                    projection.forget(cursor, forgotten)
                    remaining += [f"{schema}.{table}" for table in projection.tables]
    return remaining


def _lock(name: str) -> str:
    """The lock held while read models of this name are built or dropped; their runner takes another lock."""
    return f"as of {name}"


def _placed(log: Log, tables: Tables, name: str, moment: Moment) -> AsOf:
    """The position of the moment in the log. Open transactions are waited for."""
    newest = log.newest_position()
    if isinstance(moment, int) and not 0 <= moment <= newest:
        raise InvalidValue(f"must be 0 to {newest}, the end of the log", field="position", value=moment)
    end = _final(log, moment if isinstance(moment, int) else newest)
    with tables.transaction("public") as cursor:
        (now,) = cursor.execute("SELECT clock_timestamp()").fetchone()
        match moment:
            case int():
                at = _recorded_at(cursor, moment, now)
                return AsOf(name, "position", str(moment), moment, _local_day(at), at, now)
            case datetime():
                if moment > now:
                    raise InvalidValue("lies in the future; the records up to then are not known",
                                       field="recorded", value=moment.isoformat())  # fmt: skip
                position = _before(cursor, moment, end)
                return AsOf(name, "recorded", moment.isoformat(), position, _local_day(moment), moment, now)
            case date():
                return AsOf(name, "effective", moment.isoformat(), end, moment, _end_of(moment), now)


def _final(log: Log, position: int) -> int:
    """Wait until no event can appear up to a position; the final position."""
    if (final := wait_until_final(log, position)) < position:
        raise Unavailable("a transaction is still writing; try again after it has ended")
    return final


def _before(cursor: Cursor, instant: datetime, end: int) -> int:
    row = cursor.execute(
        "SELECT min(position) - 1 FROM billing.events WHERE position <= %s AND recorded_at > %s", (end, instant)
    ).fetchone()
    return end if row[0] is None else int(row[0])


def _recorded_at(cursor: Cursor, position: int, now: datetime) -> datetime:
    row = cursor.execute(
        "SELECT recorded_at FROM billing.events WHERE position <= %s ORDER BY position DESC LIMIT 1", (position,)
    ).fetchone()
    found: datetime = now if row is None else row[0]
    return found


def _local_day(instant: datetime) -> date:
    return instant.astimezone().date()


def _end_of(on: date) -> datetime:
    """The midnight at which a day ends, or the last day that is accepted."""
    return datetime.combine(min(on, LAST_DAY) + timedelta(days=1), time()).astimezone()


def _describe(tables: Tables, asof: AsOf) -> None:
    with tables.transaction("public") as cursor:
        text = msgspec.json.encode(asof).decode()
        cursor.execute("SELECT format('COMMENT ON SCHEMA %%I IS %%L', %s::text, %s::text)", (asof.schema, text))
        cursor.execute(cursor.fetchone()[0])


def _described(tables: Tables, name: str | None = None) -> list[AsOf]:
    schema = None if name is None else PREFIX + name
    with tables.transaction("public") as cursor:
        rows = cursor.execute(SELECT_DESCRIBED, {"prefix": PREFIX, "schema": schema}).fetchall()
    return [msgspec.json.decode(text, type=AsOf) for (text,) in rows]
