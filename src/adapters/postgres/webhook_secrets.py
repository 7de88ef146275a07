"""The secrets that sign the deliveries of webhooks: made in the transaction of a command, and shown once."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor

from adapters.postgres.secret_key import SecretKey
from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import NotFound, RuleViolation

PREFIX, KIND = "whsec_", "webhook"
SECRET_BYTES = 32
BOTH_FOR = timedelta(days=1)
END_NEWEST = b"UPDATE billing.webhook_secrets SET ends_at = %s WHERE webhook = %s AND ends_at IS NULL"
INSERT_SECRET = b"INSERT INTO billing.webhook_secrets (webhook, secret, made_at) VALUES (%s, %s, %s)"
DELETE_ENDED = b"DELETE FROM billing.webhook_secrets WHERE webhook = %s AND ends_at < %s"
DELETE_ALL = b"DELETE FROM billing.webhook_secrets WHERE webhook = %s"
TAKE = """
    UPDATE billing.webhook_secrets SET shown_by = %s, shown_at = %s
    WHERE webhook = %s AND ends_at IS NULL AND shown_at IS NULL RETURNING secret
"""
SELECT_SHOWN = "SELECT shown_by, shown_at FROM billing.webhook_secrets WHERE webhook = %s AND ends_at IS NULL"
SELECT_VALID = """
    SELECT secret FROM billing.webhook_secrets WHERE webhook = %s AND (ends_at IS NULL OR ends_at > %s)
    ORDER BY number DESC
"""


def make_secret(cursor: Cursor[Any], webhook: str, at: datetime) -> None:
    """Another secret for a webhook; the one before is valid for a day more."""
    replace_secret(cursor, webhook, PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode(), at)


def replace_secret(cursor: Cursor[Any], name: str, secret: str, at: datetime) -> None:
    """Keep the newest secret of a name, encrypted; the one before is valid for a day more."""
    token = SecretKey(cursor).seal(KIND, name, secret)
    cursor.execute(DELETE_ENDED, (name, at))
    cursor.execute(END_NEWEST, (at + BOTH_FOR, name))
    cursor.execute(INSERT_SECRET, (name, token, at))


def taken(cursor: Cursor[Any], name: str, by: str, at: datetime) -> str | None:
    """The newest secret of a name, unless somebody was shown it before."""
    key = SecretKey(cursor)
    row = cursor.execute(TAKE, (by, at, name)).fetchone()
    return None if row is None else key.open(KIND, name, row[0])


def valid_ones(cursor: Cursor[Any], name: str, now: datetime) -> list[str]:
    """The secrets of a name that are valid now, the newest first."""
    key = SecretKey(cursor)
    return [key.open(KIND, name, token) for (token,) in cursor.execute(SELECT_VALID, (name, now)).fetchall()]


def drop_secrets(cursor: Cursor[Any], webhook: str) -> None:
    cursor.execute(DELETE_ALL, (webhook,))


class PostgresWebhookSecrets:
    """Shows secrets once, and gives those by which deliveries are signed."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def take(self, webhook: str, by: str, at: datetime) -> str:
        """The newest secret, unless somebody was shown it before."""
        with self._tables.transaction("billing") as cursor:
            if secret := taken(cursor, webhook, by, at):
                return secret
            shown = cursor.execute(SELECT_SHOWN, (webhook,)).fetchone()
        if shown is None:
            raise NotFound("no such webhook; `billing webhooks` lists them", field="webhook", value=webhook)
        raise RuleViolation(
            f"has a secret that {shown[0]} saw at {shown[1]:%Y-%m-%d %H:%M}; change the secret to see a new one",
            field="webhook", value=webhook,
        )  # fmt: skip

    def valid(self, webhook: str, now: datetime) -> list[str]:
        """The secrets by which a delivery is signed now, the newest first."""
        with self._tables.transaction("billing") as cursor:
            return valid_ones(cursor, webhook, now)
