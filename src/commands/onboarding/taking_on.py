"""Take a customer on with all that one begins with, as one piece of work: customer, account, services, contract.

Each step is decided by the handler of its own area on what the steps before it decided. If one is refused, nothing is
written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.accounts.plans import USUAL_PLAN, BillingPlan
from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import InvalidValue
from billing_core.parties.customers import Customer
from commands import accounts, contracts, parties, services
from commands.accounts import OpenAccount
from commands.contracts.drafting import DraftContract, IssueContract
from commands.parties import RegisterCustomer
from commands.platform.answers import plain
from commands.platform.bus import Command, Decision, Handler, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.pieces import PieceOfWork
from commands.platform.ports import Origin, Transaction
from commands.services.status import ActivateSubscription

# --- the command


class AccountToOpen(msgspec.Struct, frozen=True, kw_only=True):
    """The account that a new customer begins with; it is open since the day of registration unless another is named."""

    number: str
    seller: str
    currency: str
    opened_on: date | None = None
    plan: BillingPlan = USUAL_PLAN


class ServiceToActivate(msgspec.Struct, frozen=True, kw_only=True):
    """A service that a new customer begins with, in the words of `activate-subscription`."""

    subscription: str
    tariff: str
    on: date | None = None
    agreed_prices: Mapping[str, Decimal] = {}
    agreed_until: date | None = None
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    customer_class: str = ""
    parameters: Mapping[str, str] = {}
    address: str = ""


class ContractToDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The contract about these services, with the seller of the account; `is_issued` prints it for signature at once.

    It begins on the first day of the services unless another day is named.
    """

    kind: str
    language: str
    begins_on: date | None = None
    term: Term | None = None
    agreed: str = ""
    is_issued: bool = False


class TakeOnCustomer(Command, frozen=True, kw_only=True):
    """Register a customer with account, services and contract as one piece of work: all of it is done, or nothing.

    Account, services and contract may be left out; services and contract need the account. A first day far ahead is
    asked about first; `confirmed` does it without.
    """

    customer: Customer
    registered_on: date | None = None
    dealer: str = ""
    account: AccountToOpen | None = None
    services: tuple[ServiceToActivate, ...] = ()
    contract: ContractToDraft | None = None
    confirmed: bool = False


# --- the handler


def handle_take_on(command: TakeOnCustomer, transaction: Transaction, origin: Origin) -> Decision:
    if command.account is None and (command.services or command.contract):
        raise InvalidValue("services and a contract need an account; name one", field="account", value="none")
    piece, result = PieceOfWork(transaction), dict[str, Any]()
    for step in _steps(command, origin):
        result |= plain(piece.decide(STEPS[type(step)], step, origin).result)
    if command.contract is not None and command.contract.is_issued:
        issue = IssueContract(contract=result["contract"])
        piece.decide(STEPS[IssueContract], issue, origin)
    return Decision(piece.appends(), {"customer": command.customer.number, **result})


def _steps(command: TakeOnCustomer, origin: Origin) -> Iterator[Command]:
    since = command.registered_on or origin.today
    yield RegisterCustomer(customer=command.customer, registered_on=since, dealer=command.dealer)
    account, number = command.account, command.customer.number
    if account is None:
        return
    yield OpenAccount(
        account=account.number, customer=number, seller=account.seller, currency=account.currency,
        opened_on=account.opened_on or since, plan=account.plan,
    )  # fmt: skip
    for service in command.services:
        words = msgspec.structs.asdict(service)
        yield ActivateSubscription(account=account.number, confirmed=command.confirmed, **words)
    if command.contract is not None:
        yield _contract(command, account, command.contract, origin)


def _contract(
    command: TakeOnCustomer, account: AccountToOpen, contract: ContractToDraft, origin: Origin
) -> DraftContract:
    first_days = [service.on or origin.today for service in command.services]
    return DraftContract(
        customer=command.customer.number, seller=account.seller, kind=contract.kind, language=contract.language,
        begins_on=contract.begins_on or min(first_days, default=origin.today), term=contract.term,
        services=tuple(LinkedService(account=account.number, subscription=each.subscription)
                       for each in command.services),
        agreed=contract.agreed,
    )  # fmt: skip


STEPS: Mapping[type[Command], Handler] = {
    step: area.handlers[step]
    for area, steps in (
        (parties.AREA, (RegisterCustomer,)), (accounts.AREA, (OpenAccount,)),
        (services.AREA, (ActivateSubscription,)), (contracts.AREA, (DraftContract, IssueContract)),
    )
    for step in steps
}  # fmt: skip
HANDLERS: Handlers = {TakeOnCustomer: handle_take_on}
CONCERNS: Concerns = {
    TakeOnCustomer: Concern(
        "named",
        (
            Named("new customer", ("customer.number",)),
            Named("new account", ("account.number",), is_optional=True),
            Named("dealer", ("dealer",), is_optional=True),
        ),
    ),
}
