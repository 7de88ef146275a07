"""Sign contracts and their annexes, draft annexes, and take back what was recorded by mistake."""

from __future__ import annotations

from datetime import date

from billing_core.contracts import decisions
from billing_core.contracts.events import AnnexDrafted, AnnexSigned, ContractSigned
from billing_core.contracts.kinds import require_annex_sections
from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from commands.contracts.drafting import as_sold, paper_of, require_services
from commands.contracts.streams import OfContract, contract_stream, customer_to_serve, load_contract, load_kind
from commands.platform.attached import attached_file
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SignContract(OfContract, frozen=True, kw_only=True):
    """Record that a contract was signed, by default today: by whom for the customer, and for the seller by default who
    gives the command.

    The signed paper may be attached by the hash under which it was kept.
    """

    signed_by: str
    signed_for_seller: str = ""
    on: date | None = None
    content_hash: str = ""


class TakeBackContractSignature(OfContract, frozen=True, kw_only=True):
    """The contract was not signed after all: it waits for its signature again."""

    reason: str


class DraftAnnex(OfContract, frozen=True, kw_only=True):
    """Print the next annex of a signed contract for signature; it holds from a day on.

    `text` says what changes. `services` replace those of the contract. `term` replaces its term, and the text must
    then say so. What is left out stays.
    """

    begins_on: date
    text: str = ""
    services: tuple[LinkedService, ...] | None = None
    term: Term | None = None


class OfAnnex(OfContract, frozen=True, kw_only=True):
    annex: int


class VoidAnnex(OfAnnex, frozen=True, kw_only=True):
    """Give up an annex that was not signed. Its number stays taken."""

    reason: str


class SignAnnex(OfAnnex, frozen=True, kw_only=True):
    """Record that an annex was signed, in the same way as a contract."""

    signed_by: str
    signed_for_seller: str = ""
    on: date | None = None
    content_hash: str = ""


class TakeBackAnnexSignature(OfAnnex, frozen=True, kw_only=True):
    """The last annex was not signed after all: it waits for its signature again."""

    reason: str


# --- handlers


def handle_sign_contract(command: SignContract, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    customer_to_serve(transaction, contract)
    signed = ContractSigned(
        effective_on=command.on or origin.today,
        contract=contract.number,
        customer=contract.customer,
        signed_by=command.signed_by.strip(),
        signed_for_seller=command.signed_for_seller.strip() or origin.actor,
        attachment=attached_file(command.content_hash, transaction) if command.content_hash else None,
    )
    events = decisions.sign(contract, signed, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_take_back_signature(
    command: TakeBackContractSignature, transaction: Transaction, origin: Origin
) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.take_back_signature(contract, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_draft_annex(command: DraftAnnex, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    customer = customer_to_serve(transaction, contract)
    if command.services is not None:
        require_services(command.services, customer, contract.seller, transaction)
    paper = paper_of(contract.kind, contract.language, contract.seller, customer, transaction)
    kind, _ = load_kind(transaction, contract.kind)
    require_annex_sections(kind.template(contract.language, paper.template))
    drafted = AnnexDrafted(
        effective_on=origin.today,
        contract=contract.number,
        customer=contract.customer,
        annex=decisions.next_annex(contract),
        begins_on=command.begins_on,
        text=command.text.strip(),
        services=None if command.services is None else as_sold(command.services, command.begins_on, transaction),
        term=command.term,
        paper=paper,
    )
    events = decisions.draft_annex(contract, drafted)
    return Decision((Append(contract_stream(contract.number), version, events),), {"annex": drafted.annex})


def handle_void_annex(command: VoidAnnex, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.void_annex(contract, command.annex, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_sign_annex(command: SignAnnex, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    customer_to_serve(transaction, contract)
    signed = AnnexSigned(
        effective_on=command.on or origin.today,
        contract=contract.number,
        customer=contract.customer,
        annex=command.annex,
        signed_by=command.signed_by.strip(),
        signed_for_seller=command.signed_for_seller.strip() or origin.actor,
        attachment=attached_file(command.content_hash, transaction) if command.content_hash else None,
    )
    events = decisions.sign_annex(contract, signed, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_take_back_annex_signature(
    command: TakeBackAnnexSignature, transaction: Transaction, origin: Origin
) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.take_back_annex_signature(contract, command.annex, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


HANDLERS: Handlers = {
    SignContract: handle_sign_contract,
    TakeBackContractSignature: handle_take_back_signature,
    DraftAnnex: handle_draft_annex,
    VoidAnnex: handle_void_annex,
    SignAnnex: handle_sign_annex,
    TakeBackAnnexSignature: handle_take_back_annex_signature,
}
