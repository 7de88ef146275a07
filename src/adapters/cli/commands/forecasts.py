"""The forecast of revenue, made at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell

if TYPE_CHECKING:
    from commands.reports.forecasts import ForecastTotals


def forecast(
    context: typer.Context,
    months: Annotated[int, typer.Option("--months", help="This month and the next ones, so many in all.")] = 6,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the forecast and keep nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add up what the bills of the next months would be if nothing changed, and keep the sums.

    Amounts are without VAT. Usage that is to come is the mean of the last three full months of services that are in
    force, and in none of the other sums. `billing report revenue-forecast` compares the newest forecast with what came.
    """
    from adapters.jobs.reports.forecast import ForecastRevenue, forecast_revenue

    with opened(context) as app:
        found = forecast_revenue(ForecastRevenue(months=months), work_of(app, origin_of(context), dry_run=dry_run))
    if as_json:
        print_json({"dry_run": dry_run, "forecast": found})
    else:
        _tell(found)


def _tell(found: ForecastTotals) -> None:
    lines = table(("month", "left"), ("without VAT", "right"), ("usage to come", "right"))
    for month in sorted({*found.months, *found.usage_to_come}):
        billed, to_come = found.months.get(month, {}), found.usage_to_come.get(month, {})
        for currency in sorted({*billed, *to_come}):
            add(lines, month[:7], billed.get(currency, ""), to_come.get(currency, ""))
    console().print(lines)
    if found.stopped:
        first = "; ".join(f"{account}: {why}" for account, why in found.examples.items())
        tell(f"Not foreseen, because a rule stops their bills: {found.stopped:,}, such as {first}", "yellow")


COMMANDS = {"reports forecast": forecast}
