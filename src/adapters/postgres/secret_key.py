"""Secrets that must be read again, encrypted: what codes of second factors are made from, and what signs messages.

AES-256-GCM by one key of the database, which backups keep apart. A token is bound to whose it is, so that it can be
read nowhere else. Another key encrypts all of them anew, in one transaction.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from os import urandom
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor

from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import BillingError, InvalidValue

KEY_BYTES, NONCE_BYTES = 32, 12
SELECT_KEY = "SELECT key FROM billing.secret_key"
REPLACE_KEY = "UPDATE billing.secret_key SET key = %s, made_at = now()"
# While the key is changed nobody keeps a secret, nor reads one by the key before.
LOCK = "LOCK TABLE billing.secret_key IN ACCESS EXCLUSIVE MODE"
SEALED = {
    "webhook": ("SELECT number, webhook, secret FROM billing.webhook_secrets",
                "UPDATE billing.webhook_secrets SET secret = %s WHERE number = %s"),
    "second factor": ("SELECT operator, operator, secret FROM billing.second_factors",
                      "UPDATE billing.second_factors SET secret = %s WHERE operator = %s"),
}  # fmt: skip


class SecretUnreadable(BillingError):
    """A secret that the key of the database does not open."""

    code = "secret-unreadable"


class SecretKey:
    """The key as it is now, which does not change before the end of the transaction: read it before what it opens."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        row = cursor.execute(SELECT_KEY).fetchone()
        if row is None:
            raise InvalidValue("is empty; restore it with the keys of persons", field="table",
                               value="billing.secret_key")  # fmt: skip
        self._key: bytes = row[0]

    def seal(self, kind: str, name: str, secret: str) -> str:
        """The token that is kept of a secret of a webhook, or of a second factor."""
        return _sealed(self._key, kind, name, secret)

    def open(self, kind: str, name: str, token: str) -> str:
        """The secret of a token; `SecretUnreadable` if it is another one's, or the key is not that of this database."""
        try:
            content = b64decode(token, validate=True)
            found = AESGCM(self._key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _bound(kind, name))
        except (ValueError, InvalidTag):
            raise SecretUnreadable("cannot be read by the key of this database; restore the table billing.secret_key, "
                                   "or change the secret", field=f"secret of {kind}", value=name) from None  # fmt: skip
        return found.decode()


def change_secret_key(tables: PostgresTables) -> int:
    """Make another key, encrypt every secret by it, and destroy the one before; how many secrets there are."""
    with tables.transaction("billing") as cursor:
        cursor.execute(LOCK)
        before, after, count = SecretKey(cursor), urandom(KEY_BYTES), 0
        for kind, (select, update) in SEALED.items():
            for row, name, token in cursor.execute(select).fetchall():
                cursor.execute(update, (_sealed(after, kind, name, before.open(kind, name, token)), row))
                count += 1
        cursor.execute(REPLACE_KEY, (after,))
    return count


def _sealed(key: bytes, kind: str, name: str, secret: str) -> str:
    nonce = urandom(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, secret.encode(), _bound(kind, name))).decode()


def _bound(kind: str, name: str) -> bytes:
    return f"{kind}/{name}".encode()
