"""Builds read models again from the first event, next to the live ones, and switches in one transaction.

The new tables are filled in a schema of their own while the live ones are kept up to date. When they have nearly caught
up, the live runner waits, both reach the same position, and the new tables replace the old ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from projections.platform.bulk_load import BulkLoad, Load, load, schema_id_of
from projections.platform.ports import Log, Page, Progress, Tables, unwatched
from projections.platform.projection import Cursor, Projection
from projections.platform.runner import LIVE_SCHEMA, Runner, read_checkpoints, wait_until_final, write_checkpoint

REBUILD_SCHEMA = "rebuilding"


def build_beside(
    log: Log,
    tables: Tables,
    projections: Sequence[Projection],
    schema: str,
    progress: Progress = unwatched,
    upto: int | None = None,
    counting: Callable[[Page], Page] | None = None,
    load: Load = load,
) -> Runner:
    """Fresh tables in another schema, filled up to a position or the end; what was in that schema is dropped.

    If only some events count, which ones depends on earlier events, so they are folded in the order of the log.
    """
    drop_schema(tables, schema)
    by_stream = [projection for projection in projections if projection.by_stream and counting is None]
    in_order = [projection for projection in projections if projection not in by_stream]
    # Transactions are always open, so the newest events are not final at the first look.
    position = wait_until_final(log, log.newest_position()) if upto is None else upto
    schema_id = _make_empty(tables, projections, schema)
    if position and by_stream:
        load(log, tables, BulkLoad(schema, schema_id, by_stream, position), progress)
    _finish(tables, by_stream, schema, position)
    _finish(tables, in_order, schema, 0)
    if position and in_order:
        watched = unwatched if by_stream else progress  # The same events a second time are no progress.
        Runner(log, tables, in_order, schema, counting).catch_up(position, watched)
    runner = Runner(log, tables, projections, schema, counting)
    runner.catch_up(upto, progress)
    return runner


def _make_empty(tables: Tables, projections: Sequence[Projection], schema: str) -> int:
    with tables.transaction("public") as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
    with tables.transaction(schema) as cursor:
        for projection in projections:
            cursor.execute(projection.definition)
        return schema_id_of(cursor, schema)


def _finish(tables: Tables, projections: Sequence[Projection], schema: str, position: int) -> None:
    """Make the indexes that only queries need, after the tables are filled up to a position.

    One transaction each: as long as one lasts, no event written meanwhile is final.
    """
    for projection in projections:
        with tables.transaction(schema) as cursor:
            cursor.execute(projection.indexes)
            cursor.execute(f"ANALYZE {', '.join(projection.tables)}")  # No query has used the new tables yet.
            write_checkpoint(cursor, schema, projection, position)


def drop_schema(tables: Tables, schema: str) -> None:
    """Remove a schema with its tables and checkpoints; no effect without one."""
    with tables.transaction("public") as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        cursor.execute("DELETE FROM billing.checkpoints WHERE schema_name = %s", (schema,))


def changed(tables: Tables, projections: Sequence[Projection]) -> list[Projection]:
    """Those whose live tables were made by another version of their fold, or never."""
    with tables.transaction(LIVE_SCHEMA) as cursor:
        built = read_checkpoints(cursor, LIVE_SCHEMA)
    return [each for each in projections if built.get(each.name, (None, 0))[0] != each.version]


def rebuild(
    log: Log,
    tables: Tables,
    chosen: Sequence[Projection],
    everything: Sequence[Projection],
    progress: Progress = unwatched,
    load: Load = load,
    then: Callable[[Cursor], None] = lambda cursor: None,
) -> int:
    """Rebuild the chosen read models and replace the live ones; the position that they have reached.

    Views that stand on them go with the old tables; `then` makes them again in the same transaction.
    """
    with tables.only_runner("rebuild"):
        fresh = build_beside(log, tables, chosen, REBUILD_SCHEMA, progress, load=load)
        others = [projection for projection in everything if projection not in chosen]
        with tables.only_runner(LIVE_SCHEMA):
            position = fresh.catch_up()
            if others:  # They may have reached a later position already.
                position = Runner(log, tables, others, LIVE_SCHEMA).advance(upto=position)
                fresh.catch_up(upto=position)
            _switch(tables, chosen, position, then)
    return position


def _switch(tables: Tables, chosen: Sequence[Projection], position: int, then: Callable[[Cursor], None]) -> None:
    with tables.transaction("public") as cursor:
        for projection in chosen:
            for table in projection.tables:
                cursor.execute(f"DROP TABLE IF EXISTS {LIVE_SCHEMA}.{table} CASCADE")
                cursor.execute(f"ALTER TABLE {REBUILD_SCHEMA}.{table} SET SCHEMA {LIVE_SCHEMA}")
            write_checkpoint(cursor, LIVE_SCHEMA, projection, position)
        cursor.execute(f"DROP SCHEMA {REBUILD_SCHEMA}")
        cursor.execute("DELETE FROM billing.checkpoints WHERE schema_name = %s", (REBUILD_SCHEMA,))
        then(cursor)
