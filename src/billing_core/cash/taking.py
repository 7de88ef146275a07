"""Decides what is taken at a desk, paid out, and cancelled.

    take 500.00 of 1,000 given      change 500; the till rises by 500.00, the receipt says 500.00
    take 461.30 in cash             refused: the smallest coin of CZK is 1; by card it is taken
    limit of the till 30,000        with 29,500 in it 1,000 are taken, with a warning; with 30,500 nothing more

    09:10 H1-0910  taken 549 on the wrong account    10:04 H1-0914 cancels it: the till falls by 549, the account owes
    next day       H1-0910 cancelled then            a pay-out of that day's session, with a receipt of its own
    more than may be cancelled alone                 waits until a second person approves it

What a payment settles is not decided here. A business day lasts to the end of its session, at most one midnight.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from billing_core.cash.denominations import require_payable
from billing_core.cash.desks import CashDesk
from billing_core.cash.events import CashPaidOut, CashTaken, Movement, ReceiptCancelled, TakingMethod
from billing_core.cash.sessions import Session, require_in_till, require_positive
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.parties.details import require_text

MOST_DAYS_OPEN = timedelta(days=1)


class Payer(NamedTuple):
    """Whose account a payment is for, and the invoice that it settles first."""

    account: str
    customer: str
    invoice: str = ""


class Taking(NamedTuple):
    """What is paid: an amount, how, and the cash that was put down for it, if that is more."""

    amount: Money
    method: TakingMethod
    given: Money | None = None


class Till(NamedTuple):
    """An open till, and who stands at it today."""

    desk: CashDesk
    session: Session
    operator: str
    today: date


def take(till: Till, payer: Payer, taking: Taking) -> CashTaken:
    """A payment that is taken, with its change."""
    desk, session, amount = till.desk, till.session, taking.amount
    require_day(till)
    require_positive(amount)
    given = taking.given or amount
    if taking.method == "cash":
        require_payable(amount, "amount")
        require_payable(given, "given")
        _require_room(desk, session, amount)
    elif given != amount:
        raise InvalidValue(f"gives no change by {taking.method}; leave it empty", field="given", value=given)
    if given < amount:
        raise RuleViolation(f"is less than the amount of {amount}", field="given", value=given)
    return CashTaken(
        **numbered(till, amount), account=payer.account, customer=payer.customer, method=taking.method, given=given,
        change=given - amount, invoice=payer.invoice,
    )  # fmt: skip


def over_limit(desk: CashDesk, till: Money) -> Money | None:
    """By how much a till is above its limit; None if it is not."""
    if desk.till_limit is None or till.amount <= desk.till_limit:
        return None
    return Money(till.amount - desk.till_limit, till.currency)


def _require_room(desk: CashDesk, session: Session, amount: Money) -> None:
    if desk.receipt_limit is not None and amount.amount > desk.receipt_limit:
        raise RuleViolation(f"is more cash than the {desk.receipt_limit:f} {desk.currency} of one receipt at this "
                            "desk; take the rest by card or transfer", field="amount", value=amount)  # fmt: skip
    over = over_limit(desk, session.till)
    if over is not None:
        raise RuleViolation(f"cannot be taken: the till is {over} above its limit of {desk.till_limit:f}; hand cash "
                            "over or deposit it first", field="amount", value=amount)  # fmt: skip


def pay_out(till: Till, amount: Money, reason: str, payer: Payer | None = None) -> CashPaidOut:
    """Cash that leaves the till for a reason, or credit of a customer."""
    require_day(till)
    require_text(reason, "reason")
    require_leaving(till.session, amount)
    account, customer = (payer.account, payer.customer) if payer else ("", "")
    return CashPaidOut(**numbered(till, amount), reason=reason, account=account, customer=customer)


def cancel(till: Till, receipt: Movement, of: Session, reason: str, asked_by: str) -> ReceiptCancelled:
    """What was taken by a receipt goes back, or what was paid out by it comes back. A receipt is cancelled once."""
    require_day(till)
    require_text(reason, "reason")
    if receipt.receipt in of.cancelled:
        raise cancelled_already(receipt.receipt, of.cancelled[receipt.receipt])
    match receipt:
        case CashTaken(account=account, customer=customer, method=method):
            is_taking = True
        case CashPaidOut(account="", customer=customer):
            account, method, is_taking = "", "cash", False
        case CashPaidOut():
            raise RuleViolation("paid credit out; take the money as a payment of the account", field="receipt",
                                value=receipt.receipt)  # fmt: skip
        case _:
            raise RuleViolation("is neither a taking nor a pay-out; take cash back that is on its way, or settle it",
                                field="receipt", value=receipt.receipt)  # fmt: skip
    cancelled = ReceiptCancelled(
        **numbered(till, receipt.amount), cancelled=receipt.receipt, of_session=of.session, is_taking=is_taking,
        method=method, reason=reason, account=account, customer=customer, asked_by=asked_by,
    )  # fmt: skip
    require_in_till(till.session, -cancelled.cash)
    return cancelled


def needs_second_person(desk: CashDesk, receipt: Movement) -> bool:
    """Whether a receipt is above what one person may cancel at the desk."""
    return desk.cancel_alone_up_to is not None and receipt.amount.amount > desk.cancel_alone_up_to


def cancelled_already(receipt: str, by: str) -> RuleViolation:
    return RuleViolation(f"is cancelled already, by {by}", field="receipt", value=receipt)


def require_leaving(session: Session, amount: Money) -> None:
    """An amount can leave the till in notes and coins."""
    require_positive(amount)
    require_payable(amount, "amount")
    require_in_till(session, amount)


def require_day(till: Till) -> None:
    """A session that was opened yesterday still works, one from before does not."""
    session = till.session
    if session.is_closed:
        raise RuleViolation("is closed", field="session", value=session.session)
    if till.today - session.on > MOST_DAYS_OPEN:
        raise RuleViolation(f"is of {session.on}; count and close it, and open today's", field="session",
                            value=session.session)  # fmt: skip


def numbered(till: Till, amount: Money) -> dict[str, Any]:
    """The fields of the next receipt of a till, on the business day of its session."""
    if amount.currency != till.desk.currency:
        raise InvalidValue(f"the desk is kept in {till.desk.currency}", field="amount", value=amount)
    running = till.session.running + 1
    return {
        "effective_on": till.session.on, "session": till.session.session, "running": running,
        "receipt": till.desk.receipt(running), "amount": amount, "cashier": till.operator,
    }  # fmt: skip
