"""Decides whether an account can be opened, whose it is, and whether it can be billed in another way."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account, with_billing_day
from billing_core.accounts.events import (
    AccountBillingDayChanged,
    AccountCustomerChanged,
    AccountOpened,
    BillingPlanChanged,
)
from billing_core.accounts.plans import require_plan
from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.details import require_currency, require_text
from billing_core.time.periods import require_billing_day


def open_account(existing: Account | None, fact: AccountOpened, customer_since: date) -> list[Event]:
    """Open an account for a customer that exists on that date."""
    if existing is not None:
        raise AlreadyExists("another account has this number", field="account number", value=fact.account)
    require_text(fact.account, "account number")
    require_currency(fact.currency)
    require_plan(fact.plan, fact.currency)
    if fact.effective_on < customer_since:
        raise RuleViolation(
            f"the customer exists only since {customer_since}", field="account opened on", value=fact.effective_on
        )
    return [fact]


def change_customer_of(account: Account, customer: str, on: date) -> list[Event]:
    """The account is a customer's from now on; of the same one already it changes nothing."""
    if account.customer == customer:
        return []
    return [AccountCustomerChanged(effective_on=on, customer=customer, before=account.customer)]


def change_billing_day(account: Account, fact: AccountBillingDayChanged) -> list[Event]:
    """Change the billing day from a date on; no event if it is in force then already."""
    require_billing_day(fact.billing_day)
    if fact.effective_on < account.opened_on:
        raise RuleViolation(f"the account exists only since {account.opened_on}", field="billing day from",
                            value=fact.effective_on)  # fmt: skip
    return [] if with_billing_day(account.billing_days, fact) == account.billing_days else [fact]


def change_plan(account: Account, fact: BillingPlanChanged) -> list[Event]:
    """Change the plan from now on, except the billing day; no event for the same plan."""
    require_plan(fact.plan, account.currency)
    if fact.effective_on < account.opened_on:
        raise RuleViolation(f"the account exists only since {account.opened_on}", field="billing plan from",
                            value=fact.effective_on)  # fmt: skip
    return [] if fact.plan == account.plan else [fact]
