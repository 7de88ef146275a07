"""Who has signed in: over HTTP, or at the terminal of the server; and commands in the name of an operator.

At the terminal an operator signs in with password and code, or by an API key, and works from the address 127.0.0.1.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.operations import operations
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.seller_clock import SellerClock
from adapters.edge.codes import TimeCodes
from adapters.edge.passwords import Argon2Passwords
from adapters.postgres.own_sessions import PostgresOwnSessions
from adapters.postgres.refused_attempts import PostgresRefusedAttempts
from adapters.postgres.sessions import PostgresSessions
from billing_core.approvals import NeedsApproval
from billing_core.kernel.errors import BillingError
from billing_core.staff.roles import NotSignedIn
from commands.platform.bus import Answer, Command, Seen
from commands.platform.ports import Origin
from commands.self_care.sign_in import CustomerSignIn
from commands.staff.operators import operator_stream
from commands.staff.rights import Rights
from commands.staff.sign_in import SignIn

API_KEY = "BILLING_API_KEY"
TERMINAL = "127.0.0.1"
SIGN_IN, UNKNOWN = "sign-in", "unknown"


class Carried(NamedTuple):
    """The answer to a command; if it waits, that to keeping it until a second person approves it."""

    answer: Answer
    is_waiting: bool


def sign_in_of(app: Application) -> SignIn:
    """Signs the operators of an application in."""
    return SignIn(app.rights, PostgresSessions(app.tables), Argon2Passwords(), TimeCodes())


def own_sign_in_of(app: Application) -> CustomerSignIn:
    """Signs the customers of an application in to their own pages."""
    return CustomerSignIn(app.rights, PostgresOwnSessions(app.tables), Argon2Passwords())


def carry_out(
    app: Application, command: Command, origin: Origin, seen: Seen | None = None, *, dry_run: bool = False
) -> Carried:
    """A command carried out, or kept for a second person if it is above what the operator may do alone."""
    try:
        answer = app.bus.rehearse(command, origin) if dry_run else app.execute(command, origin, seen)
        return Carried(answer, is_waiting=False)
    except NeedsApproval as needed:
        return Carried(app.waiting.keep(command, origin, str(needed), dry_run=dry_run), is_waiting=True)


def carry_out_at_terminal(app: Application, command: Command, origin: Origin) -> Carried:
    """A command of who has signed in at the terminal; a refused attempt is kept for the LOG."""
    try:
        return carry_out(app, command, origin)
    except BillingError as error:
        PostgresRefusedAttempts(app.tables).note(operations()[type(command)].permission, error, origin)
        raise


def sign_in_at_terminal(app: Application, operator: str, ask: Callable[[str], str]) -> Rights:
    """The rights of an operator who proves who it is: by the key in BILLING_API_KEY, else by what is asked for."""
    sign_in, now = sign_in_of(app), datetime.now(UTC)
    try:
        key = os.environ.get(API_KEY, "")
        token = key or sign_in.open(operator, ask("Password"), TERMINAL, now, _code_of(app, operator, ask))
        rights = sign_in.rights_of(token, TERMINAL, now, _today(app))
        if not key:
            sign_in.close(token, now)
        if rights.operator.code != operator:
            raise NotSignedIn(f"the key in {API_KEY} is another operator's", field="operator", value=operator)
    except BillingError as error:
        known = operator if app.store.versions([operator_stream(operator)]) else UNKNOWN
        PostgresRefusedAttempts(app.tables).note(SIGN_IN, error, origin_of_process(known, _today(app)))
        raise
    return rights


def in_the_name_of(rights: Rights, origin: Origin) -> Origin:
    """The origin of what somebody at the terminal does who has signed in."""
    operator = rights.operator
    return origin._replace(
        actor=operator.code, role=", ".join(operator.roles), dealer=operator.dealer, key=rights.key, is_signed_in=True
    )


def _code_of(app: Application, operator: str, ask: Callable[[str], str]) -> str:
    found = PostgresSessions(app.tables).second_factor(operator)
    return ask("Code") if found is not None and found.is_confirmed else ""


def _today(app: Application) -> date:
    return SellerClock(app.store, app.tables).today_of([""])[""]
