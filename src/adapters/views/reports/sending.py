"""Scheduled reports that leave by e-mail, as a follower of the log.

    due     the file is made with the rights of who scheduled it, kept, and noted; or why it could not be made
    sent    to each recipient who has not got it yet, each noted by itself; the file is the one that was noted

Whatever crashes, the file of a day is made once, and who is noted as having got it does not get it again. Between the
server's taking a mail and the note of it a crash repeats that one mail, with the same Message-ID, by which the
recipient's program knows it. If the file cannot be made, the last one that could is sent, and the mail says so. What
the mail server does not take is tried again as every delivery is. An operator who was closed gets no more: the schedule
ends.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from functools import partial
from typing import NamedTuple
from uuid import uuid5

from adapters.bootstrap.application import Application
from adapters.bootstrap.mail_out import MOST_FILES_BYTES, Sending, sending_of
from adapters.bootstrap.settings import Settings
from adapters.messages.reading import MailAttachment
from adapters.messages.sending import send_mail
from adapters.messages.writing import PlainMail, write_plain
from adapters.views.query import Reading, StreamedFile, queries
from adapters.views.reports.files import question_of
from billing_core.kernel.errors import BillingError, RuleViolation, TookTooLong, Unavailable
from billing_core.reports.schedules import KnownSchedule, MadeFile, ScheduledReportDue, apply_report_schedule
from billing_core.staff.roles import NotSignedIn
from commands.platform.bus import SYSTEM, Command
from commands.platform.followers import Delivery, Follower, Undeliverable
from commands.platform.ports import KeptFile, Origin
from commands.reports.schedules import EndReportSchedule, NoteReportMade, NoteReportNotMade, NoteReportSent

logger = logging.getLogger(__name__)

NAME = "scheduled-reports"
SUBJECT = "{title}, {on}"
TEXT = """Report {report} of {on}, as it was scheduled ({schedule}).
{given}"""
FAILED = """Report {report} of {on} could not be made, as it was scheduled ({schedule}):

