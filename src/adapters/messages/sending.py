"""Send a mail by SMTP: it was taken, is to be tried again, or is refused for good.

What a server refuses of a mail or of its receiver with a code of 500 or more is refused for good. What it refuses of
ourselves, the login or the sender, is a fault of the settings: it is tried again, so that nothing is lost until they
are mended. Answers of servers repeat addresses, so of them the code and the status of RFC 3463 alone are told.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import NamedTuple

from adapters.messages.mailboxes import Security
from commands.platform.followers import Undeliverable, Undelivered

SECONDS = 30.0
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class SmtpServer(NamedTuple):
    """Through which server mails leave; without a user nobody logs in."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""


def send_mail(mail: EmailMessage, envelope_sender: str, receiver: str, server: SmtpServer) -> None:
    """Return when the server has taken the mail; `Undelivered` if it is to be tried again, else `Undeliverable`."""
    try:
        with _connected(server) as connection:
            _send(connection, mail, envelope_sender, receiver)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, answer),) = error.recipients.values()
        raise _refused("the receiver", code, answer) from None
    except smtplib.SMTPDataError as error:
        raise _refused("the mail", error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPSenderRefused as error:
        raise Undelivered(f"the mail server refuses our sender: {_code(error.smtp_code, error.smtp_error)}") from None
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered(f"the mail server refuses our login: {_code(error.smtp_code, error.smtp_error)}") from None
    except smtplib.SMTPNotSupportedError as error:
        raise Undelivered(f"the mail server does not offer what the settings ask for: {error}") from None
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"the mail server answers {_code(error.smtp_code, error.smtp_error)}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(f"the mail server {server.host} is unavailable: {_reason(error)}") from None


def _send(connection: smtplib.SMTP, mail: EmailMessage, envelope_sender: str, receiver: str) -> None:
    try:
        connection.send_message(mail, envelope_sender, [receiver])
    except smtplib.SMTPNotSupportedError:
        raise Undeliverable("the mail server does not take such an address (SMTPUTF8)") from None


@contextmanager
def _connected(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    trusted = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=trusted)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    with connection:
        if server.security == "starttls":
            connection.starttls(context=trusted)
        if server.user:
            connection.login(server.user, server.password)
        yield connection


def _refused(what: str, code: int, answer: bytes | str) -> Undelivered | Undeliverable:
    kind = Undeliverable if code >= 500 else Undelivered
    return kind(f"the mail server refuses {what}: {_code(code, answer)}")


def _code(code: int, answer: bytes | str) -> str:
    """`550 5.1.1`, without the words."""
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    status = STATUS.match(words)
    return f"{code} {status[0]}" if status else str(code)


def _reason(error: Exception) -> str:
    """Why a connection failed, as the system says it; what a server says may repeat an address."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else type(error).__name__
