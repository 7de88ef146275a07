"""Which messages of kiosks and wallets were refused, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.kiosks.transactions import KioskMessageRefused, KioskPaymentRefused
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "position": "int8", "kiosk": "text", "refused_at": "timestamptz", "transaction": "text", "step": "text",
    "verdict": "text", "reason": "text", "sent_from": "text", "left_out": "int8",
}  # fmt: skip


class KioskRefusals:
    """Every refusal that was kept; `left_out` others like it came before it and were only counted."""

    name = "kiosk-refusals"
    version = 1
    tables = ("kiosk_refusals",)
    streams = ("kiosk-transaction", "kiosk-refusal")
    by_stream = True
    definition = """
        CREATE TABLE kiosk_refusals (
            position bigint PRIMARY KEY, kiosk text COLLATE "C" NOT NULL, refused_at timestamptz NOT NULL,
            transaction text NOT NULL, step text NOT NULL, verdict text NOT NULL, reason text NOT NULL,
            sent_from text NOT NULL, left_out bigint NOT NULL
        );
    """
    indexes = "CREATE INDEX ON kiosk_refusals (kiosk, position);"
    folds: tuple[type[Event], ...] = (KioskPaymentRefused, KioskMessageRefused)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = []
        for entry in page:
            fact, place = entry.event, (entry.position, entry.recorded_at)
            if isinstance(fact, KioskMessageRefused):
                rows.append((place[0], fact.kiosk, place[1], fact.transaction, fact.step, fact.verdict, fact.reason,
                             fact.sent_from, fact.left_out))  # fmt: skip
            elif isinstance(fact, KioskPaymentRefused):
                rows.append((place[0], fact.kiosk, place[1], fact.transaction, "pay", fact.answer.verdict,
                             fact.answer.reason, entry.origin.source, 0))  # fmt: skip
        insert_rows(cursor, "kiosk_refusals", COLUMNS, rows)


# --- queries


class KioskRefusalRow(msgspec.Struct):
    """A refusal as listed; `number` is its place in the log."""

    number: int
    kiosk: str
    refused_at: datetime
    transaction: str
    step: str
    verdict: str
    reason: str
    sent_from: str
    left_out: int


def refusals_before(cursor: Cursor, kiosk: str, verdict: str, before: int | None, limit: int) -> list[KioskRefusalRow]:
    """The refusals of a connection, of one verdict if named, the newest first, before a number."""
    rows = cursor.execute(
        f"""SELECT {", ".join(COLUMNS)} FROM kiosk_refusals
            WHERE kiosk = %(kiosk)s AND (%(verdict)s = '' OR verdict = %(verdict)s)
                AND (%(before)s::int8 IS NULL OR position < %(before)s)
            ORDER BY position DESC LIMIT %(limit)s""",
        {"kiosk": kiosk, "verdict": verdict, "before": before, "limit": limit},
    )
    return [KioskRefusalRow(*row) for row in rows]
