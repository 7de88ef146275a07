"""Mails that came in, from the mailboxes into tickets.

    1  an unread mail is fetched                      a crash here: it is fetched again
    2  the command takes it, or refuses it            a crash here: fetched again, its claim is known, nothing is added
    3  it is moved to the folder Done or Refused

One mailbox is read by one process at a time; of two that read the same mail in different mailboxes the second finds the
claim of the first. A mail that no command could take for another reason, such as a flow that is not published, stays
unread until it is mended. Nothing that tells of a person is logged.
"""

from __future__ import annotations

import logging

import msgspec

from adapters.bootstrap.application import Application
from adapters.bootstrap.mail_command import MailCommands
from adapters.bootstrap.mail_settings import MailboxSettings
from adapters.bootstrap.mails_of_messages import MailsOfMessages
from adapters.bootstrap.message_reports import MessageReports
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.messages.mailboxes import Fetched, Folder, MailboxUnavailable, OpenMailbox, open_mailbox
from adapters.messages.parts import UnreadableMail
from adapters.messages.reading import MOST_BYTES, read_mail
from billing_core.kernel.errors import BillingError
from commands.platform.bus import SYSTEM
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.progress import Progress, unwatched
from commands.work.mails import MailOutcome

logger = logging.getLogger(__name__)


class Polled(msgspec.Struct):
    """How many mails were taken, were known and were refused, and what kept others where they are."""

    taken: int = 0
    known: int = 0
    refused: int = 0
    faults: list[str] = []

    @property
    def moved(self) -> int:
        return self.taken + self.known + self.refused

    def note(self, fault: str) -> None:
        logger.error("%s", fault)
        self.faults.append(fault)


class MailPoll:
    """Reads all mailboxes once."""

    def __init__(
        self,
        application: Application,
        settings: Settings,
        clock: SellerClock | None = None,
        progress: Progress = unwatched,
    ) -> None:
        self._application = application
        self._boxes = settings.mailboxes
        self._clock = clock or SellerClock(application.store, application.tables)
        self._progress = progress
        self._commands = MailCommands(application, settings, self._clock)
        self._messages = MailsOfMessages(self._commands.key, self._commands.own_addresses)

    def advance(self) -> int:
        """Read all mailboxes; how many mails were moved."""
        return self.poll().moved

    def poll(self) -> Polled:
        """Read all mailboxes that no other process reads now; one that is unavailable keeps back no other."""
        polled = Polled()
        for box in self._boxes:
            with self._application.tables.only_runner_unless_busy(f"mailbox {box.name}") as is_alone:
                if is_alone:
                    self._read(box, polled)
        return polled

    def _read(self, box: MailboxSettings, polled: Polled) -> None:
        try:
            with open_mailbox(box.login) as mails:
                self._read_unread(box, mails, polled)
        except MailboxUnavailable as error:
            polled.note(f"mailbox {box.name}: {error}")

    def _read_unread(self, box: MailboxSettings, mails: OpenMailbox, polled: Polled) -> None:
        for number, fetched in enumerate(mails.unread(), 1):
            try:
                folder = self._take(box, fetched, polled)
            except BillingError as error:
                polled.note(f"mailbox {box.name}: mail {fetched.uid} stays unread: {error}")
                continue
            mails.move(fetched, folder)
            self._progress(number)

    def _take(self, box: MailboxSettings, fetched: Fetched, polled: Polled) -> Folder:
        """Give the command for a mail; the folder to which the mail belongs."""
        try:
            outcome = self._receive(box, fetched)
        except UnreadableMail as error:
            outcome = MailOutcome(outcome="refused", reason=str(error))
        setattr(polled, outcome.outcome, getattr(polled, outcome.outcome) + 1)
        because = f", {outcome.reason}" if outcome.reason else ""
        logger.info("mailbox %s: mail %s is %s%s", box.name, fetched.uid, outcome.outcome, because)
        return "Refused" if outcome.outcome == "refused" else "Done"

    def _receive(self, box: MailboxSettings, fetched: Fetched) -> MailOutcome:
        if fetched.raw is None:
            raise UnreadableMail(f"it is larger than {MOST_BYTES // 1_000_000} MB")
        mail = read_mail(fetched.raw, self._commands.key)
        reports = MessageReports(self._application, box.name, self._clock)
        if (of_message := self._messages.take(mail, reports)) is not None:
            return of_message
        command = self._commands.command(mail, box)
        answer = self._application.bus.execute(command, self._origin(box))
        return msgspec.convert(answer.result, MailOutcome)

    def _origin(self, box: MailboxSettings) -> Origin:
        identity = new_id()
        return Origin(
            actor="mail",
            role=SYSTEM,
            channel="mail",
            source=box.name,
            command_id=identity,
            correlation_id=identity,
            recorded_at=self._clock.now(),
            today=self._clock.local_now().date(),
        )
