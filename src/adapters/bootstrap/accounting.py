"""Accounting of sessions on a database: what servers and nodes hand in is written by one thread."""

from __future__ import annotations

from datetime import tzinfo

from adapters.bootstrap.seller_clock import SellerClock
from adapters.postgres.access_sessions import PostgresAccessSessions
from adapters.postgres.store import PostgresStore
from adapters.postgres.tables import PostgresTables
from adapters.processes.group_commit import GroupCommit
from commands.usage.accounting import Accounting, Received, RefusedMessage

Came = Received | RefusedMessage


class AccountingDesk(GroupCommit[Came]):
    """Takes in messages of access servers; each is durable when its future is done."""

    def __init__(self, store: PostgresStore, tables: PostgresTables) -> None:
        """`zone` is the one by whose days usage is kept, as it was known to the last transaction."""
        self._clock = SellerClock(store, tables)
        self.zone: tzinfo | None = None
        super().__init__(Accounting(PostgresAccessSessions(tables).begin, self._read_zone).take)

    def _read_zone(self) -> tzinfo | None:
        """The time zone of the sellers; UTC if they are in several."""
        self.zone = self._clock.zones_of([""])[""]
        return self.zone
