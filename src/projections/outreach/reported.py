"""Which message does a report of the other side mean, and which ones of a cause still wait?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from projections.platform.projection import Cursor
from projections.platform.runner import LIVE_SCHEMA

REPORTABLE = "state IN ('sent', 'delivered', 'bounced')"


def message_of_reference(cursor: Cursor, channel: str, references: Sequence[str]) -> str:
    """The newest message of a channel that has one of these references of the other side; empty without any."""
    row = cursor.execute(
        "SELECT message FROM messages WHERE reference = ANY(%s) AND channel = %s ORDER BY queued_at DESC LIMIT 1",
        (list(references), channel),
    ).fetchone()
    return str(row[0]) if row else ""


def last_message_to(cursor: Cursor, channel: str, customers: Sequence[str]) -> str:
    """The newest message by a channel that was sent to one of these customers; empty if there is none."""
    row = cursor.execute(
        f"""SELECT message FROM messages WHERE customer = ANY(%s) AND channel = %s AND {REPORTABLE}
            ORDER BY queued_at DESC LIMIT 1""",
        (list(customers), channel),
    ).fetchone()
    return str(row[0]) if row else ""


def letters_due(cursor: Cursor, seller: str, at: datetime, limit: int) -> list[str]:
    """The letters of a seller that wait and whose time has come, in the order of their time."""
    rows = cursor.execute(
        f"""SELECT message FROM {LIVE_SCHEMA}.messages
            WHERE seller = %s AND channel = 'letter' AND state IN ('queued', 'waiting') AND send_at <= %s
            ORDER BY is_marketing, send_at, message LIMIT %s""",
        (seller, at, limit),
    )
    return [message for (message,) in rows.fetchall()]


def unsent_messages(cursor: Cursor, kind: str, cause: str) -> list[str]:
    """The messages of a kind that follow from a cause and wait to be sent."""
    rows = cursor.execute(
        f"""SELECT message FROM {LIVE_SCHEMA}.messages
            WHERE state IN ('queued', 'waiting') AND kind = %s AND cause = %s ORDER BY message""",
        (kind, cause),
    )
    return [message for (message,) in rows.fetchall()]
