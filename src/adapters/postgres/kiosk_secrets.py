"""The passwords and secrets that prove messages of kiosks and wallets: made here and shown once, or given by them.

They stand with those of webhooks, under `kiosk/NAME`, which is the code of no webhook.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from psycopg import Cursor

from adapters.postgres.tables import PostgresTables
from adapters.postgres.webhook_secrets import SELECT_SHOWN, replace_secret, taken, valid_ones
from billing_core.kernel.errors import NotFound, RuleViolation

SECRET_BYTES = 24
NOT_TO_BE_SHOWN = (
    b"UPDATE billing.webhook_secrets SET shown_by = '', shown_at = %s WHERE webhook = %s AND ends_at IS NULL"
)


def keep_secret(cursor: Cursor[Any], kiosk: str, secret: str, at: datetime) -> None:
    """Keep a secret that the other side gave, which is never shown, or make one; the one before is valid for a day."""
    name = _name(kiosk)
    replace_secret(cursor, name, secret or secrets.token_urlsafe(SECRET_BYTES), at)
    if secret:
        cursor.execute(NOT_TO_BE_SHOWN, (at, name))


class PostgresKioskSecrets:
    """Shows secrets that were made here once, and gives those by which messages are proved."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def take(self, kiosk: str, by: str, at: datetime) -> str:
        """The newest secret, unless somebody was shown it before or the other side gave it."""
        with self._tables.transaction("billing") as cursor:
            if secret := taken(cursor, _name(kiosk), by, at):
                return secret
            shown = cursor.execute(SELECT_SHOWN, (_name(kiosk),)).fetchone()
        if shown is None:
            raise NotFound("no such connection; `billing kiosk` lists them", field="kiosk", value=kiosk)
        seen = f"{shown[0]} saw at {shown[1]:%Y-%m-%d %H:%M}" if shown[0] else "the other side gave"
        raise RuleViolation(f"has a secret that {seen}; change the secret to see a new one", field="kiosk",
                            value=kiosk)  # fmt: skip

    def valid(self, kiosk: str, now: datetime) -> tuple[str, ...]:
        """The secrets by which a message is proved now, the newest first."""
        with self._tables.transaction("billing") as cursor:
            return tuple(valid_ones(cursor, _name(kiosk), now))


def _name(kiosk: str) -> str:
    return f"kiosk/{kiosk}"
