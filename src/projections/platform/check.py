"""The check of all invariants on the whole store.

Fresh tables are built from the events, next to the live ones. The live tables must equal them, and the fresh ones must
satisfy every invariant. Each finding names a few violations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import msgspec

from projections.platform.area import Invariant
from projections.platform.bulk_load import Load, load
from projections.platform.claims import wrong_claims_as_text
from projections.platform.ports import Log, Progress, Tables, unwatched
from projections.platform.projection import Cursor, Projection
from projections.platform.rebuild import build_beside, drop_schema
from projections.platform.runner import LIVE_SCHEMA, Runner

CHECK_SCHEMA = "checking"
MOST_OFFENDERS = 5

# What must hold whatever the areas are. Tables without a schema are the freshly built ones.
EVERYWHERE: dict[str, Invariant] = {
    "every stream is numbered without a gap": """
        SELECT originator_id FROM billing.events GROUP BY originator_id HAVING count(*) <> max(originator_version)
    """,
    "the claims are those that the events make": wrong_claims_as_text,
}


class Finding(msgspec.Struct, frozen=True):
    """One invariant and its violations; sound without any."""

    invariant: str
    offenders: list[str]


def check(
    log: Log,
    tables: Tables,
    projections: Sequence[Projection],
    invariants: Mapping[str, Invariant],
    progress: Progress = unwatched,
    load: Load = load,
) -> list[Finding]:
    """Check every invariant on the whole store; live tables are compared at their own position.

    They go on while the fresh ones are built, and stand still only while they are compared with these.
    """
    with tables.only_runner("check"):
        try:
            fresh = build_beside(log, tables, projections, CHECK_SCHEMA, progress, load=load)
            with tables.only_runner(LIVE_SCHEMA):
                position = fresh.catch_up()
                position = Runner(log, tables, projections, LIVE_SCHEMA).advance(upto=position)
                fresh.catch_up(upto=position)  # The live ones may have reached a later position already.
                with tables.reading(CHECK_SCHEMA) as cursor:
                    differences = _differences(cursor, projections)
            with tables.reading(CHECK_SCHEMA) as cursor:
                return [*differences, *_broken(cursor, invariants)]
        finally:
            drop_schema(tables, CHECK_SCHEMA)


def _broken(cursor: Cursor, invariants: Mapping[str, Invariant]) -> list[Finding]:
    return [Finding(sentence, offenders(cursor, invariant)) for sentence, invariant in invariants.items()]


def _differences(cursor: Cursor, projections: Sequence[Projection]) -> list[Finding]:
    found = []
    for projection in projections:
        for table in projection.tables:
            live = f"{LIVE_SCHEMA}.{table}"
            rows = offenders(
                cursor,
                f"""(SELECT 'only live: ' || t::text FROM (TABLE {live} EXCEPT ALL TABLE {table}) AS t) UNION ALL
                    (SELECT 'only rebuilt: ' || t::text FROM (TABLE {table} EXCEPT ALL TABLE {live}) AS t)""",
            )
            found.append(Finding(f"{table} rebuilt from the events equals the live table", rows))
    return found


def offenders(cursor: Cursor, invariant: Invariant) -> list[str]:
    """The first few that break an invariant."""
    if not isinstance(invariant, str):
        return list(islice(invariant(cursor), MOST_OFFENDERS))
    rows = cursor.execute(f"SELECT * FROM ({invariant}) AS offenders LIMIT {MOST_OFFENDERS}").fetchall()
    return [str(row[0]) for row in rows]
