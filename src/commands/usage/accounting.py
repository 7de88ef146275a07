"""Take in messages of access servers: what is known is passed over, the rest changes its session and adds usage.

Many messages are one transaction, and each answer waits for its commit: no message is lost that was
answered. Servers send a message again until it is answered; it is known then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, tzinfo
from typing import NamedTuple, Protocol

from billing_core.usage.sessions.messages import (
    OF_SERVERS,
    Added,
    CountersRead,
    Identity,
    Message,
    Session,
    added,
    end,
    take,
)
from billing_core.usage.sessions.records import SessionUsage, usage_of, used_at_once

SessionKey = tuple[str, str]


class Received(NamedTuple):
    """A message as it was received; over RADIUS or Diameter, which is the source of its usage."""

    source: str
    message: Message
    received_at: datetime


class RefusedMessage(NamedTuple):
    """A message that cannot be read, and will not be however often it comes: the field, and what came."""

    source: str
    field: str
    value: str
    reason: str
    raw: str
    received_at: datetime


class AddedUsage(NamedTuple):
    """Usage that waits for a batch of its source."""

    source: str
    usage: SessionUsage


class AccountingTransaction(Protocol):
    """What is read and written of sessions: as a whole or not at all, and by one transaction at a time."""

    def keep(self, received: Sequence[Received]) -> Collection[Identity]:
        """Keep messages; which of them were not known."""

    def sessions(self, keys: Collection[SessionKey]) -> Mapping[SessionKey, Session]:
        """The sessions that are known of these."""

    def restarts(self, servers: Collection[str]) -> Mapping[str, datetime]:
        """When these servers last restarted, of those that ever did."""

    def counters_of(self, key: SessionKey) -> Mapping[Identity, CountersRead]:
        """All counters that were kept of a session."""

    def save(self, sessions: Collection[Session]) -> None:
        """Write sessions as they are now."""

    def restart(self, server: str, at: datetime) -> None:
        """A server restarts: its sessions of which nothing was heard since have ended."""

    def add_usage(self, usage: Sequence[AddedUsage]) -> None:
        """Have usage wait for its batch."""

    def refuse(self, refused: Sequence[RefusedMessage]) -> None:
        """Have messages that cannot be read wait for their batch."""


class Accounting:
    """Takes in messages; days of usage are those of a time zone."""

    def __init__(
        self, begin: Callable[[], AbstractContextManager[AccountingTransaction]], zone: Callable[[], tzinfo | None]
    ) -> None:
        self._begin = begin
        self._zone = zone

    def take(self, came: Sequence[Received | RefusedMessage]) -> None:
        """Take in what came, in this order; it is durable afterwards."""
        messages = [each for each in came if isinstance(each, Received)]
        with self._begin() as transaction:
            transaction.add_usage(self._account(messages, transaction))
            transaction.refuse([each for each in came if isinstance(each, RefusedMessage)])

    def _account(self, messages: Sequence[Received], transaction: AccountingTransaction) -> list[AddedUsage]:
        of_sessions = [each for each in messages if each.message.kind not in OF_SERVERS]
        new = _new(of_sessions, transaction.keep(of_sessions))
        by_session: dict[SessionKey, list[Received]] = {}
        usage: list[AddedUsage] = []
        for each in new:
            if each.message.kind == "event":
                usage += _at_once(each, None)
                continue
            by_session.setdefault((each.message.server, each.message.session), []).append(each)
        known = transaction.sessions(by_session)
        restarts = transaction.restarts({server for server, _ in by_session})
        saved: list[Session] = []
        zone = self._zone()
        for key, of_session in by_session.items():
            session = known.get(key)
            reads = _counters_before(session, of_session, transaction)
            for each in of_session:
                usage += _at_once(each, session)
                source, message, _ = each
                read = message.counters
                more = _add(reads, read) if read else message.closed
                session = take(session, message, more)
                if more:
                    days = usage_of(message, message.subscriber or session.subscriber, more, zone)
                    usage += [AddedUsage(source, day) for day in days]
            assert session is not None
            restarted_at = restarts.get(session.server)
            saved.append(session if restarted_at is None else end(session, restarted_at, "server"))
        transaction.save(saved)
        for server, at in _restarts_in(messages).items():
            transaction.restart(server, at)
        return usage


def _at_once(received: Received, session: Session | None) -> list[AddedUsage]:
    """The call or item that a message ends."""
    message = received.message
    known = session.subscriber if session else ""
    usage = used_at_once(message, message.subscriber or known, session.begun_at if session else None)
    return [] if usage is None else [AddedUsage(received.source, usage)]


def _new(messages: Iterable[Received], unknown: Collection[Identity]) -> list[Received]:
    """The messages that were not known, each once."""
    left = set(unknown)
    found = []
    for each in messages:
        if (identity := each.message.identity) in left:
            left.remove(identity)
            found.append(each)
    return found


def _counters_before(
    session: Session | None, messages: Sequence[Received], transaction: AccountingTransaction
) -> list[CountersRead]:
    """Counters that were read of a session, in order: the newest will do unless one of the messages comes late."""
    newest = session.counters if session else None
    if newest is None:
        return []
    if all(read is None or read > newest for read in (each.message.counters for each in messages)):
        return [newest]
    kept = dict(transaction.counters_of((messages[0].message.server, messages[0].message.session)))
    for each in messages:
        kept.pop(each.message.identity, None)
    return sorted({newest, *kept.values()})


def _add(reads: list[CountersRead], read: CountersRead) -> Added:
    """What counters add among those that were read, to which they belong from now on."""
    place = bisect_left(reads, read)
    before = reads[place - 1] if place else None
    after = reads[place] if place < len(reads) else None
    reads.insert(place, read)
    return added(before, read, after)


def _restarts_in(messages: Iterable[Received]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for _, message, _ in messages:
        if message.kind in OF_SERVERS:
            found[message.server] = max(message.at, found.get(message.server, message.at))
    return found
