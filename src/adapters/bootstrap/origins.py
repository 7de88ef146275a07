"""Who gives the commands: the one who works at this terminal, the program itself, or who has signed in."""

from __future__ import annotations

import getpass
import os
import socket
from datetime import UTC, date, datetime
from uuid import UUID

from adapters.bootstrap.operations import operations
from commands.platform.bus import Authorise, Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.staff.operators import ChangePassword, EnableSecondFactor
from commands.staff.rights import AllRights

HTTP = "HTTP"


def authorised_by(rights: AllRights) -> Authorise:
    """The authorise hook: who has signed in may give the commands that the roles permit, and change the own password.

    Who can start this program on the database may give every command, and so may the program itself.
    """

    def authorise(command: Command, origin: Origin) -> None:
        if origin.channel == HTTP and not _is_own(command, origin):
            rights.require(origin.actor, operations()[type(command)].permission)

    return authorise


def _is_own(command: Command, origin: Origin) -> bool:
    """Whether somebody makes the own sign-in safer; the door has asked for what proves it."""
    return isinstance(command, ChangePassword | EnableSecondFactor) and command.operator == origin.actor


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
