"""A mailbox that is read by IMAP: unread mails are fetched, and moved to a folder when it is known what became of them.

A mail that was taken goes to `Done`, one that was refused to `Refused`; both folders are made if they do not exist. One
that a person has read in the mailbox stays there: marked unread again it is fetched. A mail is only moved after its
outcome is kept here, so one whose move was lost is fetched again, and is known then.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from imap_tools import (
    AND,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessage,
)

from adapters.messages.reading import MOST_BYTES

Security = Literal["tls", "starttls", "none"]
Folder = Literal["Done", "Refused"]
FOLDERS: tuple[Folder, ...] = ("Done", "Refused")
SECONDS = 30.0
MOST_AT_ONCE = 100


class Login(NamedTuple):
    """Where a mailbox is and who opens it."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    folder: str = "INBOX"


class MailboxUnavailable(Exception):
    """The server does not answer, or does not let us in."""


class Fetched(NamedTuple):
    """A mail in its mailbox. `raw` is None if it is too large to be fetched."""

    uid: str
    raw: bytes | None


class _RawMessage(MailMessage):
    """A mail that is not read yet, so that one that cannot be read stops no other one."""

    def __init__(self, fetch_data: list) -> None:
        self.raw, self._raw_uid_data, self._raw_flag_data = self._get_message_data_parts(fetch_data)


class OpenMailbox:
    """A mailbox that is open."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box

    def unread(self) -> Iterator[Fetched]:
        """The oldest unread mails, at most a hundred; those that another process moves meanwhile are passed over."""
        for uid in self._box.uids(AND(seen=False))[:MOST_AT_ONCE]:
            try:
                found = self._fetched(uid)
            except ImapToolsError:
                if not self._is_gone(uid):
                    raise
                continue
            if found is not None:
                yield found

    def move(self, mail: Fetched, folder: Folder) -> None:
        """Move a mail to a folder of this mailbox, unless another process did it."""
        try:
            self._box.move(mail.uid, folder)
        except ImapToolsError:
            if not self._is_gone(mail.uid):
                raise

    def _fetched(self, uid: str) -> Fetched | None:
        """The mail, unless it is gone. Its size is asked first."""
        for headers in self._box.fetch(AND(uid=uid), mark_seen=False, headers_only=True):
            if headers.size_rfc822 > MOST_BYTES:
                return Fetched(uid, None)
        for message in self._box.fetch(AND(uid=uid), mark_seen=False):
            assert isinstance(message, _RawMessage)
            return Fetched(uid, message.raw)
        return None

    def _is_gone(self, uid: str) -> bool:
        """Whether a mail lies here no more: a server says so at the next request."""
        self._box.client.noop()
        return uid not in self._box.uids(AND(uid=uid))


@contextmanager
def open_mailbox(login: Login) -> Iterator[OpenMailbox]:
    """Open a mailbox; whatever its server does wrong meanwhile is `MailboxUnavailable`."""
    try:
        with _connected(login).login(login.user, login.password, login.folder) as box:
            _ask_for_capabilities(box)
            for folder in FOLDERS:
                _make(box, folder)
            yield OpenMailbox(box)
    except ImapToolsError as error:  # Its text repeats what was sent and answered.
        raise MailboxUnavailable(f"{login.host} refused a request ({type(error).__name__})") from error
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxUnavailable(f"{login.host} is unavailable: {error}") from error


def _connected(login: Login) -> BaseMailBox:
    if login.security == "none":
        box: BaseMailBox = MailBoxUnencrypted(login.host, login.port, SECONDS)
    else:
        kind = MailBox if login.security == "tls" else MailBoxStartTls
        box = kind(login.host, login.port, timeout=SECONDS, ssl_context=ssl.create_default_context())
    box.email_message_class = _RawMessage
    return box


def _make(box: BaseMailBox, folder: Folder) -> None:
    """Make a folder unless it exists, or another process makes it at the same time."""
    if not box.folder.exists(folder):
        try:
            box.folder.create(folder)
        except ImapToolsError:
            if not box.folder.exists(folder):
                raise


def _ask_for_capabilities(box: BaseMailBox) -> None:
    """A server says that it can move mails at once, rather than copy and delete them, only to who has logged in."""
    _, (found,) = box.client.capability()
    box.client.capabilities = tuple(found.decode().upper().split())
