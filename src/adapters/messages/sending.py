"""Send mails by SMTP: each was taken, is to be tried again, or is refused for good.

What a server refuses of a mail or of its receiver with a code of 500 or more is refused for good. What it refuses of
ourselves, the login or the sender, is a fault of the settings: the server counts as unavailable, so that nothing is
lost until they are mended. Answers of servers repeat addresses, so only their code and status (RFC 3463) are
repeated here.

Many mails go over a few connections at once, which stay open until `close`:

    four connections, mails 1 2 3 4 5 6     1 to 4 are under way, 5 goes as soon as one of them was taken
    the server closes one in mail 3         3 is to be tried again, its connection is opened anew for the next one
    the server cannot be reached            every mail that was not begun is unavailable
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import NamedTuple

import aiosmtplib

from adapters.messages.mailboxes import Security
from commands.platform.followers import Undeliverable, Undelivered

SECONDS = 30.0
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
INTERNATIONAL = "SMTPUTF8"


class SmtpServer(NamedTuple):
    """Through which server mails leave; without a user nobody logs in."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""


class Letter(NamedTuple):
    """A mail as bytes, and the addresses on its envelope."""

    content: bytes
    sender: str
    receiver: str


class ServerUnavailable(Undelivered):
    """The mail server takes nothing from us now: it cannot be reached, or the settings are wrong."""


Failure = Undelivered | Undeliverable | None


def send_mail(mail: EmailMessage, envelope_sender: str, receiver: str, server: SmtpServer) -> None:
    """Return when the server has taken the mail; `Undelivered` if it is to be tried again, else `Undeliverable`."""
    content = mail.as_bytes(policy=SMTP if receiver.isascii() else SMTPUTF8)
    connections = SmtpConnections(server, 1)
    try:
        (failure,) = connections.send([Letter(content, envelope_sender, receiver)])
    finally:
        connections.close()
    if failure is not None:
        raise failure


class SmtpConnections:
    """A few connections to a server, for one thread."""

    def __init__(self, server: SmtpServer, most: int) -> None:
        self._server = server
        self._most = most
        self._runner = asyncio.Runner()
        # A thread of its own: the one that sends may be running a loop already, as a test with a browser does.
        self._thread = ThreadPoolExecutor(1, "smtp")
        self._open: list[aiosmtplib.SMTP] = []

    def send(self, letters: Sequence[Letter]) -> list[Failure]:
        """Send some mails; for each in its place None if it was taken, else why not."""
        return self._thread.submit(self._runner.run, self._send(letters)).result()

    def close(self) -> None:
        """Leave the server."""
        with self._thread:
            self._thread.submit(self._runner.run, self._leave()).result()
            self._thread.submit(self._runner.close).result()

    async def _send(self, letters: Sequence[Letter]) -> list[Failure]:
        failures: list[Failure] = [ServerUnavailable("the mail server was not reached")] * len(letters)
        waiting = deque(range(len(letters)))
        await asyncio.gather(
            *(self._send_some(letters, waiting, failures) for _ in range(min(self._most, len(letters))))
        )
        return failures

    async def _send_some(self, letters: Sequence[Letter], waiting: deque[int], failures: list[Failure]) -> None:
        """Send by one connection until nothing waits, or the server takes nothing from us."""
        connection: aiosmtplib.SMTP | None = None
        while waiting:
            place = waiting.popleft()
            try:
                connection = connection or await self._connected()
            except ServerUnavailable as failure:
                waiting.appendleft(place)
                _note_unavailable(failure, waiting, failures)
                return
            failures[place] = await _sent(connection, letters[place])
            if not connection.is_connected:
                connection = None
            if isinstance(failures[place], ServerUnavailable):
                _note_unavailable(failures[place], waiting, failures)
                break
        if connection is not None:
            self._open.append(connection)

    async def _connected(self) -> aiosmtplib.SMTP:
        while self._open:
            kept = self._open.pop()
            if kept.is_connected and await _is_alive(kept):
                return kept
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password if server.user else None,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=ssl.create_default_context() if server.security != "none" else None,
            timeout=SECONDS,
        )
        try:
            await connection.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ServerUnavailable(f"the mail server refuses our login: {_code(error)}") from None
        except aiosmtplib.SMTPResponseException as error:
            raise ServerUnavailable(f"the mail server answers {_code(error)}") from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPTimeoutError, OSError) as error:
            raise ServerUnavailable(f"the mail server {server.host} is unavailable: {_reason(error)}") from None
        except aiosmtplib.SMTPException as error:
            raise ServerUnavailable(f"the mail server does not offer what the settings ask for: {error}") from None
        return connection

    async def _leave(self) -> None:
        for connection in self._open:
            try:
                await connection.quit()
            except (aiosmtplib.SMTPException, OSError):
                connection.close()
        self._open.clear()


def _note_unavailable(failure: Failure, waiting: deque[int], failures: list[Failure]) -> None:
    for place in waiting:
        failures[place] = failure


async def _is_alive(connection: aiosmtplib.SMTP) -> bool:
    """Whether the server still listens; many close a connection that was idle for minutes."""
    try:
        await connection.noop()
    except (aiosmtplib.SMTPException, OSError):
        connection.close()
        return False
    return True


async def _sent(connection: aiosmtplib.SMTP, letter: Letter) -> Failure:
    options = []
    if not letter.receiver.isascii():
        if not connection.supports_extension(INTERNATIONAL.lower()):
            return Undeliverable("the mail server does not take such an address (SMTPUTF8)")
        options.append(INTERNATIONAL)
    failure: Failure = None
    try:
        await connection.sendmail(letter.sender, [letter.receiver], letter.content, mail_options=options)
    except aiosmtplib.SMTPRecipientsRefused as error:
        failure = _refused("the receiver", error.recipients[0])
    except aiosmtplib.SMTPDataError as error:
        failure = _refused("the mail", error)
    except aiosmtplib.SMTPSenderRefused as error:
        failure = ServerUnavailable(f"the mail server refuses our sender: {_code(error)}")
    except aiosmtplib.SMTPResponseException as error:
        failure = Undelivered(f"the mail server answers {_code(error)}")
    except (aiosmtplib.SMTPException, OSError) as error:
        connection.close()
        failure = Undelivered(f"the mail server is unavailable: {_reason(error)}")
    except ValueError:
        failure = Undeliverable("the address is none that a mail can be sent to")
    return failure


def _refused(what: str, error: aiosmtplib.SMTPResponseException) -> Undelivered | Undeliverable:
    kind = Undeliverable if error.code >= 500 else Undelivered
    return kind(f"the mail server refuses {what}: {_code(error)}")


def _code(error: aiosmtplib.SMTPResponseException) -> str:
    """`550 5.1.1`, without the words."""
    status = STATUS.match(error.message)
    return f"{error.code} {status[0]}" if status else str(error.code)


def _reason(error: BaseException) -> str:
    """Why a connection failed, as the system says it; what a server says may repeat an address."""
    while not (isinstance(error, OSError) and error.errno) and error.__cause__ is not None:
        error = error.__cause__
    is_known = isinstance(error, OSError) and error.errno is not None and not isinstance(error, ssl.SSLError)
    return os.strerror(error.errno) if is_known else type(error).__name__  # type: ignore[attr-defined]
