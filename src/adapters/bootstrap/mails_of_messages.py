"""Mails that come in about messages which left: one that came back is noted, one that is an answer too.

to news+m-n6oc2hxq....@isp.test, Action: failed, 5.1.1     the message came back for good: the address is marked
the same with 4.2.2, or without a status                   it came back, and the address stays
the same with Action: delayed, or an automatic reply       nothing
In-Reply-To: <6f9c2d1e-....@isp.test>, by a person         noted as an answer, and a ticket as every mail of a person
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from adapters.bootstrap.message_reports import MessageReports
from adapters.messages.reading import ReadMail
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.outreach.mail_addresses import message_bounced
from billing_core.work.mail_kinds import kind_of
from commands.work.mails import MailOutcome

PERMANENT = "5"


class MailsOfMessages:
    """Knows the mails of messages by the tokens in their addresses, and by their ids."""

    def __init__(self, key: bytes, own_addresses: Collection[str]) -> None:
        self._key = key
        self._own_addresses = own_addresses

    def take(self, mail: ReadMail, reports: MessageReports) -> MailOutcome | None:
        """Note a mail that came back. None if it is none, so that it goes on as a mail of a ticket."""
        kind = kind_of(mail.headers, self._key, self._own_addresses)
        message = message_bounced(self._key, mail.headers.recipients)
        if message and kind in ("bounce", "robot"):
            return self._bounced(mail, message, reports) if kind == "bounce" else MailOutcome(outcome="taken")
        if kind == "person" and (answered := message or reports.named("email", mail.headers.answered)):
            with suppress(NotFound, RuleViolation):
                reports.answered(answered, mail.text, f"mail {mail.stands_for}")
        return None

    def _bounced(self, mail: ReadMail, message: str, reports: MessageReports) -> MailOutcome:
        report = mail.headers.report
        status = report.status if report else ""
        reason = status or "without a status"  # What else a server says may repeat an address.
        try:
            reports.bounced(message, reason, is_permanent=status.startswith(PERMANENT))
        except (NotFound, RuleViolation) as error:
            return MailOutcome(outcome="refused", reason=str(error))
        return MailOutcome(outcome="taken")
