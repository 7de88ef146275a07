"""The secrets that a transaction keeps: passwords, second factors, sessions, those of webhooks and kiosks.

They stand in tables of their own, because no event may hold them.
"""

from __future__ import annotations

from datetime import datetime

from adapters.postgres.begun import Begun
from adapters.postgres.kiosk_secrets import keep_secret
from adapters.postgres.webhook_secrets import drop_secrets, make_secret

UPSERT_PASSWORD = """
    INSERT INTO billing.passwords (operator, password_hash, is_one_time) VALUES (%s, %s, %s)
    ON CONFLICT (operator) DO UPDATE SET password_hash = excluded.password_hash, is_one_time = excluded.is_one_time
"""


class SecretsOfTransaction(Begun):
    """Implements the part of `commands.platform.ports.Transaction` that is about secrets."""

    def keep_password(self, operator: str, password_hash: str, *, is_one_time: bool) -> None:
        self._begin()
        self._cursor.execute(UPSERT_PASSWORD, (operator, password_hash, is_one_time))
        self._cursor.execute(b"DELETE FROM billing.sessions WHERE operator = %s", (operator,))

    def keep_customer_password(self, customer: str, password_hash: str) -> None:
        self.drop_customer_password(customer)
        insert = b"INSERT INTO billing.customer_passwords VALUES (%s, %s)"
        self._cursor.execute(insert, (customer, password_hash))

    def drop_customer_password(self, customer: str) -> None:
        self._begin()
        self._cursor.execute(b"DELETE FROM billing.customer_passwords WHERE customer = %s", (customer,))
        self._cursor.execute(b"DELETE FROM billing.own_sessions WHERE customer = %s", (customer,))

    def end_session(self, operator: str, session: str) -> bool:
        self._begin()
        end = b"DELETE FROM billing.sessions WHERE operator = %s AND id = %s"
        return self._cursor.execute(end, (operator, session)).rowcount > 0

    def confirm_second_factor(self, operator: str) -> bool:
        self._begin()
        confirm = b"UPDATE billing.second_factors SET is_confirmed = true WHERE operator = %s"
        return self._cursor.execute(confirm, (operator,)).rowcount > 0

    def forget_second_factor(self, operator: str) -> None:
        self._begin()
        self._cursor.execute(b"DELETE FROM billing.second_factors WHERE operator = %s", (operator,))
        self._cursor.execute(b"DELETE FROM billing.sessions WHERE operator = %s", (operator,))

    def make_webhook_secret(self, webhook: str, at: datetime) -> None:
        self._begin()
        make_secret(self._cursor, webhook, at)

    def drop_webhook_secrets(self, webhook: str) -> None:
        self._begin()
        drop_secrets(self._cursor, webhook)

    def keep_kiosk_secret(self, kiosk: str, secret: str, at: datetime) -> None:
        self._begin()
        keep_secret(self._cursor, kiosk, secret, at)
