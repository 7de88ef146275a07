"""Contracts: lists, the card of one with its history, its paper, and the kinds of contract with their templates."""

from __future__ import annotations

from datetime import date, datetime
from mimetypes import guess_extension
from typing import Any

import msgspec

from adapters.documents.contract_assembly import assemble_contract, contract_numbered
from adapters.documents.contract_paper import render_contract
from adapters.edge.models import written
from adapters.files.contract_templates import ready_template, ready_template_names
from adapters.texts.sentences import event_name, sentence
from adapters.views.persons import Persons
from adapters.views.query import Download, FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.contracts.contract import Annex, Notice, Signature
from billing_core.contracts.decisions import annex_of
from billing_core.contracts.kinds import KindWithTemplates, Template
from billing_core.contracts.services import LinkedService, SoldService
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import NotFound
from commands.contracts.streams import contract_stream
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


class ListReadyContractTemplates(Query, frozen=True, kw_only=True):
    """The names of the templates that come with the program: kind and language, as in internet.cs."""


class ShowReadyContractTemplate(Query, frozen=True, kw_only=True):
    """A template that comes with the program, to be published as it is, or changed."""

    name: str


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


class ReadyTemplate(msgspec.Struct):
    """A template that comes with the program, in the words in which it is published."""

    template: dict[str, Any]


def _list_contracts(query: ListContracts, reading: Reading) -> Page[ContractRow]:
    with reading.source.cursor() as cursor:
        found = list_contracts(cursor, query.sought, query.limit + 1, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: row.number)


def _show_contract(query: ShowContract, reading: Reading) -> ContractCard:
    contract = contract_numbered(query.contract, reading.source)
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
    paper = assemble_contract(query.contract, query.annex, reading.source, reading.app.store, reading.today)
    return ContractFile(render_contract(paper))


def _kind(code: str, reading: Reading) -> KindWithTemplates:
    with reading.source.cursor() as cursor:
        kind = kind_named(cursor, code)
    if kind is None:
        raise NotFound("no such kind of contract", field="kind", value=code)
    return kind


def _take_signed_contract(query: TakeSignedContract, reading: Reading) -> Download:
    contract = contract_numbered(query.contract, reading.source)
    signature = annex_of(contract, query.annex).signature if query.annex else contract.signature
    if signature is None or signature.attachment is None:
        raise NotFound("no signed paper is attached", field="contract", value=query.contract)
    part = f"-annex-{query.annex}" if query.annex else ""
    ending = guess_extension(signature.attachment.media_type) or ""
    return Download(signature.attachment.content_hash, f"contract-{contract.number}{part}-signed{ending}")


def _list_kinds(query: ListContractKinds, reading: Reading) -> Page[KindRow]:
    with reading.source.cursor() as cursor:
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


def _list_ready(query: ListReadyContractTemplates, reading: Reading) -> Page[str]:
    return Page(ready_template_names(), None)


def _show_ready(query: ShowReadyContractTemplate, reading: Reading) -> ReadyTemplate:
    return ReadyTemplate(written(ready_template(query.name)))


QUERIES: Queries = {
    ListContracts: _list_contracts,
    ShowContract: _show_contract,
    PrintContract: _print_contract,
    TakeSignedContract: _take_signed_contract,
    ListContractKinds: _list_kinds,
    ShowContractTemplate: _show_template,
    ListReadyContractTemplates: _list_ready,
    ShowReadyContractTemplate: _show_ready,
}


def _owner(query: OfContract, answer: object, reading: Reading) -> list[str]:
    return [contract_numbered(query.contract, reading.source).customer]


PERSONS: Persons = {ShowContract: _owner, PrintContract: _owner, TakeSignedContract: _owner}
CONCERNS: Concerns = {
    ListContracts: LISTED,
    ListContractKinds: SHARED,
    ShowContractTemplate: SHARED,
    ListReadyContractTemplates: SHARED,
    ShowReadyContractTemplate: SHARED,
}
