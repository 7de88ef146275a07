"""A debtor: what is open, how far dunning has come on each invoice, what comes next, and what is missing to return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from adapters.calendars.holiday_calendar import calendar_of
from adapters.views.account_states import account_states
from adapters.views.query import Queries, Query, Reading
from billing_core.accounts.account import Account
from billing_core.accounts.debtor import is_spared
from billing_core.billing.money_lasts import money_lasts
from billing_core.billing.monthly_fees import monthly_fees
from billing_core.dunning.ladder import Debtor, Ladder, overdue
from billing_core.dunning.policies import DunningPolicy, policy_on
from billing_core.dunning.service_dates import ServiceDates, Tolerance, paid_before, service_dates
from billing_core.dunning.suspensions import returns_at, tolerance_of, warning_of
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.falling_due import open_ahead
from billing_core.time.due_dates import Calendar
from projections.dunning.policies import policy_named
from projections.parties import list_sellers


class ShowDebtor(Query, frozen=True, kw_only=True):
    """The open invoices of an account: the steps taken on each, the next one with its day, and what stops it.

    Also when its services are warned and cut, and what is missing for those that are suspended to return.
    """

    account: str


class StepTaken(msgspec.Struct):
    """A step and the day on which it was taken."""

    step: str
    on: date


class DebtorItem(msgspec.Struct, kw_only=True):
    """An open invoice. `stopped` is what keeps it from being dunned, with its reason, until a day if that is known."""

    invoice: str
    due_on: date
    open: Money
    taken: list[StepTaken]
    next_step: str = ""
    next_on: date | None = None
    stopped: str = ""
    stopped_reason: str = ""
    stopped_until_on: date | None = None


class DebtorService(msgspec.Struct, kw_only=True):
    """A service: whether it is suspended and why, and when it is due, warned and cut."""

    subscription: str
    status: str
    reason: str
    due_on: date | None
    warned_from: date | None
    cut_on: date | None


class DebtorCard(msgspec.Struct, kw_only=True):
    """An account as dunning sees it. `missing_to_return` is what must come in for its services to return."""

    account: str
    customer: str
    balance: Money
    overdue: Money
    policy: str
    missing_to_return: Money
    items: list[DebtorItem]
    services: list[DebtorService]


class DunnedAccount(msgspec.Struct):
    """What an account is decided on: its policy in force, if any, and its debts."""

    account: Account
    policy: DunningPolicy | None
    debtor: Debtor
    calendar: Calendar


def dunned_account(account: Account, reading: Reading) -> DunnedAccount:
    """An account with the policy that its billing plan names, as it is in force today."""
    return dunned_accounts([account], reading)[0]


def dunned_accounts(accounts: Sequence[Account], reading: Reading) -> list[DunnedAccount]:
    """Some accounts, each with the policy that its billing plan names; what they have in common is read once."""
    codes = sorted({account.plan.dunning for account in accounts if account.plan.dunning})
    with reading.source.cursor() as cursor:
        known = {code: policy_on(policy_named(cursor, code), reading.today) for code in codes}
        countries = {seller.code: seller.address.country for seller in list_sellers(cursor)}
    policies = {code: policy for code, policy in known.items() if policy is not None}
    has_shares = any(step.least_share_percent for policy in policies.values() for step in policy.steps)
    catalogue = reading.app.models().tariffs() if has_shares else {}

    def dunned(account: Account) -> DunnedAccount:
        policy = policies.get(account.plan.dunning)
        asks_for_share = policy is not None and any(step.least_share_percent for step in policy.steps)
        fees = monthly_fees(account, catalogue, reading.today) if asks_for_share else zero(account.currency)
        debtor = Debtor(account.ledger.open_items, account.dunning, fees)
        return DunnedAccount(account, policy, debtor, calendar_of(countries.get(account.seller, "")))

    return [dunned(account) for account in accounts]


def dates_of_services(dunned: DunnedAccount, reading: Reading) -> Mapping[str, ServiceDates]:
    """When each service is due, warned and cut, as things are today.

    One that is paid before is cut when its money is used up, or as what is overdue asks for if that comes first and the
    policy does not spare it.
    """
    catalogue, policy, plan = reading.app.models().tariffs(), dunned.policy, dunned.account.plan
    lasts = {} if plan.prepaid is None else money_lasts(dunned.account, catalogue, reading.today)
    debtor = dunned.debtor._replace(open_items=open_ahead(dunned.account.ledger))
    found = {}
    for code, subscription in dunned.account.subscriptions.items():
        part = next((each for each in subscription.segments() if each.contains(reading.today)), None)
        if part is None:
            continue
        tariff = catalogue[part.in_force.tariff]
        days = tolerance_of(tariff, policy, plan.tolerance_days)
        tolerance = Tolerance(days, warning_of(tariff, policy))
        by_debt = service_dates(policy, debtor, tolerance, reading.today, dunned.calendar)
        if policy is not None and is_spared(dunned.account, tariff.code, policy):
            by_debt = ServiceDates()
        found[code] = by_debt if code not in lasts else paid_before(by_debt, *lasts[code], tolerance.warning_days)
    return found


def _show_debtor(query: ShowDebtor, reading: Reading) -> DebtorCard:
    account = next(iter(account_states(reading, [query.account])), None)
    if account is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
    dunned = dunned_account(account, reading)
    return DebtorCard(
        account=account.number, customer=account.customer, balance=account.ledger.balance,
        overdue=overdue(dunned.debtor, reading.today), policy=account.plan.dunning,
        missing_to_return=missing_to_return(dunned, reading.today),
        items=[item_of(dunned, invoice, reading.today) for invoice in _by_due_date(account)],
        services=_services(dunned, reading),
    )  # fmt: skip


def _by_due_date(account: Account) -> list[str]:
    items = account.ledger.open_items
    return sorted(items, key=lambda invoice: (items[invoice].due_on, invoice))


def item_of(dunned: DunnedAccount, invoice: str, today: date) -> DebtorItem:
    """An open invoice with the steps taken on it, the next one, and what stops it."""
    debtor = dunned.debtor
    open_item, stop = debtor.open_items[invoice], debtor.dunning.stopped_by(invoice, today)
    taken = [StepTaken(step.step, step.on) for step in debtor.dunning.taken.get(invoice, ())]
    item = DebtorItem(invoice=invoice, due_on=open_item.due_on, open=open_item.amount, taken=taken)
    if stop is not None:
        item.stopped, item.stopped_reason, item.stopped_until_on = stop.why, stop.reason, stop.to_on
    ladder = None if dunned.policy is None else Ladder(dunned.policy, dunned.calendar)
    planned = None if ladder is None else ladder.next_step(debtor, invoice, today)
    if planned is not None:
        item.next_step, item.next_on = planned.step.code, planned.on if planned.on < date.max else None
    return item


def missing_to_return(dunned: DunnedAccount, today: date) -> Money:
    """The invoices on which a step that suspends was taken, or what the balance lacks, whichever is less."""
    debtor, policy = dunned.debtor, dunned.policy
    suspending = total(
        (item.amount for invoice, item in debtor.open_items.items()
         if any(step.suspends for step in debtor.dunning.taken.get(invoice, ()))
         and debtor.dunning.stopped_by(invoice, today) is None),
        dunned.account.currency,
    )  # fmt: skip
    account = dunned.account
    available = account.available_to_dunning(today)
    lacking = Money(returns_at(policy) if policy else Decimal(0), account.currency) - available
    return min(suspending, max(lacking, zero(account.currency)))


def _services(dunned: DunnedAccount, reading: Reading) -> list[DebtorService]:
    dates, found = dates_of_services(dunned, reading), []
    for code, subscription in sorted(dunned.account.subscriptions.items()):
        if code not in dates:
            continue
        in_force = next(each.in_force for each in subscription.segments() if each.contains(reading.today))
        found.append(DebtorService(
            subscription=code, status=in_force.status, reason=in_force.reason or "", due_on=dates[code].due_on,
            warned_from=dates[code].warned_from, cut_on=dates[code].cut_on,
        ))  # fmt: skip
    return found


QUERIES: Queries = {ShowDebtor: _show_debtor}
