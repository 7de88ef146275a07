"""The streams of contracts and of their kinds."""

from __future__ import annotations

from billing_core.contracts.contract import Contract, apply_contract
from billing_core.contracts.events import OF_CUSTOMER_CLAIM
from billing_core.contracts.kinds import KindWithTemplates, apply_kind
from billing_core.kernel.errors import NotFound
from commands.parties import kept_number, load_customer_to_serve
from commands.platform.bus import Command
from commands.platform.ports import Transaction


class OfContract(Command, frozen=True, kw_only=True):
    contract: str


def contract_stream(number: str) -> str:
    return f"contract/{number}"


def kind_stream(code: str) -> str:
    return f"contract-kind/{code}"


def load_contract(transaction: Transaction, number: str) -> tuple[Contract, int]:
    """The contract and its version, or `NotFound`."""
    contract, version = transaction.load(contract_stream(number), apply_contract)
    if contract is None:
        raise NotFound("no such contract; `billing contracts` lists them", field="contract", value=number)
    return contract, version


def contracts_of_customer(transaction: Transaction, customer: str) -> list[Contract]:
    """All contracts that were drafted with a customer, in order of number."""
    claims = transaction.claims_beginning(OF_CUSTOMER_CLAIM, f"{customer}/")
    return [load_contract(transaction, claim.stream.partition("/")[2])[0] for claim in claims]


def customer_to_serve(transaction: Transaction, contract: Contract) -> str:
    """The customer of a contract, or the one into which that one was merged, locked; refused if it was forgotten."""
    customer = kept_number(transaction, contract.customer)
    load_customer_to_serve(transaction, customer)
    return customer


def load_kind(transaction: Transaction, code: str) -> tuple[KindWithTemplates, int]:
    """The kind of contract with its templates and its version, or `NotFound`."""
    kind, version = transaction.load(kind_stream(code), apply_kind)
    if kind is None:
        raise NotFound("no such kind of contract; define one with `define-contract-kind`", field="kind", value=code)
    return kind, version
