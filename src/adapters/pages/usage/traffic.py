"""The traffic of the network: sums with a plot, by subscriber, network or source; as a table, CSV or workbook."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from adapters.pages.page import Page, Shown
from adapters.pages.typed import day_typed
from adapters.pages.usage.amounts import duration, volume
from adapters.pages.visit import Visit
from adapters.views.usage.traffic import ListTopTraffic, ShowBusyHours, ShowTraffic
from adapters.views.usage.traffic_files import PlotTraffic, WriteTrafficCsv, WriteTrafficWorkbook

DAYS = timedelta(days=30)
ROWS, TOP = 100, 10


def span(visit: Visit) -> dict[str, Any]:
    """The days that are shown: as typed, else the last thirty."""
    from_on, to_on = visit.query.get("from", ""), visit.query.get("to", "")
    return {
        "from": day_typed(from_on, visit.today) if from_on else visit.today - DAYS,
        "to": day_typed(to_on, visit.today) if to_on else visit.today + timedelta(days=1),
    }


def traffic(visit: Visit) -> Shown:
    """Sums by day, the busiest hours and who uses most."""
    days = span(visit)
    account = visit.query.get("account", "")
    found = visit.ask(ShowTraffic, **days, account=account, limit=ROWS)
    top = [] if account else visit.ask(ListTopTraffic, **days, by="subscriber", measure="bytes", limit=TOP).items
    return Shown("usage/traffic.html", {
        "days": days, "found": found, "top": top, "busy": visit.ask(ShowBusyHours, **days), "account": account,
        "volume": volume, "duration": duration,
    })  # fmt: skip


def plot(visit: Visit) -> Response:
    """The plot as a picture."""
    found = visit.ask(PlotTraffic, **span(visit), account=visit.query.get("account", ""))
    return Response(found.content, media_type=found.media_type)


def table(visit: Visit) -> Response:
    """The sums as CSV."""
    found = visit.ask(WriteTrafficCsv, **span(visit), account=visit.query.get("account", ""))
    return Response(found.content, media_type=found.media_type, headers=_saved("traffic.csv"))


def workbook(visit: Visit) -> Response:
    """The sums as a workbook of a spreadsheet."""
    found = visit.ask(WriteTrafficWorkbook, **span(visit), account=visit.query.get("account", ""))
    return Response(found.content, media_type=found.media_type, headers=_saved("traffic.xlsx"))


def _saved(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


PAGES = (
    Page("/traffic", traffic, ShowTraffic),
    Page("/traffic/plot", plot, PlotTraffic),
    Page("/traffic/csv", table, WriteTrafficCsv),
    Page("/traffic/workbook", workbook, WriteTrafficWorkbook),
)
