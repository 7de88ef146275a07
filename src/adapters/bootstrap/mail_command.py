"""The command for a mail that was read: what it is, which ticket it names, who sent it, and its files, kept."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from adapters.bootstrap.application import Application
from adapters.bootstrap.mail_settings import MailboxSettings
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.messages.reading import MailAttachment, ReadMail
from billing_core.kernel.errors import InvalidValue
from billing_core.parties.customers import emails_of
from billing_core.work.mail_kinds import kind_of
from billing_core.work.mail_tickets import plain_address, ticket_named
from commands.platform.attached import AttachedFile
from commands.work.mails import ReceiveTicketMail
from projections.parties import list_customers
from projections.platform.runner import LIVE_SCHEMA

MOST_ALIKE = 200


class MailCommands:
    """Makes commands of mails."""

    def __init__(self, application: Application, settings: Settings, clock: SellerClock) -> None:
        self.key = application.store.content_key()
        self._application = application
        self._clock = clock
        self.own_addresses = _own_addresses(settings)

    def command(self, mail: ReadMail, box: MailboxSettings) -> ReceiveTicketMail:
        """The command that takes a mail of a mailbox; the files of a person's mail are kept before."""
        headers, report = mail.headers, mail.headers.report
        named = ticket_named(self.key, headers.recipients, headers.answered, headers.subject)
        what = kind_of(headers, self.key, self.own_addresses)
        files, left = self._kept(mail.attachments) if what == "person" else ([], [])
        return ReceiveTicketMail(
            mail=mail.stands_for,
            sender=self._sender(headers.sender),
            address=headers.sender,
            what=what,
            kind=box.kind,
            queue=_queue(box, headers.recipients),
            ticket=named.ticket if named else "",
            is_proved=named is not None and named.is_proved,
            customer=self._customer(headers.sender),
            subject=headers.subject,
            text="\n".join([mail.text, *left]).strip(),
            message_id=headers.message_id,
            attachments=tuple(files),
            status=report.status if report else "",
            diagnostic=report.diagnostic if report else "",
        )

    def _sender(self, address: str) -> str:
        """What stands for a sender within this hour: it cannot be followed to the next one."""
        sent = f"sender of mail in {self._clock.now():%Y-%m-%dT%H}: {plain_address(address)}"
        return hmac.digest(self.key, sent.encode(errors="replace"), "sha256").hex()[:32]

    def _customer(self, address: str) -> str:
        """The only customer who has this address, or a contact with it; nobody if several have it."""
        if not address:
            return ""
        wanted = plain_address(address)
        with self._application.tables.transaction(LIVE_SCHEMA) as cursor:
            alike = list_customers(cursor, address, MOST_ALIKE)
        found = [
            row.customer.number for row in alike if wanted in map(plain_address, emails_of(row.customer, row.contacts))
        ]
        return found[0] if len(found) == 1 else ""

    def _kept(self, attachments: Iterable[MailAttachment]) -> tuple[list[AttachedFile], list[str]]:
        """The files that may be attached, kept, and a line for each of the others, which stay in the mailbox."""
        files, left = [], []
        for each in attachments:
            name = each.name or "file"
            try:
                files.append(AttachedFile(name=name, content_hash=self._hash_of_kept(each)))
            except InvalidValue:
                left.append(f"[{name}, {each.media_type}: stays in the mailbox]")
        return files, left

    def _hash_of_kept(self, file: MailAttachment) -> str:
        incoming = self._application.attachments.begin()
        try:
            incoming.add(file.content)
            return self._application.attachments.keep(incoming, file.media_type).content_hash
        finally:
            incoming.abandon()


def _own_addresses(settings: Settings) -> frozenset[str]:
    """Ours are the address from which mails leave, those of queues, and users of mailboxes that are addresses."""
    found = {settings.mail_from or ""}
    for box in settings.mailboxes:
        found |= {box.user, *box.queues}
    return frozenset(plain_address(each) for each in found if "@" in each)


def _queue(box: MailboxSettings, recipients: Iterable[str]) -> str:
    """The queue of the address to which a mail came, else that of the mailbox."""
    queues = {plain_address(address): queue for address, queue in box.queues.items()}
    return next((queues[each] for each in map(plain_address, recipients) if each in queues), box.queue)
