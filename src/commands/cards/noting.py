"""Note what the gateway says of a charge, a refund or a dispute; our books follow in the same transaction.

The money of a charge is a payment of the gateway as source and of the charge as reference. What the bank takes back by
a dispute is taken back of this payment; what it gives back when the dispute was won comes in as a payment whose
reference is the dispute. Money of a refund that failed comes in again with the refund as reference.
"""

from __future__ import annotations

from decimal import Decimal

from billing_core.cards.payments import (
    CardDisputeEnded,
    CardPayment,
    CardPaymentDisputed,
    CardPaymentFailed,
    CardPaymentSucceeded,
    CardRefunded,
    CardRefundFailed,
    ask_refund,
    note_charge,
    note_dispute,
    note_refund,
)
from billing_core.cards.reports import ChargeReport, DisputeReport, RefundReport
from billing_core.cards.terms import is_final, next_try_on
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.payments.events import PaymentReceived, PaymentRefunded
from billing_core.payments.giving_back import refund
from billing_core.payments.receiving import reverse_payment
from commands.accounts import account_stream, load_account
from commands.cards.streams import (
    Booked,
    card_payment_stream,
    charge_ended,
    ended,
    load_booked,
    load_card,
    load_card_payment,
    load_card_terms,
)
from commands.confirmation import Confirmable, require_confirmed
from commands.payments.account import booked, is_known
from commands.payments.giving_back import amount_of
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class OfCardPayment(Command, frozen=True, kw_only=True):
    account: str
    card_payment: str


class NoteCharge(OfCardPayment, frozen=True, kw_only=True):
    """Note what the gateway says of a card payment now. It is given by itself when the gateway calls back."""

    report: ChargeReport


class RefundCardPayment(Confirmable, frozen=True, kw_only=True):
    """Have the gateway give unused money of a card payment back to the card: all that is unused, or `amount`.

    The account has given it up at once; if the gateway cannot give it back, it is the account's again.
    """

    account: str
    card_payment: str
    reason: str
    amount: Decimal | None = None


class NoteCardRefund(OfCardPayment, frozen=True, kw_only=True):
    """Note what the gateway says of a refund now, also of one that was made there."""

    report: RefundReport


class NoteCardDispute(OfCardPayment, frozen=True, kw_only=True):
    """Note what the gateway says of a dispute now: the payment is taken back, and comes in again if it was won."""

    report: DisputeReport


# --- handlers: the charge


