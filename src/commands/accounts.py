"""Open accounts, change how they are billed, and correct the day since which their customer exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import ACCOUNT_CLAIM, AccountBillingDayChanged, AccountOpened, BillingPlanChanged
from billing_core.accounts.opening import change_billing_day, change_plan, open_account
from billing_core.accounts.plans import USUAL_PLAN, BillingPlan
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.next_period import next_month_on, require_one_day
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.parties.customers import CustomerRegistrationCorrected
from billing_core.parties.sellers import Seller
from billing_core.party_changes import correct_registration
from billing_core.time.due_dates import due_date, needs_calendar
from commands.catalogue import load_tariff
from commands.confirmation import Confirmable, require_confirmed
from commands.dunning_policy_streams import require_policy_named
from commands.parties import customer_stream, load_customer, load_customer_to_serve, load_seller
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import Concern, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class OpenAccount(Command, frozen=True, kw_only=True):
    """Open an account for a customer's money: one currency, one billing plan, one balance."""

    account: str
    customer: str
    seller: str
    currency: str
    opened_on: date | None = None
    plan: BillingPlan = USUAL_PLAN


class ChangeBillingPlan(Command, frozen=True, kw_only=True):
    """Replace the billing plan from today on, except the billing day; supply all its terms."""

    account: str
    plan: BillingPlan = USUAL_PLAN


class ChangeBillingDay(Confirmable, frozen=True, kw_only=True):
    """Begin periods on another day of the month, from the first such day on or after the date `on`, by default today.

    31 is the last day of every month. With `from_next_period` it holds from the first such day after the account's
    present month.
    """

    account: str
    billing_day: int
    on: date | None = None
    from_next_period: bool = False


class CorrectRegistration(Command, frozen=True, kw_only=True):
    """The customer exists since another day than was recorded, at the latest since its first account was opened."""

    customer: str
    registered_on: date
    reason: str


# --- handlers


class KnownAccount(NamedTuple):
    """An account as it was read for many at once, and the version that decisions on it rest on."""

    account: Account
    version: int


def account_stream(number: str) -> str:
    return f"account/{number}"


def load_account(transaction: Transaction, number: str) -> tuple[Account, int]:
    """The account and its version, or `NotFound`."""
    account, version = transaction.load(account_stream(number), apply_account)
    if account is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=number)
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
        plan=command.plan,
    )
    events = open_account(existing, opened, customer.registered_on)
    _require_calendar(opened.plan, seller, transaction, origin)
    require_postpaid_tariffs(opened.plan, opened.currency, partial(load_tariff, transaction))
    require_policy_named(transaction, opened.plan.dunning, opened.currency)
    return Decision((Append(stream, version, events),))


def handle_change_billing_plan(command: ChangeBillingPlan, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    seller, _ = load_seller(transaction, account.seller)
    if command.plan.billing_day not in (USUAL_PLAN.billing_day, account.plan.billing_day):
        raise InvalidValue("stays with another plan; change it with change-billing-day", field="billing day",
                           value=command.plan.billing_day)  # fmt: skip
    plan = msgspec.structs.replace(command.plan, billing_day=account.plan.billing_day)
    changed = BillingPlanChanged(effective_on=origin.today, plan=plan)
    events = change_plan(account, changed)
    _require_calendar(changed.plan, seller, transaction, origin)
    require_postpaid_tariffs(changed.plan, account.currency, partial(load_tariff, transaction))
    require_policy_named(transaction, changed.plan.dunning, account.currency)
    return Decision((Append(account_stream(account.number), version, events),))


def handle_change_billing_day(command: ChangeBillingDay, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    require_one_day(command.on, from_next_period=command.from_next_period)
    on = command.on or origin.today
    if command.from_next_period:
        on = next_month_on(account.billing_days, account.opened_on, origin.today)
    require_confirmed(command, account.seller, transaction, origin.today, {"on": on})
    changed = AccountBillingDayChanged(effective_on=on, billing_day=command.billing_day)
    append = Append(account_stream(account.number), version, change_billing_day(account, changed))
    return Decision((append,), result={"effective_on": on.isoformat()})


def _require_calendar(plan: BillingPlan, seller: Seller, transaction: Transaction, origin: Origin) -> None:
    """A plan that counts working days needs a seller in a country whose holidays are known."""
    if needs_calendar(plan.rule, plan.due_shift):
        due_date(origin.today, plan.rule, plan.due_shift, transaction.calendar(seller.address.country))


def require_postpaid_tariffs(plan: BillingPlan, currency: str, tariff_of: Callable[[str], Tariff]) -> None:
    """The tariffs that a prepaid plan bills afterwards are published, in the currency of the account."""
    for code in plan.prepaid.postpaid_tariffs if plan.prepaid else ():
        tariff = tariff_of(code)
        if tariff.currency != currency:
            raise InvalidValue(f"is in {tariff.currency}, but the account is kept in {currency}",
                               field="postpaid tariffs", value=code)  # fmt: skip


def handle_correct_registration(command: CorrectRegistration, transaction: Transaction, origin: Origin) -> Decision:
    # An account that is being opened rests on the day since which its customer exists.
    transaction.hold(customer_stream(command.customer), alone=True)
    customer, version = load_customer(transaction, command.customer)
    corrected = CustomerRegistrationCorrected(
        effective_on=command.registered_on, customer=command.customer, reason=command.reason
    )
    numbers = accounts_of_customer(transaction, command.customer)
    opened_on = min((load_account(transaction, number)[0].opened_on for number in numbers), default=None)
    events = correct_registration(customer, corrected, opened_on)
    return Decision((Append(customer_stream(command.customer), version, events),))


AREA = Area(
    handlers={
        CorrectRegistration: handle_correct_registration,
        OpenAccount: handle_open_account,
        ChangeBillingPlan: handle_change_billing_plan,
        ChangeBillingDay: handle_change_billing_day,
    },
    concerns={
        OpenAccount: Concern("named", (Named("customer", ("customer",)), Named("new account", ("account",)))),
    },
)
