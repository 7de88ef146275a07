"""Decides how a session of a desk is opened with a float, and closed with a count.

    the last count left 2,000; 1,990 are counted now     the difference of -10 is a fact with its reason
    21,340 should be there, 21,330 are counted           variance -10, with its reason; 21,330 are offered tomorrow

What is counted is what counts: a variance is never corrected away, and the next session begins with what was counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.cash.denominations import Pieces, counted
from billing_core.cash.desks import CashSessionEnded, CashSessionStarted, DeskState, require_no_session
from billing_core.cash.events import CashSessionClosed, CashSessionOpened
from billing_core.cash.taking import Till
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money, zero
from billing_core.parties.details import require_printable


def session_name(desk: str, number: int) -> str:
    """The twelfth session of desk H1 is H1-12."""
    return f"{desk}-{number}"


def open_session(
    state: DeskState, count: Sequence[Pieces], reason: str, cashier: str, on: date
) -> tuple[CashSessionStarted, CashSessionOpened]:
    """The next session of a desk; a float that is not what the last count left needs a reason."""
    if state.is_closed:
        raise RuleViolation("is closed; change it to open it again", field="desk", value=state.desk.code)
    require_no_session(state)
    worth = counted(count, state.desk.currency)
    _require_reason(worth - state.left, reason, f"the last count left {state.left}, and {worth} are counted now")
    session = session_name(state.desk.code, state.sessions + 1)
    started = CashSessionStarted(effective_on=on, desk=state.desk.code, session=session)
    opened = CashSessionOpened(
        effective_on=on, desk=state.desk.code, session=session, cashier=cashier, offered=state.left,
        count=_found(count), float=worth, reason=reason, receipts_before=state.receipts,
    )  # fmt: skip
    return started, opened


def close_session(till: Till, count: Sequence[Pieces], reason: str) -> tuple[CashSessionClosed, CashSessionEnded]:
    """The end of a session, of whatever day; a variance needs a reason."""
    session = till.session
    if session.is_closed:
        raise RuleViolation("is closed", field="session", value=session.session)
    worth = counted(count, till.desk.currency)
    variance = worth - session.till
    _require_reason(variance, reason, f"{session.till} should be in the till, and {worth} are counted")
    closed = CashSessionClosed(
        effective_on=session.on, session=session.session, cashier=till.operator, count=_found(count), counted=worth,
        expected=session.till, variance=variance, reason=reason,
    )  # fmt: skip
    ended = CashSessionEnded(
        effective_on=session.on, desk=session.desk, session=session.session, left=worth, receipts=session.running
    )
    return closed, ended


def _found(count: Sequence[Pieces]) -> tuple[Pieces, ...]:
    return tuple(pieces for pieces in count if pieces.count)


def _require_reason(difference: Money, reason: str, what: str) -> None:
    require_printable(reason, "reason")
    if difference != zero(difference.currency) and not reason.strip():
        raise InvalidValue(f"{what}: count again, or give a reason for the difference of {difference}", field="reason")
