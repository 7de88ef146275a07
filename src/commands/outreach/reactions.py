"""What the house tells its customers by itself: for an event of another area, the message that follows from it.

Each function makes the command of one event; a further kind of news is a function and a line of `TOLD`. Nothing is sent
unless the seller's terms have the kind.

    invoice 26005219 is issued     QueueMessage(kind="invoice", account="1001", cause="invoice 26005219", ...)
"""

from __future__ import annotations

from typing import Literal

from billing_core.contracts.events import ContractNoticeGiven
from billing_core.dunning.facts import DunningStepTaken
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.money import Money, total
from billing_core.outreach.kinds import CHANNELS, MessageItem, MessageKind
from billing_core.payments.events import PaymentReceived
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened
from billing_core.services.events import (
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionRepriced,
    SubscriptionResumed,
    SubscriptionSuspended,
)
from billing_core.work.outages import OutageJoined
from commands.outreach.messages import QueueMessage
from commands.platform.event_log import RecordedEvent
from commands.platform.reactions import Reaction

Outcome = Literal["opened", "kept", "broken"]


def _invoice(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, InvoiceIssued)
    values = {
        "number": fact.number, "gross": str(fact.gross), "issued_on": str(fact.effective_on), "due_on": str(fact.due_on)
    }  # fmt: skip
    return QueueMessage(
        kind="invoice", account=entry.number, seller=fact.seller.code, about=fact.number,
        cause=f"invoice {fact.number}", values=values, documents=(fact.number,),
    )  # fmt: skip


def _credit_note(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, CreditNoteIssued)
    values = {
        "number": fact.number, "gross": str(fact.gross), "issued_on": str(fact.effective_on), "corrects": fact.corrects
    }  # fmt: skip
    return QueueMessage(
        kind="credit-note", account=entry.number, seller=fact.seller.code, about=fact.number,
        cause=f"credit note {fact.number}", values=values, documents=(fact.number,),
    )  # fmt: skip


def _payment(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, PaymentReceived)
    values = {"amount": str(fact.amount), "received_on": str(fact.effective_on)}
    return QueueMessage(
        kind="payment-received",
        account=entry.number,
        about=fact.payment,
        cause=f"payment {fact.payment}",
        values=values,
    )


def _promise(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    match fact:
        case PromiseOpened():
            return _of_promise(entry, "opened", fact.amount, str(fact.until_on))
        case PromiseBroken():
            return _of_promise(entry, "broken", fact.missing)
    return _of_promise(entry, "kept")


def _of_promise(
    entry: RecordedEvent, outcome: Outcome, amount: Money | None = None, until_on: str = ""
) -> QueueMessage:
    values = {"outcome": outcome, "amount": str(amount or ""), "until_on": until_on}
    return QueueMessage(kind="promise", account=entry.number, cause=_place(entry), values=values)


def _step(entry: RecordedEvent) -> QueueMessage | None:
    """What is due soon, or overdue; the suspension itself sends the message of a step that suspends."""
    fact = entry.event
    assert isinstance(fact, DunningStepTaken)
    if not fact.message or fact.message == "suspended":
        return None
    due_on = min(item.due_on for item in fact.items)
    is_due_soon = fact.message == "due-soon"
    # Before the due date nothing of it is overdue yet.
    debt = total((item.open for item in fact.items), fact.debt.currency) if is_due_soon else fact.debt
    return QueueMessage(
        kind="due-soon" if is_due_soon else "overdue",
        account=entry.number,
        about=fact.step,
        cause=_place(entry),
        channels=tuple(each for name in fact.channels for each in CHANNELS if each == name),
        values={"step": fact.step, "debt": str(debt), "due_on": str(due_on)},
        items=tuple(MessageItem(document=item.invoice, open=item.open, due_on=item.due_on) for item in fact.items),
    )


def _suspended(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, SubscriptionSuspended)
    return _of_service("suspended", entry, fact, reason=fact.reason)


def _returned(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, SubscriptionResumed)
    return _of_service("returned", entry, fact)


def _held(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, SubscriptionHeld)
    return _of_service("hold", entry, fact)


def _of_service(kind: MessageKind, entry: RecordedEvent, fact: SubscriptionEvent, **more: str) -> QueueMessage:
    values = {"service": fact.subscription, "since_on": str(fact.effective_on), **more}
    return QueueMessage(kind=kind, account=entry.number, about=fact.subscription, cause=_place(entry), values=values)


def _contract(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, ContractNoticeGiven)
    values = {"contract": fact.contract, "ends_on": str(fact.ends_on)}
    return QueueMessage(
        kind="contract-ending", contract=fact.contract, about=fact.contract, cause=_place(entry), values=values
    )


def _price(entry: RecordedEvent) -> QueueMessage:
    fact = entry.event
    assert isinstance(fact, SubscriptionRepriced)
    values = {"service": fact.subscription, "tariff": fact.tariff, "since_on": str(fact.revised_from)}
    cause = f"price {entry.number} {fact.subscription} {fact.tariff} {fact.revised_from}"
    return QueueMessage(kind="price-change", account=entry.number, about=fact.subscription, cause=cause, values=values)


def _outage(entry: RecordedEvent) -> QueueMessage | None:
    """A ticket was gathered by an outage; one that left it tells nothing."""
    fact = entry.event
    assert isinstance(fact, OutageJoined)
    if not fact.outage:
        return None
    return QueueMessage(
        kind="outage", ticket=entry.number, about=fact.outage, cause=f"outage {fact.outage} {entry.number}",
        values={"ticket": entry.number},
    )  # fmt: skip


def _place(entry: RecordedEvent) -> str:
    """The place of an event, as the cause of its message."""
    return f"{entry.stream} {entry.version}"


TOLD = (
    Reaction("tell-invoice", (InvoiceIssued,), _invoice),
    Reaction("tell-credit-note", (CreditNoteIssued,), _credit_note),
    Reaction("tell-payment", (PaymentReceived,), _payment),
    Reaction("tell-promise", (PromiseOpened, PromiseKept, PromiseBroken), _promise),
    Reaction("tell-dunning-step", (DunningStepTaken,), _step),
    Reaction("tell-suspension", (SubscriptionSuspended,), _suspended),
    Reaction("tell-return", (SubscriptionResumed,), _returned),
    Reaction("tell-hold", (SubscriptionHeld,), _held),
    Reaction("tell-contract-end", (ContractNoticeGiven,), _contract),
    Reaction("tell-price-change", (SubscriptionRepriced,), _price),
    Reaction("tell-outage", (OutageJoined,), _outage),
)
