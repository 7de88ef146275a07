"""Draft contracts, issue them for signature, and give up what was not signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from billing_core.contracts import decisions
from billing_core.contracts.events import ContractDraftChanged, ContractDrafted, Paper
from billing_core.contracts.services import LinkedService, SoldService, sold, tariff_of_sale
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.parties.numbering import series_for
from billing_core.parties.versions import PartyVersion
from commands.accounts import load_account
from commands.catalogue import load_tariff
from commands.contracts.streams import OfContract, contract_stream, customer_to_serve, load_contract, load_kind
from commands.parties import load_customer, load_customer_to_serve, load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DraftContract(Command, frozen=True, kw_only=True):
    """Draft a contract of a kind with a customer; its number is the next one of the seller's series for contracts.

    The term is that of the kind unless one is named. `services` are subscriptions of the customer's accounts, `agreed`
    is what is agreed in addition to the template.
    """

    customer: str
    seller: str
    kind: str
    language: str
    begins_on: date
    term: Term | None = None
    services: tuple[LinkedService, ...] = ()
    agreed: str = ""


class ChangeContractDraft(OfContract, frozen=True, kw_only=True):
    """Change what a draft says; what is left out stays."""

    language: str | None = None
    begins_on: date | None = None
    term: Term | None = None
    services: tuple[LinkedService, ...] | None = None
    agreed: str | None = None


class IssueContract(OfContract, frozen=True, kw_only=True):
    """Print a draft for signature: parties, services, prices and the newest template are kept as they are now."""


class RecallContract(OfContract, frozen=True, kw_only=True):
    """Make a draft again of a contract that was issued and not signed."""

    reason: str = ""


class VoidContract(OfContract, frozen=True, kw_only=True):
    """Give up a contract that was not signed. Its number stays taken."""

    reason: str


# --- handlers


def handle_draft_contract(command: DraftContract, transaction: Transaction, origin: Origin) -> Decision:
    load_customer_to_serve(transaction, command.customer)
    seller, _ = load_seller(transaction, command.seller)
    kind, _ = load_kind(transaction, command.kind)
    kind.newest(command.language)
    require_services(command.services, command.customer, command.seller, transaction)
    taken = transaction.take_numbers(command.seller, "contract", 1, origin.today)
    number = series_for(seller, "contract", taken.last, taken.issued_on, taken).number(taken.last)
    drafted = ContractDrafted(
        effective_on=origin.today, contract=number, customer=command.customer, seller=command.seller,
        kind=command.kind, language=command.language, begins_on=command.begins_on,
        term=command.term or kind.kind.term, services=command.services, agreed=command.agreed.strip(),
    )  # fmt: skip
    return Decision((Append(contract_stream(number), 0, decisions.draft(drafted)),), {"contract": number})


def handle_change_draft(command: ChangeContractDraft, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    customer = customer_to_serve(transaction, contract)
    if command.services is not None:
        require_services(command.services, customer, contract.seller, transaction)
    if command.language is not None:
        load_kind(transaction, contract.kind)[0].newest(command.language)
    changed = ContractDraftChanged(
        effective_on=origin.today,
        contract=contract.number,
        customer=contract.customer,
        language=contract.language if command.language is None else command.language,
        begins_on=command.begins_on or contract.begins_on,
        term=command.term or contract.term,
        services=contract.services if command.services is None else command.services,
        agreed=contract.agreed if command.agreed is None else command.agreed.strip(),
    )
    events = decisions.change_draft(contract, changed)
    return Decision((Append(contract_stream(contract.number), version, events),))


def require_services(services: Iterable[LinkedService], customer: str, seller: str, transaction: Transaction) -> None:
    """Each service is a subscription of an account that the customer has with the seller."""
    for each in services:
        account, _ = load_account(transaction, each.account)
        if account.customer != customer:
            raise NotFound("the customer has no such account", field="account", value=each.account)
        if account.seller != seller:
            raise InvalidValue(f"is with the seller {account.seller}", field="account", value=each.account)
        if each.subscription not in account.subscriptions:
            raise NotFound(f"account {each.account} has no such subscription", field="subscription",
                           value=each.subscription)  # fmt: skip


def handle_issue_contract(command: IssueContract, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    customer = customer_to_serve(transaction, contract)
    paper = paper_of(contract.kind, contract.language, contract.seller, customer, transaction)
    services = as_sold(contract.services, contract.begins_on, transaction)
    events = decisions.issue(contract, paper, services, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def paper_of(kind: str, language: str, seller: str, customer: str, transaction: Transaction) -> Paper:
    """By what a contract or annex is printed that is issued now."""
    return Paper(
        template=load_kind(transaction, kind)[0].newest(language),
        seller=load_seller(transaction, seller)[1],
        customer=PartyVersion(customer, load_customer(transaction, customer)[1]),
    )


def as_sold(services: Iterable[LinkedService], on: date, transaction: Transaction) -> tuple[SoldService, ...]:
    """The services as a contract shows them from a day on."""
    found = []
    for each in services:
        subscription = load_account(transaction, each.account)[0].subscriptions[each.subscription]
        tariff, _ = tariff_of_sale(subscription, on)
        found.append(sold(each.account, subscription, load_tariff(transaction, tariff), on))
    return tuple(found)


def handle_recall_contract(command: RecallContract, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.recall(contract, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_void_contract(command: VoidContract, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.void(contract, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


HANDLERS: Handlers = {
    DraftContract: handle_draft_contract,
    ChangeContractDraft: handle_change_draft,
    IssueContract: handle_issue_contract,
    RecallContract: handle_recall_contract,
    VoidContract: handle_void_contract,
}
