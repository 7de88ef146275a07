"""A report as an XLSX workbook: its rows with totals on one sheet, what was asked by whom and when on another.

Days are dates and amounts numbers with the decimals of their currency. A text is never a formula nor a link. A workbook
knows no time zones: an instant is on the clock of the zone that the second sheet names. Rows are written one after the
other and are never held together, so a million of them takes no more memory than a hundred.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import BillingError, RuleViolation
from projections.reports.definition import Column
from projections.reports.whole import Value, WholeAnswer

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576 - 1 - 32  # Those of a sheet without the heading and the totals.
MOST_LETTERS = 32_767
MOST_DIGITS = 15  # A number of a workbook is exact up to so many.
WIDTHS = {"text": 24, "money": 16, "quantity": 16, "day": 12, "month": 10, "instant": 19, "count": 12, "share": 9}
DAY, MONTH, INSTANT, COUNT, SHARE = "yyyy-mm-dd", "yyyy-mm", "yyyy-mm-dd hh:mm:ss", "#,##0", "0.0%"
STRONG = {"bold": True, "top": 1}


def write_workbook(answer: WholeAnswer, file: BinaryIO) -> None:
    """The workbook; more rows than a sheet holds are refused."""
    from xlsxwriter import Workbook

    if answer.row_count > MOST_ROWS:
        message = f"are more than the {MOST_ROWS:,} of a sheet; ask for fewer days, or take it as CSV or Parquet"
        raise RuleViolation(message, field="rows", value=f"{answer.row_count:,}")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties({"title": answer.report.title, "author": answer.by.actor,
                             "created": answer.by.at.replace(tzinfo=None)})  # fmt: skip
        _Rows(book, answer).write()
        _write_question(book, answer)


class _Rows:
    """The sheet of the rows."""

    def __init__(self, book: Workbook, answer: WholeAnswer) -> None:
        self._answer = answer
        self._columns = answer.report.columns
        self._sheet: Worksheet = book.add_worksheet(answer.said("Rows"))
        self._format: Callable[..., Format] = cache(
            lambda number, strong: book.add_format({"num_format": number} | (STRONG if strong else {}))
        )
        names = [column.name for column in self._columns]
        self._currency = names.index("currency") if "currency" in names else None

    def write(self) -> None:
        """Heading, rows, totals."""
        sheet = self._sheet
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, WIDTHS.get(column.kind, 16))
            sheet.write_string(0, place, column.title, self._format("@", True))
        last = 0
        for last, row in enumerate(self._answer.rows, 1):
            currency = row[self._currency] if self._currency is not None else ""
            for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                self._write(last, place, column, value, str(currency))
        if self._columns:
            sheet.autofilter(0, 0, last, len(self._columns) - 1)
        if self._answer.report.summed:
            self._write_totals(last + 1)

    def _write_totals(self, first: int) -> None:
        """A row for each currency; its name stands in the first column unless that is summed itself."""
        for at, total in enumerate(self._answer.totals, first):
            for place, column in enumerate(self._columns):
                if column.total:
                    self._write(at, place, column, total.sums[column.name], total.currency, strong=True)
                elif place == self._currency:
                    self._sheet.write_string(at, place, total.currency, self._format("@", True))
                elif place == 0:
                    self._sheet.write_string(at, place, self._answer.said("Total"), self._format("@", True))

    def _write(
        self, row: int, place: int, column: Column, value: Value, currency: str, *, strong: bool = False
    ) -> None:
        sheet = self._sheet
        match value:
            case None:
                return
            case bool():
                sheet.write_boolean(row, place, value)
            case int() | Decimal():
                if len(Decimal(value).normalize().as_tuple().digits) > MOST_DIGITS:
                    sheet.write_string(row, place, f"{value:f}")
                else:
                    sheet.write_number(row, place, value, self._format(_number(column, currency), strong))
            case datetime():
                sheet.write_datetime(row, place, value.replace(tzinfo=None), self._format(INSTANT, strong))
            case date():
                form = MONTH if column.kind == "month" else DAY
                sheet.write_datetime(row, place, value, self._format(form, strong))
            case _:
                sheet.write_string(row, place, value[:MOST_LETTERS])


@cache
def _decimals(currency: str) -> str:
    """`#,##0.00` for a currency of two decimals."""
    try:
        digits = minor_digits(currency)
    except BillingError:  # A row without an amount may have no currency.
        digits = 2
    return COUNT + ("." + "0" * digits if digits else "")


def _number(column: Column, currency: str) -> str:
    match column.kind:
        case "money":
            return _decimals(currency)
        case "share":
            return SHARE
        case "count":
            return COUNT
    return "#,##0.###"


def _write_question(book: Workbook, answer: WholeAnswer) -> None:
    """The sheet that says what was asked, for what, by whom and when."""
    sheet = book.add_worksheet(answer.said("Question"))
    strong: Any = book.add_format({"bold": True})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for row, (name, text) in enumerate(question_of(answer)):
        sheet.write_string(row, 0, name, strong)
        sheet.write_string(row, 1, text[:MOST_LETTERS])


def question_of(answer: WholeAnswer) -> list[tuple[str, str]]:
    """What a reader must know of the figures: question, explanation, parameters, who asked and when."""
    report, by, said = answer.report, answer.by, answer.said
    titles = {parameter.name: parameter.title for parameter in report.parameters}
    given = [(titles[name], text) for name, text in answer.given.items() if name in titles]
    return [
        (said("Report"), report.title), (said("Question"), report.question),
        *([(said("About"), report.about)] if report.about else []), *given, (said("Asked by"), by.actor),
        (said("Asked at"), f"{by.at.astimezone(by.zone):%Y-%m-%d %H:%M:%S}"), (said("Time zone"), str(by.zone)),
    ]  # fmt: skip
