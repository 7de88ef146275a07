"""Batches of usage for tests: taken in by the real import, or by one that is killed or held up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.store import PostgresStore
from adapters.postgres.transaction import PostgresTransaction
from adapters.postgres.usage_records import PostgresUsageRecords
from billing_core.usage.records import UsageRecorded
from commands.usage.batch import batch_now
from commands.usage.batch_import import UsageImport
from commands.usage.mediation import IncomingBatch, Received, UsageMediation
from commands.usage.ports import BatchId
from tests.commands.usage.rows import NOW, chunk, row
from tests.operators import Operator, silent

A, B, C = "A0001", "B0001", "C0001"
MAY, AGAIN = BatchId("mediation", "2026-05"), BatchId("mediation", "2026-05 again")
TODAY = date(2026, 6, 1)
ORIGIN = origin_of_process("clerk", TODAY)._replace(recorded_at=NOW)


def record(line: int, account: str, on: str, quantity: str, **fields: Any) -> dict[str, Any]:
    """A quantity of a subscription on a day, as the profile `accounts` reads it, with a key of its own."""
    at = datetime.fromisoformat(on).replace(hour=12, tzinfo=UTC)
    millionths = int(Decimal(quantity) * 1_000_000)
    usual = {"kind": "item", "started_at": at, "quantity": millionths, "seconds": 0, "number": "", "direction": ""}
    return row(line, f"r{line}", "01-01", f"{account}/main") | usual | fields


def importing(operator: Operator, store: PostgresStore | None = None) -> UsageImport:
    application = operator.application
    records = PostgresUsageRecords(application.datastore)
    return UsageImport(store or application.store, records, application.models(), application.rating)


def received(
    operator: Operator, records: Iterable[dict[str, Any]], batch: BatchId = MAY, store: PostgresStore | None = None
) -> Received:
    """What became of the records of a batch; nothing of it is booked."""
    operator.application.runner.catch_up()  # Whose a record is, mediation asks the read models.
    mediation = UsageMediation(store or operator.application.store, nothing_read_again)
    return mediation.receive(IncomingBatch(*batch), [chunk(records)], ORIGIN)


def take_in(
    operator: Operator, records: Iterable[dict[str, Any]], batch: BatchId = MAY, store: PostgresStore | None = None
) -> Received:
    """The same, and what was taken is booked."""
    found = received(operator, records, batch, store)
    importing(operator, store).book(batch, ORIGIN, silent)
    return found


def refused(operator: Operator, batch: BatchId = MAY) -> list[tuple[str, date, str, str]]:
    """The days that could not be booked: account, day, and the field and value that are wrong."""
    state = batch_now(operator.application.store, batch)
    return [(each.account, each.on, each.field, each.value) for each in state.refused]


def recorded(operator: Operator, number: str) -> list[tuple[str, list[str]]]:
    """What an account holds of batches: the batch, and `day quantity ...` of each day, fact by fact."""
    facts = [fact for fact in operator.facts(f"account/{number}") if isinstance(fact, UsageRecorded)]
    return [
        (fact.batch, [f"{day.on:%m-%d} {' '.join(f'{used:f}' for used in day.quantities)}" for day in fact.days])
        for fact in facts
    ]


def batch_facts(operator: Operator, kind: type, batch: BatchId = MAY) -> list[Any]:
    facts = operator.facts(f"usage/{batch.source}:{batch.batch}")
    return [fact for fact in facts if isinstance(fact, kind)]


FIVE = [
    record(2, B, "2026-05-10", "1"), record(3, A, "2026-05-11", "2"), record(4, C, "2026-05-12", "3"),
    record(5, A, "2026-05-13", "4"), record(6, B, "2026-05-10", "5"),
]  # fmt: skip


def nothing_read_again(*_: Any) -> Any:
    raise AssertionError("no record of these batches waits for its profile")


class Killed(Exception):
    """The program ends here."""


class KilledAt(PostgresStore):
    """A store whose program is killed before a write is committed: the one of this number."""

    def __init__(self, operator: Operator, number: int) -> None:
        super().__init__(operator.application.recorder)
        self._left = number

    @contextmanager
    def transaction(self, *, optimistic: bool = False) -> Iterator[PostgresTransaction]:
        with super().transaction(optimistic=optimistic) as transaction:
            write = transaction.append

            def append(*arguments: Any) -> int:
                written = write(*arguments)
                self._left -= 1
                if not self._left:
                    raise Killed
                return written

            transaction.append = append  # type: ignore[method-assign, assignment]
            yield transaction


class Meanwhile(PostgresStore):
    """A store in which something happens before the first writes, one thing before each of them."""

    def __init__(self, operator: Operator, *happens: Any) -> None:
        super().__init__(operator.application.recorder)
        self._happens = list(happens)

    @contextmanager
    def transaction(self, *, optimistic: bool = False) -> Iterator[PostgresTransaction]:
        with super().transaction(optimistic=optimistic) as transaction:
            write = transaction.append

            def append(*arguments: Any) -> int:
                if self._happens:
                    self._happens.pop(0)()
                return write(*arguments)

            transaction.append = append  # type: ignore[method-assign, assignment]
            yield transaction
