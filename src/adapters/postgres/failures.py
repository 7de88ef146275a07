"""Errors of the database in the words of the rules: conflicts, taken keys, lost connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import eventsourcing.persistence as library
import psycopg

from adapters.postgres.datastore import IDLE_SECONDS, TRANSACTION_SECONDS
from billing_core.kernel.errors import BillingError, ConnectionLost, DiskFull, TookTooLong
from commands.platform.ports import ClaimTaken, CommandKnown, VersionConflict

CHANGED_MEANWHILE = "it was changed concurrently; read it again and repeat the command"
TAKEN_MEANWHILE = "it was taken concurrently; read it again and repeat the command"
CONFLICTS: dict[str | None, BillingError] = {
    "events_stream": VersionConflict(CHANGED_MEANWHILE),
    "person_keys_customer": VersionConflict(CHANGED_MEANWHILE),
    "commands_pkey": CommandKnown("a command of this id was applied before"),
    "claims_key": ClaimTaken(TAKEN_MEANWHILE),
    "events_payment": ClaimTaken(TAKEN_MEANWHILE),
}

CAPS: dict[type[BaseException | None], str] = {
    psycopg.errors.IdleInTransactionSessionTimeout: f"had waited {IDLE_SECONDS} seconds for this program",
    psycopg.errors.TransactionTimeout: f"had taken {TRANSACTION_SECONDS // 60} minutes",
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """Around every use of a connection of the datastore."""
    try:
        yield
    except (library.PersistenceError, psycopg.Error) as error:
        translated = in_our_words(error)
        if translated is None:
            raise
        raise translated from error


def has_no_table(error: Exception) -> bool:
    """Whether a statement failed because a table that it names is not there."""
    return isinstance(error if isinstance(error, psycopg.Error) else error.__cause__, psycopg.errors.UndefinedTable)


def was_stopped(error: Exception) -> bool:
    """Whether a statement was stopped because it took longer than it may."""
    return isinstance(error if isinstance(error, psycopg.Error) else error.__cause__, psycopg.errors.QueryCanceled)


def in_our_words(error: Exception) -> Exception | None:
    """The error of the rules that says the same as one of the driver or the library; None if it is our own mistake."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    match cause:
        case psycopg.IntegrityError():
            conflict = CONFLICTS.get(cause.diag.constraint_name)
            return None if conflict is None else type(conflict)(conflict.message)
        case psycopg.errors.DeadlockDetected():  # Two transactions that write the same rows in another order.
            return VersionConflict("it is being changed concurrently; read it again and repeat the command")
        case psycopg.errors.DiskFull():
            return DiskFull(
                f"the database's disk is full and the write was undone; free some space and repeat: {error}"
            )
        case psycopg.OperationalError() | psycopg.InterfaceError() if _is_of_the_connection(cause):
            return ConnectionLost(f"the connection to the database was lost; check that it runs, then repeat: {error}")
    cap = CAPS.get(type(cause))
    return (
        None
        if cap is None
        else TookTooLong(
            f"the database ended a transaction that {cap}, because it made others wait; nothing of it was kept, "
            "repeat it"
        )
    )


def _is_of_the_connection(error: psycopg.Error) -> bool:
    """Whether the server ended the connection (classes 08 and 57 of SQL's states), or there was none to answer.

    A statement that was cancelled leaves the connection as it is.
    """
    if isinstance(error, psycopg.errors.QueryCanceled):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57"))
