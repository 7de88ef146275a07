"""Control of usage as it is read: grants, quotas and alarms."""

from __future__ import annotations

from projections.usage.control import alarms, grants, quotas, recorded
from projections.usage.control.deadlines import DEADLINES

PROJECTIONS = (grants.UsageGrantsModel(), recorded.UsageDays(), quotas.UsageQuotas(), alarms.UsageAlarmsModel())
INVARIANTS = {**grants.INVARIANTS, **alarms.INVARIANTS}
__all__ = ["DEADLINES", "INVARIANTS", "PROJECTIONS"]
