"""Operators, roles, permissions and sessions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec

from adapters.bootstrap.operations import permissions
from adapters.postgres.sessions import PostgresSessions
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.staff.operators import ApiKey, Operator
from commands.platform.concerns import HOUSE, Concerns
from commands.staff.operators import operator_stream
from commands.staff.sign_in import Session, has_ended
from projections import staff
from projections.staff import AddressRow, RoleRow


class ListOperators(Listing, frozen=True, kw_only=True):
    """Operators with their roles, in order of code."""


class ShowOperator(Query, frozen=True, kw_only=True):
    """An operator with roles and keys."""

    operator: str


class ListSessions(Query, frozen=True, kw_only=True):
    """The open sessions of an operator: since when, used last, from where and by what program; the newest first."""

    operator: str


class ListRoles(Query, frozen=True, kw_only=True):
    """Roles with what they permit: the ready ones, and those that were defined."""


class ListPermissions(Query, frozen=True, kw_only=True):
    """Every permission: one for each command and query, two for each kind of job, and those that widen an answer."""


class ListAllowedAddresses(Query, frozen=True, kw_only=True):
    """From which networks everybody, each role and each operator may work, if that is restricted."""


class KeyRow(msgspec.Struct):
    """An API key, without its secret. If `networks` or `permissions` are empty, it is not limited to any."""

    key: str
    purpose: str
    expires_on: date | None
    networks: tuple[str, ...]
    permissions: tuple[str, ...]


class SessionRow(msgspec.Struct):
    """An open session; `agent` is the program that opened it, as it named itself."""

    session: str
    opened_at: datetime
    used_at: datetime
    source: str
    agent: str


class OperatorCard(msgspec.Struct):
    """An operator, as now known."""

    operator: str
    name: str
    dealer: str
    roles: tuple[str, ...]
    email: str
    is_closed: bool
    has_second_factor: bool
    keys: list[KeyRow]


def _list_operators(query: ListOperators, reading: Reading) -> Page[OperatorCard]:
    with reading.source.cursor() as cursor:
        found = staff.list_operators(cursor, query.limit + 1, query.after)
    return page_of([_card(operator) for operator in found], query.limit, lambda card: card.operator)


def _show_operator(query: ShowOperator, reading: Reading) -> OperatorCard:
    with reading.source.cursor() as cursor:
        operator = staff.operator_named(cursor, query.operator)
    if operator is None:
        raise NotFound("no such operator", field="operator", value=query.operator)
    return _card(operator)


def _list_sessions(query: ListSessions, reading: Reading) -> Page[SessionRow]:
    found = PostgresSessions(reading.app.tables).list_of(query.operator)
    if not found and not reading.app.store.versions([operator_stream(query.operator)]):
        raise NotFound("no such operator", field="operator", value=query.operator)
    now = datetime.now(UTC)
    return Page([session_row(each) for each in found if not has_ended(each, now)], None)


def session_row(session: Session) -> SessionRow:
    """A session as its owner and an administrator see it."""
    return SessionRow(session.id, session.opened_at, session.used_at, session.source, session.agent)


def _card(operator: Operator) -> OperatorCard:
    keys = [_key(code, key) for code, key in sorted(operator.keys.items())]
    return OperatorCard(
        operator.code,
        operator.name,
        operator.dealer,
        operator.roles,
        operator.email,
        operator.is_closed,
        operator.has_second_factor,
        keys,
    )


def _key(code: str, key: ApiKey) -> KeyRow:
    return KeyRow(code, key.purpose, key.expires_on, key.networks, key.permissions)


def _list_roles(query: ListRoles, reading: Reading) -> Page[RoleRow]:
    with reading.source.cursor() as cursor:
        return Page(staff.list_roles(cursor), None)


def _list_permissions(query: ListPermissions, reading: Reading) -> Page[str]:
    return Page(permissions(), None)


def _list_addresses(query: ListAllowedAddresses, reading: Reading) -> Page[AddressRow]:
    with reading.source.cursor() as cursor:
        return Page(staff.list_addresses(cursor), None)


QUERIES: Queries = {
    ListAllowedAddresses: _list_addresses,
    ListOperators: _list_operators,
    ShowOperator: _show_operator,
    ListRoles: _list_roles,
    ListSessions: _list_sessions,
    ListPermissions: _list_permissions,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
