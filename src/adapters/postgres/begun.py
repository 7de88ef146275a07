"""What the parts of a transaction have in common: a cursor, and a beginning with the first write or lock."""

from __future__ import annotations

from psycopg.pq import TransactionStatus

from adapters.postgres.datastore import StoreConnection


class Begun:
    """A transaction of the database on one connection, which is begun only when something is written or locked."""

    def __init__(self, connection: StoreConnection) -> None:
        self._connection = connection
        self._cursor = connection.tuples

    def _begin(self) -> None:
        if self._connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._cursor.execute(b"BEGIN")
