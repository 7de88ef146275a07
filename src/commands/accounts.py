"""Open accounts."""

from __future__ import annotations

from billing_core.accounts import Account, AccountOpened, apply_account, open_account
from billing_core.errors import NotFound
from billing_core.plans import BillingPlan
from commands.bus import BusinessDate, Command, Decision, Handlers
from commands.parties import load_customer_to_serve, load_seller
from commands.ports import Append, Origin, Transaction

# --- commands


class OpenAccount(Command):
    """Where a customer's money is kept: one currency, one billing plan, one balance."""

    account: str
    customer: str
    seller: str
    currency: str
    billing_day: int = 1
    due_days: int = 14
    tolerance_days: int = 7
    opened_on: BusinessDate | None = None


# --- handlers


def account_stream(number: str) -> str:
    return f"account/{number}"


def load_account(transaction: Transaction, number: str) -> tuple[Account, int]:
    """The account and its version, or `NotFound`."""
    account, version = transaction.load(account_stream(number), apply_account)
    if account is None:
        raise NotFound("no such account", field="account", value=number)
    return account, version


def handle_open_account(command: OpenAccount, transaction: Transaction, origin: Origin) -> Decision:
    stream = account_stream(command.account)
    existing, version = transaction.load(stream, apply_account)
    customer = load_customer_to_serve(transaction, command.customer)
    load_seller(transaction, command.seller)
    opened = AccountOpened(
        effective_on=command.opened_on or origin.today,
        account=command.account,
        customer=command.customer,
        seller=command.seller,
        currency=command.currency,
        plan=BillingPlan(
            billing_day=command.billing_day, due_days=command.due_days, tolerance_days=command.tolerance_days
        ),
    )
    return Decision((Append(stream, version, open_account(existing, opened, customer.registered_on)),))


HANDLERS: Handlers = {OpenAccount: handle_open_account}
