"""Requests to pay: ask, withdraw, make another link; they are settled by payments and by the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, require_amount, total, zero
from billing_core.payment_requests.requests import (
    PaymentRequested,
    PaymentRequests,
    apply_requests,
    ask_for,
    make_link,
    request_name,
    require_request,
    settle,
    withdraw,
)
from billing_core.payments.events import (
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentReversed,
)
from commands.accounts import load_account
from commands.parties import load_customer_to_serve
from commands.payments.account import load_payment_history
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeUp

USUAL_DAYS = timedelta(days=14)

# --- commands


class AskForPayment(Command, frozen=True, kw_only=True):
    """Ask for some open invoices of an account, or for `amount`, or for all that it owes, until a day.

    `token_hash` is the SHA-256 of the token in the link; `request-payment` makes both. Without a day it is valid for 14
    days. The answer names the request and the reference to pay with.
    """

    account: str
    token_hash: str
    amount: Decimal | None = None
    invoices: tuple[str, ...] = ()
    valid_until: date | None = None
    note: str = ""


class OfPaymentRequest(Command, frozen=True, kw_only=True):
    account: str
    number: int


class ReplacePaymentLink(OfPaymentRequest, frozen=True, kw_only=True):
    """Give a request another link; the one before leads nowhere. `token_hash` is as in `ask-for-payment`."""

    token_hash: str


class WithdrawPaymentRequest(OfPaymentRequest, frozen=True, kw_only=True):
    """A request need not be paid any more."""

    reason: str


class SettlePaymentRequests(Command, frozen=True, kw_only=True):
    """See which requests of an account are paid or have expired. Payments and the calendar give it by themselves."""

    account: str


# --- handlers


def requests_stream(account: str) -> str:
    return f"payment-requests/{account}"


def load_requests(transaction: Transaction, account: str) -> tuple[PaymentRequests, int]:
    """The requests of an account by number, and their version."""
    found, version = transaction.load(requests_stream(account), apply_requests)
    return found or {}, version


def handle_ask(command: AskForPayment, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    known, version = load_requests(transaction, account.number)
    fact = PaymentRequested(
        effective_on=origin.today, number=len(known) + 1, account=account.number, customer=account.customer,
        amount=_amount(command, account), invoices=command.invoices, token_hash=command.token_hash, note=command.note,
        valid_until=command.valid_until or origin.today + USUAL_DAYS,
        reference=command.invoices[0] if len(command.invoices) == 1 else account.number,
        payments_before=len(load_payment_history(transaction, account.number)),
    )  # fmt: skip
    events = ask_for(known, fact)
    result = {
        "request": request_name(account.number, fact.number), "number": fact.number, "amount": fact.amount,
        "reference": fact.reference, "valid_until": fact.valid_until,
    }  # fmt: skip
    return Decision((Append(requests_stream(account.number), version, events),), result)


def _amount(command: AskForPayment, account: Account) -> Money:
    """What was named, else what is open of the invoices, else all that is owed."""
    items = account.ledger.open_items
    for invoice in command.invoices:
        if invoice not in items:
            raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)
    if command.amount is not None:
        return require_amount(command.amount, account.currency, "amount")
    if command.invoices:
        return total((items[invoice].amount for invoice in command.invoices), account.currency)
    return max(-account.ledger.balance, zero(account.currency))


def handle_replace_link(command: ReplacePaymentLink, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_requests(transaction, command.account)
    request = require_request(known, command.number, command.account)
    events = make_link(request, command.token_hash, origin.today)
    return Decision((Append(requests_stream(command.account), version, events),))


def handle_withdraw(command: WithdrawPaymentRequest, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_requests(transaction, command.account)
    request = require_request(known, command.number, command.account)
    events = withdraw(request, command.reason, origin.today)
    return Decision((Append(requests_stream(command.account), version, events),))


def handle_settle(command: SettlePaymentRequests, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_requests(transaction, command.account)
    if not known:
        return Decision(())
    account, _ = load_account(transaction, command.account)
    history = load_payment_history(transaction, command.account)
    nothing = zero(account.currency)
    received = [nothing if each.is_reversed or each.moved_to else each.left for each in history.values()]
    events = settle(known, account.ledger.open_items, received, origin.today)
    return Decision((Append(requests_stream(command.account), version, events),))


# --- what happens by itself


def _settle(entry: RecordedEvent) -> SettlePaymentRequests:
    return SettlePaymentRequests(account=entry.number)


def _expire(wake_up: WakeUp) -> SettlePaymentRequests:
    return SettlePaymentRequests(account=wake_up.number)


MOVED = (PaymentReceived, PaymentMovedIn, PaymentReversed, PaymentPartlyReversed, PaymentMovedAway)
AREA = Area(
    handlers={
        AskForPayment: handle_ask,
        ReplacePaymentLink: handle_replace_link,
        WithdrawPaymentRequest: handle_withdraw,
        SettlePaymentRequests: handle_settle,
    },
    reactions=(Reaction("settle-payment-requests", MOVED, _settle),),
    wakes={"payment-request": _expire},
)
