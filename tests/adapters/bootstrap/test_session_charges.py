"""From messages of access servers to what the account knows of its usage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from adapters.bootstrap.session_batches import session_batches_of
from adapters.bootstrap.settings import read_settings
from adapters.postgres.access_sessions import PostgresAccessSessions
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.usage.sessions.messages import Counter, Message
from commands.usage.accounting import Accounting, Received
from commands.usage.identifiers import AssignIdentifier
from tests.operators import Operator

NOW = datetime.now(UTC).replace(microsecond=0)
ROWS = "SELECT account, subscription, component, network, seconds, bytes_in FROM billing.usage_rows ORDER BY started_at"
DATA = Usage(code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal("0.10")))


def message(minutes_ago: int, seconds: int, count: int, session: str = "S1", user: str = "anna") -> Received:
    at = NOW - timedelta(minutes=minutes_ago)
    return Received("radius", Message("nas1", session, "interim", at, user, "", seconds, Counter(count, True)), NOW)


def test_what_sessions_used_is_kept_as_rows_of_who_used_it_and_once(operator: Operator):
    operator.publish("metered", "20.00", components=(DATA,))
    operator.subscribers(1, tariff="metered")
    operator.tell(AssignIdentifier(account="A0001", subscription="main", identifier="anna", on=date(2026, 1, 1)))
    application = operator.application
    take = Accounting(PostgresAccessSessions(application.tables).begin, lambda: UTC).take
    batches = session_batches_of(application, read_settings())

    take([message(20, 300, 1_000), message(20, 300, 5_000, "S2", "ghost")])
    batches.advance(NOW)
    take([message(20, 300, 1_000), message(10, 900, 3_000)])
    batches.advance(NOW)
    batches.advance(NOW)

    assert operator.select(ROWS) == [
        ("A0001", "main", "data", "nas1", 300, 1_000), ("A0001", "main", "data", "nas1", 600, 2_000)
    ]  # fmt: skip
    assert operator.select("SELECT count(*) FROM billing.usage_waiting") == [(1,)]
    assert operator.select("SELECT count(*) FROM billing.events WHERE topic LIKE 'usage-received/%'") == [(2,)]
