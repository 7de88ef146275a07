"""Sign in and out: a password opens a session, a session or an API key says whose a request is.

A token is told by how it begins: `session.ID.SECRET`, `key.OPERATOR.KEY.SECRET`. Kept of it is only the SHA-256 of the
secret: 32 random bytes cannot be found from it, so nothing slower is needed. A password is kept as an argon2id hash,
and an unknown operator costs the same check as a wrong password, so that the answer's time names nobody.

    five wrong passwords within 15 minutes lock the operator, twenty the source address, until the oldest is 15 minutes
    past: 10:00 10:01 10:02 10:03 10:04 wrong    refused until 10:15, also with the right password

The right password without the code that is needed is no failure: a page asks for them one after the other.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from billing_core.kernel.errors import BillingError, RuleViolation
from billing_core.staff.addresses import AddressNotAllowed
from billing_core.staff.operators import Operator
from billing_core.staff.roles import NotSignedIn
from commands.staff.rights import AllRights, Rights

MOST_OF_OPERATOR, MOST_OF_SOURCE = 5, 20
LOCKED_FOR = timedelta(minutes=15)
IDLE_FOR, OPEN_FOR = timedelta(minutes=30), timedelta(hours=12)
SESSION, KEY = "session", "key"
RECOVERY_CODES = 10
# Who reads a hash must not find the code of it by trying.
RECOVERY_BYTES = 10
WRONG = "operator or password is wrong"
TOO_LATE = "the password was given too long ago, or has changed; sign in again"
ENDED = "the session has ended; sign in again"


class Session(NamedTuple):
    """A session as it is kept: whose, since when, used last, from where and by what program."""

    id: str
    operator: str
    secret_hash: str
    opened_at: datetime
    used_at: datetime
    source: str
    agent: str = ""


class SecondFactor(NamedTuple):
    """What codes are made from, and whether they are asked for."""

    secret: str
    is_confirmed: bool


class Codes(Protocol):
    """How one-time codes are made (RFC 6238)."""

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        """The time step whose code it is, of those around an instant; None if it is of none of them."""


class Sessions(Protocol):
    """Where sessions, passwords and failures of the last minutes are kept."""

    def open(self, session: Session) -> None:
        """Keep a new session."""

    def find(self, id: str) -> Session | None:
        """The open session of an id."""

    def use(self, id: str, at: datetime) -> None:
        """Note when a session was used last."""

    def renew(self, id: str, secret_hash: str, by: str) -> bool:
        """Keep the hash of another secret; False if the present one is not the one that is named."""

    def end(self, id: str) -> bool:
        """End a session; whether there was one."""

    def list_of(self, operator: str) -> Sequence[Session]:
        """The open sessions of an operator, the newest first."""

    def password_hash(self, operator: str) -> str | None:
        """The hash of the operator's password; None before one was set."""

    def spend_one_time(self, operator: str, password_hash: str) -> bool:
        """Forget a password that is for one time; False if that was done meanwhile. Others are not touched."""

    def set_up_second_factor(self, operator: str, secret: str, recovery_hashes: Sequence[str]) -> None:
        """Keep what codes are made from; they are asked for once it is confirmed."""

    def second_factor(self, operator: str) -> SecondFactor | None:
        """What the operator's codes are made from; None without any."""

    def spend_step(self, operator: str, step: int) -> bool:
        """Note the time step of a code that was used; False if it, or a later one, was used before."""

    def spend_recovery_code(self, operator: str, code_hash: str) -> bool:
        """Forget a recovery code; False if there was none."""

    def failures(self, operator: str, source: str, since: datetime) -> tuple[Sequence[datetime], Sequence[datetime]]:
        """When signing in failed since then: as the operator, and from the source."""

    def note_failure(self, operator: str, source: str, at: datetime) -> None:
        """Keep that signing in failed."""


