"""Give notice of contracts, end them on their day, and take back what was recorded by mistake."""

from __future__ import annotations

from datetime import date

from billing_core.contracts import decisions
from billing_core.contracts.contract import Contract
from billing_core.contracts.events import ContractNoticeGiven
from billing_core.contracts.terms import Party
from billing_core.kernel.events import Event
from commands.contracts.streams import OfContract, contract_stream, load_contract
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeUp

# --- commands


class GiveContractNotice(OfContract, frozen=True, kw_only=True):
    """Record the notice of a party, by default given today. The contract ends by the notice period of its term.

    Its services go on: each is terminated by itself, with `terminate-subscription`.
    """

    by: Party
    given_on: date | None = None
    reason: str = ""


class AgreeContractEnd(OfContract, frozen=True, kw_only=True):
    """Record that both parties agreed on an end: the first day without the contract, whatever its term says."""

    ends_on: date
    reason: str = ""


class TakeBackContractNotice(OfContract, frozen=True, kw_only=True):
    """The notice, or the agreed end, counts no more: the contract goes on."""

    reason: str


class EndContract(OfContract, frozen=True, kw_only=True):
    """End a contract whose day has come. That day gives it by itself."""


class ResumeContract(OfContract, frozen=True, kw_only=True):
    """The contract did not end after all: it goes on as if no notice had been given."""

    reason: str


# --- handlers


def handle_give_notice(command: GiveContractNotice, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    given_on = command.given_on or origin.today
    return _noticed(contract, version, decisions.give_notice(contract, command.by, given_on, command.reason,
                                                             origin.today))  # fmt: skip


def handle_agree_end(command: AgreeContractEnd, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    return _noticed(contract, version, decisions.agree_end(contract, command.ends_on, command.reason, origin.today))


def _noticed(contract: Contract, version: int, events: list[Event]) -> Decision:
    (notice,) = events
    assert isinstance(notice, ContractNoticeGiven)
    return Decision((Append(contract_stream(contract.number), version, events),), {"ends_on": str(notice.ends_on)})


def handle_take_back_notice(command: TakeBackContractNotice, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.take_back_notice(contract, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_end_contract(command: EndContract, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.end(contract, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


def handle_resume_contract(command: ResumeContract, transaction: Transaction, origin: Origin) -> Decision:
    contract, version = load_contract(transaction, command.contract)
    events = decisions.resume(contract, command.reason, origin.today)
    return Decision((Append(contract_stream(contract.number), version, events),))


# --- what happens by itself


def end_on_its_day(wake_up: WakeUp) -> EndContract:
    """The command of the day on which a contract ends."""
    return EndContract(contract=wake_up.number)


HANDLERS: Handlers = {
    GiveContractNotice: handle_give_notice,
    AgreeContractEnd: handle_agree_end,
    TakeBackContractNotice: handle_take_back_notice,
    EndContract: handle_end_contract,
    ResumeContract: handle_resume_contract,
}
