"""How the stored samples of forecasts are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.reports.forecasts import ForecastSum, RevenueForecast

SAMPLES: dict[str, Event] = {
    "revenue-forecast/1": RevenueForecast(
        effective_on=date(2026, 6, 11),
        months=1,
        sums=(ForecastSum(date(2026, 6, 1), "north", "net", "recurring", 2, Money(Decimal("40.00"), "EUR")),),
        stopped=1,
    ),
}
