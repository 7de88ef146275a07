"""Who gives the commands: the one who works at this terminal, the program itself, or who has signed in."""

from __future__ import annotations

import getpass
import os
import socket
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from adapters.bootstrap.operations import operations
from billing_core.approvals import NeedsApproval
from commands.approvals import ApproveRequest, Waiting
from commands.platform.bus import Authorise, Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.self_care.limits import SelfCareLimits
from commands.staff.limits import Limits
from commands.staff.operators import ChangePassword, EnableSecondFactor, EndSession
from commands.staff.rights import AllRights, Rights
from commands.staff.scopes import Scopes
from commands.work.permissions import WorkPermissions

HTTP, SELF_CARE = "HTTP", "self care"


class Guards(NamedTuple):
    """What is asked before a command of somebody who signed in is decided."""

    rights: AllRights
    scopes: Scopes
    limits: Limits
    waiting: Waiting
    work: WorkPermissions
    self_care: SelfCareLimits


def authorised_by(guards: Guards) -> Authorise:
    """The authorise hook: who has signed in may give the commands that the roles permit, and change the own password.

    A dealer's operator may do so for the dealer's own customers, and a customer within limits on the own pages. Who
    approves a command must be permitted it too, but need not be so alone. Who can start this program on the database
    may give every command without signing in, and so may the program itself.
    """

    def authorise(command: Command, origin: Origin) -> None:
        if not (origin.is_signed_in or origin.channel == HTTP) or _is_own(command, origin):
            return
        known = guards.rights.of_signed_in(origin.actor, origin.key)
        require(known, command)
        if known.customer:
            guards.self_care.require(command, origin.today)
        for permission in guards.work.of(command):
            known.require(permission)
        if isinstance(command, ApproveRequest):
            with suppress(NeedsApproval):
                require(known, guards.waiting.command_of(command.request))

    def require(known: Rights, command: Command) -> None:
        operation = operations()[type(command)]
        roles = known.require(operation.permission, operation.concern)
        guards.scopes.require_own(known.scope, operation.concern, command)
        guards.limits.require(roles, command, is_worth_unknown=operation.concern.is_worth_unknown)

    return authorise


def _is_own(command: Command, origin: Origin) -> bool:
    """Whether somebody makes the own sign-in safer; the door has asked for what proves it, which a key does not."""
    if origin.key or not isinstance(command, ChangePassword | EnableSecondFactor | EndSession):
        return False
    return command.operator == origin.actor


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