class Passwords(Protocol):
    """How passwords are hashed."""

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether a password has this hash; without one it takes as long, and the answer is no."""


class CodeNeeded(NotSignedIn):
    """The password is right, and a code is needed too."""

    code = "code-needed"


class TooManyFailures(BillingError):
    """Signing in failed too often of late."""

    code = "too-many-failures"


class SignIn:
    """Signs operators in and out."""

    def __init__(self, rights: AllRights, sessions: Sessions, passwords: Passwords, codes: Codes) -> None:
        self._rights = rights
        self._sessions = sessions
        self._passwords = passwords
        self._codes = codes

    def open(self, operator: str, password: str, source: str, at: datetime, code: str = "", agent: str = "") -> str:
        """The token of a new session, for the right password and, if the operator has a second factor, its code."""
        self._require_few_failures(operator, source, at)
        known = self._sessions.password_hash(operator)
        if not self._passwords.matches(known, password) or known is None or not self._may_work(operator, source):
            self._sessions.note_failure(operator, source, at)
            raise NotSignedIn(WRONG)
        return self._open_with(operator, known, source, at, code, agent)

    def has_password(self, operator: str) -> bool:
        """Whether the operator has a password; one for one time is none after that."""
        return self._sessions.password_hash(operator) is not None

    def password_proof(self, operator: str) -> str:
        """What shows to `open_after` that the operator's password was given, and that it is still the same."""
        known = self._sessions.password_hash(operator)
        if known is None:
            raise NotSignedIn(WRONG)
        return hashed(known)

    def open_after(self, operator: str, proof: str, source: str, at: datetime, code: str, agent: str = "") -> str:
        """The token of a new session for who has given the password a moment ago, and now gives the code."""
        self._require_few_failures(operator, source, at)
        known = self._sessions.password_hash(operator)
        if known is None or not hmac.compare_digest(hashed(known), proof) or not self._may_work(operator, source):
            raise NotSignedIn(TOO_LATE)
        return self._open_with(operator, known, source, at, code, agent)

    def _require_few_failures(self, operator: str, source: str, at: datetime) -> None:
        self._rights.require_address(source)
        of_operator, of_source = self._sessions.failures(operator, source, at - LOCKED_FOR)
        require_few(of_operator, MOST_OF_OPERATOR)
        require_few(of_source, MOST_OF_SOURCE)

    def _open_with(self, operator: str, known: str, source: str, at: datetime, code: str, agent: str) -> str:
        """A session by the code, which is asked for once the password was right: none yet is no failure."""
        if not self._is_second(operator, code, at):
            if not code:
                raise CodeNeeded("write the code too")
            self._sessions.note_failure(operator, source, at)
            raise CodeNeeded("the code is wrong, or was used before")
        if not self._sessions.spend_one_time(operator, known):
            raise NotSignedIn(WRONG)
        return self._opened(operator, source, at, agent)

    def open_vouched(self, operator: str, source: str, at: datetime, agent: str = "") -> str:
        """The token of a new session for an operator for whom somebody vouches who has asked for every proof."""
        self._rights.require_address(source)
        if not self._may_work(operator, source):
            raise NotSignedIn("no operator of this name may sign in from here")
        return self._opened(operator, source, at, agent)

    def _opened(self, operator: str, source: str, at: datetime, agent: str) -> str:
        session, secret = secrets.token_hex(16), secrets.token_hex(32)
        self._sessions.open(Session(session, operator, hashed(secret), at, at, source, agent))
        return f"{SESSION}.{session}.{secret}"

    def renew(self, token: str, at: datetime) -> str:
        """Another token for a session that goes on, with its ends as they are; the one before is worth nothing."""
        session, secret = _session_in(token)
        self._operator_of(session, secret, at)
        another = secrets.token_hex(32)
        if not self._sessions.renew(session, hashed(secret), hashed(another)):
            raise NotSignedIn(ENDED)
        return f"{SESSION}.{session}.{another}"

    def open_sessions(self, operator: str, at: datetime) -> list[Session]:
        """The sessions of an operator that have not ended, the newest first."""
        return [session for session in self._sessions.list_of(operator) if not has_ended(session, at)]

    def rights_of(self, token: str, source: str, at: datetime, today: date) -> Rights:
        """The rights of the operator whose token it is, who may work from the address."""
        rights = self.rights_anywhere(token, at, today)
        rights.require_address(source)
        return rights

    def rights_anywhere(self, token: str, at: datetime, today: date) -> Rights:
        """The same wherever the operator works: only to say who was refused for the address."""
        match token.split("."):
            case [kind, session, secret] if kind == SESSION:
                return self._rights.of(self._operator_of(session, secret, at))
            case [kind, *operator, key, secret] if kind == KEY and operator:
                rights = self._rights.of(".".join(operator))
                require_key(rights.operator, key, secret, today)
                return rights.by_key(key)
        raise NotSignedIn("the token is neither a session's nor a key's")

    def close(self, token: str, at: datetime) -> None:
        """End the session of a token; its id alone, which others may see, ends nothing."""
        session, secret = _session_in(token)
        self._operator_of(session, secret, at)
        self._sessions.end(session)

    def set_up_second_factor(self, operator: str, secret: str) -> list[str]:
        """Keep what codes are made from until it is confirmed by one; the recovery codes, which are shown once."""
        found = self._sessions.second_factor(operator)
        if found is not None and found.is_confirmed:
            raise RuleViolation("is in force; disable it first", field="second factor", value=operator)
        codes = [secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
        self._sessions.set_up_second_factor(operator, secret, [hashed(code) for code in codes])
        return codes

    def unconfirmed_secret(self, operator: str) -> str | None:
        """What codes would be made from once one of them confirms it; None if nothing waits for that."""
        found = self._sessions.second_factor(operator)
        return None if found is None or found.is_confirmed else found.secret

    def require_code(self, operator: str, code: str, at: datetime) -> None:
        """A code of what was set up, confirmed or not."""
        found = self._sessions.second_factor(operator)
        step = None if found is None else self._codes.step_of(found.secret, code, at)
        if step is None or not self._sessions.spend_step(operator, step):
            raise CodeNeeded("the code is missing, wrong, or was used before")

    def _is_second(self, operator: str, code: str, at: datetime) -> bool:
        """The code of who must give one; a recovery code serves once."""
        found = self._sessions.second_factor(operator)
        if found is None or not found.is_confirmed:
            return True
        step = self._codes.step_of(found.secret, code, at)
        if step is not None:
            return self._sessions.spend_step(operator, step)
        return self._sessions.spend_recovery_code(operator, hashed(code))

    def _operator_of(self, id: str, secret: str, at: datetime) -> str:
        session = self._sessions.find(id)
        if session is None or not hmac.compare_digest(session.secret_hash, hashed(secret)):
            raise NotSignedIn(ENDED)
        if has_ended(session, at):
            self._sessions.end(id)
            raise NotSignedIn(ENDED)
        if at - session.used_at > timedelta(minutes=1):  # Not every request need be written down.
            self._sessions.use(id, at)
        return session.operator

    def _may_work(self, operator: str, source: str) -> bool:
        try:
            self._rights.of(operator).require_address(source)
        except (NotSignedIn, AddressNotAllowed):
            return False
        return True


def session_of(token: str) -> str:
    """The id of the session whose token it is."""
    return _session_in(token)[0]


def _session_in(token: str) -> tuple[str, str]:
    """The id and the secret in the token of a session."""
    match token.split("."):
        case [kind, session, secret] if kind == SESSION:
            return session, secret
    raise NotSignedIn("the token is no session's; a key is revoked instead")


def require_few(failures: Sequence[datetime], most: int) -> None:
    """Fewer failures than lock somebody out; the error says until when."""
    if len(failures) >= most:
        until = sorted(failures)[-most] + LOCKED_FOR
        raise TooManyFailures("signing in failed too often; try again later", field="until", value=until.isoformat())


def has_ended(session: Session, at: datetime) -> bool:
    """A session ends 30 minutes after it was used last, and 12 hours after it was opened."""
    return at - session.used_at > IDLE_FOR or at - session.opened_at > OPEN_FOR


def require_key(operator: Operator, key: str, secret: str, today: date) -> None:
    """A key of the operator with this secret that has not expired."""
    known = operator.keys.get(key)
    expected = known.secret_hash if known else hashed("")
    if not hmac.compare_digest(expected, hashed(secret)) or known is None:
        raise NotSignedIn("the key is unknown or was revoked")
    if known.expires_on is not None and known.expires_on < today:
        raise NotSignedIn("the key has expired", field="expired on", value=known.expires_on)


def hashed(secret: str) -> str:
    """The SHA-256 of a random secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
