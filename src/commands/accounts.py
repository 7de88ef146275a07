"""Open accounts, and change how they are billed."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec
from pydantic import model_validator

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import ACCOUNT_CLAIM, AccountBillingDayChanged, AccountOpened, BillingPlanChanged
from billing_core.accounts.opening import change_billing_day, change_plan, open_account
from billing_core.accounts.plans import NO_MINIMUM, BillingPlan, InvoicePer, Prepaid
from billing_core.charging.next_period import next_month_on
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.parties import Seller
from billing_core.time.due_dates import (
    DayOfMonth,
    DueMonth,
    DueShift,
    WorkingDayAfterIssue,
    due_date,
    needs_calendar,
)
from billing_core.time.period_rules import PeriodRule, Unit
from commands.parties import load_customer_to_serve, load_seller
from commands.platform.area import Area
from commands.platform.bus import BusinessDate, Command, Decision, ExactDecimal
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class InvoiceEvery(Command):
    """How often charges are put on an invoice: on the billing day, or counted from a fixed day of the calendar."""

    unit: Unit = "month"
    interval: int = 1
    anchor_on: BusinessDate | None = None


class PrepaidTerms(Command):
    """A period's fee is taken from the balance at its start, in whole or for as many days as the money buys.

    The balance may fall to `suspend_below`, by default to what the credit limit allows; a service that was suspended
    for money comes back with a payment, on its old grid or on a new one, when the balance is at least at `resume_at`
    and covers what is then due.
    """

    credit_limit: ExactDecimal = Decimal(0)
    covers: Literal["whole", "days"] = "whole"
    resume_on: Literal["old-grid", "new-grid"] = "old-grid"
    suspend_below: ExactDecimal | None = None
    resume_at: ExactDecimal | None = None


class AccountNamed(Command):
    account: str


class AccountDetails(AccountNamed):
    customer: str
    seller: str
    currency: str
    billing_day: int = 1
    opened_on: BusinessDate | None = None


class PlanDetails(Command):
    """Invoices are due some days after issue, or on a day of the month, or on the n-th working day after issue.

    The due date may be shifted to the next or the previous working day of the seller's country. Charges are invoiced
    as soon as they are posted, or every so often. What comes to less than the minimum with VAT is carried over.
    An account is postpaid, unless the terms of a prepaid one are given.
    """

    due_days: int = 14
    due_day_of_month: int | None = None
    due_month: DueMonth = "this"
    due_working_day: int | None = None
    due_shift: DueShift = "none"
    tolerance_days: int = 7
    invoice_per: InvoicePer = "account"
    invoice_every: InvoiceEvery | None = None
    minimum_invoice: ExactDecimal = NO_MINIMUM
    prepaid: PrepaidTerms | None = None


class OpenAccount(PlanDetails, AccountDetails):
    """Where a customer's money is kept: one currency, one billing plan, one balance."""


class ChangeBillingPlan(PlanDetails, AccountNamed):
    """The plan from today on, complete, but for the billing day."""


class ChangeBillingDay(AccountNamed):
    """Periods begin on another day of the month: the first such day on or after the date `on`, today unless said.

    31 is the last day of every month. With `from_next_period` it is the first one after the account's present month.
    """

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


def accounts_of_customer(transaction: Transaction, customer: str) -> list[str]:
    """The numbers of all accounts that were opened for a customer, in order."""
    claims = transaction.claims_beginning(ACCOUNT_CLAIM, f"{customer}/")
    return [claim.stream.partition("/")[2] for claim in claims if claim.content == customer]


def handle_open_account(command: OpenAccount, transaction: Transaction, origin: Origin) -> Decision:
    stream = account_stream(command.account)
    existing, version = transaction.load(stream, apply_account)
    customer = load_customer_to_serve(transaction, command.customer)
    seller, _ = load_seller(transaction, command.seller)
    opened = AccountOpened(
        effective_on=command.opened_on or origin.today,
        account=command.account,
        customer=command.customer,
        seller=command.seller,
        currency=command.currency,
        plan=_plan_of(
            command,
            BillingPlan(
                billing_day=command.billing_day, due_days=command.due_days, tolerance_days=command.tolerance_days
            ),
        ),
    )
    events = open_account(existing, opened, customer.registered_on)
    _require_calendar(opened.plan, seller, transaction, origin)
    return Decision((Append(stream, version, events),))


def handle_change_billing_plan(command: ChangeBillingPlan, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    seller, _ = load_seller(transaction, account.seller)
    changed = BillingPlanChanged(effective_on=origin.today, plan=_plan_of(command, account.plan))
    events = change_plan(account, changed)
    _require_calendar(changed.plan, seller, transaction, origin)
    return Decision((Append(account_stream(account.number), version, events),))


def handle_change_billing_day(command: ChangeBillingDay, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    on = command.on or origin.today
    if command.from_next_period:
        on = next_month_on(account.billing_days, account.opened_on, origin.today)
    changed = AccountBillingDayChanged(effective_on=on, billing_day=command.billing_day)
    append = Append(account_stream(account.number), version, change_billing_day(account, changed))
    return Decision((append,), result={"effective_on": on.isoformat()})


def _plan_of(details: PlanDetails, plan: BillingPlan) -> BillingPlan:
    """The plan with the details of a command."""
    if details.due_day_of_month is not None and details.due_working_day is not None:
        raise InvalidValue("is given beside a due day of the month; one of them says when an invoice is due",
                           field="due working day", value=details.due_working_day)  # fmt: skip
    rule: DayOfMonth | WorkingDayAfterIssue | None = None
    if details.due_day_of_month is not None:
        rule = DayOfMonth(day=details.due_day_of_month, month=details.due_month)
    elif details.due_working_day is not None:
        rule = WorkingDayAfterIssue(number=details.due_working_day)
    every = details.invoice_every
    return msgspec.structs.replace(
        plan,
        due_days=details.due_days,
        tolerance_days=details.tolerance_days,
        due_rule=rule,
        due_shift=details.due_shift,
        invoice_per=details.invoice_per,
        invoice_every=every and PeriodRule(unit=every.unit, interval=every.interval, anchor_on=every.anchor_on),
        minimum_invoice=details.minimum_invoice,
        prepaid=details.prepaid and Prepaid(**details.prepaid.model_dump()),
    )


def _require_calendar(plan: BillingPlan, seller: Seller, transaction: Transaction, origin: Origin) -> None:
    """A plan that counts working days needs a seller whose country's holidays are known."""
    if needs_calendar(plan.rule, plan.due_shift):
        due_date(origin.today, plan.rule, plan.due_shift, transaction.calendar(seller.address.country))


AREA = Area(
    handlers={
        OpenAccount: handle_open_account,
        ChangeBillingPlan: handle_change_billing_plan,
        ChangeBillingDay: handle_change_billing_day,
    }
)
