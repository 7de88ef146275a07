"""Fills empty tables from the first event on, stream after stream instead of in the order of the log.

With all events of a stream in one page, its rows are written about once, however many events there are. That is open
to projections that fold one stream without looking at another (`by_stream`), and it lets several fill the same tables
at once, each with its share of the streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from billing_core.kernel.errors import Conflict
from projections.platform.ports import Log, Progress, Share, Tables
from projections.platform.projection import Cursor, Projection, topics_left_out, topics_of_nobody
from projections.platform.runner import PAGE_EVENTS, write_page


class BulkLoad(NamedTuple):
    """What is to be filled: tables of these projections in a schema, up to a final position.

    `schema_id` is the database's own number of the schema, which no schema of the same name has had before.
    """

    schema: str
    schema_id: int
    projections: Sequence[Projection]
    upto: int


Load = Callable[[Log, Tables, BulkLoad, Progress], None]


def load(log: Log, tables: Tables, whole: BulkLoad, progress: Progress) -> None:
    """Load all of it, here."""
    for events in load_share(log, tables, whole, Share()):
        progress(events)


def load_share(log: Log, tables: Tables, whole: BulkLoad, share: Share) -> Iterator[int]:
    """Load in what a share of the streams gives; yields the number of events of each page that is written."""

    def conclude(cursor: Cursor) -> None:
        _require_same_schema(cursor, whole)
        # Nothing of this counts before the transaction that puts the tables to use, and that one waits for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")

    left_out, erased = topics_left_out(whole.projections), topics_of_nobody(whole.projections)
    for page in log.read_by_stream(whole.upto, PAGE_EVENTS, share, left_out, erased):
        write_page(tables, whole.schema, whole.projections, page, conclude)
        yield len(page)


def schema_id_of(cursor: Cursor, schema: str) -> int:
    """The database's own number of a schema; 0 where there is none."""
    row = cursor.execute("SELECT coalesce(to_regnamespace(%s)::oid::bigint, 0)", (schema,)).fetchone()
    return int(row[0])


def _require_same_schema(cursor: Cursor, whole: BulkLoad) -> None:
    """Refuse to write into tables that somebody else has begun since.

    A process may live on for a moment when the one it works for was killed. It asks after it has written a page: from
    then to the end of its transaction nobody can drop the tables it wrote to, so they are those of the schema it finds.
    """
    if schema_id_of(cursor, whole.schema) != whole.schema_id:
        raise Conflict("was dropped and begun again by somebody else; nothing was written", field="schema",
                       value=whole.schema)  # fmt: skip
