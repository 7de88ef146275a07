"""Usage records in PostgreSQL."""

from __future__ import annotations

from datetime import date

import psycopg

from adapters.postgres.usage_records import refuse_records
from billing_core.usage.mediation.batches import RefusedUsage
from commands.usage.ports import BatchId
from tests.operators import Operator

REFUSED = RefusedUsage("A0001", "main", "data", date(2026, 5, 10), 1, "account", "A0001", "no such account")


def test_refused_records_are_looked_up_by_a_plan_for_as_many_as_they_are(operator: Operator):
    """A statement that the driver has prepared gets one plan for any number of them after a few executions."""
    with psycopg.connect(operator.database_url) as connection:
        for _ in range(12):
            refuse_records(connection.cursor(), BatchId("mediation", "2026-05"), [REFUSED] * 2)

        assert connection.execute("SELECT statement FROM pg_prepared_statements").fetchall() == []
