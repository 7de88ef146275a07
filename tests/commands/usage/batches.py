"""Batches of usage for tests: taken in by the real import, or by one that is killed or held up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.store import PostgresStore
from adapters.postgres.transaction import PostgresTransaction
from adapters.postgres.usage_records import PostgresUsageRecords
from billing_core.usage.mediation.batches import UsageRecord
from billing_core.usage.records import UsageRecorded
from commands.platform.batch import BatchReport
from commands.usage.batch_import import UsageImport
from commands.usage.ports import BatchId
from tests.operators import Operator, silent

A, B, C = "A0001", "B0001", "C0001"
MAY, AGAIN = BatchId("mediation", "2026-05"), BatchId("mediation", "2026-05 again")
TODAY = date(2026, 6, 1)


def record(number: int, account: str, on: str, quantity: str, **fields: Any) -> UsageRecord:
    named = {"subscription": "main", "component": "data"} | fields
    return UsageRecord(number, account, on=date.fromisoformat(on), quantity=Decimal(quantity), **named)


def importing(operator: Operator, store: PostgresStore | None = None) -> UsageImport:
    application = operator.application
    records = PostgresUsageRecords(application.datastore)
    return UsageImport(store or application.store, records, application.models(), application.rating)


def take_in(
    operator: Operator, records: Iterable[UsageRecord], batch: BatchId = MAY, store: PostgresStore | None = None
) -> BatchReport:
    usage, origin, report = importing(operator, store), origin_of_process("clerk", TODAY), BatchReport()
    was_booked = usage.receive(batch, records, origin, silent)
    usage.book(batch, origin, silent)
    usage.report(batch, report, was_booked=was_booked)
    return report


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
            write, add = transaction.append, transaction.add_usage_records

            def first(action: Any) -> Any:
                def act(*arguments: Any) -> Any:
                    if self._happens:
                        self._happens.pop(0)()
                    return action(*arguments)

                return act

            transaction.append = first(write)  # type: ignore[method-assign]
            transaction.add_usage_records = first(add)  # type: ignore[method-assign]
            yield transaction
