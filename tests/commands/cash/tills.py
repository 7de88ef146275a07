"""A desk in euros and what is done at it, in few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.cash.denominations import DENOMINATIONS, Count, Pieces
from billing_core.cash.desks import CashDesk
from billing_core.cash.sessions import Session, apply_session
from commands.cash.desks import RegisterCashDesk
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import TakePayment
from tests.operators import Operator

MONDAY = date(2026, 6, 8)


def worth(amount: str) -> Count:
    """An amount in euros, by the largest notes and coins."""
    left, found = Decimal(amount), []
    for value in DENOMINATIONS["EUR"]:
        if count := int(left // value):
            found.append(Pieces(value, count))
            left -= value * count
    return tuple(found)


def desk(code: str = "H1", **details: Any) -> CashDesk:
    known: Mapping[str, Any] = {"branch": "Horní", "seller": "north", "currency": "EUR", "series": code}
    return CashDesk(code=code, **{**known, **details})


def register(operator: Operator, code: str = "H1", **details: Any) -> None:
    operator.tell(RegisterCashDesk(desk=desk(code, **details)), today=MONDAY)


def open_till(
    operator: Operator, code: str = "H1", float_: str = "0", today: date = MONDAY, actor: str = "petra"
) -> str:
    """Open a session; a float that the last count did not leave is from the safe."""
    command = OpenCashSession(desk=code, count=worth(float_), reason="from the safe")
    return str(operator.tell(command, today, actor=actor).result["session"])


def close_till(operator: Operator, counted: str, code: str = "H1", today: date = MONDAY, reason: str = "") -> Any:
    command = CloseCashSession(desk=code, count=worth(counted), reason=reason)
    return operator.tell(command, today, actor="petra").result


def take(
    operator: Operator, amount: str, account: str = "A0001", code: str = "H1", today: date = MONDAY, **details: Any
) -> dict[str, Any]:
    given = details.pop("given", None)
    command = TakePayment(desk=code, account=account, amount=Decimal(amount),
                          given=None if given is None else Decimal(given), **details)  # fmt: skip
    return operator.tell(command, today, actor="petra").result


def session_of(operator: Operator, number: str) -> Session:
    """A session as its stream tells."""
    with operator.application.store.transaction() as transaction:
        found, _ = transaction.load(f"cash-session/{number}", apply_session)
    assert found is not None
    return found
