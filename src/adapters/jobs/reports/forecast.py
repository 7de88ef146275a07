"""The forecast of revenue as a job."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from commands.platform.identity import new_id
from commands.reports.forecasts import ForecastTotals, totals_of


class ForecastRevenue(Job, frozen=True, kw_only=True):
    """Add up what the bills of this month and of the next ones would be if nothing changed, and keep the sums.

    They are made by the rules of billing, without VAT, by month, tariff and kind of charge, up to 12 `months`. Each
    forecast is kept, and compared with what came by the report `revenue-forecast`. A dry run keeps nothing.
    """

    months: int = 6


def forecast_revenue(asked: ForecastRevenue, work: Work) -> ForecastTotals:
    """Make the forecast of today and keep it; one that was cut off is made anew."""
    today = work.origin.today
    with work.app.revenue_forecast() as run:
        with work.watch("Forecast", "accounts", None) as advance:
            sums = run.make(asked.months, today, advance)
        forecast = sums.forecast(asked.months, today)
        if not work.is_dry_run:
            run.record(forecast, work.origin._replace(command_id=new_id()))
    return totals_of(forecast, sums.stopped)


JOBS: Jobs = {ForecastRevenue: Kind(forecast_revenue, rehearses=True)}
