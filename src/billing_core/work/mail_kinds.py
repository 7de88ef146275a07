"""What a mail is, by its headers: a bounce, from a robot, our own that came back, or written by a person.

Only a mail of a person opens a ticket, and none of the others is ever answered (RFC 3834): so two robots cannot keep
each other busy.

    From: MAILER-DAEMON@x.test, multipart/report with `Action: failed`          bounce
    the same with `Action: delayed`                                             robot: it is still on its way
    Auto-Submitted: auto-replied                                                robot
    Precedence: bulk                                                            robot
    Return-Path: <>, nothing else                                               bounce, of a server without reports
    From: one of our own addresses, or a Message-Id that we have made           own
    Auto-Submitted: no                                                          person

A message id is ours by its token, not by its domain, which the mails of colleagues have too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from billing_core.work.mail_tickets import is_made_here, plain_address

MailKind = Literal["bounce", "robot", "own", "person"]
FAILED = "failed"
OF_ROBOTS = frozenset({"bulk", "junk", "list", "auto_reply"})
DAEMONS = frozenset({"mailer-daemon", "postmaster"})
# What Exchange writes on mails that nobody should answer by a robot; reports of reading alone say nothing.
SUPPRESSED = frozenset({"all", "oof", "autoreply"})


class DeliveryReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail server tells of a mail (RFC 3464): what became of it, with the status of RFC 3463, and why."""

    action: str
    status: str = ""
    diagnostic: str = ""


class MailHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a mail that decide. `answered` are the ids in In-Reply-To and References, and of a returned mail.

    `return_path` is None if the header is absent, and empty for `<>`.
    """

    sender: str
    recipients: tuple[str, ...] = ()
    message_id: str = ""
    subject: str = ""
    answered: tuple[str, ...] = ()
    return_path: str | None = None
    auto_submitted: str = ""
    precedence: str = ""
    suppressed: str = ""
    is_from_list: bool = False
    report: DeliveryReport | None = None


def kind_of(headers: MailHeaders, key: bytes, own_addresses: Collection[str]) -> MailKind:
    """What a mail is. `own_addresses` are in small letters, as `plain_address` gives them."""
    if headers.report is not None:
        return "bounce" if headers.report.action.lower() == FAILED else "robot"
    if plain_address(headers.sender) in own_addresses or is_made_here(key, headers.message_id):
        return "own"
    if _says_so(headers):
        return "robot"
    if headers.return_path == "" or headers.sender.partition("@")[0].lower() in DAEMONS:
        return "bounce"
    return "person"


def _says_so(headers: MailHeaders) -> bool:
    """Whether a header says that no person has written it."""
    # A parameter or comment may follow the word: `auto-replied; owner-email=...`, `no (written by hand)`.
    submitted = headers.auto_submitted.replace("(", ";").partition(";")[0].strip().lower()
    suppressed = {word.strip().lower() for word in headers.suppressed.split(",")}
    return (
        submitted not in ("", "no")
        or headers.precedence.strip().lower() in OF_ROBOTS
        or bool(suppressed & SUPPRESSED)
        or headers.is_from_list
    )
