"""The streams of cash desks and their sessions, and how a command finds its way among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from billing_core.cash.desks import CashDesk, DeskState, Right, apply_desk, found_desk, require_may, require_session
from billing_core.cash.events import RECEIPT_CLAIM
from billing_core.cash.sessions import Session, apply_session, found_session, no_receipt
from billing_core.cash.taking import Till
from billing_core.kernel.events import Event
from commands.platform.ports import Append, Origin, Transaction


class OpenTill(NamedTuple):
    """The open session of a desk with its version, and the till at which the actor stands."""

    till: Till
    version: int

    @property
    def desk(self) -> CashDesk:
        return self.till.desk

    @property
    def session(self) -> Session:
        return self.till.session

    def append(self, *facts: Event | None) -> Append:
        """Facts for the session, without those that there are not."""
        return Append(session_stream(self.session.session), self.version, [fact for fact in facts if fact is not None])


def desk_stream(code: str) -> str:
    return f"cash-desk/{code}"


def session_stream(session: str) -> str:
    return f"cash-session/{session}"


def load_desk(transaction: Transaction, code: str) -> tuple[DeskState, int]:
    """The desk and its version, or `NotFound`."""
    state, version = transaction.load(desk_stream(code), apply_desk)
    return found_desk(state, code), version


def load_session(transaction: Transaction, session: str) -> tuple[Session, int]:
    """The session and its version, or `NotFound`."""
    found, version = transaction.load(session_stream(session), apply_session)
    return found_session(found, session), version


def load_open_till(transaction: Transaction, desk: str, right: Right, origin: Origin) -> OpenTill:
    """The open till of a desk, for an actor who has a right there."""
    state, _ = load_desk(transaction, desk)
    require_right(state.desk, right, origin)
    session, version = load_session(transaction, require_session(state))
    return OpenTill(Till(state.desk, session, origin.actor, origin.today), version)


def require_right(desk: CashDesk, right: Right, origin: Origin) -> None:
    """Who has signed in needs the right at the desk; who works on the server may do everything."""
    if origin.is_signed_in:
        require_may(desk, origin.actor, right)


def load_session_of(transaction: Transaction, receipt: str) -> tuple[Session, int]:
    """The session that issued a receipt; by what is claimed, which never lags."""
    claim = transaction.claimed(RECEIPT_CLAIM, [receipt]).get(receipt)
    if claim is None:
        raise no_receipt(receipt)
    return load_session(transaction, claim.stream.partition("/")[2])


def joined(appends: Sequence[Append]) -> tuple[Append, ...]:
    """Appends without empty ones; those for one stream are one, in order."""
    found: dict[str, Append] = {}
    for each in appends:
        known = found.get(each.stream)
        facts = [*known.events, *each.events] if known else list(each.events)
        if facts:
            found[each.stream] = Append(each.stream, each.expected_version, facts)
    return tuple(found.values())
