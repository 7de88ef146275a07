"""Staff: operators and roles, passwords and keys."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, parse_day
from adapters.cli.session import opened, opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell
from adapters.cli.times import local_times

if TYPE_CHECKING:
    from adapters.views.staff import KeyRow

PURPOSE = """List operators with their roles.

`billing do register-operator` adds one, `billing do change-roles` and `billing do close-operator` change one,
`billing do define-role` says what a role permits.
"""
OperatorCode = Annotated[str, typer.Argument(metavar="OPERATOR")]


def list_operators(context: typer.Context, as_json: AsJson = False) -> None:
    """List operators with their roles."""
    from adapters.views.query import Reading, queries
    from adapters.views.staff import ListOperators

    if context.invoked_subcommand is not None:
        return
    with opened_to_read(context) as app:
        query = ListOperators(limit=1_000)
        found = queries()[ListOperators](query, Reading(app, app.queries, origin_of(context).today))
    if as_json:
        print_json({"operators": found.items})
        return
    if not found.items:
        tell("No operators are registered yet.")
        return
    rows = table(("operator", "left"), ("name", "left"), ("roles", "left"), ("keys", "left"), ("", "left"))
    for card in found.items:
        keys = "\n".join(map(_shown_key, card.keys))
        add(rows, card.operator, card.name, ", ".join(card.roles), keys, "closed" if card.is_closed else "")
    console().print(rows)


def _shown_key(key: KeyRow) -> str:
    limits = [*key.networks, *key.permissions]
    return f"{key.key} ({', '.join(limits)})" if limits else key.key


def list_roles(context: typer.Context, as_json: AsJson = False) -> None:
    """List roles with what they permit."""
    from projections.staff import list_roles as find_roles

    with opened_to_read(context) as app, app.queries.cursor() as cursor:
        found = find_roles(cursor)
    if as_json:
        print_json({"roles": found})
        return
    rows = table(("role", "left"), ("permits", "left"))
    for role in found:
        add(rows, role.code, "\n".join(role.permissions))
    console().print(rows)


def list_sessions(context: typer.Context, operator: OperatorCode, as_json: AsJson = False) -> None:
    """List an operator's open sessions: since when, used last, from where and by what.

    `billing do end-session` ends one.
    """
    from adapters.views.query import Reading, queries
    from adapters.views.staff import ListSessions

    with opened(context) as app:
        reading = Reading(app, app.queries, origin_of(context).today)
        found = queries()[ListSessions](ListSessions(operator=operator), reading).items
        times = local_times(context)
    if as_json:
        print_json({"sessions": found})
        return
    if not found:
        tell(f"{operator} has no open session.")
        return
    rows = table(("session", "left"), ("opened", "left"), ("used", "left"), ("from", "left"), ("by", "left"))
    for each in found:
        add(rows, each.session, times.text(each.opened_at), times.text(each.used_at), each.source, each.agent)
    console().print(rows)


def list_permissions(as_json: AsJson = False) -> None:
    """List all permissions: of each command, query and kind of job, and those that widen an answer."""
    from adapters.bootstrap.operations import permissions

    found = permissions()
    if as_json:
        print_json({"permissions": found})
        return
    for permission in found:
        tell(permission)


def set_password(
    context: typer.Context,
    operator: OperatorCode,
    one_time: Annotated[
        bool, typer.Option("--one-time", help="Make a password that opens one session, and show it.")
    ] = False,
) -> None:
    """Set an operator's password, which is asked for, or make one for one time.

    The operator's sessions end. Who has signed in with a one-time password chooses another one in that session, by
    PUT /v1/me/password.
    """
    from adapters.bootstrap.administrators import make_one_time_password
    from adapters.edge.passwords import Argon2Passwords
    from commands.staff.operators import ChangePassword

    with opened(context) as app:
        if one_time:
            made = make_one_time_password(app, operator, origin_of(context))
            tell(f"The one-time password of {operator} is {made}")
            return
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        password_hash = Argon2Passwords().hash(password)
        app.bus.execute(ChangePassword(operator=operator, password_hash=password_hash), origin_of(context))
    tell(f"The password of {operator} was changed.")


def break_glass(context: typer.Context) -> None:
    """Let an administrator in: who can start this program on the database may use it.

    The operator `administrator` is registered or reopened, may sign in from every address without a second factor, and
    gets a one-time password. The LOG shows it.
    """
    from adapters.bootstrap.administrators import let_in
    from billing_core.staff.roles import ADMINISTRATOR

    with opened(context) as app:
        password = let_in(app, ADMINISTRATOR, lambda: origin_of(context))
    tell(f"The one-time password of {ADMINISTRATOR} is {password}")


def issue_key(
    context: typer.Context,
    operator: OperatorCode,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A short code for the key, to revoke it by.")],
    purpose: Annotated[str, typer.Option("--for", metavar="TEXT", help="What the key is for.")],
    until: Annotated[
        date | None,
        typer.Option("--until", metavar="DATE", parser=parse_day, help="The last day on which it works."),
    ] = None,
    networks: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="NETWORK", help="A network from which it works, as 10.0.0.0/8; else from all."),
    ] = None,
    permissions: Annotated[
        list[str] | None,
        typer.Option("--permits", metavar="PERMISSION", help="A part of what the operator may do; else all of it."),
    ] = None,
) -> None:
    """Make an API key, by which a program signs in as an operator. Its token is shown once.

    `--from` and `--permits` may be repeated. `billing staff permissions` lists permissions.
    """
    from commands.staff.operators import IssueApiKey
    from commands.staff.sign_in import KEY, hashed

    secret = secrets.token_hex(32)
    command = IssueApiKey(
        operator=operator, key=key, purpose=purpose, secret_hash=hashed(secret), expires_on=until,
        networks=tuple(networks or ()), permissions=tuple(permissions or ()),
    )  # fmt: skip
    with opened(context) as app:
        app.bus.execute(command, origin_of(context))
    tell(f"{KEY}.{operator}.{key}.{secret}")


def change_secret_key(context: typer.Context) -> None:
    """Make another key for the secrets that are kept encrypted, and encrypt them anew by it.

    These are what the codes of second factors are made from, and what signs the messages of webhooks and kiosks. Each
    of them stays as it is: nobody has to set up anything again. The key before is destroyed; backups hold it until
    they expire.
    """
    from adapters.postgres.secret_key import change_secret_key as change_key

    with opened(context) as app:
        count = change_key(app.tables)
    tell(f"{count} {'secret is' if count == 1 else 'secrets are'} encrypted by another key.")


COMMANDS = {
    "staff roles": list_roles,
    "staff permissions": list_permissions,
    "staff sessions": list_sessions,
    "staff password": set_password,
    "staff key": issue_key,
    "staff break-glass": break_glass,
    "staff change-secret-key": change_secret_key,
}
GROUPS = {"staff": Group(PURPOSE, listing=list_operators)}
