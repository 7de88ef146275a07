"""Puts a contract together from facts that never change, ready to be printed.

An issued contract and an annex name the versions of the template, the seller and the customer by which they are
printed, so the same number always gives the same paper. A draft shows what is known today, and is marked as one. That
of a forgotten customer names the person as long as the law keeps the contract.
"""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.query_source import QuerySource
from adapters.documents.contract_content import Parties, paper_of_annex, paper_of_contract
from adapters.documents.contract_paper import ContractPaper
from adapters.postgres.store import PostgresStore
from billing_core.contracts.contract import Contract, apply_contract
from billing_core.contracts.decisions import annex_of
from billing_core.contracts.events import Paper
from billing_core.contracts.kinds import Template, apply_kind
from billing_core.kernel.errors import NotFound
from billing_core.parties.customers import apply_customer
from billing_core.parties.sellers import apply_seller
from commands.contracts.drafting import as_sold, paper_of
from commands.contracts.streams import contract_stream, kind_stream
from commands.parties import customer_stream, kept_number, seller_stream


def contract_numbered(number: str, answers: QuerySource) -> Contract:
    """The contract with this number as it is known, or `NotFound`."""
    contract = None
    for fact in answers.events_of(contract_stream(number)):
        contract = apply_contract(contract, fact)
    if contract is None:
        raise NotFound("no such contract; `billing contracts` lists them", field="contract", value=number)
    return contract


def assemble_contract(
    number: str, annex_number: int, answers: QuerySource, store: PostgresStore, today: date
) -> ContractPaper:
    """The contract, or an annex of it, as it may be printed today."""
    contract = contract_numbered(number, answers)
    kept_on = _kept_on(contract, store, today)
    if kept_on is not None:
        kept = store.load(contract_stream(number), apply_contract, kept_on=kept_on)
        assert kept is not None
        contract = kept
    if annex_number:
        annex = annex_of(contract, annex_number)
        return paper_of_annex(contract, annex, *_printed_by(contract, annex.paper, kept_on, store))
    if contract.issued is not None:
        issued = contract.issued
        template, parties = _printed_by(contract, issued.paper, kept_on, store)
        return paper_of_contract(contract, template, parties, issued.on, issued.services, is_draft=False)
    with store.transaction() as transaction:
        customer = kept_number(transaction, contract.customer)
        by = paper_of(contract.kind, contract.language, contract.seller, customer, transaction)
        services = as_sold(contract.services, contract.begins_on, transaction)
    template, parties = _printed_by(contract, by, kept_on, store)
    return paper_of_contract(contract, template, parties, today, services, is_draft=True)


def _kept_on(contract: Contract, store: PostgresStore, today: date) -> date | None:
    """Today, if the customer was forgotten and the law keeps the contract; else None."""
    customer = store.load(customer_stream(contract.customer), apply_customer)
    forgotten = customer.forgotten if customer else None
    return today if forgotten is not None and forgotten.keeps(contract.number, today) else None


def _printed_by(
    contract: Contract, paper: Paper, kept_on: date | None, store: PostgresStore
) -> tuple[Template, Parties]:
    """The template and the parties in the versions that a paper names."""
    kind = store.load(kind_stream(contract.kind), apply_kind)
    seller = store.load(seller_stream(contract.seller), apply_seller, paper.seller)
    customer = store.load(customer_stream(paper.customer.code), apply_customer, paper.customer.version, kept_on)
    assert kind is not None and seller is not None and customer is not None
    return kind.template(contract.language, paper.template), Parties(kind.kind, seller, customer.customer)
