"""What was foreseen of each month's revenue, and when?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_core.kernel.events import Event
from billing_core.reports.forecasts import RevenueForecast
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "forecast": "int8", "made_on": "date", "month": "date", "seller": "text", "tariff": "text", "charge_kind": "text",
    "lines": "int4", "net": "numeric", "currency": "text",
}  # fmt: skip


class Forecasts:
    """The sums of every forecast; its number is its position in the log."""

    name = "revenue-forecasts"
    version = 1
    tables = ("revenue_forecasts",)
    by_stream = True
    definition = """
        CREATE TABLE revenue_forecasts (
            forecast bigint NOT NULL, made_on date NOT NULL, month date NOT NULL, seller text NOT NULL,
            tariff text NOT NULL, charge_kind text NOT NULL, lines integer NOT NULL, net numeric NOT NULL,
            currency text NOT NULL);
    """
    indexes = "CREATE INDEX ON revenue_forecasts (forecast);"
    streams = ("revenue-forecast",)
    folds: tuple[type[Event], ...] = (RevenueForecast,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [
            (entry.position, fact.effective_on, each.month, each.seller, each.tariff, each.charge_kind, each.lines,
             each.net.amount, each.net.currency)
            for entry in page
            if isinstance(fact := entry.event, RevenueForecast)
            for each in fact.sums
        ]  # fmt: skip
        if rows:
            insert_rows(cursor, "revenue_forecasts", COLUMNS, rows)
