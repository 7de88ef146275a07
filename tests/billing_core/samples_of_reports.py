"""How the stored samples of saved reports and closed months are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.reports.closings import (
    FrozenColumn,
    FrozenFigures,
    FrozenTotals,
    ReportMonthClosed,
    ReportMonthCompared,
    ReportMonthReopened,
)
from billing_core.reports.saved import ReportRemoved, ReportSaved
from billing_core.reports.trees import Condition, Figure, Group, ReportTree

ON, MAY = date(2026, 6, 11), date(2026, 5, 1)
TREE = ReportTree(
    view="income",
    groups=(Group(column="booked_on", by="month"), Group(column="currency")),
    figures=(Figure(kind="sum", column="amount"), Figure(kind="count")),
    conditions=(Condition(column="kind", values=("received",)), Condition(column="method", asked="method")),
    order=("-amount_sum",),
    most=100,
)
FIGURES = FrozenFigures(
    report="income-by-method",
    given={"from": "2026-05-01", "to": "2026-06-01"},
    columns=(
        FrozenColumn("method", "Way of payment", "text"),
        FrozenColumn("income", "Income", "money", total=True),
        FrozenColumn("currency", "Currency", "text"),
    ),
    totals=(FrozenTotals("EUR", 1, {"income": Decimal("1000.00")}),),
    rows=(("cash", "1000.00", "EUR"),),
    log_position=17,
)
SAMPLES: dict[str, Event] = {
    "report-saved/1": ReportSaved(
        effective_on=ON, report="own-by-month", title="Income by month", subject="money", question="How much came in?",
        tree=TREE, maker="eva", is_private=True,
    ),
    "report-removed/1": ReportRemoved(effective_on=ON, report="own-by-month", reason="nobody asks it"),
    "report-month-closed/1": ReportMonthClosed(
        effective_on=ON, seller="north", month=MAY, figures=FIGURES,
        figures_hash="6f4d6f5f4c8c2f8d1d3bfb0a3ad8b0f0cbd3a1f4b1f2a3c4d5e6f708192a3b4c",
    ),
    "report-month-compared/1": ReportMonthCompared(
        effective_on=ON, seller="north", month=MAY, differing=("income-by-method",)
    ),
    "report-month-reopened/1": ReportMonthReopened(
        effective_on=ON, seller="north", month=MAY, reason="a bank file was missing"
    ),
}  # fmt: skip
