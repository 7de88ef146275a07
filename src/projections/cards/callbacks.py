"""Which callbacks of gateways were refused, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.cards.callbacks import CardCallbackRefused
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "gateway": "text", "refused_on": "date", "number": "int8", "content_hash": "text", "why": "text", "source": "text",
}  # fmt: skip


class RefusedCardCallbacks:
    """The callbacks that were refused."""

    name = "refused-card-callbacks"
    version = 1
    tables = ("refused_card_callbacks",)
    streams = ("card-callbacks-refused",)
    by_stream = True
    definition = """
        CREATE TABLE refused_card_callbacks (
            gateway text, refused_on date, number bigint, content_hash text NOT NULL, why text NOT NULL,
            source text NOT NULL, PRIMARY KEY (gateway, refused_on, number)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (CardCallbackRefused,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [
            (fact.gateway, fact.effective_on, entry.version, fact.content_hash, fact.why, fact.source)
            for entry in page
            if isinstance(fact := entry.event, CardCallbackRefused)
        ]
        insert_rows(cursor, "refused_card_callbacks", COLUMNS, rows)


class RefusedCallbackRow(msgspec.Struct):
    """A callback that was refused."""

    gateway: str
    refused_on: date
    number: int
    content_hash: str
    why: str
    source: str


def refused_callbacks(cursor: Cursor, limit: int) -> list[RefusedCallbackRow]:
    """The newest callbacks that were refused."""
    rows: Any = cursor.execute(
        """SELECT gateway, refused_on, number, content_hash, why, source FROM refused_card_callbacks
           ORDER BY refused_on DESC, number DESC, gateway LIMIT %s""",
        (limit,),
    )
    return [RefusedCallbackRow(*row) for row in rows]
