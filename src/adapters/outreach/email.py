"""The channel of e-mail: a batch goes over a few connections at once, and each mail has its outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from adapters.messages.reading import MailAttachment
from adapters.messages.sending import Failure, Letter, ServerUnavailable, SmtpConnections, SmtpServer
from adapters.outreach.dkim_signing import DkimSigner
from adapters.outreach.mail import MailFrom, mail_of
from billing_core.kernel.errors import BillingError
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.mail_addresses import bounce_address, message_id
from commands.outreach.channels import Outcome, OutgoingMessage, Postponed, Refused, Taken, Unsent
from commands.platform.followers import Undeliverable

# Finds what goes with a message: the files of its documents.
Attach = Callable[[OutgoingMessage], Sequence[MailAttachment]]
# Says from whom a seller's mails leave.
SenderOf = Callable[[str], MailFrom]


class Mailing(NamedTuple):
    """How mails leave: by which server and how many connections, from whom, with what, and signed or not."""

    server: SmtpServer
    connections: int
    sender_of: SenderOf
    attach: Attach
    signer: DkimSigner | None = None


class EmailChannel:
    """Implements `Channel` by SMTP; for one thread."""

    name: ChannelName = "email"

    def __init__(self, mailing: Mailing) -> None:
        self._mailing = mailing
        self._connections = SmtpConnections(mailing.server, mailing.connections)

    def send(self, batch: Sequence[OutgoingMessage]) -> Sequence[Outcome]:
        outcomes: dict[str, Outcome] = {}
        letters: dict[str, Letter] = {}
        senders = {seller: self._mailing.sender_of(seller) for seller in {message.seller for message in batch}}
        for message in batch:
            made = self._letter(message, senders[message.seller])
            if isinstance(made, Letter):
                letters[message.message] = made
            else:
                outcomes[message.message] = made
        failures = self._connections.send(list(letters.values()))
        for (message_of, letter), failure in zip(letters.items(), failures, strict=True):
            outcomes[message_of] = _outcome(failure, message_id(message_of, letter.sender))
        return [outcomes[message.message] for message in batch]

    def close(self) -> None:
        """Leave the server."""
        self._connections.close()

    def _letter(self, message: OutgoingMessage, sender: MailFrom) -> Letter | Outcome:
        mailing = self._mailing
        try:
            content = mail_of(message, sender, mailing.attach(message))
        except ValueError:
            return Refused("the customer's address is none that a mail can be sent to")
        except BillingError as error:
            return Unsent(f"what goes with it cannot be printed: {error}")
        if mailing.signer is not None:
            content = mailing.signer.signed(content)
        return Letter(content, bounce_address(sender.key, message.message, sender.address), message.recipient)


def _outcome(failure: Failure, reference: str) -> Outcome:
    if failure is None:
        return Taken(reference=reference)
    if isinstance(failure, ServerUnavailable):
        return Postponed(str(failure))
    return Refused(str(failure)) if isinstance(failure, Undeliverable) else Unsent(str(failure))
