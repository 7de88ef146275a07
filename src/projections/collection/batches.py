"""Which hand-over files were drawn up for which agency, with which items?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.dunning.collection import BatchItem, CollectionBatchDrawnUp
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {"agency": "text", "number": "int8", "drawn_up_on": "date", "items": "int8", "content": "text"}
_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(tuple[BatchItem, ...]).decode


class CollectionBatches:
    """Every hand-over file of every agency."""

    name = "collection-batches"
    version = 1
    tables = ("collection_batches",)
    streams = ("collection-batch",)
    by_stream = True
    definition = """
        CREATE TABLE collection_batches (
            agency text COLLATE "C", number bigint, drawn_up_on date NOT NULL, items bigint NOT NULL,
            content text NOT NULL, PRIMARY KEY (agency, number)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (CollectionBatchDrawnUp,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [
            (fact.agency, fact.number, fact.effective_on, len(fact.items), _encode(fact.items).decode())
            for entry in page
            if isinstance(fact := entry.event, CollectionBatchDrawnUp)
        ]
        insert_rows(cursor, "collection_batches", COLUMNS, rows)


# --- queries


class BatchRow(msgspec.Struct):
    """A hand-over file as listed."""

    agency: str
    batch: int
    drawn_up_on: date
    items: int


def batches_before(cursor: Cursor, agency: str, before: int | None, limit: int) -> list[BatchRow]:
    """The files of an agency, the newest first, those before a number."""
    rows = cursor.execute(
        """SELECT agency, number, drawn_up_on, items FROM collection_batches
           WHERE agency = %s AND (%s::int8 IS NULL OR number < %s) ORDER BY number DESC LIMIT %s""",
        (agency, before, before, limit),
    ).fetchall()
    return [BatchRow(*row) for row in rows]


def items_of_batch(cursor: Cursor, agency: str, batch: int) -> tuple[date, tuple[BatchItem, ...]] | None:
    """The day and the items of a file; None if there is none of this number."""
    row = cursor.execute(
        "SELECT drawn_up_on, content FROM collection_batches WHERE agency = %s AND number = %s", (agency, batch)
    ).fetchone()
    return None if row is None else (row[0], _decode(row[1]))


# --- what must hold

INVARIANTS = {
    "the hand-over files of an agency are numbered without a gap": """
        SELECT agency FROM collection_batches GROUP BY agency HAVING max(number) <> count(*)
    """,
}
