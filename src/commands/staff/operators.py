"""Register operators, give them roles, define roles, issue keys, and end all of it."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.staff.operators import (
    ApiKeyIssued,
    Operator,
    PasswordChanged,
    SessionEnded,
    apply_operator,
    change_roles,
    close_operator,
    disable_second_factor,
    enable_second_factor,
    issue_api_key,
    register_operator,
    reopen_operator,
    require_open,
    revoke_api_key,
    set_email,
)
from billing_core.staff.roles import READY_ROLES, Role, apply_role, define_role
from commands.dealers import load_dealer
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DefineRole(Command, frozen=True, kw_only=True):
    """What a role permits. Each permission has three parts: area, change or read, and name; `*` stands for any.

    `services` are the tariffs, or products with what is below them, to which it is limited. One command goes up to the
    `amount_limits` of its currency, and above `alone_up_to` it waits for a second person.
    """

    role: str
    permits: Role


class RegisterOperator(Command, frozen=True, kw_only=True):
    """Somebody who works with the system, or a program that does, with the roles that say what is permitted.

    An operator of a `dealer` sees and touches that dealer's own customers alone, whatever the roles permit.
    """

    operator: str
    name: str
    roles: tuple[str, ...]
    dealer: str = ""


class OfOperator(Command, frozen=True, kw_only=True):
    operator: str


class ChangeRoles(OfOperator, frozen=True, kw_only=True):
    """Other roles from now on, instead of all that the operator has."""

    roles: tuple[str, ...]


class SetOperatorEmail(OfOperator, frozen=True, kw_only=True):
    """The address to which an operator is written about the tickets that the operator watches; without one, to none."""

    email: str = ""


class CloseOperator(OfOperator, frozen=True, kw_only=True):
    """From now on the operator can do nothing: every session and key ends."""

    reason: str


class ReopenOperator(OfOperator, frozen=True, kw_only=True):
    """Let a closed operator work again. Keys are issued anew."""


class ChangePassword(OfOperator, frozen=True, kw_only=True):
    """Another password. `password_hash` is its argon2id hash, as `billing staff password` makes it.

    A one-time password opens one session, in which another one has to be chosen.
    """

    password_hash: str
    is_one_time: bool = False


class EndSession(OfOperator, frozen=True, kw_only=True):
    """End a session of an operator at once, by its id in the list of the operator's sessions."""

    session: str


class EnableSecondFactor(OfOperator, frozen=True, kw_only=True):
    """Ask for a code besides the password from now on. It is set up first, by POST /v1/me/second-factor."""


class DisableSecondFactor(OfOperator, frozen=True, kw_only=True):
    """Ask for the password alone from now on, as for an operator who lost telephone and recovery codes."""


class IssueApiKey(OfOperator, frozen=True, kw_only=True):
    """A key by which a program signs in as the operator. `billing staff key` makes its secret and shows it once.

    With `networks` it works from these alone, and with `permissions` for a part of what the operator may do.
    """

    key: str
    purpose: str
    secret_hash: str
    expires_on: date | None = None
    networks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


class RevokeApiKey(OfOperator, frozen=True, kw_only=True):
    """End a key at once."""

    key: str


# --- handlers


def operator_stream(operator: str) -> str:
    return f"operator/{operator}"


def role_stream(role: str) -> str:
    return f"role/{role}"


def load_operator(transaction: Transaction, code: str) -> tuple[Operator, int]:
    """The operator, or `NotFound`."""
    operator, version = transaction.load(operator_stream(code), apply_operator)
    if operator is None:
        raise NotFound("no such operator; `billing staff` lists them", field="operator", value=code)
    return operator, version


def load_role(transaction: Transaction, code: str) -> tuple[Role, int]:
    """What a role permits: as it was defined, else what the ready role of this code does, else nothing."""
    defined, version = transaction.load(role_stream(code), apply_role)
    return defined or Role(permissions=READY_ROLES.get(code, ())), version


def require_known_roles(transaction: Transaction, roles: tuple[str, ...]) -> None:
    """Each of the roles was defined or is a ready one."""
    for role in roles:
        if role not in READY_ROLES and transaction.load(role_stream(role), apply_role)[0] is None:
            ready = ", ".join(READY_ROLES)
            raise NotFound(f"no such role; define it first, or give a ready one: {ready}", field="role", value=role)


