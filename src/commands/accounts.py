"""Open accounts, and change the day on which they are billed."""

from __future__ import annotations

from pydantic import model_validator

from billing_core.accounts import (
    Account,
    AccountBillingDayChanged,
    AccountOpened,
    apply_account,
    change_billing_day,
    open_account,
)
from billing_core.billing.next_period import next_month_on
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


class ChangeBillingDay(Command):
    """Periods begin on another day of the month: the first such day on or after the date `on`, today unless said.

    31 is the last day of every month. With `from_next_period` it is the first one after the account's present month.
    """

    account: str
    billing_day: int
    on: BusinessDate | None = None
    from_next_period: bool = False

    @model_validator(mode="after")
    def _says_one_day(self) -> ChangeBillingDay:
        if self.on is not None and self.from_next_period:
            raise ValueError("has either a date, on, or from_next_period")
        return self


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


def handle_change_billing_day(command: ChangeBillingDay, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    on = command.on or origin.today
    if command.from_next_period:
        on = next_month_on(account.billing_days, account.opened_on, origin.today)
    changed = AccountBillingDayChanged(effective_on=on, billing_day=command.billing_day)
    append = Append(account_stream(account.number), version, change_billing_day(account, changed))
    return Decision((append,), result={"effective_on": on.isoformat()})


HANDLERS: Handlers = {OpenAccount: handle_open_account, ChangeBillingDay: handle_change_billing_day}
