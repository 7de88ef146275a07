"""The lag of usage from its rows and the log, compared with the rule for one record after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.monitoring.metrics import exposition
from billing_core.usage.mediation.batches import UsageBatchBooked
from billing_core.usage.mediation.lag import UsageLag, is_late, lag_seconds
from commands.platform.ports import Append
from projections.usage.lag import late_batches, usage_lags
from tests.operators import Operator

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
INSERT = """
    INSERT INTO billing.usage_rows (started_at, used_on, source, key, batch, line, kind, subscriber, account,
        subscription, component, number, network, session, direction, seconds, quantity, bytes_in, bytes_out)
    VALUES (%s, '2026-05-20', %s, %s, %s, 1, %s, '1', 'A', 'main', 'calls', '', '', '', '', %s, 0, 0, 0)
"""


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def metered(operator: Operator) -> Operator:
    """Calls of the switch in two batches, of which one is booked in time and one late; data that is not booked yet."""
    if not operator.select("SELECT FROM pg_inherits WHERE inhparent = 'billing.usage_rows'::regclass"):
        operator.execute(
            "CREATE TABLE billing.rows_of_may PARTITION OF billing.usage_rows "
            "FOR VALUES FROM ('2026-05-01') TO ('2026-06-01')"
        )
    for source, key, batch, kind, started, seconds in (
        ("switch", "1", "b1", "call", -20, 120),
        ("switch", "2", "b1", "call", -19, 30),
        ("switch", "3", "b2", "call", -20, 60),
        ("switch", "4", "b2", "call", -12, 60),
        ("radius", "1", "r1", "data", -60, 1800),
        ("radius", "2", "r1", "data", -30, 1800),
        ("early", "1", "e1", "item", 5, 0),
    ):
        operator.execute(INSERT, at(started), source, key, batch, kind, seconds)
    book(operator, "switch:b1", at(-15))
    book(operator, "switch:b2", at(-10))
    book(operator, "early:e1", at(0))
    return operator


def book(operator: Operator, name: str, booked_at: datetime) -> None:
    origin = origin_of_process("mediation", booked_at.date())._replace(recorded_at=booked_at)
    half, whole = (
        UsageBatchBooked(effective_on=booked_at.date(), until_account="A", accounts=1, records=1, is_complete=complete)
        for complete in (False, True)
    )
    with operator.application.store.transaction() as transaction:
        transaction.append([Append(f"usage/{name}", 0, [half, whole])], (), origin)


def lag(**fields: object) -> UsageLag:
    return UsageLag(**fields)  # type: ignore[arg-type]


def test_the_lag_is_from_the_end_of_a_record_until_its_batch_is_booked(metered: Operator):
    """Ends at -18, -18:30, -19 and -11; booked at -15 and -10: 180, 210, 540 and 60 seconds. Calls have 300."""
    found = metered.ask(usage_lags, NOON, 24)

    calls = lag(source="switch", kind="call", records=4, waiting=0, late=1, most_seconds=540, usual_seconds=540,
                promised_seconds=300)  # fmt: skip
    data = lag(source="radius", kind="data", records=2, waiting=2, late=0, most_seconds=1800, usual_seconds=1800,
               promised_seconds=1800)  # fmt: skip
    early = lag(source="early", kind="item", records=1, waiting=0, late=0, most_seconds=0, usual_seconds=0,
                promised_seconds=1800)  # fmt: skip
    assert found == [early, data, calls]
    assert [each.is_kept for each in found] == [True, True, False]


def test_what_is_not_booked_grows_late(metered: Operator):
    (radius,) = [each for each in metered.ask(usage_lags, at(1), 24) if each.source == "radius"]
    assert (radius.late, radius.most_seconds) == (1, 1860)


def test_batches_that_broke_what_is_promised_are_listed(metered: Operator):
    late = metered.ask(late_batches, at(1), 24, 9)
    assert [(each.source, each.batch, each.late, each.most_seconds, each.booked_at) for each in late] == [
        ("radius", "r1", 1, 1860, None),
        ("switch", "b2", 1, 540, at(-10)),
    ]


def test_only_records_of_the_last_hours_count(metered: Operator):
    assert {each.source for each in metered.ask(usage_lags, at(25), 1)} == {"switch", "early", "radius"}
    assert [each.records for each in metered.ask(usage_lags, at(25), 1) if each.source == "radius"] == [1]


def test_the_rule_for_one_record_says_the_same():
    assert lag_seconds(at(-19), at(-10), NOON) == 540
    assert (lag_seconds(at(-30), None, NOON), lag_seconds(at(5), at(0), NOON)) == (1800, 0)
    assert (is_late("call", 300), is_late("call", 301)) == (False, True)
    assert (is_late("data", 1800), is_late("item", 1801)) == (False, True)


def test_the_lag_is_a_figure_of_monitoring(metered: Operator):
    shown = exposition(metered.application, NOON)
    assert 'billing_usage_lag_seconds{kind="call",source="switch"} 540.0' in shown
    assert 'billing_usage_late_records{kind="call",source="switch"} 1.0' in shown
    assert 'billing_usage_unbooked_records{kind="data",source="radius"} 2.0' in shown
