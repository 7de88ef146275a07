"""Operators: who works here, with which roles, keys and sessions."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import quote

from adapters.door.door import Done
from adapters.edge.passwords import Argon2Passwords
from adapters.pages.forms import Choice, Field, Form, Once, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.made_secrets import made_secret
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.sellers import dealers
from adapters.pages.visit import Visit
from adapters.views.staff import ListOperators, ListRoles, ListSessions, OperatorCard, ShowOperator
from commands.staff.operators import (
    ChangePassword,
    ChangeRoles,
    CloseOperator,
    DisableSecondFactor,
    EndSession,
    IssueApiKey,
    RegisterOperator,
    ReopenOperator,
    RevokeApiKey,
    SetOperatorEmail,
)
from commands.staff.sign_in import KEY, hashed

COMMANDS = {
    each.__name__: each
    for each in (ChangePassword, ChangeRoles, CloseOperator, DisableSecondFactor, EndSession, IssueApiKey,
                 ReopenOperator, RevokeApiKey, SetOperatorEmail)
}  # fmt: skip
OPERATORS = "/set-up/operators"
CARD = f"{OPERATORS}/{{operator}}"
PASSWORD_BYTES, SALT_BYTES = 15, 16


def state_of(card: OperatorCard) -> State:
    """Closed, or how signing in is proved."""
    if card.is_closed:
        return State(N_("Closed"), "calm")
    return State(N_("Second factor"), "good") if card.has_second_factor else State(N_("Password alone"), "warn")


def operator_card(visit: Visit) -> Shown:
    """An operator with keys and, for who may see them, sessions."""
    code = visit.path["operator"]
    sessions = visit.ask(ListSessions, operator=code).items if visit.may(ListSessions) else []
    card = visit.ask(ShowOperator, operator=code)
    return Shown(
        "staff/operator.html", {"card": card, "shown": state_of(card), "sessions": sessions, "commands": COMMANDS}
    )


def _roles(visit: Visit) -> list[Choice]:
    return [Choice(role.code, role.code) for role in visit.ask(ListRoles).items] if visit.may(ListRoles) else []


def _card_of(visit: Visit) -> OperatorCard:
    card: OperatorCard = visit.ask(ShowOperator, operator=visit.path["operator"])
    return card


def _name(visit: Visit) -> str:
    return visit.path["operator"]


# --- secrets that are made here


def _one_time_password(visit: Visit) -> str:
    return urlsafe_b64encode(made_secret(visit, "one-time password")[:PASSWORD_BYTES]).decode()


def _with_password_hash(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    salt = made_secret(visit, "salt")[:SALT_BYTES]
    return words | {"password_hash": Argon2Passwords().hash(_one_time_password(visit), salt)}


def _show_password(visit: Visit, done: Done) -> Once:
    hint = N_("It opens one session, in which another one is chosen. The operator's sessions have ended.")
    return Once(visit.translated(N_("One-time password")), _one_time_password(visit), visit.translated(hint))


def _with_key_hash(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    return words | {"secret_hash": hashed(made_secret(visit, "key").hex())}


def _show_key(visit: Visit, done: Done) -> Once:
    token = f"{KEY}.{visit.path['operator']}.{visit.first('key').strip()}.{made_secret(visit, 'key').hex()}"
    hint = N_("The program sends it in the header Authorization: Bearer TOKEN.")
    return Once(visit.translated(N_("API key")), token, visit.translated(hint))


# --- pages

LISTS = (
    List(
        OPERATORS, ListOperators, N_("Operators"),
        (
            Column(N_("Operator"), lambda row: row.name, link=lambda row: f"{OPERATORS}/{quote(row.operator)}",
                   below=lambda row: row.operator),
            Column(N_("Roles"), lambda row: ", ".join(row.roles)),
            Column(N_("Dealer"), lambda row: row.dealer),
            Column(N_("Keys"), lambda row: ", ".join(key.key for key in row.keys)),
            Column(N_("State"), state_of, "state"),
        ),
        actions=(Act(N_("New operator"), f"{OPERATORS}/new", RegisterOperator, "n"),),
        row_actions=(Act(N_("Roles"), lambda row: f"{OPERATORS}/{quote(row.operator)}/roles", ChangeRoles,
                         when=lambda row: not row.is_closed),),
    ),
)  # fmt: skip
PAGES = (Page(CARD, operator_card, ShowOperator),)
_BACK = to(CARD)
FORMS = (
    Form(
        f"{OPERATORS}/new", RegisterOperator, N_("New operator"), N_("Register the operator"),
        (
            Field("operator", N_("User name"), hint=N_("Small letters, digits, . _ and -"), is_required=True, width=6),
            Field("name", N_("Name"), is_required=True, width=6),
            Field("roles", N_("Roles"), "choices", choices=_roles),
            Field("dealer", N_("Dealer"), "choice", choices=dealers,
                  hint=N_("Who works for a dealer sees that dealer's customers alone")),
        ),
        then=lambda visit, done: f"{OPERATORS}/{quote(visit.first('operator').strip())}/one-time-password",
        back=to(OPERATORS),
        done=says(N_("The operator is registered. Make a one-time password for the first sign-in.")),
    ),
    Form(
        f"{CARD}/roles", ChangeRoles, N_("Roles"), N_("Change the roles"),
        (Field("roles", N_("Roles"), "choices", choices=_roles),),
        then=_BACK, back=_BACK, done=says(N_("The roles are changed, from now on.")), about=_name,
        begins=lambda visit: {"roles": list(_card_of(visit).roles)},
    ),
    Form(
        f"{CARD}/email", SetOperatorEmail, N_("E-mail address"), N_("Save the address"),
        (Field("email", N_("E-mail"), "email", hint=N_("Changes of watched tickets are sent there"), clears=True),),
        then=_BACK, back=_BACK, done=says(N_("The address is saved.")), about=_name,
        begins=lambda visit: {"email": _card_of(visit).email},
    ),
    Form(
        f"{CARD}/one-time-password", ChangePassword, N_("One-time password"), N_("Make a one-time password"), (),
        then=_BACK, back=_BACK, done=says(N_("The password is changed.")), about=_name,
        fixed={"one_time": True}, adds=_with_password_hash, once=_show_password,
    ),
    Form(
        f"{CARD}/close", CloseOperator, N_("Close the operator"), N_("Close the operator"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=_BACK, back=_BACK, done=says(N_("The operator is closed; sessions and keys have ended.")), about=_name,
        undo=to(f"{CARD}/reopen"),
    ),
    Form(
        f"{CARD}/reopen", ReopenOperator, N_("Reopen the operator"), N_("Let the operator work again"), (),
        then=_BACK, back=_BACK, done=says(N_("The operator may work again. Keys are issued anew.")), about=_name,
    ),
    Form(
        f"{CARD}/second-factor-off", DisableSecondFactor, N_("Switch the second factor off"),
        N_("Ask for the password alone"), (),
        then=_BACK, back=_BACK, done=says(N_("From now on the password alone is asked for.")), about=_name,
    ),
    Form(
        f"{CARD}/keys/new", IssueApiKey, N_("New API key"), N_("Make the key"),
        (
            Field("key", N_("Code of the key"), hint=N_("By which it is revoked"), is_required=True, width=6),
            Field("expires_on", N_("Last day"), "day", width=6),
            Field("purpose", N_("What it is for"), is_required=True),
            Field("networks", N_("From these networks alone"), "list", hint=N_("As 10.0.0.0/8, one on each line")),
            Field("permissions", N_("For these permissions alone"), "list",
                  hint=N_("As payments.read.*, one on each line; without any, all that the operator may do")),
        ),
        then=_BACK, back=_BACK, done=says(N_("The key works from now on.")), about=_name,
        adds=_with_key_hash, once=_show_key,
    ),
    Form(
        f"{CARD}/keys/{{key}}/revoke", RevokeApiKey, N_("Revoke the key"), N_("Revoke the key"), (),
        then=_BACK, back=_BACK, done=says(N_("The key is worth nothing any more.")),
        about=lambda visit: visit.path["key"],
    ),
    Form(
        f"{CARD}/sessions/{{session}}/end", EndSession, N_("End the session"), N_("End the session"), (),
        then=_BACK, back=_BACK, done=says(N_("The session has ended.")), about=_name,
    ),
)  # fmt: skip
SET_UP = (Tile("people", N_("Operators"), OPERATORS, ListOperators, N_("Who works here, with roles, keys, sessions")),)
