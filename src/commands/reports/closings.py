"""Freeze the figures of a month that has ended, and open it again."""

from __future__ import annotations

from billing_core.reports.closings import (
    FrozenFigures,
    ReportMonthCompared,
    ReportMonthReopened,
    apply_month,
    close,
    compare,
    month_of,
    month_stream,
    reopen,
)
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class CloseReportMonth(Command, frozen=True, kw_only=True):
    """Keep the figures of reports for a month of a seller as they are, once; `month` as 2026-05.

    The job `close-month` asks the reports and gives this.
    """

    seller: str
    month: str
    figures: tuple[FrozenFigures, ...]


class ReopenReportMonth(Command, frozen=True, kw_only=True):
    """Open a closed month again, so that its figures may be frozen anew."""

    seller: str
    month: str
    reason: str


class NoteMonthComparison(Command, frozen=True, kw_only=True):
    """Note which reports of a closed month answer otherwise now than was frozen; every night the program does it."""

    seller: str
    month: str
    differing: tuple[str, ...] = ()


# --- handlers


def handle_close(command: CloseReportMonth, transaction: Transaction, origin: Origin) -> Decision:
    seller, month = load_seller(transaction, command.seller)[0].code, month_of(command.month)
    stream = month_stream(seller, month)
    known, version = transaction.load(stream, apply_month)
    events = close(known, seller, month, command.figures, origin.today)
    return Decision((Append(stream, version, events),), {"reports": len(events)})


def handle_reopen(command: ReopenReportMonth, transaction: Transaction, origin: Origin) -> Decision:
    seller, month = load_seller(transaction, command.seller)[0].code, month_of(command.month)
    stream = month_stream(seller, month)
    known, version = transaction.load(stream, apply_month)
    fact = ReportMonthReopened(effective_on=origin.today, seller=seller, month=month, reason=command.reason)
    return Decision((Append(stream, version, reopen(known, fact)),))


def handle_note(command: NoteMonthComparison, transaction: Transaction, origin: Origin) -> Decision:
    seller, month = load_seller(transaction, command.seller)[0].code, month_of(command.month)
    stream = month_stream(seller, month)
    known, version = transaction.load(stream, apply_month)
    fact = ReportMonthCompared(effective_on=origin.today, seller=seller, month=month, differing=command.differing)
    return Decision((Append(stream, version, compare(known, fact)),))


HANDLERS: Handlers = {
    CloseReportMonth: handle_close,
    ReopenReportMonth: handle_reopen,
    NoteMonthComparison: handle_note,
}
