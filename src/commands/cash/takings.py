"""Take payments at a cash desk, pay cash out, cancel receipts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing_core.accounts.account import Account
from billing_core.approvals import NeedsApproval
from billing_core.cash.desks import require_served
from billing_core.cash.events import CANCELLED_CLAIM, CashTaken, Movement, TakingMethod
from billing_core.cash.sessions import found_movement
from billing_core.cash.taking import (
    Payer,
    Taking,
    cancel,
    cancelled_already,
    needs_second_person,
    over_limit,
    pay_out,
    take,
)
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.payments.events import PaymentReceived, payment_id
from billing_core.payments.giving_back import pay_out as pay_credit_out
from billing_core.payments.receiving import payment_there, reverse_payment
from commands.accounts import account_stream, load_account
from commands.cash.streams import OpenTill, joined, load_open_till, load_session_of
from commands.parties import load_customer
from commands.payments.account import booked, load_where_it_is
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class TakePayment(Command, frozen=True, kw_only=True):
    """Take a payment of an account at a cash desk; the answer says receipt and change.

    It settles `invoice` first, else the oldest. `given` is the cash that was put down, exactly the amount if it is
    left out. At a dealer's desk the account is one of the dealer's own customers.
    """

    desk: str
    account: str
    amount: Decimal
    method: TakingMethod = "cash"
    given: Decimal | None = None
    invoice: str = ""


class PayOutCash(Command, frozen=True, kw_only=True):
    """Pay cash out of a till for a reason; with an account it is unused credit of the customer."""

    desk: str
    amount: Decimal
    reason: str
    account: str = ""


class CancelReceipt(Command, frozen=True, kw_only=True):
    """Cancel a receipt of a taking or a pay-out, by a receipt of its own in the open session of a desk.

    A cancelled taking is a payment that is taken back. Above the limit of the desk a second person approves it.
    """

    desk: str
    receipt: str
    reason: str


# --- handlers


def handle_take_payment(command: TakePayment, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    account, version = load_account(transaction, command.account)
    _require_served(account, opened, transaction)
    if command.invoice and command.invoice not in account.ledger.open_items:
        raise NotFound(f"account {account.number} has no open invoice of this number", field="invoice",
                       value=command.invoice)  # fmt: skip
    currency = opened.desk.currency
    given = None if command.given is None else require_amount(command.given, currency, "given")
    taking = Taking(require_amount(command.amount, currency, "amount"), command.method, given)
    taken = take(opened.till, Payer(account.number, account.customer, command.invoice), taking)
    payment = PaymentReceived(
        effective_on=taken.effective_on, customer=account.customer, source=opened.desk.source, reference=taken.receipt,
        amount=taken.amount, method=taken.method,
    )  # fmt: skip
    append = booked(account, version, payment, command.invoice or None, transaction, origin)
    return Decision((opened.append(taken), append), _taken(opened, taken, payment.payment))


def _taken(opened: OpenTill, taken: CashTaken, payment: str) -> dict[str, Any]:
    """What the cashier reads; a till that is above its limit now says so."""
    till = opened.session.till + taken.cash
    over = over_limit(opened.desk, till)
    warnings = [] if over is None else [f"the till is {over} above its limit; hand cash over or deposit it"]
    return {"receipt": taken.receipt, "payment": payment, "amount": taken.amount, "change": taken.change,
            "till": till, "warnings": warnings}  # fmt: skip


def handle_pay_out_cash(command: PayOutCash, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    amount = require_amount(command.amount, opened.desk.currency, "amount")
    if not command.account:
        paid = pay_out(opened.till, amount, command.reason)
        return Decision((opened.append(paid),), {"receipt": paid.receipt})
    account, version = load_account(transaction, command.account)
    _require_served(account, opened, transaction)
    paid = pay_out(opened.till, amount, command.reason, Payer(account.number, account.customer))
    credit = pay_credit_out(account.ledger, amount, f"{command.reason}, receipt {paid.receipt}", paid.effective_on)
    appends = (opened.append(paid), Append(account_stream(account.number), version, credit))
    return Decision(appends, {"receipt": paid.receipt})


def handle_cancel_receipt(command: CancelReceipt, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    claim = transaction.claimed(CANCELLED_CLAIM, [command.receipt]).get(command.receipt)
    if claim is not None:
        raise cancelled_already(command.receipt, claim.content)
    of, _ = load_session_of(transaction, command.receipt)
    receipt = found_movement(of, command.receipt)
    if of.desk != opened.desk.code:
        raise RuleViolation(f"is of desk {of.desk}; cancel it there", field="receipt", value=command.receipt)
    cancelled = cancel(opened.till, receipt, of, command.reason, origin.requested_by)
    if needs_second_person(opened.desk, receipt) and not origin.requested_by:
        raise NeedsApproval(f"is above the {opened.desk.cancel_alone_up_to:f} {opened.desk.currency} that one person "
                            "may cancel at this desk", field="receipt", value=command.receipt)  # fmt: skip
    appends = [opened.append(cancelled), *_reversed(receipt, opened, command.reason, cancelled, transaction)]
    return Decision(joined(appends), {"receipt": cancelled.receipt, "till": opened.session.till + cancelled.cash})


def _reversed(
    receipt: Movement, opened: OpenTill, reason: str, cancelled: Event, transaction: Transaction
) -> list[Append]:
    """The payment of a taking is taken back whole, from the account on which it is now."""
    if not isinstance(receipt, CashTaken):
        return []
    payment = payment_id(opened.desk.source, receipt.receipt)
    account, version, history = load_where_it_is(transaction, receipt.account, payment)
    left = payment_there(history, payment).left
    if left != receipt.amount:
        raise RuleViolation(f"has only {left} left of its payment on account {account.number}, because the rest was "
                            "refunded, paid out or taken back", field="receipt", value=receipt.receipt)  # fmt: skip
    facts = reverse_payment(account.ledger, history, payment, reason, cancelled.effective_on)
    return [Append(account_stream(account.number), version, facts)]


def _require_served(account: Account, opened: OpenTill, transaction: Transaction) -> None:
    """The desk is of the account's seller, and if it is a dealer's, of the dealer of its customer."""
    if account.seller != opened.desk.seller:
        raise RuleViolation(f"is of seller {account.seller}, the desk takes money for {opened.desk.seller}",
                            field="account", value=account.number)  # fmt: skip
    customer, _ = load_customer(transaction, account.customer)
    require_served(opened.desk, account.number, customer.dealer)


HANDLERS: Handlers = {
    TakePayment: handle_take_payment,
    PayOutCash: handle_pay_out_cash,
    CancelReceipt: handle_cancel_receipt,
}
