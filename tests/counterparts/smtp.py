"""A real SMTP server on loopback, by aiosmtpd: it wants STARTTLS and a login, and refuses what the test says."""

from __future__ import annotations

import ssl
from asyncio import WriteTransport
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adapters.messages.sending import SmtpServer
from tests.counterparts.debian import free_port

USER, PASSWORD = "help", "pw-of-smtp"


class Arrived:
    """A mail that arrived."""

    def __init__(self, envelope: Envelope) -> None:
        self.sender = envelope.mail_from or ""
        (self.receiver,) = envelope.rcpt_tos
        self.raw = envelope.content if isinstance(envelope.content, bytes) else b""
        read = message_from_bytes(self.raw, policy=default)
        assert isinstance(read, EmailMessage)
        self.mail = read

    def __getitem__(self, header: str) -> str:
        return str(self.mail[header])

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        return "" if body is None else body.get_content().replace("\r\n", "\n")


class Handler:
    """What arrived, and what is answered to a receiver, and to a mail."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.refused_receivers: dict[str, str] = {}
        self.answer = "250 OK"
        self.after_taking = ""
        self.refuses_each = 0
        self._came = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:
        if address in self.refused_receivers:
            return self.refused_receivers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._came += 1
        if self.refuses_each and self._came % self.refuses_each == 0:
            return "451 4.3.0 later"
        if self.answer.startswith("250"):
            self.arrived.append(Arrived(envelope))
        if self.after_taking == "closes":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()  # It has the mail, and nobody is told.
        return self.answer


class SmtpCounterpart(Handler):
    port: int

    def settings(self, **others: Any) -> SmtpServer:
        return SmtpServer("127.0.0.1", self.port, user=USER, password=PASSWORD)._replace(**others)


@contextmanager
def smtp_server(authority: trustme.CA, *, is_encrypted: bool = True) -> Iterator[SmtpCounterpart]:
    """A server as long as the body runs."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    found = SmtpCounterpart()

    def log_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        is_right = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=is_right)

    found.port = free_port()
    encrypted: dict[str, Any] = (
        {"tls_context": context, "require_starttls": True, "auth_required": True} if is_encrypted else {}
    )
    controller = Controller(
        found, hostname="127.0.0.1", port=found.port, authenticator=log_in, enable_SMTPUTF8=False, **encrypted
    )
    controller.start()
    try:
        yield found
    finally:
        controller.stop()
