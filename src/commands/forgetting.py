"""Forget a customer: erase the person, and list the documents that the law keeps."""

from __future__ import annotations

from typing import Any

from billing_core.forgetting import IssuedDocument, forget_customer
from billing_core.invoicing.invoices import DocumentEvent
from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.payments.events import PaymentReceived
from billing_core.payments.ledger import PaymentHistory
from billing_core.payments.remittances import sender_of
from commands.accounts import account_stream, accounts_of_customer, load_account
from commands.parties import customer_stream, load_customer, load_seller
from commands.payments.account import load_payment_history
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class ForgetCustomer(Command, frozen=True, kw_only=True):
    """Erase the person permanently. The person who ordered it and the reason stay on record, so neither may name the
    customer.
    """

    customer: str
    ordered_by: str
    reason: str


# --- handlers


def handle_forget_customer(command: ForgetCustomer, transaction: Transaction, origin: Origin) -> Decision:
    """The customer is locked, so that no account is opened for it and no service is sold to it meanwhile."""
    stream = customer_stream(command.customer)
    transaction.hold(stream, alone=True)
    existing, version = load_customer(transaction, command.customer)
    accounts = [load_account(transaction, number)[0] for number in accounts_of_customer(transaction, command.customer)]
    documents, senders = [], list[str]()
    for account in accounts:
        seller, _ = load_seller(transaction, account.seller)
        issued, _ = transaction.load(account_stream(account.number), _fold_documents)
        documents += [
            IssuedDocument(document.number, document.effective_on, seller.document_retention_years)
            for document in issued or []
        ]
        senders += _senders(load_payment_history(transaction, account.number))
    events = forget_customer(existing, accounts, documents, command.ordered_by, command.reason, origin.today, senders)
    forgotten = events[0] if events else existing.forgotten
    assert isinstance(forgotten, CustomerForgotten)
    return Decision((Append(stream, version, events),), result=_told(forgotten))


def _senders(payments: PaymentHistory) -> list[str]:
    """Who sent the payments that were remittances before and are still this account's."""
    arrivals = [record.arrival for record in payments.values() if record.moved_to is None]
    return [sender_of(each.payment) for each in arrivals if isinstance(each, PaymentReceived) and each.from_remittance]


def _fold_documents(documents: list[DocumentEvent] | None, fact: Event) -> list[DocumentEvent]:
    documents = [] if documents is None else documents
    if isinstance(fact, DocumentEvent):
        documents.append(fact)
    return documents


def _told(fact: CustomerForgotten) -> dict[str, Any]:
    """The answer, the same for a repetition."""
    return {
        "customer": fact.customer,
        "forgotten_on": str(fact.effective_on),
        "accounts": list(fact.accounts),
        "kept": [{"document": document.number, "until": str(document.until)} for document in fact.kept],
    }


AREA = Area(handlers={ForgetCustomer: handle_forget_customer})