def handle_define_role(command: DefineRole, transaction: Transaction, origin: Origin) -> Decision:
    stream = role_stream(command.role)
    known, version = transaction.load(stream, apply_role)
    events = define_role(known, command.role, command.permits, origin.today)
    return Decision((Append(stream, version, events),))


def handle_register_operator(command: RegisterOperator, transaction: Transaction, origin: Origin) -> Decision:
    stream = operator_stream(command.operator)
    existing, version = transaction.load(stream, apply_operator)
    wanted = Operator(command.operator, command.name, command.roles, dealer=command.dealer)
    events = register_operator(existing, wanted, origin.today)
    if command.dealer:
        load_dealer(transaction, command.dealer)
    require_known_roles(transaction, command.roles)
    return Decision((Append(stream, version, events),))


def handle_change_roles(command: ChangeRoles, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    events = change_roles(operator, command.roles, origin.today)
    require_known_roles(transaction, command.roles)
    return Decision((Append(operator_stream(operator.code), version, events),))


def handle_set_operator_email(command: SetOperatorEmail, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    events = set_email(operator, command.email.strip(), origin.today)
    return Decision((Append(operator_stream(operator.code), version, events),))


def handle_close_operator(command: CloseOperator, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    events = close_operator(operator, origin.actor, command.reason, origin.today)
    return Decision((Append(operator_stream(operator.code), version, events),))


def handle_reopen_operator(command: ReopenOperator, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    return Decision((Append(operator_stream(operator.code), version, reopen_operator(operator, origin.today)),))


def handle_change_password(command: ChangePassword, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    require_open(operator)
    transaction.keep_password(operator.code, command.password_hash, is_one_time=command.is_one_time)
    changed = PasswordChanged(effective_on=origin.today, operator=operator.code)
    return Decision((Append(operator_stream(operator.code), version, [changed]),))


def handle_end_session(command: EndSession, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    if not transaction.end_session(operator.code, command.session):
        raise NotFound(f"no such session of operator {operator.code}", field="session", value=command.session)
    ended = SessionEnded(effective_on=origin.today, operator=operator.code, session=command.session)
    return Decision((Append(operator_stream(operator.code), version, [ended]),))


def handle_enable_second_factor(command: EnableSecondFactor, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    events = enable_second_factor(operator, origin.today)
    if not transaction.confirm_second_factor(operator.code):
        raise RuleViolation("set up a second factor first", field="operator", value=operator.code)
    return Decision((Append(operator_stream(operator.code), version, events),))


def handle_disable_second_factor(command: DisableSecondFactor, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    transaction.forget_second_factor(operator.code)
    return Decision((Append(operator_stream(operator.code), version, disable_second_factor(operator, origin.today)),))


def handle_issue_api_key(command: IssueApiKey, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    issued = ApiKeyIssued(
        effective_on=origin.today,
        operator=operator.code,
        key=command.key,
        purpose=command.purpose,
        secret_hash=command.secret_hash,
        expires_on=command.expires_on,
        networks=command.networks,
        permissions=command.permissions,
    )
    permitted = [each for role in operator.roles for each in load_role(transaction, role)[0].permissions]
    events = issue_api_key(operator, issued, permitted)
    return Decision((Append(operator_stream(operator.code), version, events),))


def handle_revoke_api_key(command: RevokeApiKey, transaction: Transaction, origin: Origin) -> Decision:
    operator, version = load_operator(transaction, command.operator)
    events = revoke_api_key(operator, command.key, origin.today)
    return Decision((Append(operator_stream(operator.code), version, events),))


HANDLERS: Handlers = {
    DefineRole: handle_define_role,
    RegisterOperator: handle_register_operator,
    ChangeRoles: handle_change_roles,
    SetOperatorEmail: handle_set_operator_email,
    CloseOperator: handle_close_operator,
    ReopenOperator: handle_reopen_operator,
    ChangePassword: handle_change_password,
    EndSession: handle_end_session,
    EnableSecondFactor: handle_enable_second_factor,
    DisableSecondFactor: handle_disable_second_factor,
    IssueApiKey: handle_issue_api_key,
    RevokeApiKey: handle_revoke_api_key,
}
