"""How the stored samples of grants, quotas, alarms and limits of usage are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.usage.control.alarms import UsageAlarmRaised, UsageLimits, UsageLimitsSet
from billing_core.usage.control.grants import UsageGrantConfirmed, UsageGranted, UsageGrantExpired, UsageGrantReleased
from billing_core.usage.control.quotas import BoughtTopUp, QuotaReset, QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded

GIGABYTES: dict[str, Any] = {"full_up_to": Decimal(50), "unit": "GB", "counted_in": "MB"}
ON, MAY, JUNE, JULY = date(2026, 5, 20), date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


SAMPLES: dict[str, Event] = {
    "usage-granted/1": UsageGranted(
        effective_on=ON,
        grant="session-17:1",
        subscription="S1",
        component="calls",
        asked=Decimal(60),
        units=Decimal(40),
        amount=eur("4.00"),
        available=eur("4.05"),
        until_at=datetime(2026, 5, 20, 11, 0, tzinfo=UTC),
        recorded_by="source",
        price=Decimal("0.10"),
    ),
    "usage-grant-confirmed/1": UsageGrantConfirmed(
        effective_on=ON,
        grant="session-17:1",
        subscription="S1",
        component="calls",
        part=2,
        units=Decimal("12.5"),
        amount=eur("1.25"),
        charged_on=JUNE,
    ),
    "usage-grant-released/1": UsageGrantReleased(effective_on=ON, grant="session-17:1", amount=eur("2.75")),
    "usage-grant-expired/1": UsageGrantExpired(effective_on=ON, grant="session-17:1", amount=eur("2.75")),
    "quota-step-reached/1": QuotaStepReached(
        effective_on=ON,
        subscription="S1",
        component="data",
        step=1,
        action="slow",
        units=Decimal("50.5"),
        from_on=MAY,
        to_on=JUNE,
        parameters={"speed": "2 Mbit/s"},
        is_past=True,
        **GIGABYTES,
    ),
    "quota-topped-up/1": QuotaToppedUp(
        effective_on=ON,
        subscription="S1",
        component="data",
        top_up="five",
        units=Decimal(5),
        price=eur("4.00"),
        from_on=MAY,
        to_on=JUNE,
        valid_to=date(2026, 6, 19),
        **GIGABYTES,
    ),
    "quota-top-up-ended/1": QuotaTopUpEnded(
        effective_on=date(2026, 6, 19),
        subscription="S1",
        component="data",
        top_up="five",
        bought_on=ON,
        used=Decimal(3),
        unused=Decimal(2),
    ),
    "quota-reset/1": QuotaReset(
        effective_on=JUNE,
        subscription="S1",
        component="data",
        from_on=JUNE,
        to_on=JULY,
        top_ups=(BoughtTopUp("five", ON, date(2026, 6, 19), Decimal(2)),),
        **GIGABYTES,
    ),
    "usage-limits-set/1": UsageLimitsSet(
        effective_on=ON,
        subscription="S1",
        limits=UsageLimits(
            monthly_amount=Decimal("20.00"), shares=(80,), at_limit="slow", parameters={"speed": "1 Mbit/s"}
        ),
    ),
    "usage-alarm-raised/1": UsageAlarmRaised(
        effective_on=ON,
        subject="amount",
        subscription="S1",
        component="",
        share=100,
        used=Decimal("20.5"),
        limit=Decimal("20.00"),
        unit="EUR",
        from_on=MAY,
        to_on=JUNE,
        action="slow",
        parameters={"speed": "1 Mbit/s"},
    ),
}
