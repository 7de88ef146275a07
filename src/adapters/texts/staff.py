"""Operators and roles, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from adapters.texts.sentences import Sentences
from billing_core.staff.addresses import AddressesAllowed
from billing_core.staff.operators import (
    ApiKeyIssued,
    ApiKeyRevoked,
    OperatorClosed,
    OperatorEmailSet,
    OperatorRegistered,
    OperatorReopened,
    OperatorRolesChanged,
    PasswordChanged,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SessionEnded,
)
from billing_core.staff.roles import RoleDefined


def _registered(fact: OperatorRegistered) -> str:
    dealer = f" of dealer {fact.dealer}" if fact.dealer else ""
    return f"operator {fact.operator}{dealer}, {fact.name}, with {_roles(fact.roles)}"


def _role_defined(fact: RoleDefined) -> str:
    role = fact.permits
    limits = [
        f"for {', '.join(role.services)}" if role.services else "",
        f"up to {_amounts(role.amount_limits)}" if role.amount_limits else "",
        f"alone up to {_amounts(role.alone_up_to)}" if role.alone_up_to else "",
    ]
    return ", ".join([f"role {fact.role} permits {', '.join(role.permissions) or 'nothing'}", *filter(None, limits)])


def _amounts(limits: Mapping[str, Decimal]) -> str:
    return " or ".join(f"{amount} {currency}" for currency, amount in limits.items())


def _key_issued(fact: ApiKeyIssued) -> str:
    limits = [
        f"until {fact.expires_on}" if fact.expires_on else "",
        f"from {', '.join(fact.networks)}" if fact.networks else "",
        f"permits {', '.join(fact.permissions)}" if fact.permissions else "",
    ]
    return ", ".join([f"key {fact.key} of operator {fact.operator} for {fact.purpose}", *filter(None, limits)])


def _roles(roles: tuple[str, ...]) -> str:
    return f"role{'s' if len(roles) > 1 else ''} {', '.join(roles)}"


def _allowed(fact: AddressesAllowed) -> str:
    whom = fact.whom.replace("/", " ")
    return f"{whom} may work from {', '.join(fact.networks) or 'every address'}"


SENTENCES: Sentences = {
    AddressesAllowed: _allowed,
    RoleDefined: _role_defined,
    OperatorRegistered: _registered,
    OperatorRolesChanged: lambda fact: f"operator {fact.operator} has {_roles(fact.roles)}",
    OperatorEmailSet: lambda fact: f"e-mail address of operator {fact.operator}: {fact.email or 'none'}",
    OperatorClosed: lambda fact: f"operator {fact.operator} can do nothing any more: {fact.reason}",
    OperatorReopened: lambda fact: f"operator {fact.operator} works again",
    PasswordChanged: lambda fact: f"operator {fact.operator} has another password",
    SessionEnded: lambda fact: f"session {fact.session} of operator {fact.operator} was ended",
    SecondFactorEnabled: lambda fact: f"operator {fact.operator} signs in with a code besides the password",
    SecondFactorDisabled: lambda fact: f"operator {fact.operator} signs in with the password alone",
    ApiKeyIssued: _key_issued,
    ApiKeyRevoked: lambda fact: f"key {fact.key} of operator {fact.operator} was revoked",
}
