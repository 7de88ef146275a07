"""By what a mail that left is known again: its Message-ID, the address to which it bounces, the link that ends it.

A token proves that its user received the mail, because only the house can make one:

    Message-ID   <6f9c2d1e-....@isp.test>                                      the same at every try
    envelope     news+m-n6oc2hxq....mzxw6ytboi4dqnzr@isp.test                   a bounce comes back to it
    unsubscribe  https://my.isp.test/v1/unsubscribe/6f9c2d1e-.../mzxw6ytboi4dqnzr

The token is 80 bits of a keyed hash of the message's id, in small letters and digits.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from uuid import UUID

TOKEN_BYTES = 10
BOUNCE = re.compile(r"[^+@\s]+\+m-(?P<message>[a-z2-7]{26})(?P<token>[a-z2-7]{16})@[^@\s]+", re.IGNORECASE)


def message_token(key: bytes, message: str) -> str:
    """The token of a message: `mzxw6ytboi4dqnzr`."""
    made = hmac.digest(key, f"message {message}".encode(), "sha256")
    return base64.b32encode(made[:TOKEN_BYTES]).decode().lower()


def is_token_of(key: bytes, message: str, token: str) -> bool:
    """Whether a token is that of the message."""
    return hmac.compare_digest(token.lower().encode(), message_token(key, message).encode())


def message_id(message: str, address: str) -> str:
    """`<6f9c2d1e-....@isp.test>`."""
    return f"<{message}@{address.rpartition('@')[2]}>"


def bounce_address(key: bytes, message: str, address: str) -> str:
    """Our address with the message: what cannot be delivered comes back to it."""
    local, _, domain = address.rpartition("@")
    short = base64.b32encode(UUID(message).bytes).decode().rstrip("=").lower()
    return f"{local}+m-{short}{message_token(key, message)}@{domain}"


def message_bounced(key: bytes, recipients: Iterable[str]) -> str:
    """The message that came back to one of these addresses; empty if none is proved to be that of a message."""
    for address in recipients:
        found = BOUNCE.fullmatch(address.strip())
        if found is None:
            continue
        message = str(UUID(bytes=base64.b32decode(found["message"].upper() + "======")))
        if is_token_of(key, message, found["token"]):
            return message
    return ""


def unsubscribe_link(key: bytes, message: str, pages: str) -> str:
    """The address by which the recipient ends such messages, at once and without signing in."""
    return f"{pages}/v1/unsubscribe/{message}/{message_token(key, message)}"
