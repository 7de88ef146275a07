"""Errors of the database in the words of the rules: who was faster, what is taken, what is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import eventsourcing.persistence as library
import psycopg

from adapters.postgres.datastore import IDLE_SECONDS, TRANSACTION_SECONDS
from billing_core.kernel.errors import BillingError, ConnectionLost, DiskFull, TookTooLong
from commands.platform.ports import ClaimTaken, CommandKnown, VersionConflict

CHANGED_MEANWHILE = "somebody else changed it in the meantime; read it again and repeat"
CONFLICTS: dict[str | None, BillingError] = {
    "events_stream": VersionConflict(CHANGED_MEANWHILE),
    "person_keys_customer": VersionConflict(CHANGED_MEANWHILE),
    "commands_pkey": CommandKnown("a command of this id was applied before"),
    "usage_records_number": VersionConflict(CHANGED_MEANWHILE),
    "usage_records_reference": ClaimTaken("somebody else took it in the meantime; read it again and repeat"),
    "claims_key": ClaimTaken("somebody else took it in the meantime; read it again and repeat"),
}

CAPS: dict[type[BaseException | None], str] = {
    psycopg.errors.IdleInTransactionSessionTimeout: f"had waited {IDLE_SECONDS} seconds for this program to go on",
    psycopg.errors.TransactionTimeout: f"had taken {TRANSACTION_SECONDS // 60} minutes",
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """Around every use of a connection from the library's pool."""
    try:
        yield
    except library.IntegrityError as error:
        cause = error.__cause__
        conflict = CONFLICTS.get(cause.diag.constraint_name) if isinstance(cause, psycopg.Error) else None
        if conflict is None:
            raise
        raise type(conflict)(conflict.message) from error
    except library.OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.DeadlockDetected):  # Two who write the same in another order.
            raise VersionConflict("somebody else is changing it at the same time; read it again and repeat") from error
        if isinstance(error.__cause__, psycopg.errors.DiskFull):
            raise DiskFull(
                f"the database's disk is full and what was being written is undone; make room and repeat: {error}"
            ) from error
        raise _lost(error) from error
    except library.InterfaceError as error:
        raise _lost(error) from error
    except library.InternalError as error:
        cap = CAPS.get(type(error.__cause__))
        if cap is None:
            raise
        raise TookTooLong(
            f"the database ended a transaction that {cap}, because it kept others waiting; nothing of it was kept, "
            "repeat it"
        ) from error


def _lost(error: Exception) -> ConnectionLost:
    return ConnectionLost(f"the connection to the database was lost; check that it runs, then repeat: {error}")
