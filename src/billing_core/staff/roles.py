"""Roles: which commands and queries an operator may give and ask.

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

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
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

# --- events


@event("role-defined")
class RoleDefined(Event, frozen=True, kw_only=True):
    """What a role permits from now on, complete."""

    role: str
    permissions: tuple[str, ...]


# --- state


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
    require_code(role, "role")
    require_permissions(permissions)
    if role == ADMINISTRATOR:
        raise RuleViolation("permits everything and cannot be defined otherwise", field="role", value=role)
    if known == permissions:
        return []
    return [RoleDefined(effective_on=on, role=role, permissions=permissions)]


def require_code(code: str, field: str) -> None:
    """The code of a role or an operator."""
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and . _ -", field=field, value=code)


# --- errors


class NotPermitted(BillingError):
    """The operator has no role that permits it."""

    code = "not-permitted"


class NotSignedIn(BillingError):
    """Nobody is signed in: the session or key is missing, unknown, or has ended."""

    code = "not-signed-in"
