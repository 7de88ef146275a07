"""The whole answer to a report, for what is written to a file: its rows as they come, each value in one form.

The rows are read from the server in parts while they are written, in one transaction that sees one moment, so the
totals are those of the rows. A statement that takes longer than the bound is stopped: a page is waited for, a file is
not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from billing_core.kernel.errors import BillingError
from projections.platform.projection import Cursor
from projections.reports.answers import EMPTY, Asked, Row, Totals, every_row, totals_of
from projections.reports.definition import Report
from projections.reports.views import ColumnKind, Views

PAGE_SECONDS = 20
FILE_SECONDS = 60
Value = str | int | Decimal | date | datetime | bool | None


class ReportTookTooLong(BillingError):
    """The database was stopped, because the answer to a report took longer than is waited for."""

    code = "report-took-too-long"


class AskedBy(NamedTuple):
    """Who asked, at which instant, and the time zone in which the answer shows instants."""

    actor: str
    at: datetime
    zone: tzinfo = UTC


class WholeAnswer(NamedTuple):
    """A report, what it was asked for, its totals by currency, and its rows, which can be read once.

    Its file is in a language: `report` has the titles of it, and `said` gives each text of the program in it.
    """

    report: Report
    given: Mapping[str, str]
    totals: list[Totals]
    rows: Iterator[Row]
    by: AskedBy
    language: str = "en"
    said: Callable[[str], str] = str

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return sum(total.rows for total in self.totals)


class Reading(NamedTuple):
    """The same transaction twice: `cursor` for what comes at once, `streaming` for what comes in parts."""

    cursor: Cursor
    streaming: Cursor


def whole_answer(reading: Reading, asked: Asked, views: Views, by: AskedBy) -> WholeAnswer:
    """The answer, its totals before its rows."""
    totals = totals_of(reading.cursor, asked, views)
    return WholeAnswer(asked.report, given_of(asked), totals, _plain_rows(reading, asked, views, by.zone), by)


def given_of(asked: Asked) -> dict[str, str]:
    """What a report was asked for in texts: `today`, and what was given or has a default."""
    fixed = {parameter.name for parameter in asked.report.parameters if parameter.fixed}
    return {name: str(value) if value != "" else EMPTY for name, value in asked.values.items()
            if value is not None and name not in fixed}  # fmt: skip


def _plain_rows(reading: Reading, asked: Asked, views: Views, zone: tzinfo) -> Iterator[Row]:
    forms = [form_of(column.kind, zone) for column in asked.report.columns]
    for row in every_row(reading.streaming, asked, views):
        yield tuple([None if value is None else form(value) for form, value in zip(forms, row, strict=True)])


# --- one form for each kind of column


def form_of(kind: ColumnKind, zone: tzinfo) -> Callable[[Any], Value]:
    """How a value of a kind is brought into its one form.

    Counts are whole numbers, money, quantities and shares exact decimals, days dates, a month its first day, an instant
    one with the offset of the zone, a flag true or false, and whatever else a text.
    """
    if kind == "instant":
        return lambda at: at.astimezone(zone)
    return FORMS.get(kind, str)


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value.date() if isinstance(value, datetime) else value


def _month(value: Any) -> date:
    return _day(f"{value}-01" if isinstance(value, str) and value.count("-") == 1 else value).replace(day=1)


FORMS: Mapping[ColumnKind, Callable[[Any], Value]] = {
    "count": int, "money": _decimal, "quantity": _decimal, "share": _decimal, "day": _day, "month": _month,
    "flag": bool,
}  # fmt: skip
