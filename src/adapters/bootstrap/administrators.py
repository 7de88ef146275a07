"""Let an administrator in who cannot sign in: the first one, or after passwords, telephones or networks were lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from adapters.bootstrap.application import Application
from adapters.edge.passwords import Argon2Passwords
from billing_core.staff.roles import ADMINISTRATOR
from commands.platform.bus import Command
from commands.platform.ports import Origin
from commands.staff.addresses import AllowAddresses
from commands.staff.operators import (
    ChangePassword,
    ChangeRoles,
    DisableSecondFactor,
    RegisterOperator,
    ReopenOperator,
    operator_stream,
)


def let_in(app: Application, operator: str, origin: Callable[[], Origin]) -> str:
    """Make somebody an administrator who can sign in from anywhere by a one-time password, which is returned.

    The operator is registered, or reopened; a second factor is disabled, and lists of addresses that hold for the
    operator are lifted. Every step is a fact of the LOG.
    """
    for command in (*_as_administrator(app, operator), *_without_hindrance(operator)):
        app.bus.execute(command, origin())
    return make_one_time_password(app, operator, origin())


def make_one_time_password(app: Application, operator: str, origin: Origin) -> str:
    """A password that opens one session, instead of the operator's."""
    password = secrets.token_urlsafe(15)
    password_hash = Argon2Passwords().hash(password)
    app.bus.execute(ChangePassword(operator=operator, password_hash=password_hash, is_one_time=True), origin)
    return password


def _as_administrator(app: Application, operator: str) -> tuple[Command, ...]:
    roles = (ADMINISTRATOR,)
    if app.store.versions([operator_stream(operator)]):
        return ReopenOperator(operator=operator), ChangeRoles(operator=operator, roles=roles)
    return (RegisterOperator(operator=operator, name=operator.title(), roles=roles),)


def _without_hindrance(operator: str) -> tuple[Command, ...]:
    lifted = AllowAddresses(), AllowAddresses(role=ADMINISTRATOR), AllowAddresses(operator=operator)
    return DisableSecondFactor(operator=operator), *lifted
