"""The parts of a mail, and their content, whatever a stranger has sent.

A mail is a tree of parts. A mail within a mail is one part: what it holds is not looked into. Limits stand before
everything whose time grows faster than its length: the headers that describe parts, and how many parts there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

MOST_PARTS = 200
MOST_HEADER = 20_000
# Continued lines belong to a header.
DESCRIBING = re.compile(rb"^content-[a-z-]{1,40}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
# These read names of hosts, not texts, and take very long for long ones.
NO_CHARSETS = frozenset({"idna", "punycode"})


class UnreadableMail(Exception):
    """Why a mail cannot be read."""


def parsed(raw: bytes) -> Message:
    """The mail, unless a header is so long that reading it would never end."""
    if any(len(found[0]) > MOST_HEADER for found in DESCRIBING.finditer(raw)):
        raise UnreadableMail(f"it has a header of more than {MOST_HEADER:,} letters")
    return message_from_bytes(raw)


def parts_of(mail: Message) -> Iterator[Message]:
    """The parts that hold something, in order."""
    waiting = [mail]
    seen = 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS:
            raise UnreadableMail(f"it has more than {MOST_PARTS} parts")
        if part.get_content_maintype() == "multipart":
            waiting[:0] = within(part)
        else:
            yield part


def within(part: Message) -> list[Message]:
    """The parts of a part that has some."""
    found = part.get_payload()
    return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def is_file(part: Message) -> bool:
    """Whether a part is meant to be saved rather than read."""
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment"


def content_of(part: Message) -> bytes:
    """The bytes of a part; those of a mail within it as they stand there."""
    if part.is_multipart():
        return b"".join(bytes(each) for each in within(part))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def text_of(part: Message) -> str:
    """The text of a part; a character set that is unknown or wrong costs the letters that it cannot read."""
    content = content_of(part)
    charset = part.get_content_charset() or "utf-8"
    try:
        text = content.decode("utf-8" if charset in NO_CHARSETS else charset)
    except (LookupError, ValueError):
        text = content.decode("utf-8", errors="replace")
    return text.encode(errors="replace").decode().replace("\x00", "")


def shown(written: str) -> str:
    """A header as people read it, on one line."""
    short = written[:MOST_HEADER]
    try:
        decoded = str(make_header(decode_header(short)))
    except (LookupError, ValueError):
        decoded = short
    return printable(" ".join(decoded.split()))


def printable(text: str) -> str:
    """A text without letters that nothing shows."""
    return "".join(letter for letter in text if letter.isprintable())
