"""Whose a cash desk, a receipt of one, and cash in transit are: which dealer's, or the house's own."""

from __future__ import annotations

from typing import NamedTuple

from billing_core.cash.desks import apply_desk
from billing_core.cash.events import RECEIPT_CLAIM
from billing_core.cash.sessions import apply_session
from commands.cash.streams import desk_stream
from commands.platform.ports import Transaction


class Dealers(NamedTuple):
    """The dealer of a desk, and of cash in transit that of the desk for which it is; the house is an empty one."""

    dealer: str
    receiver: str = ""


def dealers_of_cash(kind: str, key: str, transaction: Transaction) -> Dealers | None:
    """Whose a thing of a cash desk is; None if there is no such thing."""
    if kind == "cash desk":
        return _dealers_of_desk(key, transaction)
    claim = transaction.claimed(RECEIPT_CLAIM, [key]).get(key)
    session = transaction.load(claim.stream, apply_session)[0] if claim else None
    transit = session.transits.get(key) if session else None
    if session is None or (kind == "cash in transit" and transit is None):
        return None
    giver = _dealers_of_desk(session.desk, transaction)
    if kind == "cash receipt" or transit is None or giver is None:
        return giver
    receiver = _dealers_of_desk(getattr(transit.left, "to_desk", ""), transaction)
    return Dealers(giver.dealer, receiver.dealer if receiver else "")


def _dealers_of_desk(code: str, transaction: Transaction) -> Dealers | None:
    state, _ = transaction.load(desk_stream(code), apply_desk)
    return None if state is None else Dealers(state.desk.dealer)