{failure}
"""
LAST_GOOD = "\nWhat is attached is the last one that could be made, of {on}."
NONE_YET = "\nNone could be made before, so nothing is attached."


class Sender(NamedTuple):
    """The application on which reports are asked, and how mails leave."""

    app: Application
    sending: Sending


def report_followers(application: Application, settings: Settings) -> list[Follower]:
    """The follower that sends, from the time on at which a mail server is set; none without."""
    sending = sending_of(application, settings)
    if sending is None:
        return []
    return [Follower(NAME, (ScheduledReportDue,), partial(_deliver, Sender(application, sending)))]


def _deliver(sender: Sender, delivery: Delivery) -> None:
    code, on = delivery.entry.number, delivery.entry.event.effective_on
    known = _known(sender, delivery)
    if known.next_at is None or known.due_on != on:
        return  # It was ended, or its next day has come.
    if not known.is_decided:
        _make(sender, delivery, known)
        known = _known(sender, delivery)
    refused = []
    for recipient in known.schedule.recipients:
        if known.next_at is None or recipient in known.sent:
            continue
        try:
            _send(sender, delivery, known, recipient)
        except Undeliverable as error:
            refused.append(f"{recipient}: {error.message}")
            continue
        _give(sender, delivery, NoteReportSent(code=code, on=on, recipient=recipient), recipient)
    if refused:
        raise Undeliverable("; ".join(refused))


# --- the file of the day


def _make(sender: Sender, delivery: Delivery, known: KnownSchedule) -> None:
    """Note the file of the day, or why there is none."""
    schedule, on = known.schedule, delivery.entry.event.effective_on
    try:
        reading = _reading(sender.app, known, on)
    except NotSignedIn as error:
        ended = EndReportSchedule(code=schedule.code, reason=f"{known.maker}, who scheduled it: {error.message}")
        _give(sender, delivery, ended, "ended")
        return
    note: Command
    try:
        kept, name = _kept_file(sender.app, known, reading)
        note = NoteReportMade(code=schedule.code, on=on, content_hash=kept.content_hash, name=name)
    except Unavailable as error:
        if not isinstance(error, TookTooLong):
            raise  # Our own database: it is tried again.
        note = NoteReportNotMade(code=schedule.code, on=on, reason=str(error))
    except Exception as error:
        if not isinstance(error, BillingError):
            logger.exception("Scheduled report %s failed.", schedule.code)
        reason = str(error) if isinstance(error, BillingError) else f"a fault of the program: {type(error).__name__}"
        note = NoteReportNotMade(code=schedule.code, on=on, reason=reason)
    _give(sender, delivery, note, "made")


def _reading(app: Application, known: KnownSchedule, on: date) -> Reading:
    """The rights of who scheduled it, as they are now, and the day on which it is due."""
    app.runner.catch_up()
    if not known.is_operator:
        return Reading(app, app.queries, on, actor=known.maker)
    rights = app.rights.of(known.maker)
    return Reading(app, app.queries, on, rights.permits, rights.operator.dealer, rights.operator.code)


def _kept_file(app: Application, known: KnownSchedule, reading: Reading) -> tuple[KeptFile, str]:
    schedule = known.schedule
    asked = {"report": schedule.report, "given": schedule.given, "sort": schedule.sort}
    query = question_of(schedule.form, schedule.language, **asked)
    answer: StreamedFile = queries()[type(query)](query, reading)
    incoming = app.attachments.begin()
    try:
        for part in answer.parts():
            incoming.add(part)
            if incoming.size > MOST_FILES_BYTES:
                most = f"{MOST_FILES_BYTES // 1_000_000} MB"
                message = f"is over the {most} that mails can hold; ask for fewer days, or take it from the pages"
                raise RuleViolation(message, field="report", value=schedule.report)
        return app.attachments.keep(incoming, answer.media_type), answer.name
    finally:
        incoming.abandon()


# --- the mail


def _send(sender: Sender, delivery: Delivery, known: KnownSchedule, recipient: str) -> None:
    place = known.schedule.recipients.index(recipient)
    mail = PlainMail(
        f"report.{delivery.key}.{place}", recipient, _subject(known), _text(known), delivery.entry.recorded_at
    )
    try:
        written = write_plain(mail, sender.sending.sender)
    except ValueError:
        raise Undeliverable("the address is none that a mail can be sent to") from None
    if known.last is not None:
        file = _attachment(sender.app, known.last)
        maintype, _, subtype = file.media_type.partition("/")
        written.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
    send_mail(written, sender.sending.sender.address, recipient, sender.sending.server)


def _attachment(app: Application, made: MadeFile) -> MailAttachment:
    _, path = app.attachments.find(made.file.content_hash)
    return MailAttachment(made.name, made.file.media_type, path.read_bytes())


def _subject(known: KnownSchedule) -> str:
    failed = " (could not be made)" if known.failure else ""
    return SUBJECT.format(title=known.schedule.report, on=known.due_on) + failed


def _text(known: KnownSchedule) -> str:
    schedule = known.schedule
    words = {"report": schedule.report, "on": known.due_on, "schedule": schedule.code}
    if not known.failure:
        given = "\n".join(f"{name}: {value}" for name, value in schedule.given.items())
        return TEXT.format(**words, given=given)
    last = LAST_GOOD.format(on=known.last.on) if known.last else NONE_YET
    return FAILED.format(**words, failure=known.failure) + last


# --- the log


def _known(sender: Sender, delivery: Delivery) -> KnownSchedule:
    known = sender.app.store.load(delivery.entry.stream, apply_report_schedule)
    assert known is not None
    return known


def _give(sender: Sender, delivery: Delivery, command: Command, step: str) -> None:
    """Give a command in the name of the follower; the same step of the same delivery is one command."""
    entry = delivery.entry
    identity = uuid5(delivery.key, step)
    origin = Origin(
        actor=NAME, role=SYSTEM, channel=NAME, source="", command_id=identity, correlation_id=identity,
        recorded_at=datetime.now(UTC), today=entry.event.effective_on,
    )  # fmt: skip
    sender.app.execute(command, origin)
