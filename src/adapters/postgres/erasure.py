"""Traces of erased rows: what PostgreSQL still holds of them in free space, statistics and the write-ahead log.

`VACUUM` alone marks the space of erased rows as free, and later rows overwrite it some day. Written anew (`FULL`), a
table has no free space that was ever used. Statistics hold common values and bounds of columns, so they are made anew
too, and their own table is written anew. The log of writes begins anew after a switch and a checkpoint.

The program's own server removes every old file of that log (`wal_recycle`). A server of one's own may keep or archive
them, and lets nobody but its administrators end a file of the log: that is left to them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, Cursor, errors

from adapters.postgres.failures import translated_errors
from commands.forgetting import ForgetCustomer
from commands.onboarding import SUBSCRIBER_CLAIM

STATISTICS = "pg_catalog.pg_statistic"
# Nobody who wants to read one of the tables waits for longer.
LOCK_SECONDS = 5

_logger = logging.getLogger(__name__)


ERASE_HASHES = """
    UPDATE billing.commands SET content_hash = '' WHERE content_hash <> '' AND name <> %s AND command_id IN (
        SELECT (metadata::jsonb ->> 'command')::uuid FROM billing.events WHERE originator_id = ANY(%s)
    )
"""
ERASE_CLAIMS = "UPDATE billing.claims SET content = '' WHERE kind = %s AND key = %s"


def erase_hashes(cursor: Cursor[Any], customer: str, streams: Sequence[str]) -> None:
    """Erase the hashes of what was said of a customer, from which a guess could be confirmed with their key.

    The order to forget says nothing personal, and its repetition must be known again.
    """
    cursor.execute(ERASE_HASHES, (ForgetCustomer.__name__, list(streams)))
    cursor.execute(ERASE_CLAIMS, (SUBSCRIBER_CLAIM, customer))


def erase_traces(datastore: PostgresDatastore, tables: Sequence[str]) -> None:
    """Erase what is left of rows that were changed or removed in some tables."""
    with translated_errors(), datastore.get_connection() as connection:
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{LOCK_SECONDS}s",))
        try:
            for table in (*tables, STATISTICS):
                _write_anew(connection, table)
        finally:
            connection.execute("RESET lock_timeout")
        _begin_new_log(connection)


def _write_anew(connection: Connection[Any], table: str) -> None:
    """Write a table anew; if somebody reads it for long, its space is only marked as free, which needs no lock."""
    try:
        connection.execute(f"VACUUM (FULL, ANALYZE) {table}".encode())
    except errors.LockNotAvailable:
        connection.execute(f"VACUUM (ANALYZE) {table}".encode())
        _logger.warning(
            "Traces of erased rows may be left in the free space of %s, which was in use; forget the customer again.",
            table,
        )


def _begin_new_log(connection: Connection[Any]) -> None:
    try:
        connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
    except errors.InsufficientPrivilege:
        pass  # It is a server of the operator's own.
