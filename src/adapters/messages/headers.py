"""The headers of a mail that decide what it is and to which ticket it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import Message
from email.utils import getaddresses

from adapters.messages.parts import MOST_HEADER, content_of, parsed, printable, shown, within
from billing_core.work.mail_kinds import DeliveryReport, MailHeaders

RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To")
MOST_SUBJECT = 200
MOST_ADDRESS = 254
MOST_IDS = 200
MOST_DIAGNOSTIC = 500


def headers_of(mail: Message, parts: Sequence[Message]) -> MailHeaders:
    """The headers, without letters that nothing shows, and of lists the first entries."""
    senders = _addresses(mail, "From")
    return MailHeaders(
        sender=senders[0] if senders else "",
        recipients=_addresses(mail, *RECIPIENTS),
        message_id=_one(mail, "Message-Id"),
        subject=shown(_one(mail, "Subject"))[:MOST_SUBJECT],
        answered=(*_ids(mail), *_ids_of_returned(parts)),
        return_path=_one(mail, "Return-Path").strip("<> ") if "Return-Path" in mail else None,
        auto_submitted=_one(mail, "Auto-Submitted"),
        precedence=_one(mail, "Precedence"),
        suppressed=_one(mail, "X-Auto-Response-Suppress"),
        is_from_list="List-Id" in mail,
        report=_report(mail, parts),
    )


def _one(mail: Message, name: str) -> str:
    return _short(mail.get(name, ""))


def _all(mail: Message, *names: str) -> list[str]:
    return [_short(value) for name in names for value in mail.get_all(name, [])[:MOST_IDS]]


def _short(value: object) -> str:
    """A continued header is one line."""
    return printable(" ".join(str(value)[:MOST_HEADER].split()))


def _addresses(mail: Message, *names: str) -> tuple[str, ...]:
    found = [address for _, address in getaddresses(_all(mail, *names))]
    return tuple(each for each in found if each and len(each) <= MOST_ADDRESS)[:MOST_IDS]


def _ids(mail: Message) -> list[str]:
    return [each for value in _all(mail, "In-Reply-To", "References") for each in value.split()][:MOST_IDS]


def _ids_of_returned(parts: Sequence[Message]) -> list[str]:
    """The id of the mail that a server gives back, whole or its headers alone, with those that it answered."""
    found = []
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            returned = parsed(content_of(part))
        elif part.get_content_type() == "message/rfc822" and within(part):
            returned = within(part)[0]
        else:
            continue
        found += [_one(returned, "Message-Id"), *_ids(returned)]
    return found


def _report(mail: Message, parts: Sequence[Message]) -> DeliveryReport | None:
    """What a report of delivery says of its receiver; a mail of ours has one only."""
    if mail.get_content_type() != "multipart/report":
        return None
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            fields: dict[str, str] = {}
            for block in within(part):
                fields |= {name.lower(): _short(value) for name, value in block.items()}
            return DeliveryReport(
                action=fields.get("action", ""),
                status=fields.get("status", "").partition(" ")[0][:12],
                diagnostic=fields.get("diagnostic-code", "")[:MOST_DIAGNOSTIC],
            )
    return None