def handle_note_charge(command: NoteCharge, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_card_payment(transaction, command.account, command.card_payment)
    events = note_charge(known, command.report, origin.today)
    appends = [Append(card_payment_stream(command.card_payment), version, events)]
    for fact in events:
        match fact:
            case CardPaymentSucceeded():
                appends += _came_in(command, known, fact, transaction, origin)
            case CardPaymentFailed():
                appends.append(_failed(command, known, fact, transaction, origin))
    return Decision(tuple(appends), {"news": bool(events)})


def _came_in(
    command: OfCardPayment, known: CardPayment, fact: CardPaymentSucceeded, transaction: Transaction, origin: Origin
) -> list[Append]:
    """The money on the account, unless somebody has recorded it by hand, and the end of the charge."""
    done = ended(transaction, command.account, charge_ended(command.card_payment, "succeeded", origin.today))
    return [*_received(known, fact.reference, fact.amount, transaction, origin), done]


def _received(
    known: CardPayment, reference: str, amount: Money, transaction: Transaction, origin: Origin, message: str = ""
) -> list[Append]:
    """Money of the gateway on the account that was asked for it; it settles what was asked for first."""
    account, version = load_account(transaction, known.asked.account)
    payment = PaymentReceived(
        effective_on=origin.today, customer=account.customer, source=known.asked.gateway, reference=reference,
        amount=amount, method="card", message=message,
    )  # fmt: skip
    (claim,) = payment.claims(account_stream(account.number))
    if is_known(claim, transaction.holder(claim)):
        return []
    invoice = next((each for each in known.asked.invoices if each in account.ledger.open_items), None)
    return [booked(account, version, payment, invoice, transaction, origin)]


def _failed(
    command: OfCardPayment, known: CardPayment, fact: CardPaymentFailed, transaction: Transaction, origin: Origin
) -> Append:
    """The end of a charge that failed, with the day of the next try."""
    card, _ = load_card(transaction, command.account)
    account, _ = load_account(transaction, command.account)
    terms = load_card_terms(transaction, account.seller)
    first = card.first_failed_on if card is not None and card.first_failed_on is not None else origin.today
    is_over = is_final(terms, fact.code)
    next_on = None if is_over or known.asked.way == "page" else next_try_on(terms, first, origin.today)
    outcome = charge_ended(command.card_payment, "refused for good" if is_over else "failed", origin.today, next_on)
    return ended(transaction, command.account, outcome)


# --- handlers: refunds


def handle_refund(command: RefundCardPayment, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_card_payment(transaction, command.account, command.card_payment)
    money = load_booked(transaction, known)
    wanted = amount_of(money.account, command.amount)
    events = refund(money.account.ledger, money.history, money.payment, wanted, command.reason, origin.today)
    (given_up,) = (fact for fact in events if isinstance(fact, PaymentRefunded))
    asked = ask_refund(known, given_up.amount, command.reason, origin.today)
    require_confirmed(command, money.account.seller, transaction, origin.today, {"amount": given_up.amount})
    appends = (
        Append(card_payment_stream(command.card_payment), version, asked),
        Append(account_stream(money.account.number), money.version, events),
    )
    return Decision(appends, {"refund": len(known.refunds) + 1, "amount": given_up.amount})


def handle_note_refund(command: NoteCardRefund, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_card_payment(transaction, command.account, command.card_payment)
    events = note_refund(known, command.report, origin.today)
    appends = [Append(card_payment_stream(command.card_payment), version, events)]
    for fact in events:
        match fact:
            case CardRefunded(is_asked=False):
                appends += _taken(load_booked(transaction, known), fact.amount, "refunded at the gateway", origin)
            case CardRefundFailed():
                why = f"refund failed: {fact.code}"
                appends += _received(known, fact.reference, fact.amount, transaction, origin, why)
    return Decision(tuple(appends), {"news": bool(events)})


def _taken(money: Booked, amount: Money, reason: str, origin: Origin) -> list[Append]:
    """The money has left: what it settled is open again. No more can be taken of a payment than is left of it."""
    taken = min(amount, money.left)
    if taken <= zero(taken.currency):
        return []
    events = reverse_payment(money.account.ledger, money.history, money.payment, reason, origin.today, taken)
    return [Append(account_stream(money.account.number), money.version, events)]


# --- handlers: disputes


def handle_note_dispute(command: NoteCardDispute, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_card_payment(transaction, command.account, command.card_payment)
    money = load_booked(transaction, known)
    events: list[Event] = note_dispute(known, command.report, money.left, origin.today)
    appends = [Append(card_payment_stream(command.card_payment), version, events)]
    for fact in events:
        match fact:
            case CardPaymentDisputed(taken=taken, reason=reason):
                appends += _taken(money, taken, f"disputed by the payer: {reason}", origin)
            case CardDisputeEnded(given_back=given_back) if given_back > zero(given_back.currency):
                reference = command.report.reference
                appends += _received(known, reference, given_back, transaction, origin, "dispute won")
    return Decision(tuple(appends), {"news": bool(events)})


HANDLERS: Handlers = {
    NoteCharge: handle_note_charge,
    RefundCardPayment: handle_refund,
    NoteCardRefund: handle_note_refund,
    NoteCardDispute: handle_note_dispute,
}
CONCERNS: Concerns = {
    RefundCardPayment: Concern("named", (Named("account", ("account",)),), is_worth_unknown=True),
}
