"""Contracts: lists, the card of one with its history, its paper, and the kinds of contract with their templates."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from adapters.documents.contract_content import Parties, paper_of_annex, paper_of_contract
from adapters.documents.contract_paper import ContractPaper, render_contract
from adapters.texts.sentences import event_name, sentence
from adapters.views.persons import Persons
from adapters.views.query import Download, FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.contracts.contract import Annex, Contract, Notice, Signature, apply_contract
from billing_core.contracts.decisions import annex_of
from billing_core.contracts.events import Paper
from billing_core.contracts.kinds import KindWithTemplates, Template
from billing_core.contracts.services import LinkedService, SoldService
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import NotFound
from billing_core.parties.customers import apply_customer
from billing_core.parties.sellers import apply_seller
from commands.contracts.drafting import as_sold, paper_of
from commands.contracts.streams import contract_stream
from commands.parties import customer_stream, seller_stream
from commands.platform.bus import Seen
from commands.platform.concerns import LISTED, SHARED, Concerns
from projections.contracts import ContractRow, SoughtContracts, kind_named, list_contracts, list_kinds

# --- queries


class ListContracts(Listing, frozen=True, kw_only=True):
    """Contracts in order of number: of a customer, an account, a seller, a kind or a status, or that end before a day.

    The status is draft, issued, signed, ended or voided.
    """

    sought: SoughtContracts = SoughtContracts()


class OfContract(Query, frozen=True, kw_only=True):
    contract: str


class ShowContract(OfContract, frozen=True, kw_only=True):
    """A contract with its term, services, annexes, notice and history."""


class PrintContract(OfContract, frozen=True, kw_only=True):
    """A contract as a PDF, as it was issued, with an `annex` that one. A draft is marked, and as things are today."""

    annex: int = 0


class TakeSignedContract(OfContract, frozen=True, kw_only=True):
    """The file of the signed paper of a contract, with an `annex` of that one."""

    annex: int = 0


class ListContractKinds(Query, frozen=True, kw_only=True):
    """The kinds of contract, with the versions of their templates by language."""


class ShowContractTemplate(Query, frozen=True, kw_only=True):
    """A template of a kind of contract in a language, by default the newest version."""

    kind: str
    language: str
    version: int = 0


# --- answers


class HistoryOfContract(msgspec.Struct):
    """An event of a contract: when, by whom, and in words."""

    recorded_at: datetime
    actor: str
    event: str
    what: str


class ContractCard(msgspec.Struct):
    """A contract with everything known of it. `services` are those in force as they were sold, `linked` names them.

    `ends_on` is the first day without it; `version` is its stream's.
    """

    number: str
    customer: str
    seller: str
    kind: str
    language: str
    status: str
    drafted_on: date
    begins_on: date
    ends_on: date | None
    term: Term
    linked: tuple[LinkedService, ...]
    services: tuple[SoldService, ...]
    agreed: str
    issued_on: date | None
    signature: Signature | None
    annexes: tuple[Annex, ...]
    notice: Notice | None
    version: int
    history: list[HistoryOfContract]

    def seen(self) -> Seen:
        """The version of the contract, for the ETag."""
        return Seen(contract_stream(self.number), self.version)


class ContractFile(FileAnswer):
    """A contract on paper."""

    media_type = "application/pdf"


class KindRow(msgspec.Struct):
    """A kind of contract: its term, and by language how many versions its template has."""

    code: str
    name: str
    term: Term
    templates: dict[str, int]


class TemplateCard(msgspec.Struct):
    """A version of a template, and which one is the newest."""

    kind: str
    language: str
    version: int
    newest: int
    template: Template


def _list_contracts(query: ListContracts, reading: Reading) -> Page[ContractRow]:
    with reading.source.transaction() as cursor:
        found = list_contracts(cursor, query.sought, query.limit + 1, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: row.number)


def _contract(number: str, reading: Reading) -> Contract:
    contract = None
    for fact in reading.source.events_of(contract_stream(number)):
        contract = apply_contract(contract, fact)
    if contract is None:
        raise NotFound("no such contract", field="contract", value=number)
    return contract


def _show_contract(query: ShowContract, reading: Reading) -> ContractCard:
    contract = _contract(query.contract, reading)
    entries = reading.source.entries_of(contract_stream(query.contract))
    return ContractCard(
        number=contract.number,
        customer=contract.customer,
        seller=contract.seller,
        kind=contract.kind,
        language=contract.language,
        status=contract.status,
        drafted_on=contract.drafted_on,
        begins_on=contract.begins_on,
        ends_on=contract.ends_on,
        term=contract.term_in_force,
        linked=contract.linked,
        services=contract.services_in_force,
        agreed=contract.agreed,
        issued_on=contract.issued.on if contract.issued else None,
        signature=contract.signature,
        annexes=contract.annexes,
        notice=contract.notice,
        version=len(entries),
        history=[
            HistoryOfContract(entry.recorded_at, entry.origin.actor, event_name(entry.event), sentence(entry.event))
            for entry in entries
        ],
    )


def _print_contract(query: PrintContract, reading: Reading) -> ContractFile:
    return ContractFile(render_contract(_paper(query, reading)))


def _paper(query: PrintContract, reading: Reading) -> ContractPaper:
    """The paper as it is printed today: that of a forgotten customer names the person as long as the law keeps it."""
    store, kept_on = reading.app.store, _kept_on(query.contract, reading)
    contract = store.load(contract_stream(query.contract), apply_contract, kept_on=kept_on)
    assert contract is not None
    if query.annex:
        annex = annex_of(contract, query.annex)
        return paper_of_annex(contract, annex, *_printed_by(contract, annex.paper, kept_on, reading))
    if contract.issued is not None:
        issued = contract.issued
        template, parties = _printed_by(contract, issued.paper, kept_on, reading)
        return paper_of_contract(contract, template, parties, issued.on, issued.services, is_draft=False)
    with store.transaction() as transaction:
        by = paper_of(contract.kind, contract.language, contract.seller, contract.customer, transaction)
        services = as_sold(contract.services, contract.begins_on, transaction)
    template, parties = _printed_by(contract, by, kept_on, reading)
    return paper_of_contract(contract, template, parties, reading.today, services, is_draft=True)


def _kept_on(number: str, reading: Reading) -> date | None:
    """Today, if the customer was forgotten and the law keeps the contract; else None."""
    customer = reading.app.store.load(customer_stream(_contract(number, reading).customer), apply_customer)
    forgotten = customer.forgotten if customer else None
    return reading.today if forgotten is not None and forgotten.keeps(number, reading.today) else None


def _printed_by(contract: Contract, paper: Paper, kept_on: date | None, reading: Reading) -> tuple[Template, Parties]:
    """The template and the parties in the versions that a paper names."""
    kind, store = _kind(contract.kind, reading), reading.app.store
    seller = store.load(seller_stream(contract.seller), apply_seller, paper.seller)
    customer = store.load(customer_stream(contract.customer), apply_customer, paper.customer, kept_on)
    assert seller is not None and customer is not None
    return kind.template(contract.language, paper.template), Parties(kind.kind, seller, customer.customer)


def _kind(code: str, reading: Reading) -> KindWithTemplates:
    with reading.source.transaction() as cursor:
        kind = kind_named(cursor, code)
    if kind is None:
        raise NotFound("no such kind of contract", field="kind", value=code)
    return kind


def _take_signed_contract(query: TakeSignedContract, reading: Reading) -> Download:
    contract = _contract(query.contract, reading)
    signature = annex_of(contract, query.annex).signature if query.annex else contract.signature
    if signature is None or signature.attachment is None:
        raise NotFound("no signed paper is attached", field="contract", value=query.contract)
    part = f"-{query.annex}" if query.annex else ""
    return Download(signature.attachment.content_hash, f"{contract.number}{part}-signed")


def _list_kinds(query: ListContractKinds, reading: Reading) -> Page[KindRow]:
    with reading.source.transaction() as cursor:
        found = list_kinds(cursor)
    rows = [
        KindRow(
            each.kind.code, each.kind.name, each.kind.term,
            {language: len(versions) for language, versions in sorted(each.templates.items())},
        )
        for each in found
    ]  # fmt: skip
    return Page(rows, None)


def _show_template(query: ShowContractTemplate, reading: Reading) -> TemplateCard:
    kind = _kind(query.kind, reading)
    newest = kind.newest(query.language)
    version = query.version or newest
    if not 1 <= version <= newest:
        raise NotFound(f"the template has the versions 1 to {newest}", field="version", value=version)
    return TemplateCard(query.kind, query.language, version, newest, kind.template(query.language, version))


QUERIES: Queries = {
    ListContracts: _list_contracts,
    ShowContract: _show_contract,
    PrintContract: _print_contract,
    TakeSignedContract: _take_signed_contract,
    ListContractKinds: _list_kinds,
    ShowContractTemplate: _show_template,
}


def _owner(query: OfContract, answer: object, reading: Reading) -> list[str]:
    return [_contract(query.contract, reading).customer]


PERSONS: Persons = {ShowContract: _owner, PrintContract: _owner, TakeSignedContract: _owner}
CONCERNS: Concerns = {ListContracts: LISTED, ListContractKinds: SHARED, ShowContractTemplate: SHARED}
