"""Staff: operators, who work with the system, and the roles that say what each of them may do.

Decides who has which permission and which role or operator may be changed; not how somebody proves who he is
(`commands.staff.sign_in`).

A permission names one command or one query: area, `change` or `read`, and its name. A granted one may have `*` for any
of the three parts.

    granted                      permits                                       but not
    payments.change.*            payments.change.receive-payment               payments.read.list-payments
    *.read.*                     every query                                   any command
    parties.*.*                  parties.change.register-customer              accounts.read.show-account

An operator may do what any of the roles permits. The ready roles need no definition; one that is defined under the
code of a ready role replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")  # No point in it: points part the token of a key.
PART = r"(\*|[a-z0-9_]+(-[a-z0-9]+)*)"
PERMISSION = re.compile(rf"{PART}\.(\*|change|read)\.{PART}")
MOST_PERMISSIONS = 1_000
ADMINISTRATOR = "administrator"
READY_ROLES: Mapping[str, tuple[str, ...]] = {
    ADMINISTRATOR: ("*.*.*",),
    "auditor": ("*.read.*",),
    "accountant": (
        "*.read.*", "billing.*.*", "payments.*.*", "corrections.*.*", "dunning.*.*", "promises.*.*",
    ),
    "cashier": (
        "payments.change.receive-payment", "payments.read.*", "parties.read.*", "accounts.read.show-balance",
        "billing.read.list-invoices",
    ),
    "support": (
        "parties.*.*", "services.*.*", "catalogue.read.*", "accounts.change.open-account", "promises.read.*",
    ),
}  # fmt: skip

# --- values and events


@event("role-defined")
class RoleDefined(Event, frozen=True, kw_only=True):
    """What a role permits from now on, complete."""

    role: str
    permissions: tuple[str, ...]


@event("operator-registered")
class OperatorRegistered(Event, frozen=True, kw_only=True):
    operator: str
    name: str
    roles: tuple[str, ...]


@event("operator-roles-changed")
class OperatorRolesChanged(Event, frozen=True, kw_only=True):
    """The operator's roles from now on, complete."""

    operator: str
    roles: tuple[str, ...]


@event("operator-closed")
class OperatorClosed(Event, frozen=True, kw_only=True):
    """From now on the operator can do nothing; every session and key of the operator has ended."""

    operator: str
    reason: str


@event("operator-reopened")
class OperatorReopened(Event, frozen=True, kw_only=True):
    operator: str


@event("password-changed")
class PasswordChanged(Event, frozen=True, kw_only=True):
    """The password itself is in no event, nor is anything that is made of it."""

    operator: str


@event("api-key-issued")
class ApiKeyIssued(Event, frozen=True, kw_only=True):
    """A program signs in as the operator by this key, up to and including the day `expires_on`.

    `secret_hash` is the SHA-256 of its secret, 32 random bytes that cannot be guessed from it, in hexadecimal digits.
    """

    operator: str
    key: str
    purpose: str
    secret_hash: str
    expires_on: date | None = None


@event("api-key-revoked")
class ApiKeyRevoked(Event, frozen=True, kw_only=True):
    operator: str
    key: str


# --- state


class ApiKey(msgspec.Struct, frozen=True):
    """A key that was not revoked."""

    purpose: str
    secret_hash: str
    expires_on: date | None


class Operator(msgspec.Struct, frozen=True):
    """Somebody who works with the system, or a program that does."""

    code: str
    name: str
    roles: tuple[str, ...]
    is_closed: bool = False
    keys: Mapping[str, ApiKey] = {}


def apply_operator(operator: Operator | None, fact: Event) -> Operator | None:
    """The operator after an event of the operator's stream."""
    if isinstance(fact, OperatorRegistered):
        return Operator(fact.operator, fact.name, fact.roles)
    assert operator is not None
    changed: dict[str, Any] = {}
    match fact:
        case OperatorRolesChanged():
            changed = {"roles": fact.roles}
        case OperatorClosed():
            changed = {"is_closed": True, "keys": {}}
        case OperatorReopened():
            changed = {"is_closed": False}
        case ApiKeyIssued():
            key = ApiKey(fact.purpose, fact.secret_hash, fact.expires_on)
            changed = {"keys": {**operator.keys, fact.key: key}}
        case ApiKeyRevoked():
            changed = {"keys": {code: key for code, key in operator.keys.items() if code != fact.key}}
    return msgspec.structs.replace(operator, **changed)


def apply_role(permissions: tuple[str, ...] | None, fact: Event) -> tuple[str, ...] | None:
    """What a role permits after an event of its stream."""
    return fact.permissions if isinstance(fact, RoleDefined) else permissions


# --- decisions


