"""Mails of tickets, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.work.mails import MailBounced, MailReceived


def _bounced(fact: MailBounced) -> str:
    status = f" with status {fact.status}" if fact.status else ""
    return f"a mail did not arrive{status}{f': {fact.diagnostic}' if fact.diagnostic else ''}"


SENTENCES: Sentences = {
    MailReceived: lambda fact: f"mail received{f' from {fact.address}' if fact.address else ''}",
    MailBounced: _bounced,
}
