"""Fills empty tables from the first event on, stream after stream instead of in the order of the log.

With all events of a stream in one page, its rows are written about once, however many events it has. This suits
projections that fold one stream without looking at another (`by_stream`), and lets several processes fill the same
tables at once, each with its share of the streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from billing_core.kernel.errors import Conflict
from projections.platform.ports import Log, Progress, Share, Tables
from projections.platform.projection import Cursor, Projection, topics_left_out, topics_of_nobody
from projections.platform.runner import PAGE_EVENTS, write_page


class BulkLoad(NamedTuple):
    """The load: tables of these projections in a schema, up to a final position.

    `schema_id` is the database's own number of the schema, which distinguishes it from earlier schemas of the same
    name.
    """

    schema: str
    schema_id: int
    projections: Sequence[Projection]
    upto: int


Load = Callable[[Log, Tables, BulkLoad, Progress], None]


def load(log: Log, tables: Tables, whole: BulkLoad, progress: Progress) -> None:
    """Load everything in this process."""
    for events in load_share(log, tables, whole, Share()):
        progress(events)


def load_share(log: Log, tables: Tables, whole: BulkLoad, share: Share) -> Iterator[int]:
    """Load a share of the streams; yields the number of events of each page that is written."""

    def conclude(cursor: Cursor) -> None:
        _require_same_schema(cursor, whole)
        # The tables are not used before the transaction that switches to them, and that one waits for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")

    left_out, erased = topics_left_out(whole.projections), topics_of_nobody(whole.projections)
    for page in log.read_by_stream(whole.upto, PAGE_EVENTS, share, left_out, erased):
        write_page(tables, whole.schema, whole.projections, page, conclude)
        yield len(page)


def schema_id_of(cursor: Cursor, schema: str) -> int:
    """The database's own number of a schema; 0 without one."""
    row = cursor.execute("SELECT coalesce(to_regnamespace(%s)::oid::bigint, 0)", (schema,)).fetchone()
    return int(row[0])


def _require_same_schema(cursor: Cursor, whole: BulkLoad) -> None:
    """Refuse to write into tables that another process has begun since.

    A worker may outlive its killed parent for a moment. It checks after it has written a page: until the end of its
    transaction the tables that it wrote to cannot be dropped, so they are those of the schema that it finds.
    """
    if schema_id_of(cursor, whole.schema) != whole.schema_id:
        raise Conflict("was dropped and begun again by another process; nothing was written", field="schema",
                       value=whole.schema)  # fmt: skip
