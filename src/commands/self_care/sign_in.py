"""Customers sign in and out: by a link that was sent to their e-mail, once and within 15 minutes, or by a password.

A link and a session hold 32 random bytes, of which only the SHA-256 is kept. What is typed decides nothing that can be
seen from outside: an address that nobody has gets the same answer as a known one, and a customer without a password the
same as a wrong password, after the same time.

    the link of 10:00, used at 10:04      a session            used again at 10:05, or first at 10:16     refused
    five requests for one address, or twenty from one source, within 15 minutes      refused until the oldest is past

An operator who looks at the pages of a customer has a session of this kind too, which permits no change.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from billing_core.self_care import LINK_FOR, actor_of
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.staff.rights import AllRights, Rights, looking
from commands.staff.sign_in import (
    IDLE_FOR,
    LOCKED_FOR,
    MOST_OF_OPERATOR,
    MOST_OF_SOURCE,
    OPEN_FOR,
    Passwords,
    hashed,
    require_few,
)

MY = "my"
PASSWORD = "password"  # One of the kinds of attempts that are counted, each by itself.
WRONG = "customer or password is wrong"
LINK_OVER = "the link was used already or is older than 15 minutes; ask for another one"
ENDED = "the session has ended; sign in again"


class OwnSession(NamedTuple):
    """A session of a customer; with an `operator` it is one who looks at the customer's pages."""

    id: str
    customer: str
    secret_hash: str
    opened_at: datetime
    used_at: datetime
    source: str
    operator: str = ""


class OwnSessions(Protocol):
    """Where sessions, links, passwords and failures of customers are kept."""

    def open(self, session: OwnSession) -> None:
        """Keep a new session."""

    def find(self, id: str) -> OwnSession | None:
        """The open session of an id."""

    def use(self, id: str, at: datetime) -> None:
        """Note when a session was used last."""

    def end(self, id: str) -> None:
        """End a session."""

    def keep_link(self, id: str, customer: str, secret_hash: str, at: datetime) -> None:
        """Keep the hash of a link that is sent."""

    def spend_link(self, id: str, secret_hash: str, since: datetime) -> str | None:
        """Forget a link that was sent since then; whose it was, None if there is none."""

    def password_hash(self, customer: str) -> str | None:
        """The hash of the customer's password; None without one."""

    def failures(self, whom: str, source: str, since: datetime) -> tuple[Sequence[datetime], Sequence[datetime]]:
        """When attempts were counted since then: by a name, and from a source."""

    def note_failure(self, whom: str, source: str, at: datetime) -> None:
        """Count an attempt."""


class CustomerSignIn:
    """Signs customers in and out; threads share it."""

    def __init__(self, rights: AllRights, sessions: OwnSessions, passwords: Passwords) -> None:
        self._rights = rights
        self._sessions = sessions
        self._passwords = passwords

    def count(self, what: str, whom: str, source: str, at: datetime) -> None:
        """Count an attempt of a kind, by a name and from a source; refused if there were too many of late."""
        self._require_few(what, whom, source, at)
        self._sessions.note_failure(_name(what, whom), f"{what} {source}", at)

    def make_link(self, customer: str, at: datetime) -> str:
        """What a link holds by which the customer signs in once."""
        id, secret = secrets.token_hex(16), secrets.token_hex(32)
        self._sessions.keep_link(id, customer, hashed(secret), at)
        return f"{id}.{secret}"

    def open_by_link(self, link: str, source: str, at: datetime) -> str:
        """The token of a new session, for a link that was not used yet."""
        id, _, secret = link.partition(".")
        customer = self._sessions.spend_link(id, hashed(secret), at - LINK_FOR)
        if customer is None:
            raise NotSignedIn(LINK_OVER)
        self._rights.of(actor_of(customer))
        return self.open(customer, source, at)

    def open_by_password(self, customers: Sequence[str], typed: str, password: str, source: str, at: datetime) -> str:
        """The token of a new session of the customer whose password it is, of those whom what was typed may mean."""
        self._require_few(PASSWORD, typed, source, at)
        hashes = {customer: self._sessions.password_hash(customer) for customer in customers} or {"": None}
        right = [customer for customer, known in hashes.items() if self._passwords.matches(known, password)]
        if not right:
            self._sessions.note_failure(_name(PASSWORD, typed), f"{PASSWORD} {source}", at)
            raise NotSignedIn(WRONG)
        self._rights.of(actor_of(right[0]))
        return self.open(right[0], source, at)

    def open(self, customer: str, source: str, at: datetime, operator: str = "") -> str:
        """The token of a new session of a customer, or of an operator who looks at the customer's pages."""
        id, secret = secrets.token_hex(16), secrets.token_hex(32)
        self._sessions.open(OwnSession(id, customer, hashed(secret), at, at, source, operator))
        return f"{MY}.{id}.{secret}"

    def rights_of(self, token: str, at: datetime, look: str) -> Rights:
        """The rights of the customer whose session it is; of an operator who still may `look`, those to see."""
        session = self._session_of(token, at)
        of_customer = self._rights.of(actor_of(session.customer))
        if not session.operator:
            return of_customer
        rights = self._rights.of(session.operator)
        if not rights.permits(look):
            raise NotPermitted("is not permitted any more", field="permission", value=look)
        return looking(rights, session.customer)

    def close(self, token: str, at: datetime) -> None:
        """End the session of a token."""
        self._sessions.end(self._session_of(token, at).id)

    def _require_few(self, what: str, whom: str, source: str, at: datetime) -> None:
        of_name, of_source = self._sessions.failures(_name(what, whom), f"{what} {source}", at - LOCKED_FOR)
        require_few(of_name, MOST_OF_OPERATOR)
        require_few(of_source, MOST_OF_SOURCE)

    def _session_of(self, token: str, at: datetime) -> OwnSession:
        kind, _, rest = token.partition(".")
        id, _, secret = rest.partition(".")
        session = self._sessions.find(id) if kind == MY else None
        if session is None or not hmac.compare_digest(session.secret_hash, hashed(secret)):
            raise NotSignedIn(ENDED)
        if at - session.used_at > IDLE_FOR or at - session.opened_at > OPEN_FOR:
            self._sessions.end(id)
            raise NotSignedIn(ENDED)
        if at - session.used_at > timedelta(minutes=1):  # Not every request need be written down.
            self._sessions.use(id, at)
        return session


def _name(what: str, whom: str) -> str:
    """By which name attempts are counted: nobody can read from it what was typed."""
    return f"{what}/{hashlib.sha256(whom.strip().casefold().encode()).hexdigest()[:32]}"
