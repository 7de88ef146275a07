"""To which ticket a mail belongs: by an address or a message id that only we can have made, or by its subject.

Each mail that leaves carries the ticket with a token, which proves that its receiver had a mail of this ticket:

    Message-Id    <t-1251.88123.mzxw6ytboi4dqnzr@isp.test>       88123 tells apart the mails of the ticket
    References    <t-1251.0.mzxw6ytboi4dqnzr@isp.test>           the same in each, so that it is one thread
    Reply-To      help+t-1251.mzxw6ytboi4dqnzr@isp.test          bounces come to this address too
    Subject       [T-1251] No connection since Monday            no proof: anybody can write it

The token is 80 bits of a keyed hash of the ticket's number, in small letters and digits, for mail servers may change
the case of an address. Decides nothing about what the mail is.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

TOKEN_BYTES = 10
TICKET = r"T-\d{1,12}"
IN_SUBJECT = re.compile(rf"\[({TICKET})\]", re.IGNORECASE)
IN_ADDRESS = re.compile(rf"(?P<local>[^+@\s]+)\+(?P<ticket>{TICKET})\.(?P<token>[a-z2-7]{{16}})@(?P<domain>[^@\s]+)",
                        re.IGNORECASE)  # fmt: skip
MESSAGE_ID = re.compile(rf"<(?P<ticket>{TICKET})\.\d{{1,20}}\.(?P<token>[a-z2-7]{{16}})@[^@\s<>]+>", re.IGNORECASE)


class TicketNamed(NamedTuple):
    """The ticket that a mail names, and whether a token proves that its writer had a mail of it."""

    ticket: str
    is_proved: bool


# --- what leaves


def token_of(key: bytes, ticket: str) -> str:
    """The token of a ticket: `mzxw6ytboi4dqnzr`."""
    made = hmac.digest(key, f"mail of ticket {ticket}".encode(), "sha256")
    return base64.b32encode(made[:TOKEN_BYTES]).decode().lower()


def message_id(key: bytes, ticket: str, number: int, domain: str) -> str:
    """The id of a mail of a ticket; number 0 is no mail, but names the thread."""
    return f"<{ticket.lower()}.{number}.{token_of(key, ticket)}@{domain}>"


def address_of_ticket(key: bytes, ticket: str, address: str) -> str:
    """Our address with the ticket: help@isp.test is help+t-1251.mzxw6ytboi4dqnzr@isp.test."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{ticket.lower()}.{token_of(key, ticket)}@{domain}"


def subject_of(ticket: str, subject: str) -> str:
    """`[T-1251] No connection`, with the ticket once and on one line."""
    others = re.sub(IN_SUBJECT, lambda found: "" if found[1].upper() == ticket else found[0], subject)
    return " ".join(f"[{ticket}] {others}".split())


# --- what comes in


def plain_address(address: str) -> str:
    """An address in small letters and without what stands after a plus: Help+x@ISP.test is help@isp.test."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def is_made_here(key: bytes, id_of_message: str) -> bool:
    """Whether a message id is one of ours: then the mail is ours too and came back."""
    return _by_message_id(key, id_of_message) is not None


def ticket_named(key: bytes, recipients: Iterable[str], answered: Iterable[str], subject: str) -> TicketNamed | None:
    """The ticket that a mail names: proved by its recipients or the messages it answers, else by its subject alone."""
    proofs = [*(_by_address(key, each) for each in recipients), *(_by_message_id(key, each) for each in answered)]
    proved = next(filter(None, proofs), None)
    if proved:
        return TicketNamed(proved, is_proved=True)
    named = IN_SUBJECT.search(subject)
    return TicketNamed(named[1].upper(), is_proved=False) if named else None


def _by_address(key: bytes, address: str) -> str | None:
    return _proved(key, IN_ADDRESS.fullmatch(address.strip()))


def _by_message_id(key: bytes, id_of_message: str) -> str | None:
    return _proved(key, MESSAGE_ID.fullmatch(id_of_message.strip()))


def _proved(key: bytes, found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    ticket = found["ticket"].upper()
    return ticket if hmac.compare_digest(found["token"].lower(), token_of(key, ticket)) else None
