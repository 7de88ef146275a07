"""Who gives the commands of a process: the one who works at this terminal, with the rights to all of them."""

from __future__ import annotations

import getpass
import os
import socket
from datetime import UTC, date, datetime
from uuid import UUID

from commands.platform.bus import Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin


def allow(command: Command, origin: Origin) -> None:
    """The authorise hook: everyone who can start this program on the database may give every command."""


def origin_of_process(actor: str | None = None, today: date | None = None, command_id: UUID | None = None) -> Origin:
    """Who works at this terminal, from which machine, now."""
    now = datetime.now(UTC)
    identity = command_id or new_id()
    return Origin(
        actor=actor or os.environ.get("BILLING_ACTOR") or getpass.getuser(),
        role="operator",
        channel="command line",
        source=socket.gethostname(),
        command_id=identity,
        correlation_id=identity,
        recorded_at=now,
        today=today or now.astimezone().date(),
    )
