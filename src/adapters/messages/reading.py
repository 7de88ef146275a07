"""A mail as it lies in a mailbox becomes its headers, its text and its files.

The text is that of the plain parts; of a mail that has none, that of its HTML without scripts and styles. What cannot
be read at all is `UnreadableMail`.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from email.message import Message
from typing import NamedTuple

import html_text

from adapters.messages.headers import headers_of
from adapters.messages.parts import UnreadableMail, content_of, is_file, parsed, parts_of, shown, text_of
from billing_core.work.mail_kinds import MailHeaders
from billing_core.work.mail_texts import answer_in

MOST_BYTES = 25_000_000
MOST_ATTACHMENTS = 20
MOST_FILE_NAME = 100
READ = ("text/plain", "text/html", "message/delivery-status", "text/rfc822-headers")
HASHED = ("Message-Id", "From", "Date", "Subject")


class MailAttachment(NamedTuple):
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


class ReadMail(NamedTuple):
    """A mail that was read. `stands_for` it is a keyed hash, equal for the same mail in whichever mailbox it lies."""

    headers: MailHeaders
    text: str
    attachments: tuple[MailAttachment, ...]
    stands_for: str


def read_mail(raw: bytes, key: bytes) -> ReadMail:
    """Read a mail; `key` is that of the hash."""
    try:
        mail = parsed(raw)
        parts = list(parts_of(mail))
        return ReadMail(headers_of(mail, parts), _text(parts), _attachments(parts), _hash(mail, parts, key))
    except UnreadableMail:
        raise
    except Exception as error:  # Whatever strangers send: one mail that nothing can read must not keep back the others.
        raise UnreadableMail(f"it cannot be read ({type(error).__name__})") from error


def _text(parts: Sequence[Message]) -> str:
    to_read = [part for part in parts if not is_file(part)]
    plain = "\n".join(text_of(part) for part in to_read if part.get_content_type() == "text/plain").strip()
    if not plain:
        pages = [text_of(part) for part in to_read if part.get_content_type() == "text/html"]
        plain = "\n".join(html_text.extract_text(page) for page in pages)
    return answer_in(plain)


def _attachments(parts: Sequence[Message]) -> tuple[MailAttachment, ...]:
    files = [part for part in parts if is_file(part) or part.get_content_type() not in READ]
    if len(files) > MOST_ATTACHMENTS:
        raise UnreadableMail(f"it has more than {MOST_ATTACHMENTS} attachments")
    return tuple(MailAttachment(_file_name(part), part.get_content_type(), content_of(part)) for part in files)


def _file_name(part: Message) -> str:
    """The name of a file, without any folder."""
    alone = shown(part.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    return alone[:MOST_FILE_NAME].strip()


def _hash(mail: Message, parts: Sequence[Message], key: bytes) -> str:
    """Of what the sender has made alone: headers that servers add on the way differ from mailbox to mailbox."""
    made = hmac.new(key, digestmod="sha256")
    for value in [str(mail.get(name, "")).encode(errors="replace") for name in HASHED]:
        made.update(b"%d:" % len(value) + value)
    for part in parts:
        content = content_of(part)
        made.update(b"%d:" % len(content) + content)
    return made.hexdigest()[:40]
