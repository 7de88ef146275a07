"""Roles and what they permit, area by area; networks from which staff may work."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.visit import Visit
from adapters.views.staff import ListAllowedAddresses, ListOperators, ListPermissions, ListRoles
from billing_core.kernel.errors import NotFound
from billing_core.staff.roles import ADMINISTRATOR, READY_ROLES, permits
from commands.staff.addresses import AllowAddresses
from commands.staff.operators import DefineRole
from projections.staff import RoleRow

ROLES, ADDRESSES = "/set-up/roles", "/set-up/addresses"
ROLE = f"{ROLES}/{{role}}"
EVERYBODY = "everybody"


def role_card(visit: Visit) -> Shown:
    """A role with every permission of each area, and whether the role has it."""
    role = _role(visit)
    areas: dict[str, list[tuple[str, str, bool]]] = {}
    for permission in visit.ask(ListPermissions).items:
        area, kind, name = permission.split(".")
        areas.setdefault(area, []).append((kind, name, permits(role.permissions, permission)))
    return Shown("staff/role.html", {"role": role, "areas": areas, "define": DefineRole,
                                     "is_fixed": role.code == ADMINISTRATOR})  # fmt: skip


def _role(visit: Visit) -> RoleRow:
    found = next((role for role in visit.ask(ListRoles).items if role.code == visit.path["role"]), None)
    if found is None:
        raise NotFound("no such role", field="role", value=visit.path["role"])
    return found


def _known(visit: Visit) -> dict[str, Any]:
    role = next((each for each in visit.ask(ListRoles).items if each.code == visit.path["role"]), None)
    if role is None:
        return {}
    return {"permissions": list(role.permissions), "services": list(role.services),
            "amount_limits": dict(role.amount_limits), "alone_up_to": dict(role.alone_up_to)}  # fmt: skip


def _roles(visit: Visit) -> list[Choice]:
    return [Choice(role.code, role.code) for role in visit.ask(ListRoles).items] if visit.may(ListRoles) else []


def _operators(visit: Visit) -> list[Choice]:
    if not visit.may(ListOperators):
        return []
    found = visit.ask(ListOperators, limit=1_000).items
    return [Choice(card.operator, card.name) for card in found if not card.is_closed]


def _kind(role: RoleRow) -> State:
    is_ready = role.code in READY_ROLES and role.permissions == READY_ROLES[role.code]
    return State(N_("Ready"), "calm") if is_ready else State(N_("Defined here"), "info")


def _change_addresses(row: Any) -> str:
    kind, _, code = row.whom.partition("/")
    words = {kind: code} if code else {}
    return f"{ADDRESSES}/allow?{urlencode(words | {'networks': chr(10).join(row.networks)})}"


LIMITED = (
    Field("permissions", N_("Permissions"), "list", is_required=True,
          hint=N_("One on each line: area, change or read, and name, as payments.read.*; * stands for any")),
    Field("services", N_("On these tariffs and products alone"), "list", width=4, hint=N_("One code on each line")),
    Field("amount_limits", N_("Up to these amounts"), "pairs", width=4, hint=N_("As EUR = 500, one on each line")),
    Field("alone_up_to", N_("Alone up to"), "pairs", width=4, hint=N_("Above it a second person approves")),
)  # fmt: skip
LISTS = (
    List(
        ROLES, ListRoles, N_("Roles"),
        (
            Column(N_("Role"), lambda row: row.code, link=lambda row: f"{ROLES}/{quote(row.code)}"),
            Column(N_("Permits"), lambda row: ", ".join(row.permissions)),
            Column(N_("Limits"), lambda row: ", ".join(
                [*row.services, *(f"{amount} {currency}" for currency, amount in row.amount_limits.items())])),
            Column(N_("Kind"), _kind, "state"),
        ),
        actions=(Act(N_("New role"), f"{ROLES}/new", DefineRole, "n"),),
        row_actions=(Act(N_("Change"), lambda row: f"{ROLES}/{quote(row.code)}/define", DefineRole,
                         when=lambda row: row.code != ADMINISTRATOR),),
    ),
    List(
        ADDRESSES, ListAllowedAddresses, N_("Allowed addresses"),
        (
            Column(N_("Whose"), lambda row: row.whom), Column(N_("Networks"), lambda row: ", ".join(row.networks)),
        ),
        actions=(Act(N_("Allow networks"), f"{ADDRESSES}/allow", AllowAddresses, "n"),),
        row_actions=(Act(N_("Change"), _change_addresses, AllowAddresses),),
        empty=N_("Staff may work from every address. Networks can be named for everybody, a role or an operator."),
    ),
)  # fmt: skip
PAGES = (Page(ROLE, role_card, ListRoles),)
FORMS = (
    Form(
        f"{ROLES}/new", DefineRole, N_("New role"), N_("Define the role"),
        (Field("role", N_("Code of the role"), is_required=True, width=6), *LIMITED),
        then=lambda visit, done: f"{ROLES}/{quote(visit.first('role').strip())}", back=to(ROLES),
        done=says(N_("The role is defined.")),
    ),
    Form(
        f"{ROLE}/define", DefineRole, N_("Change the role"), N_("Define the role"), LIMITED,
        then=to(ROLE), back=to(ROLE), done=says(N_("The role permits this from now on.")), begins=_known,
        about=lambda visit: visit.path["role"],
    ),
    Form(
        f"{ADDRESSES}/allow", AllowAddresses, N_("Allow networks"), N_("Allow these networks"),
        (
            Field("role", N_("For a role"), "choice", choices=_roles, width=6),
            Field("operator", N_("For an operator"), "choice", choices=_operators, width=6,
                  hint=N_("Without role and operator it holds for everybody")),
            Field("networks", N_("Networks"), "list",
                  hint=N_("As 192.0.2.0/24, one on each line; none lets everybody in from everywhere")),
            Field("confirmed", N_("Also if it locks me out"), "check"),
        ),
        then=to(ADDRESSES), back=to(ADDRESSES), done=says(N_("The list holds from now on.")),
    ),
)  # fmt: skip
SET_UP = (
    Tile("people", N_("Roles"), ROLES, ListRoles, N_("What each role permits")),
    Tile("people", N_("Allowed addresses"), ADDRESSES, ListAllowedAddresses, N_("From where staff may work")),
)
