"""The settings of e-mail: the mailboxes that are read, and the server through which mails leave."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from adapters.messages.mailboxes import Login, Security

Address = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s@<>+,]+@[^\s@<>,]+$", max_length=200)]


class MailboxSettings(BaseModel, extra="forbid", frozen=True):
    """A mailbox: `kind` is the flow by which its new tickets go, `queue` where they wait, else the flow's own.

    `queues` are the queues of further addresses whose mails come into it.
    """

    host: str
    user: str
    password: SecretStr
    kind: str
    port: int = 993
    security: Security = "tls"
    folder: str = "INBOX"
    queue: str = ""
    queues: dict[Address, str] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """By which it is told from others: `help at mail.isp.test`."""
        return f"{self.user} at {self.host}"

    @property
    def login(self) -> Login:
        return Login(self.host, self.port, self.security, self.user, self.password.get_secret_value(), self.folder)
