"""Forget a customer: erase the person, and list the documents that the law keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from billing_core.accounts.account import Account
from billing_core.contracts.contract import Contract
from billing_core.forgetting import IssuedDocument, forget_customer, require_forgettable
from billing_core.invoicing.invoices import DocumentEvent
from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.payments.advances import AdvanceDocument, advances_stream
from billing_core.payments.events import PaymentReceived
from billing_core.payments.ledger import PaymentHistory
from billing_core.payments.remittances import sender_of
from commands.accounts import account_stream, accounts_of_customer, load_account
from commands.contracts.streams import contracts_of_customer
from commands.parties import customer_stream, load_customer, load_seller, with_merged
from commands.payments.account import load_payment_history
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.ports import Append, Origin, Transaction

TaxDocument = DocumentEvent | AdvanceDocument

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
    """The customer is locked, so that no account is opened for it and no service is sold to it meanwhile.

    Records that were merged into it are forgotten with it, each with the documents that name it.
    """
    transaction.hold(customer_stream(command.customer), alone=True)
    customer, _ = load_customer(transaction, command.customer)
    require_forgettable(customer)
    records = with_merged(transaction, command.customer)
    books = [_books(transaction, number) for number in _accounts_of(transaction, records)]
    own = [each for each in books if each.account.customer == command.customer]
    appends, forgotten = [], list[CustomerForgotten]()
    for record in records:
        state, version = load_customer(transaction, record)
        contracts = contracts_of_customer(transaction, record)
        documents = [document for each in books for document in each.documents.get(record, [])]
        is_kept = record == command.customer
        events = forget_customer(
            state,
            [each.account for each in own] if is_kept else [],
            [*documents, *_kept_contracts(contracts, transaction)],
            command.ordered_by,
            command.reason,
            origin.today,
            [sender for each in own for sender in each.senders] if is_kept else [],
            contracts,
        )
        appends.append(Append(customer_stream(record), version, events))
        forgotten += [fact for fact in (*events, state.forgotten) if isinstance(fact, CustomerForgotten)]
    return Decision(tuple(appends), result=_told(forgotten))


class _Books(NamedTuple):
    """An account with its documents by the customer that each of them names, and who sent money to it."""

    account: Account
    documents: Mapping[str, list[IssuedDocument]]
    senders: list[str]


def _accounts_of(transaction: Transaction, records: Sequence[str]) -> list[str]:
    """The accounts that were opened for some records or came to them by a merge."""
    opened = {account for record in records for account in accounts_of_customer(transaction, record)}
    taken = {account for record in records for account in load_customer(transaction, record)[0].taken_accounts}
    return sorted(opened | taken)


def _books(transaction: Transaction, number: str) -> _Books:
    account, _ = load_account(transaction, number)
    seller, _ = load_seller(transaction, account.seller)
    issued, _ = transaction.load(account_stream(number), _fold_documents)
    on_advances, _ = transaction.load(advances_stream(number), _fold_documents)
    documents: dict[str, list[IssuedDocument]] = {}
    for document in [*(issued or []), *(on_advances or [])]:
        kept = IssuedDocument(document.number, document.effective_on, seller.document_retention_years)
        documents.setdefault(document.customer.code, []).append(kept)
    return _Books(account, documents, _senders(load_payment_history(transaction, number)))


def _kept_contracts(contracts: Sequence[Contract], transaction: Transaction) -> Iterator[IssuedDocument]:
    """Contracts that have ended, which are kept as documents are, from their end on."""
    for contract in contracts:
        if contract.status == "ended" and contract.ends_on is not None:
            seller, _ = load_seller(transaction, contract.seller)
            yield IssuedDocument(contract.number, contract.ends_on, seller.document_retention_years)


def _senders(payments: PaymentHistory) -> list[str]:
    """Who sent the payments that were remittances before and are still this account's."""
    arrivals = [record.arrival for record in payments.values() if record.moved_to is None]
    return [sender_of(each.remittance) for each in arrivals if isinstance(each, PaymentReceived) and each.remittance]


def _fold_documents(documents: list[TaxDocument] | None, fact: Event) -> list[TaxDocument]:
    documents = [] if documents is None else documents
    if isinstance(fact, TaxDocument):
        documents.append(fact)
    return documents


def _told(facts: Sequence[CustomerForgotten]) -> dict[str, Any]:
    """The answer, the same for a repetition; the first is the customer, the others were merged into it."""
    return {
        "customer": facts[0].customer,
        "forgotten_on": str(facts[0].effective_on),
        "accounts": list(facts[0].accounts),
        "kept": [{"document": kept.number, "until": str(kept.until)} for fact in facts for kept in fact.kept],
    }


AREA = Area(handlers={ForgetCustomer: handle_forget_customer})