def permits(granted: Collection[str], wanted: str) -> bool:
    """Whether one of the granted permissions covers the wanted one, part by part."""
    parts = wanted.split(".")
    return any(
        all(mine in ("*", part) for mine, part in zip(permission.split("."), parts, strict=True))
        for permission in granted
    )


def require_permissions(permissions: Collection[str]) -> None:
    """Each has three parts, as in `payments.change.receive-payment` or `parties.read.*`."""
    if len(permissions) > MOST_PERMISSIONS:
        raise InvalidValue(f"are more than {MOST_PERMISSIONS:,}", field="permissions", value=len(permissions))
    for permission in permissions:
        if not PERMISSION.fullmatch(permission):
            raise InvalidValue(
                "has other parts than area, change or read, and name, as in payments.change.receive-payment or "
                "parties.read.*", field="permission", value=permission,
            )  # fmt: skip


def define_role(known: tuple[str, ...] | None, role: str, permissions: tuple[str, ...], on: date) -> list[Event]:
    """What a role permits; nothing changes if it is what it permits already."""
    _require_code(role, "role")
    require_permissions(permissions)
    if role == ADMINISTRATOR:
        raise RuleViolation("permits everything and cannot be defined otherwise", field="role", value=role)
    if known == permissions:
        return []
    return [RoleDefined(effective_on=on, role=role, permissions=permissions)]


def register_operator(existing: Operator | None, wanted: Operator, on: date) -> list[Event]:
    """A new operator with one role at least; nothing changes if the operator is registered like this."""
    _require_code(wanted.code, "operator")
    if not wanted.name.strip() or len(wanted.name) > 200:
        raise InvalidValue("must be a name of at most 200 letters", field="name", value=wanted.name)
    _require_roles(wanted.roles)
    if existing is None:
        return [OperatorRegistered(effective_on=on, operator=wanted.code, name=wanted.name, roles=wanted.roles)]
    if (existing.name, existing.roles) == (wanted.name, wanted.roles):
        return []
    raise RuleViolation("is registered already; change its roles, or choose another code", field="operator",
                        value=wanted.code)  # fmt: skip


def change_roles(operator: Operator, roles: tuple[str, ...], on: date) -> list[Event]:
    """Other roles for an operator, one at least."""
    _require_roles(roles)
    if operator.roles == roles:
        return []
    return [OperatorRolesChanged(effective_on=on, operator=operator.code, roles=roles)]


def close_operator(operator: Operator, by: str, reason: str, on: date) -> list[Event]:
    """End an operator's work; nobody ends his own, so that one who can undo it is left."""
    if operator.code == by:
        raise RuleViolation("is you; another administrator has to do this", field="operator", value=operator.code)
    return [] if operator.is_closed else [OperatorClosed(effective_on=on, operator=operator.code, reason=reason)]


def reopen_operator(operator: Operator, on: date) -> list[Event]:
    """Let an operator work again, with the roles as they were; keys are issued anew."""
    return [OperatorReopened(effective_on=on, operator=operator.code)] if operator.is_closed else []


def issue_api_key(operator: Operator, issued: ApiKeyIssued) -> list[Event]:
    """A key for an operator who works; its code was never used for another one."""
    require_open(operator)
    if not KEY.fullmatch(issued.key):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and _ -", field="key", value=issued.key)
    if issued.expires_on is not None and issued.expires_on < issued.effective_on:
        raise InvalidValue("has passed already", field="expires on", value=issued.expires_on)
    if issued.key in operator.keys:
        raise RuleViolation("is in use; revoke it first, or choose another code", field="key", value=issued.key)
    return [issued]


def revoke_api_key(operator: Operator, key: str, on: date) -> list[Event]:
    """End a key at once."""
    if key not in operator.keys:
        raise NotFound(f"no such key of operator {operator.code}", field="key", value=key)
    return [ApiKeyRevoked(effective_on=on, operator=operator.code, key=key)]


def require_open(operator: Operator) -> None:
    """The operator was not closed."""
    if operator.is_closed:
        raise RuleViolation("is closed; reopen it first", field="operator", value=operator.code)


def _require_code(code: str, field: str) -> None:
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and . _ -", field=field, value=code)


def _require_roles(roles: tuple[str, ...]) -> None:
    if not roles:
        raise InvalidValue("needs at least one; `support` and `cashier` are ready ones", field="roles")
    for role in roles:
        _require_code(role, "role")


# --- errors


class NotPermitted(BillingError):
    """The operator has no role that permits it."""

    code = "not-permitted"


class NotSignedIn(BillingError):
    """Nobody is signed in: the session or key is missing, unknown, or has ended."""

    code = "not-signed-in"
