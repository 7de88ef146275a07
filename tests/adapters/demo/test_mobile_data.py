"""The demo's mobile data, as its lists show it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.demo.mobile_data import use_mobile_data
from projections.usage.control.alarms import alarms_after
from projections.usage.control.grants import grants_after
from projections.usage.control.quotas import quotas_of
from tests.operators import Operator


def test_a_day_of_mobile_data_is_slowed_topped_up_and_goes_on(operator: Operator):
    account = operator.subscriber()

    use_mobile_data(operator.application, account, date(2026, 5, 20))

    (quota,) = operator.ask(quotas_of, account, "DATA1", 9)
    assert (quota.step, quota.action, quota.used, quota.raised) == (0, "full", Decimal(22), Decimal(5))
    alarms = operator.ask(lambda cursor: alarms_after(cursor, "", 9, since=date.min))
    assert [(alarm.subject, alarm.share) for alarm in alarms] == [
        ("quota", 50), ("quota", 80), ("quota", 100), ("amount", 50),
    ]  # fmt: skip
    (grant,) = operator.ask(lambda cursor: grants_after(cursor, "", 9, open_only=True))
    assert (grant.units, grant.used, grant.state) == (Decimal(500), Decimal(120), "open")
    assert operator.findings() == []
