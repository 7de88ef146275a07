"""A session of a cash desk: what is in the till, its receipts, and what left it and is still on its way.

    float 2,000; 34 takings in cash 20,389; one cancelled 549; paid out 500     21,340 should be in the till
    handed over 5,000                        16,340 in the till, 5,000 on their way until they are accepted
    9 takings by card                        7,415 by card, nothing in the till

Only folds facts; what may happen is decided in the other modules of this room.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from billing_core.cash.events import (
    CashDeposited,
    CashHandedOver,
    CashSessionClosed,
    CashSessionOpened,
    CashTakenBack,
    DepositConfirmed,
    HandOverAccepted,
    HandOverDisputed,
    HandOverSettled,
    Movement,
    ReceiptCancelled,
)
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero

TransitState = Literal["on its way", "accepted", "disputed", "settled", "taken back", "confirmed"]


class Transit(msgspec.Struct, frozen=True):
    """Cash that left a till for another desk or the bank; `found` is what arrived."""

    left: CashHandedOver | CashDeposited
    state: TransitState = "on its way"
    found: Money | None = None

    @property
    def is_deposit(self) -> bool:
        return isinstance(self.left, CashDeposited)


class Session(msgspec.Struct):
    """A session as its facts make it. `running` is the number of the last receipt."""

    desk: str
    session: str
    on: date
    cashier: str
    till: Money
    running: int
    movements: dict[str, Movement] = {}
    cancelled: dict[str, str] = {}
    transits: dict[str, Transit] = {}
    is_closed: bool = False


def apply_session(session: Session | None, fact: Event) -> Session | None:
    """Fold one event of a session's stream."""
    if isinstance(fact, CashSessionOpened):
        return Session(fact.desk, fact.session, fact.effective_on, fact.cashier, fact.float, fact.receipts_before)
    if session is None:
        return None
    if isinstance(fact, Movement):
        _move(session, fact)
    elif isinstance(fact, CashSessionClosed):
        session.is_closed = True
    else:
        _arrive(session, fact)
    return session


def _move(session: Session, fact: Movement) -> None:
    session.till = session.till + fact.cash
    session.running = fact.running
    session.movements[fact.receipt] = fact
    match fact:
        case CashHandedOver() | CashDeposited():
            session.transits[fact.receipt] = Transit(fact)
        case ReceiptCancelled(cancelled=cancelled) if cancelled in session.movements:
            session.cancelled[cancelled] = fact.receipt


def _arrive(session: Session, fact: Event) -> None:
    def become(transit: str, state: TransitState, found: Money | None = None) -> None:
        known = session.transits[transit]
        session.transits[transit] = msgspec.structs.replace(known, state=state, found=found or known.found)

    match fact:
        case HandOverAccepted(transit=transit):
            become(transit, "accepted", session.transits[transit].left.amount)
        case HandOverDisputed(transit=transit, found=found):
            become(transit, "disputed", found)
        case HandOverSettled(transit=transit):
            become(transit, "settled")
        case CashTakenBack(transit=transit):
            become(transit, "taken back")
        case DepositConfirmed(transit=transit, booked=booked):
            become(transit, "confirmed", booked)


# --- decisions


def found_session(session: Session | None, number: str) -> Session:
    """The session, or `NotFound`."""
    if session is None:
        raise NotFound("no such session of a cash desk", field="session", value=number)
    return session


def found_movement(session: Session, receipt: str) -> Movement:
    """The receipt of a session, or `NotFound`."""
    known = session.movements.get(receipt)
    if known is None:
        raise no_receipt(receipt)
    return known


def found_transit(session: Session, transit: str) -> Transit:
    """Cash that left the session, by the receipt by which it left."""
    known = session.transits.get(transit)
    if known is None:
        raise RuleViolation("is no hand-over and no deposit", field="receipt", value=transit)
    return known


def no_receipt(receipt: str) -> NotFound:
    return NotFound("no cash desk has issued such a receipt", field="receipt", value=receipt)


def no_transit(receipt: str) -> NotFound:
    return NotFound("no cash left a desk by such a receipt", field="receipt", value=receipt)


def require_in_till(session: Session, amount: Money) -> None:
    """The till is never negative."""
    if amount > session.till:
        raise RuleViolation(f"is more than the {session.till} in the till of session {session.session}",
                            field="amount", value=amount)  # fmt: skip


def require_positive(amount: Money) -> None:
    """A movement moves something."""
    if amount <= zero(amount.currency):
        raise RuleViolation("must be more than zero", field="amount", value=amount)
