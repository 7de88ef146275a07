"""Dovecot on loopback: a real IMAP server with TLS, in which every user has a mailbox with one password.

Started by root it works as the user `nobody`, for dovecot does not let root read mail.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

import trustme
from imap_tools import MailBoxUnencrypted, MailMessageFlags

from adapters.messages.mailboxes import Login
from tests.counterparts.debian import free_port, require_program, running

PASSWORD = "pw-of-the-mailbox"
CONFIGURATION = Template("""
base_dir = $folder/run
state_dir = $folder/run
log_path = $folder/log
protocols = imap
ssl = yes
ssl_cert = <$folder/certificate
ssl_key = <$folder/key
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
mail_location = maildir:$folder/mail/%u
passdb {
 driver = static
 args = password=$password
}
userdb {
 driver = static
 args = uid=$uid gid=$gid home=$folder/mail/%u
}
service anvil {
 chroot =
}
service imap-login {
 chroot =
 inet_listener imap {
  address = 127.0.0.1
  port = $plain_port
 }
 inet_listener imaps {
  address = 127.0.0.1
  port = $port
  ssl = yes
 }
}
namespace inbox {
 inbox = yes
}
""")


class MailServer:
    """A running server, and what a person sees in its mailboxes."""

    def __init__(self, port: int, plain_port: int) -> None:
        self.port = port
        self.plain_port = plain_port

    def login(self, user: str, password: str = PASSWORD) -> Login:
        return Login("127.0.0.1", self.port, "tls", user, password)

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """A mail arrives."""
        with self._opened(user) as box:
            box.append(raw, folder, dt=None, flag_set=None)

    def mark(self, user: str, *, is_read: bool) -> None:
        """A person reads all mails, or marks them as unread."""
        with self._opened(user) as box:
            box.flag(box.uids(), MailMessageFlags.SEEN, is_read)

    def subjects(self, user: str, folder: str = "INBOX") -> list[str]:
        """The subjects of the mails that lie in a folder, in order of arrival."""
        with self._opened(user) as box:
            if not box.folder.exists(folder):
                return []
            box.folder.set(folder)
            return [each.subject for each in box.fetch(mark_seen=False)]

    def _opened(self, user: str) -> MailBoxUnencrypted:
        return MailBoxUnencrypted("127.0.0.1", self.plain_port).login(user, PASSWORD)


@contextmanager
def dovecot(authority: trustme.CA) -> Iterator[MailServer]:
    """A server whose certificate the authority has issued; it and its mails are gone afterwards."""
    program = require_program("dovecot", "dovecot-imapd")
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))  # Short: the name of a socket has 107 letters.
    try:
        port, plain_port = free_port(), free_port()
        issued = authority.issue_cert("127.0.0.1")
        issued.private_key_pem.write_to_path(folder / "key")
        (folder / "certificate").write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        (folder / "configuration").write_text(CONFIGURATION.substitute(
            folder=folder, user=account.pw_name, group=grp.getgrgid(account.pw_gid).gr_name, uid=account.pw_uid,
            gid=account.pw_gid, port=port, plain_port=plain_port, password=PASSWORD,
        ))  # fmt: skip
        if os.geteuid() == 0:
            for each in (folder, *folder.iterdir()):
                shutil.chown(each, account.pw_uid, account.pw_gid)
        command = [program, "-F", "-c", str(folder / "configuration")]
        with running(command, port, folder / "output", account if os.geteuid() == 0 else None):
            yield MailServer(port, plain_port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
