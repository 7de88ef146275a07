"""The door: who asks, whether the roles permit it, and the command or query carried out.

Everything here blocks, so it runs in threads; one door serves all of them. A refused attempt of somebody who has signed
in is kept for the LOG.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple, NoReturn
from uuid import UUID, uuid5

import msgspec

from adapters.actions.action import Acting, actions
from adapters.bootstrap.application import Application
from adapters.bootstrap.operations import Operation
from adapters.bootstrap.origins import HTTP
from adapters.bootstrap.seller_clock import SellerClock, named_stream
from adapters.bootstrap.signed_in import SIGN_IN, UNKNOWN, carry_out, own_sign_in_of, sign_in_of
from adapters.door.effects import AREAS as OF_SERVICES
from adapters.door.effects import MoneyEffect, money_effect
from adapters.edge.codes import TimeCodes
from adapters.edge.models import read_struct
from adapters.edge.passwords import Argon2Passwords
from adapters.outgoing.openid import Begun, OpenIdProvider
from adapters.postgres.personal_reads import PostgresPersonalReads
from adapters.postgres.refused_attempts import PostgresRefusedAttempts
from adapters.views.persons import persons
from adapters.views.query import Reading, queries
from adapters.views.staff import SessionRow, session_row
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.self_care import customer_of
from billing_core.staff.addresses import AddressNotAllowed
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.billing.foreseen import Foreseen, foreseen
from commands.platform.bus import Answer, Command, Seen
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.staff.operators import ChangePassword, EnableSecondFactor, EndSession, operator_stream
from commands.staff.rights import Rights
from commands.staff.sign_in import CodeNeeded, session_of

BEARER = "bearer"
KEYS = UUID("5b0c3a54-6f1e-4b9c-9d2f-5f0a7b1f6c10")  # The space of the names that operators give their commands.


class Caller(NamedTuple):
    """The facts of a request about who makes it: header, address, program, and the ids that it goes by."""

    authorization: str
    source: str
    idempotency_key: str = ""
    correlation_id: UUID | None = None
    seen: Seen | None = None
    agent: str = ""


class Done(msgspec.Struct):
    """The answer to a command. `position` is its last event's place in the log, 0 if nothing changed.

    A query with `min_position` waits until it shows that. `is_repeated` if the command was carried out before under the
    same Idempotency-Key, and this is the first answer again. If it `is_waiting`, nothing was carried out: a second
    person has to approve the request that the result names. A dry run of a change of a service has its `effect` on the
    next bills, if they can be decided.
    """

    command_id: UUID
    position: int
    is_repeated: bool
    is_waiting: bool
    result: dict[str, Any]
    effect: MoneyEffect | None = None


class OwnSessions(msgspec.Struct):
    """The open sessions of who asks, the newest first. `current` is the one by which the request is made."""

    current: str
    items: list[SessionRow]


class SetUp(msgspec.Struct):
    """A second factor that is not in force yet: scan `uri` as a QR code, keep the recovery codes, confirm by a code."""

    secret: str
    uri: str
    recovery_codes: list[str]


class Door:
    """Carries out requests on one application; if it `keeps_reads`, it keeps whose personal data it showed to whom."""

    channel = HTTP

    def __init__(self, app: Application, *, keeps_reads: bool = False) -> None:
        self.app = app
        self.keeps_reads = keeps_reads
        self._reads = PostgresPersonalReads(app.tables) if keeps_reads else None
        self._passwords = Argon2Passwords()
        self._codes = TimeCodes()
        self.sign_in = sign_in_of(app)
        self._clock = SellerClock(app.store, app.tables)
        self.refused = PostgresRefusedAttempts(app.tables)

    def rights_of(self, caller: Caller) -> Rights:
        """The rights of who has signed in, else `NotSignedIn`; an address that is not allowed is kept for the LOG."""
        token, at, today = token_of(caller), datetime.now(UTC), self.today("")
        try:
            return self.sign_in.rights_of(token, caller.source, at, today)
        except AddressNotAllowed as error:
            rights = self.sign_in.rights_anywhere(token, at, today)
            self.refused.note(SIGN_IN, error, self.origin(rights, caller))
            raise

    def rights_in_session(self, caller: Caller) -> Rights:
        """The rights of who has signed in with a password: no key changes how its operator signs in."""
        rights = self.rights_of(caller)
        if rights.key:
            error = NotPermitted("a key changes nothing about signing in; sign in with the password", field="key",
                                 value=rights.key)  # fmt: skip
            self.refused.note(SIGN_IN, error, self.origin(rights, caller))
            raise error
        return rights

    def open_session(self, caller: Caller, operator: str, password: str, code: str) -> str:
        """The token of a new session. What was wrong is kept for the LOG; the lock bounds how often that happens.

        That a code is needed too is the way of every sign-in with one, and not kept.
        """
        try:
            return self.sign_in.open(operator, password, caller.source, datetime.now(UTC), code, caller.agent)
        except NotSignedIn as error:
            if code or not isinstance(error, CodeNeeded):
                self.note_stranger(caller, operator, error)
            raise

    def note_stranger(self, caller: Caller, operator: str, error: BillingError) -> None:
        """Keep for the LOG that somebody could not sign in."""
        self.refused.note(SIGN_IN, error, self._origin_of_stranger(caller, operator))

    def must_choose_password(self, caller: Caller) -> bool:
        """Whether who has signed in has no password any more: it was for one time."""
        return not self.sign_in.has_password(self.rights_of(caller).operator.code)

    def begin_openid(self, caller: Caller, provider: OpenIdProvider) -> Begun:
        """A sign-in by a provider, for who may come from this address."""
        self.app.rights.require_address(caller.source)
        return provider.begin()

    def open_session_by_openid(
        self, caller: Caller, provider: OpenIdProvider, code: str, state: str, begun: Begun
    ) -> str:
        """The token of a new session for the operator whom the provider names; a refusal is kept for the LOG."""
        named = UNKNOWN
        self.app.rights.require_address(caller.source)
        try:
            named = provider.finish(code, state, begun)
            return self.sign_in.open_vouched(named, caller.source, datetime.now(UTC), caller.agent)
        except NotSignedIn as error:
            self.note_stranger(caller, named, error)
            raise

    def open_to_look(self, caller: Caller, customer: str) -> str:
        """The token of a session in which who has signed in looks at a customer's pages; the LOG has it already."""
        rights = self.rights_of(caller)
        return own_sign_in_of(self.app).open(customer, caller.source, datetime.now(UTC), rights.operator.code)

    def close_session(self, caller: Caller) -> None:
        """End the session by which the request is made."""
        self.sign_in.close(token_of(caller), datetime.now(UTC))

    def renew_session(self, caller: Caller) -> str:
        """Another token for the session by which the request is made, instead of the present one."""
        self.rights_of(caller)
        return self.sign_in.renew(token_of(caller), datetime.now(UTC))

    def own_sessions(self, caller: Caller) -> OwnSessions:
        """The sessions of who asks in one of them."""
        operator = self.rights_in_session(caller).operator.code
        found = self.sign_in.open_sessions(operator, datetime.now(UTC))
        return OwnSessions(session_of(token_of(caller)), [session_row(session) for session in found])

    def end_own_session(self, caller: Caller, session: str) -> Done:
        """End a session of who asks in one of them."""
        rights = self.rights_in_session(caller)
        origin = self.origin(rights, caller)
        return _done(origin, self.app.bus.execute(EndSession(operator=rights.operator.code, session=session), origin))

    def change_own_password(self, caller: Caller, password: str) -> Done:
        """Another password for who has signed in; all sessions of the operator end."""
        rights = self.rights_in_session(caller)
        origin = self.origin(rights, caller, "")
        command = ChangePassword(operator=rights.operator.code, password_hash=self._passwords.hash(password))
        answer = self.app.bus.execute(command, origin)
        return _done(origin, answer)

    def set_up_second_factor(self, caller: Caller) -> SetUp:
        """What the codes of who has signed in are made from; they are asked for once one of them was given."""
        operator = self.rights_in_session(caller).operator.code
        secret = self._codes.new_secret()
        recovery_codes = self.sign_in.set_up_second_factor(operator, secret)
        return SetUp(secret, self._codes.uri(operator, secret), recovery_codes)

    def second_factor_being_set_up(self, caller: Caller) -> SetUp | None:
        """The same while it waits for its first code, without the recovery codes, which are shown once."""
        operator = self.rights_in_session(caller).operator.code
        secret = self.sign_in.unconfirmed_secret(operator)
        return None if secret is None else SetUp(secret, self._codes.uri(operator, secret), [])

    def enable_second_factor(self, caller: Caller, code: str) -> Done:
        """Ask who has signed in for a code from now on, if this is one."""
        rights = self.rights_in_session(caller)
        self.sign_in.require_code(rights.operator.code, code, datetime.now(UTC))
        origin = self.origin(rights, caller, "")
        answer = self.app.bus.execute(EnableSecondFactor(operator=rights.operator.code), origin)
        return _done(origin, answer)

    def execute(self, operation: Operation, fields: Mapping[str, Any], caller: Caller, *, dry_run: bool) -> Done:
        """Carry out a command, or with `dry_run` say what it would answer; or do an action."""
        rights = self.rights_of(caller)
        origin = self.origin(rights, caller, named_stream(fields.get))
        try:
            rights.require(operation.permission, operation.concern)
            command = read_struct(operation.struct, fields)
            if operation.struct in actions():
                if dry_run or caller.seen or caller.idempotency_key:
                    raise InvalidValue("knows neither dry_run nor If-Match nor Idempotency-Key", field="action",
                                       value=operation.name)  # fmt: skip
                return self._act(command, origin)
            done = self._carry_out(command, origin, caller.seen, dry_run=dry_run)
            if dry_run and operation.area in OF_SERVICES and not done.is_waiting:
                done.effect = self._effect_of(command, origin)
            return done
        except BillingError as error:
            self.refused.note(operation.permission, error, origin)
            raise

    def foresee(self, operation: Operation, fields: Mapping[str, Any], caller: Caller) -> Foreseen:
        """The next bills of the account that a command names, as they are and as they would be after it."""
        rights = self.rights_of(caller)
        origin = self.origin(rights, caller, named_stream(fields.get))
        try:
            rights.require(operation.permission, operation.concern)
            return foreseen(self.app.bus, read_struct(operation.struct, fields), origin)
        except BillingError as error:
            self.refused.note(operation.permission, error, origin)
            raise

    def _carry_out(self, command: Command, origin: Origin, seen: Seen | None, *, dry_run: bool) -> Done:
        """The command carried out, or kept for a second person if it is above what the operator may do alone."""
        carried = carry_out(self.app, command, origin, seen, dry_run=dry_run)
        return _done(origin, carried.answer, is_waiting=carried.is_waiting)

    def _effect_of(self, command: Any, origin: Origin) -> MoneyEffect | None:
        if command.account is None:
            return None  # A customer who is registered without an account.
        try:
            return money_effect(foreseen(self.app.bus, command, origin))
        except BillingError:
            return None  # The command itself would be taken; the account cannot be billed for another reason.

    def _act(self, action: Any, origin: Origin) -> Done:
        """Do an action; what it may have caused is in the log up to the position."""
        result = actions()[type(action)](action, Acting(self.app, origin))
        return Done(origin.command_id, self.app.log.newest_position(), False, False, result)

    def refuse(self, rights: Rights, operation: Operation, caller: Caller) -> NoReturn:
        """Refuse an operation that the roles do not permit, before anything of it is known; it is kept for the LOG."""
        try:
            rights.require(operation.permission, operation.concern)
            raise NotPermitted("is not possible here", field="permission", value=operation.permission)
        except BillingError as error:
            self.refused.note(operation.permission, error, self.origin(rights, caller, ""))
            raise

    def answer(self, operation: Operation, values: Mapping[str, Any], caller: Caller) -> Any:
        """Answer a query; `as_of` and `min_position` say from which state of the read models."""
        return self.answer_for(self.rights_of(caller), operation, values, caller)

    def answer_for(self, rights: Rights, operation: Operation, values: Mapping[str, Any], caller: Caller) -> Any:
        """The same, for who was admitted already: a page asks several queries."""
        values = dict(values)
        name, least = _name(values.pop("as_of", "")), _position(values.pop("min_position", "0"))
        try:
            rights.require(operation.permission, operation.concern)
            query = read_struct(operation.struct, values)
            self.app.scopes.require_own(rights.scope, operation.concern, query)
        except BillingError as error:
            self.refused.note(operation.permission, error, self.origin(rights, caller, ""))
            raise
        if least and least > self.app.runner.position():
            if least > self.app.log.newest_position():
                raise InvalidValue("is after the end of the log", field="min_position", value=least)
            self.app.runner.wait_for(least)
        source = self.app.queries_as_of(name) if name else self.app.queries
        today = source.on or self.today(named_stream(lambda word: getattr(query, word, "")))
        operator = rights.operator
        reading = Reading(self.app, source, today, rights.permits, operator.dealer, operator.code)
        answer = queries()[operation.struct](query, reading)
        if self._reads is not None and operation.struct in persons():
            shown = set(persons()[operation.struct](query, answer, reading)) - {customer_of(operator.code)}
            if shown:
                self._reads.note(operation.permission, shown, self.origin(rights, caller))
        return answer

    def today(self, stream: str = "") -> date:
        """Today for a stream: the date of the seller whose business it is."""
        return self._clock.today_of([stream])[stream]

    def zone(self) -> tzinfo:
        """The time zone in which instants are shown: that of the sellers, if all have the same."""
        return self._clock.zones_of([""])[""] or UTC

    def _origin_of_stranger(self, caller: Caller, operator: str) -> Origin:
        """Who is no operator is not named: it may be a password that was typed into the wrong field."""
        is_known = bool(self.app.store.versions([operator_stream(operator)]))
        return self.origin_of_stranger(caller, operator if is_known else UNKNOWN)

    def origin_of_stranger(self, caller: Caller, actor: str = UNKNOWN) -> Origin:
        """The origin of what somebody does who has not signed in."""
        identity = new_id()
        return Origin(
            actor=actor,
            role="",
            channel=self.channel,
            source=caller.source,
            command_id=identity,
            correlation_id=caller.correlation_id or identity,
            recorded_at=datetime.now(UTC),
            today=self.today(""),
        )

    def origin(self, rights: Rights, caller: Caller, stream: str = "") -> Origin:
        """The origin of what a request changes, on the date of the seller whose business the stream is."""
        operator, identity = rights.operator, new_id()
        key = caller.idempotency_key
        return Origin(
            actor=operator.code,
            role=", ".join(operator.roles),
            channel=self.channel,
            source=caller.source,
            command_id=uuid5(KEYS, f"{operator.code}:{key}") if key else identity,
            correlation_id=caller.correlation_id or identity,
            recorded_at=datetime.now(UTC),
            today=self.today(stream),
            dealer=operator.dealer,
            key=rights.key,
            is_signed_in=True,
        )


def _done(origin: Origin, answer: Answer, *, is_waiting: bool = False) -> Done:
    return Done(origin.command_id, answer.position, answer.is_repeated, is_waiting, answer.result)


def token_of(caller: Caller) -> str:
    """The token of the header `Authorization: Bearer TOKEN`."""
    kind, _, token = caller.authorization.partition(" ")
    if kind.lower() != BEARER or not token:
        raise NotSignedIn("send the token of a session or key in the header Authorization: Bearer TOKEN")
    return token.strip()


def _name(written: str) -> str:
    """The name of what was built as of a moment; one that the database could not even look for is none."""
    if not written.isprintable():
        raise InvalidValue("is no name; nothing was built under it", field="as_of", value=written)
    return written


def _position(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 19):
        raise InvalidValue("is not a position of the log", field="min_position", value=written)
    return int(written)
