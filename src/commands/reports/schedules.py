"""Schedule reports that are sent by e-mail, end schedules, and note what became of each one that was due."""

from __future__ import annotations

from datetime import date, datetime

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.parties.sellers import apply_seller
from billing_core.reports.saved import apply_saved, saved_stream
from billing_core.reports.schedules import (
    KnownSchedule,
    Maker,
    ReportSchedule,
    apply_report_schedule,
    come_due,
    end_report_schedule,
    note_made,
    note_not_made,
    note_sent,
    schedule_report,
)
from commands.parties import seller_stream
from commands.platform.attached import attached_file
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, SHARED, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeHandlers, WakeUp

WAKE = "scheduled-report"

# --- commands


class ScheduleReport(Command, frozen=True, kw_only=True):
    """Send a report by e-mail every day, week or month, at a time on the clock of a seller.

    It is asked with the rights of who schedules it, as they are on the day: nothing but the name of the report and what
    it is asked for is checked before. A schedule of the same code is replaced.
    """

    schedule: ReportSchedule


class OfSchedule(Command, frozen=True, kw_only=True):
    code: str


class EndReportSchedule(OfSchedule, frozen=True, kw_only=True):
    """Send a report no more."""

    reason: str


class MakeReportDue(OfSchedule, frozen=True, kw_only=True):
    """Let a scheduled report be made and sent now that its instant has come. The instant gives it by itself."""

    due_at: datetime


class NoteReportMade(OfSchedule, frozen=True, kw_only=True):
    """Note the file that was made of a scheduled report for a day. What sends it gives it by itself."""

    on: date
    content_hash: str
    name: str


class NoteReportNotMade(OfSchedule, frozen=True, kw_only=True):
    """Note why a scheduled report could not be made for a day. What sends it gives it by itself."""

    on: date
    reason: str


class NoteReportSent(OfSchedule, frozen=True, kw_only=True):
    """Note that the mail server took a scheduled report to a recipient. What sends it gives it by itself."""

    on: date
    recipient: str


# --- handlers


def schedule_stream(code: str) -> str:
    return f"report-schedule/{code}"


def load_schedule(transaction: Transaction, code: str) -> tuple[KnownSchedule, int]:
    """The schedule and its version, or `NotFound`."""
    known, version = transaction.load(schedule_stream(code), apply_report_schedule)
    if known is None:
        raise NotFound("no such schedule", field="schedule", value=code)
    return known, version


def handle_schedule_report(command: ScheduleReport, transaction: Transaction, origin: Origin) -> Decision:
    schedule = command.schedule
    seller, _ = transaction.load(seller_stream(schedule.seller), apply_seller)
    if seller is None:
        raise InvalidValue("is no seller, so it is not known on whose clock it is sent", field="seller",
                           value=schedule.seller)  # fmt: skip
    _require_report(schedule, transaction)
    stream = schedule_stream(schedule.code)
    known, version = transaction.load(stream, apply_report_schedule)
    maker = Maker(origin.actor, origin.is_signed_in, origin.dealer)
    events = schedule_report(known, schedule, maker, seller.time_zone, origin.recorded_at)
    return Decision((Append(stream, version, events),))


def _require_report(schedule: ReportSchedule, transaction: Transaction) -> None:
    """The report is one that comes with the program, and knows what it is asked for, or one that somebody saved."""
    words = transaction.words_of_report(schedule.report)
    if words is None:
        saved, _ = transaction.load(saved_stream(schedule.report), apply_saved)
        if saved is None or saved.is_removed:
            raise InvalidValue("is no report; `billing report` lists them", field="report", value=schedule.report)
        return
    if unknown := [name for name in schedule.given if name not in words]:
        message = f"is nothing that report {schedule.report} is asked for; it knows {', '.join(words) or 'nothing'}"
        raise InvalidValue(message, field="given", value=", ".join(unknown))


def handle_end_report_schedule(command: EndReportSchedule, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_schedule(transaction, command.code)
    events = end_report_schedule(known, origin.dealer, command.reason, origin.today)
    return Decision((Append(schedule_stream(command.code), version, events),))


def handle_make_report_due(command: MakeReportDue, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_schedule(transaction, command.code)
    events = come_due(known, command.due_at, origin.recorded_at)
    return Decision((Append(schedule_stream(command.code), version, events),))


def handle_note_report_made(command: NoteReportMade, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_schedule(transaction, command.code)
    file = attached_file(command.content_hash, transaction)
    events = note_made(known, command.on, file, command.name)
    return Decision((Append(schedule_stream(command.code), version, events),))


def handle_note_report_not_made(command: NoteReportNotMade, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_schedule(transaction, command.code)
    events = note_not_made(known, command.on, command.reason)
    return Decision((Append(schedule_stream(command.code), version, events),))


def handle_note_report_sent(command: NoteReportSent, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_schedule(transaction, command.code)
    events = note_sent(known, command.on, command.recipient)
    return Decision((Append(schedule_stream(command.code), version, events),))


# --- what happens by itself


def _make_due(wake_up: WakeUp) -> MakeReportDue:
    return MakeReportDue(code=wake_up.number, due_at=wake_up.comes_at)


HANDLERS: Handlers = {
    ScheduleReport: handle_schedule_report,
    EndReportSchedule: handle_end_report_schedule,
    MakeReportDue: handle_make_report_due,
    NoteReportMade: handle_note_report_made,
    NoteReportNotMade: handle_note_report_not_made,
    NoteReportSent: handle_note_report_sent,
}
# What an operator of a dealer has sent is of the dealer's own customers, and for that dealer's operators alone to end.
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE) | {ScheduleReport: SHARED, EndReportSchedule: SHARED}
WAKES: WakeHandlers = {WAKE: _make_due}
