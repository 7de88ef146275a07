"""Who works with the system, and with which roles?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.staff.addresses import AddressesAllowed
from billing_core.staff.operators import (
    ApiKeyIssued,
    ApiKeyRevoked,
    Operator,
    OperatorClosed,
    OperatorEmailSet,
    OperatorRegistered,
    OperatorReopened,
    OperatorRolesChanged,
    SecondFactorDisabled,
    SecondFactorEnabled,
    apply_operator,
)
from billing_core.staff.roles import READY_ROLES, Role, RoleDefined
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_OPERATORS = """
    INSERT INTO operators (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""
UPSERT_ROLES = """
    INSERT INTO roles (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""
UPSERT_ADDRESSES = """
    INSERT INTO allowed_addresses (whom, networks) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (whom) DO UPDATE SET networks = excluded.networks
"""


class Staff:
    """Every operator, every role that was defined, and every list of allowed addresses, as now known."""

    name = "staff"
    version = 5
    tables = ("operators", "roles", "allowed_addresses")
    by_stream = True
    definition = """
        CREATE TABLE operators (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);
        CREATE TABLE roles (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);
        CREATE TABLE allowed_addresses (whom text COLLATE "C" PRIMARY KEY, networks text NOT NULL);
    """
    indexes = ""
    streams = ("operator", "role", "addresses")
    folds: tuple[type[Event], ...] = (
        OperatorRegistered, OperatorRolesChanged, OperatorEmailSet, OperatorClosed, OperatorReopened,
        ApiKeyIssued, ApiKeyRevoked,
        SecondFactorEnabled, SecondFactorDisabled,
        RoleDefined, AddressesAllowed,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        operators: dict[str, Operator | None] = dict(_read(cursor, {entry.number for entry in page}))
        roles: dict[str, str] = {}
        addresses: dict[str, str] = {}
        for entry in page:
            if isinstance(entry.event, RoleDefined):
                roles[entry.number] = _encoded(entry.event.permits)
            elif isinstance(entry.event, AddressesAllowed):
                addresses[entry.number] = _encoded(entry.event.networks)
            else:
                operators[entry.number] = apply_operator(operators.get(entry.number), entry.event)
        if operators:
            cursor.execute(
                UPSERT_OPERATORS, as_columns(((code, _encoded(each)) for code, each in operators.items()), 2)
            )
        if roles:
            cursor.execute(UPSERT_ROLES, as_columns(roles.items(), 2))
        if addresses:
            cursor.execute(UPSERT_ADDRESSES, as_columns(addresses.items(), 2))


def _read(cursor: Cursor, codes: set[str]) -> dict[str, Operator]:
    rows = cursor.execute("SELECT details FROM operators WHERE code = ANY(%s)", (list(codes),)).fetchall()
    return {operator.code: operator for operator in (_operator(details) for (details,) in rows)}


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _operator(details: str) -> Operator:
    return msgspec.json.decode(details, type=Operator)


# --- queries


class RoleRow(msgspec.Struct):
    """A role with what it permits and its limits; a ready one needs no definition."""

    code: str
    permissions: tuple[str, ...]
    services: tuple[str, ...]
    amount_limits: dict[str, Decimal]
    alone_up_to: dict[str, Decimal]
    is_ready: bool


def list_operators(cursor: Cursor, limit: int, after: str = "") -> list[Operator]:
    """Operators in order of code, after a code."""
    rows = cursor.execute(
        "SELECT details FROM operators WHERE code > %s ORDER BY code LIMIT %s", (after, limit)
    ).fetchall()
    return [_operator(details) for (details,) in rows]


def operator_named(cursor: Cursor, code: str) -> Operator | None:
    """The operator of a code."""
    return _read(cursor, {code}).get(code)


def list_roles(cursor: Cursor) -> list[RoleRow]:
    """The ready roles and those that were defined, in order of code."""
    found = {code: _role(code, Role(permissions=granted), is_ready=True) for code, granted in READY_ROLES.items()}
    for code, details in cursor.execute("SELECT code, details FROM roles").fetchall():
        found[code] = _role(code, msgspec.json.decode(details, type=Role), is_ready=False)
    return [found[code] for code in sorted(found)]


def _role(code: str, role: Role, *, is_ready: bool) -> RoleRow:
    limits = dict(role.amount_limits), dict(role.alone_up_to)
    return RoleRow(code, role.permissions, role.services, *limits, is_ready)


class AddressRow(msgspec.Struct):
    """The networks from which everybody, a role or an operator may work."""

    whom: str
    networks: tuple[str, ...]


def list_addresses(cursor: Cursor) -> list[AddressRow]:
    """The lists that have networks."""
    rows = cursor.execute("SELECT whom, networks FROM allowed_addresses WHERE networks <> '[]' ORDER BY whom")
    return [AddressRow(whom, msgspec.json.decode(networks, type=tuple[str, ...])) for whom, networks in rows]


AREA = Area(recorded=(Staff(),))
