"""Operators: who works with the system, or a program that does, with roles and keys.

Decides which operator may be changed and how; not how somebody proves who he is (`commands.staff.sign_in`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.field_rules import EMAIL
from billing_core.staff.addresses import require_networks
from billing_core.staff.roles import narrowed, require_code, require_permissions

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")  # No point in it: points part the token of a key.

# --- values and events


@event("operator-registered")
class OperatorRegistered(Event, frozen=True, kw_only=True):
    """With a `dealer`, one of that dealer's own, who is shown the dealer's customers alone whatever the roles are."""

    operator: str
    name: str
    roles: tuple[str, ...]
    dealer: str = ""


@event("operator-roles-changed")
class OperatorRolesChanged(Event, frozen=True, kw_only=True):
    """The operator's roles from now on, complete."""

    operator: str
    roles: tuple[str, ...]


@event("operator-email-set")
class OperatorEmailSet(Event, frozen=True, kw_only=True):
    """To this address the operator is written from now on; to nobody if it is empty."""

    operator: str
    email: str


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


@event("session-ended")
class SessionEnded(Event, frozen=True, kw_only=True):
    """A session was ended before its time, by its operator or by somebody who may do so: its token is worth nothing."""

    operator: str
    session: str


@event("second-factor-enabled")
class SecondFactorEnabled(Event, frozen=True, kw_only=True):
    """From now on the operator signs in with a code besides the password; what it is made from is in no event."""

    operator: str


@event("second-factor-disabled")
class SecondFactorDisabled(Event, frozen=True, kw_only=True):
    operator: str


@event("api-key-issued")
class ApiKeyIssued(Event, frozen=True, kw_only=True):
    """A program signs in as the operator by this key, up to and including the day `expires_on`.

    With `networks` it does so from these alone, and with `permissions` it may do only those of the operator's own.

    `secret_hash` is the SHA-256 of its secret, 32 random bytes that cannot be guessed from it, in hexadecimal digits.
    """

    operator: str
    key: str
    purpose: str
    secret_hash: str
    expires_on: date | None = None
    networks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


@event("api-key-revoked")
class ApiKeyRevoked(Event, frozen=True, kw_only=True):
    operator: str
    key: str


# --- state


class ApiKey(msgspec.Struct, frozen=True):
    """A key that was not revoked. Without `networks` it works from every address, without `permissions` for all."""

    purpose: str
    secret_hash: str
    expires_on: date | None
    networks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


class Operator(msgspec.Struct, frozen=True):
    """Somebody who works with the system, or a program that does; of a dealer, or of the house itself."""

    code: str
    name: str
    roles: tuple[str, ...]
    is_closed: bool = False
    has_second_factor: bool = False
    keys: Mapping[str, ApiKey] = {}
    dealer: str = ""
    email: str = ""


def apply_operator(operator: Operator | None, fact: Event) -> Operator | None:
    """The operator after an event of the operator's stream."""
    if isinstance(fact, OperatorRegistered):
        return Operator(fact.operator, fact.name, fact.roles, dealer=fact.dealer)
    assert operator is not None
    changed: dict[str, Any] = {}
    match fact:
        case OperatorRolesChanged():
            changed = {"roles": fact.roles}
        case OperatorEmailSet():
            changed = {"email": fact.email}
        case OperatorClosed():
            changed = {"is_closed": True, "keys": {}}
        case OperatorReopened():
            changed = {"is_closed": False}
        case SecondFactorEnabled():
            changed = {"has_second_factor": True}
        case SecondFactorDisabled():
            changed = {"has_second_factor": False}
        case ApiKeyIssued():
            key = ApiKey(fact.purpose, fact.secret_hash, fact.expires_on, fact.networks, fact.permissions)
            changed = {"keys": {**operator.keys, fact.key: key}}
        case ApiKeyRevoked():
            changed = {"keys": {code: key for code, key in operator.keys.items() if code != fact.key}}
    return msgspec.structs.replace(operator, **changed)


# --- decisions


def register_operator(existing: Operator | None, wanted: Operator, on: date) -> list[Event]:
    """A new operator with one role at least; nothing changes if the operator is registered like this."""
    require_code(wanted.code, "operator")
    if not wanted.name.strip() or len(wanted.name) > 200:
        raise InvalidValue("must be a name of at most 200 letters", field="name", value=wanted.name)
    _require_roles(wanted.roles)
    if existing is None:
        registered = OperatorRegistered(
            effective_on=on, operator=wanted.code, name=wanted.name, roles=wanted.roles, dealer=wanted.dealer
        )
        return [registered]
    if (existing.name, existing.roles, existing.dealer) == (wanted.name, wanted.roles, wanted.dealer):
        return []
    raise RuleViolation("is registered already; change its roles, or choose another code", field="operator",
                        value=wanted.code)  # fmt: skip


def change_roles(operator: Operator, roles: tuple[str, ...], on: date) -> list[Event]:
    """Other roles for an operator, one at least."""
    _require_roles(roles)
    if operator.roles == roles:
        return []
    return [OperatorRolesChanged(effective_on=on, operator=operator.code, roles=roles)]


def set_email(operator: Operator, email: str, on: date) -> list[Event]:
    """Another address of an operator, or none."""
    if email and not EMAIL.fullmatch(email):
        raise InvalidValue("must be an e-mail address, or empty", field="email", value=email)
    return [OperatorEmailSet(effective_on=on, operator=operator.code, email=email)] if operator.email != email else []


def close_operator(operator: Operator, by: str, reason: str, on: date) -> list[Event]:
    """End an operator's work; nobody ends his own, so that one who can undo it is left."""
    if operator.code == by:
        raise RuleViolation("is you; another administrator has to do this", field="operator", value=operator.code)
    return [] if operator.is_closed else [OperatorClosed(effective_on=on, operator=operator.code, reason=reason)]


def reopen_operator(operator: Operator, on: date) -> list[Event]:
    """Let an operator work again, with the roles as they were; keys are issued anew."""
    return [OperatorReopened(effective_on=on, operator=operator.code)] if operator.is_closed else []


def enable_second_factor(operator: Operator, on: date) -> list[Event]:
    """From now on a code is asked for besides the password."""
    require_open(operator)
    return [] if operator.has_second_factor else [SecondFactorEnabled(effective_on=on, operator=operator.code)]


def disable_second_factor(operator: Operator, on: date) -> list[Event]:
    """From now on the password is enough."""
    return [SecondFactorDisabled(effective_on=on, operator=operator.code)] if operator.has_second_factor else []


def issue_api_key(operator: Operator, issued: ApiKeyIssued, permitted: Collection[str]) -> list[Event]:
    """A key for an operator who works; no other key of the operator has its code.

    What it may do is a part of what the operator is `permitted`.
    """
    require_open(operator)
    require_networks(issued.networks)
    require_permissions(issued.permissions)
    for permission in issued.permissions:
        if not narrowed(permitted, [permission]):
            raise RuleViolation("is none that a role of the operator gives", field="permission", value=permission)
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


def _require_roles(roles: tuple[str, ...]) -> None:
    if not roles:
        raise InvalidValue("needs at least one; `support` and `cashier` are ready ones", field="roles")
    for role in roles:
        require_code(role, "role")
