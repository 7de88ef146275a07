"""The figures of a report for a month, as they are frozen when it is closed and compared with later.

Both are asked in the same way, so nothing differs but what the read models show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing_core.reports.closings import (
    MOST_FROZEN_ROWS,
    FrozenColumn,
    FrozenFigures,
    FrozenTotals,
    month_after,
)
from projections.platform.projection import Cursor
from projections.reports.answers import Asked, part_of
from projections.reports.definition import Report, Reports
from projections.reports.parameters import values_of
from projections.reports.views import Views

FROM, TO, SELLER = "from", "to", "seller"


def closing_reports(reports: Reports) -> Iterator[Report]:
    """The reports whose figures are frozen."""
    return (report for report in reports.values() if report.closes)


def given_for(report: Report, seller: str, month: date) -> dict[str, str]:
    """What a report is asked for: the month, and the seller if it knows one."""
    given = {FROM: month.isoformat(), TO: month_after(month).isoformat()}
    return given | ({SELLER: seller} if report.parameter(SELLER) is not None else {})


def figures_of(
    cursor: Cursor, report: Report, given: dict[str, str], views: Views, today: date, log_position: int = 0
) -> FrozenFigures:
    """The figures of a report now: totals, and the rows unless there are too many."""
    asked = Asked(report, values_of(report, given, today))
    rows, totals = part_of(cursor, asked, views, MOST_FROZEN_ROWS)
    has_rows = len(rows) <= MOST_FROZEN_ROWS
    return FrozenFigures(
        report=report.name, given=given, has_rows=has_rows, log_position=log_position,
        columns=tuple(FrozenColumn(each.name, each.title, each.kind, each.total) for each in report.columns),
        totals=tuple(FrozenTotals(each.currency, each.rows, each.sums) for each in totals),
        rows=tuple(_texts(rows)) if has_rows else (),
    )  # fmt: skip


def _texts(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str | None, ...]]:
    for row in rows:
        yield tuple(map(_text, row))


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case date() | datetime():
            return value.isoformat()
    return str(value)
