"""Whole answers that tests make up, of a report with a column of every kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from projections.reports.answers import Totals
from projections.reports.definition import Chart, Column, Parameter, Report
from projections.reports.whole import AskedBy, WholeAnswer

PRAGUE = ZoneInfo("Europe/Prague")
AT = datetime(2026, 6, 11, 22, 30, tzinfo=UTC)
COLUMNS = (
    Column(name="on", title="On", kind="day"), Column(name="month", title="Month", kind="month"),
    Column(name="at", title="At", kind="instant"), Column(name="what", title="What"),
    Column(name="pieces", title="Pieces", kind="count", total=True),
    Column(name="amount", title="Amount", kind="money", total=True),
    Column(name="share", title="Share", kind="share"), Column(name="paid", title="Paid", kind="flag"),
    Column(name="currency", title="Currency"),
)  # fmt: skip
EVERY_KIND = Report(
    name="every-kind", title="Every kind", subject="money", question="What is there of every kind?",
    about="Made up.", parameters=(Parameter(name="from", title="From", kind="day"),), columns=COLUMNS,
    sql="SELECT", chart=Chart(kind="stacked", of="amount", over="month", by="what"),
)  # fmt: skip
# As a spreadsheet would take them for formulas.
FORMULAS = ('=HYPERLINK("http://x.test","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


def row(what: str, amount: str, currency: str = "EUR", **others: Any) -> tuple[Any, ...]:
    values = {
        "on": date(2026, 6, 11), "month": date(2026, 6, 1), "at": AT.astimezone(PRAGUE), "what": what, "pieces": 2,
        "amount": Decimal(amount), "share": Decimal("0.25"), "paid": True, "currency": currency,
    }  # fmt: skip
    return tuple((values | others).values())


def made(rows: Iterable[tuple[Any, ...]], report: Report = EVERY_KIND, zone: tzinfo = PRAGUE) -> WholeAnswer:
    rows = list(rows)
    totals = []
    for currency in sorted({each[-1] for each in rows}):
        of_it = [each for each in rows if each[-1] == currency]
        sums = {
            "pieces": Decimal(sum(each[4] for each in of_it)),
            "amount": sum((each[5] for each in of_it), Decimal()),
        }
        totals.append(Totals(currency, len(of_it), sums))
    return WholeAnswer(
        report, {"today": "2026-06-12", "from": "2026-06-01"}, totals, iter(rows), AskedBy("anna", AT, zone)
    )
