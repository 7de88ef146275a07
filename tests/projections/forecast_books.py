"""A forecast of revenue in the books."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.origins import origin_of_process
from billing_core.reports.forecasts import ForecastSum, RevenueForecast
from tests.operators import Operator, eur

APRIL = date(2026, 4, 1)


def keep_forecast(operator: Operator) -> None:
    """One line of one month."""
    foreseen = ForecastSum(APRIL, "north", "net", "recurring", 1, eur("20.00"))
    forecast = RevenueForecast(effective_on=APRIL, months=1, sums=(foreseen,), stopped=0)
    with operator.application.revenue_forecast() as run:
        run.record(forecast, origin_of_process("clerk", APRIL))
