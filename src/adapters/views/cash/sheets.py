"""The sheet of a desk's day: as it is, as a PDF, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from adapters.documents.cash_sheet import DaySheet, SheetSession, render_cash_sheet
from adapters.files.tables_csv import csv_bytes
from adapters.views.cash.rights import seen_desk
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Queries, Query, Reading
from billing_core.cash.desks import CashDesk
from billing_core.kernel.money import Money, total
from projections.cash.receipts import CashReceiptRow, receipts_of_sessions
from projections.cash.tills import CashSessionRow, TillLine, sessions_on, till_lines
from projections.parties import list_sellers


class ShowCashSheet(Query, frozen=True, kw_only=True):
    """The business day of a desk: each session with float, what came in and went out, count and receipts.

    Without a day it is today.
    """

    desk: str
    on: date | None = None


class PrintCashSheet(ShowCashSheet, frozen=True, kw_only=True):
    """The same as a PDF, to be signed."""


class WriteCashSheet(ShowCashSheet, frozen=True, kw_only=True):
    """The receipts of the business day as a CSV file, with a row for each float and count."""


class SessionSheet(msgspec.Struct):
    """A session on the sheet; `till` is what should be in it after all receipts."""

    session: CashSessionRow
    lines: list[TillLine]
    till: Money
    receipts: list[CashReceiptRow]


class CashSheet(msgspec.Struct):
    """The business day of a desk."""

    desk: CashDesk
    on: date
    sessions: list[SessionSheet]


class CashSheetPaper(FileAnswer):
    """A sheet of a cash desk on paper."""

    media_type = "application/pdf"


class CashSheetTable(FileAnswer):
    """A sheet of a cash desk as CSV."""

    media_type = "text/csv"


HEADING = (
    "session", "receipt", "at", "kind", "method", "amount", "cash", "currency", "account", "invoice", "cashier",
    "about", "with_whom", "reason", "cancelled_by",
)  # fmt: skip


def _show_sheet(query: ShowCashSheet, reading: Reading) -> CashSheet:
    on = query.on or reading.today
    with reading.source.cursor() as cursor:
        desk = seen_desk(cursor, query.desk, reading).desk
        sessions = sessions_on(cursor, query.desk, on)
        found = [
            (session, till_lines(cursor, [session.session]), receipts_of_sessions(cursor, [session.session]))
            for session in sessions
        ]
    return CashSheet(desk, on, [_session(desk, *each) for each in found])


def _session(
    desk: CashDesk, session: CashSessionRow, lines: list[TillLine], receipts: list[CashReceiptRow]
) -> SessionSheet:
    till = session.float + total((line.cash for line in lines), desk.currency)
    return SessionSheet(session, lines, till, receipts)


def _print_sheet(query: PrintCashSheet, reading: Reading) -> CashSheetPaper:
    sheet = _show_sheet(query, reading)
    with reading.source.cursor() as cursor:
        seller = next(each for each in list_sellers(cursor) if each.code == sheet.desk.seller)
    sessions = [SheetSession(each.session, each.lines, each.till, each.receipts) for each in sheet.sessions]
    paper = DaySheet(seller.name, sheet.desk, sheet.on, sessions, ZoneInfo(seller.time_zone))
    return CashSheetPaper(render_cash_sheet(paper))


def _write_sheet(query: WriteCashSheet, reading: Reading) -> CashSheetTable:
    return CashSheetTable(csv_bytes(HEADING, _rows(_show_sheet(query, reading))))


def _rows(sheet: CashSheet) -> Iterator[tuple[object, ...]]:
    """The float, the receipts in order, and the count of each session."""
    currency = sheet.desk.currency
    for each in sheet.sessions:
        session = each.session
        yield _told(session, "float", session.opened_at.isoformat(), session.float, session.cashier,
                    session.float_reason)  # fmt: skip
        for row in each.receipts:
            yield (session.session, row.receipt, row.at.isoformat(), row.kind, row.method, row.amount, row.cash,
                   currency, row.account, row.invoice, row.cashier, row.about, row.with_whom, row.reason,
                   row.cancelled_by)  # fmt: skip
        if session.closed_at is not None and session.counted is not None and session.variance is not None:
            at, by = session.closed_at.isoformat(), session.closed_by or ""
            yield _told(session, "count", at, session.counted, by, session.reason or "")
            yield _told(session, "variance", at, session.variance, by, session.reason or "")


def _told(session: CashSessionRow, kind: str, at: str, amount: Money, by: str, reason: str) -> tuple[object, ...]:
    return session.session, "", at, kind, "cash", amount, "", amount.currency, "", "", by, "", "", reason, ""


def _persons(query: ShowCashSheet, reading: Reading) -> list[str]:
    accounts = {row.account for each in _show_sheet(query, reading).sessions for row in each.receipts if row.account}
    return owners(sorted(accounts), reading)


QUERIES: Queries = {ShowCashSheet: _show_sheet, PrintCashSheet: _print_sheet, WriteCashSheet: _write_sheet}
PERSONS: Persons = {kind: lambda query, answer, reading: _persons(query, reading) for kind in QUERIES}
