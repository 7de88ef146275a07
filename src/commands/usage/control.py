"""Control of usage: quotas are reviewed, topped up and reset, alarms are raised, and limits are enforced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once
from billing_core.billing.available_money import available_money
from billing_core.catalogue.components import Usage
from billing_core.catalogue.quotas import Quota
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import invoice_amounts
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, rounded
from billing_core.services.events import USAGE_LIMIT, SubscriptionResumed, SubscriptionTariffChanged
from billing_core.services.subscriptions import Subscription
from billing_core.usage.control.alarms import (
    UsageAlarmRaised,
    UsageLimits,
    UsageLimitsSet,
    amount_alarms,
    month_of,
    quota_alarms,
    set_limits,
)
from billing_core.usage.control.enforcement import enforce, is_stopped
from billing_core.usage.control.quotas import QuotaReset, QuotaStepReached, review_quota, top_up
from billing_core.usage.rating.rated import UsageRated
from billing_core.usage.records import UsageRecorded, UsageWithdrawn
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeUp
from commands.services.subscriptions import SubscriptionCommand, subscription_of
from commands.usage.recorded_use import RecordedUse

USAGE_QUOTA, USAGE_TOP_UP, USAGE_LIMIT_ENDS = "usage-quota", "usage-top-up", "usage-limit"

# --- commands


class ReviewUsage(SubscriptionCommand, frozen=True, kw_only=True):
    """Review the quotas and alarms of a subscription, for the periods of today and of the dates `first_on`, `last_on`.

    Recorded usage gives it by itself, and the beginning of a period.
    """

    first_on: date | None = None
    last_on: date | None = None


class TopUpQuota(SubscriptionCommand, frozen=True, kw_only=True):
    """Buy a top-up of the quota of a component: its units raise the steps, and its price is an item of the account.

    A prepaid account must have the money for it.
    """

    component: str
    top_up: str


class SetUsageLimits(Command, frozen=True, kw_only=True):
    """Limit what the usage of an account, or of one of its subscriptions, may cost in a month; without limits it may.

    Alarms are raised at their shares; at the limit the service is slower, suspended, or a message goes out.
    """

    account: str
    subscription: str = ""
    limits: UsageLimits | None = None


class EnforceUsageLimits(Command, frozen=True, kw_only=True):
    """Suspend the services that are at a limit which suspends, and resume those which no longer are.

    Steps, alarms and limits give it by themselves. Without a subscription it is all of the account.
    """

    account: str
    subscription: str = ""


# --- handlers


def handle_review_usage(command: ReviewUsage, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    subscription = subscription_of(account, command.subscription)
    use = RecordedUse(account, version, transaction)
    days = sorted({day for day in (command.first_on, command.last_on, origin.today) if day is not None})
    events: list[Event] = []
    for day in days:
        for _, component in use.components(subscription, day):
            if component.quota is not None:
                events += _reviewed(use, subscription, component, component.quota, day, origin.today)
    events += _amount_alarms(use, ("", subscription.code), origin.today)
    return _decision(account, version, events)


def handle_top_up_quota(command: TopUpQuota, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    subscription = subscription_of(account, command.subscription)
    use = RecordedUse(account, version, transaction)
    tariff, component, quota = _quota_of(use, subscription, command.component, origin.today)
    bought = quota.top_up(command.top_up)
    events = _reviewed(use, subscription, component, quota, origin.today, origin.today)
    net = _net(bought.price, tariff, component, account.currency)
    paid: list[Event] = []
    if net.amount:
        paid = charge_once(account, version, bought.name, net, component.vat_rate, origin.today)
        _require_money(use, paid, origin.today)
    state = account.quotas.of(subscription.code, component.code)
    period = use.period(subscription, component, origin.today)
    in_period = use.in_period(subscription, component, period, None if state is None else state.from_on)
    topped_up = top_up(quota, bought, in_period, net, origin.today)
    account.apply(topped_up)
    events += [*paid, topped_up, *_reviewed(use, subscription, component, quota, origin.today, origin.today)]
    return _decision(account, version, events)


def handle_set_usage_limits(command: SetUsageLimits, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    if command.subscription:
        subscription_of(account, command.subscription)
    fact = UsageLimitsSet(effective_on=origin.today, subscription=command.subscription, limits=command.limits)
    events = set_limits(account.alarms.limits.get(command.subscription), fact, account.currency)
    for each in events:
        account.apply(each)
    if events:
        events += _amount_alarms(RecordedUse(account, version, transaction), (command.subscription,), origin.today)
    return _decision(account, version, events)


def handle_enforce_usage_limits(command: EnforceUsageLimits, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    use = RecordedUse(account, version, transaction)
    named = [subscription_of(account, command.subscription)] if command.subscription else account.subscriptions.values()
    events: list[Event] = []
    for subscription in named:
        stopped = is_stopped(account.quotas, account.alarms, subscription.code, origin.today)
        events += enforce(subscription, use.catalogue(subscription), origin.today, is_stopped=stopped)
    return _decision(account, version, events)


def _reviewed(
    use: RecordedUse, subscription: Subscription, component: Usage, quota: Quota, day: date, today: date
) -> list[Event]:
    """What follows for the period of a day; the account shows it already."""
    account, period = use.account, use.period(subscription, component, day)
    known = account.quotas.of(subscription.code, component.code)
    in_period = use.in_period(subscription, component, period, None if known is None else known.from_on)
    events: list[Event] = [*review_quota(known, quota, in_period, today)]
    for fact in events:
        account.apply(fact)
    state = account.quotas.of(subscription.code, component.code)
    alarms = quota_alarms(account.alarms, state, quota, in_period, today)
    for fact in alarms:
        account.apply(fact)
    return [*events, *alarms]


def _amount_alarms(use: RecordedUse, codes: tuple[str, ...], today: date) -> list[Event]:
    """The alarms of the money of the present month, of an account (an empty code) and of its subscriptions."""
    account, month = use.account, month_of(today)
    events: list[Event] = []
    for code in codes:
        if code in account.alarms.limits:
            named = [account.subscriptions[code]] if code else account.subscriptions.values()
            cost = sum((use.cost_in(month, subscription, today) for subscription in named), Fraction(0))
            events += amount_alarms(account.alarms, code, cost, month, account.currency, today)
    return events


def _quota_of(use: RecordedUse, subscription: Subscription, code: str, on: date) -> tuple[Tariff, Usage, Quota]:
    """The quota of a component that is in force on a day, or `InvalidValue`."""
    known = [(tariff, each, each.quota) for tariff, each in use.components(subscription, on) if each.quota is not None]
    found = next((entry for entry in known if entry[1].code == code), None)
    if found is None:
        names = ", ".join(each.code for _, each, _ in known) or "none"
        raise InvalidValue(f"has no quota on {on}; those that have one are {names}", field="component", value=code)
    return found


def _net(price: Decimal, tariff: Tariff, component: Usage, currency: str) -> Money:
    """The price of a top-up without VAT, rounded once: 4.84 with 21 % are 4.00."""
    exact = Fraction(price)
    if tariff.prices_include_vat:
        exact = exact * 100 / (100 + Fraction(component.vat_rate))
    return rounded(exact, currency)


def _require_money(use: RecordedUse, paid: list[Event], on: date) -> None:
    """A prepaid account has the money for what is bought."""
    charges = [charge for fact in paid if isinstance(fact, ChargesPosted) for charge in fact.charges]
    available = available_money(use.account, on, use.uncharged(on), charges[0].subscription if charges else "")
    gross = invoice_amounts(charges).gross
    is_prepaid = use.account.prepaid is not None and not all(use.account.is_postpaid(line.tariff) for line in charges)
    if is_prepaid and available is not None and available < gross:
        raise RuleViolation(f"is all that is available; the top-up costs {gross} with VAT. Receive a payment first",
                            field="money", value=available)  # fmt: skip


def _decision(account: Account, version: int, events: list[Event]) -> Decision:
    return Decision((Append(account_stream(account.number), version, events),) if events else ())


# --- what happens by itself

LimitFact = QuotaStepReached | QuotaReset | UsageAlarmRaised | UsageLimitsSet | SubscriptionResumed


def _review(entry: RecordedEvent) -> ReviewUsage:
    fact = entry.event
    if isinstance(fact, UsageRecorded | UsageRated):
        return ReviewUsage(
            account=entry.number, subscription=fact.subscription, first_on=fact.days[0].on, last_on=fact.days[-1].on
        )
    assert isinstance(fact, UsageWithdrawn | SubscriptionTariffChanged)
    used_on = fact.effective_on if isinstance(fact, UsageWithdrawn) else None
    return ReviewUsage(account=entry.number, subscription=fact.subscription, first_on=used_on)


def _enforce(entry: RecordedEvent) -> EnforceUsageLimits | None:
    fact = entry.event
    if isinstance(fact, SubscriptionResumed) and fact.reason in (None, USAGE_LIMIT):
        return None
    if isinstance(fact, UsageAlarmRaised) and fact.action != "suspend":
        return None
    assert isinstance(fact, LimitFact)
    return EnforceUsageLimits(account=entry.number, subscription=fact.subscription)


def _begin_anew(wake_up: WakeUp) -> ReviewUsage:
    """The subject is SUBSCRIPTION/COMPONENT, and of a top-up also the day on which it ends."""
    subscription = wake_up.subject.partition(" ")[0].rpartition("/")[0]
    return ReviewUsage(account=wake_up.number, subscription=subscription)


def _end_limit(wake_up: WakeUp) -> EnforceUsageLimits:
    return EnforceUsageLimits(account=wake_up.number, subscription=wake_up.subject)


HANDLERS: Handlers = {
    ReviewUsage: handle_review_usage,
    TopUpQuota: handle_top_up_quota,
    SetUsageLimits: handle_set_usage_limits,
    EnforceUsageLimits: handle_enforce_usage_limits,
}
REACTIONS = (
    Reaction("review-usage", (UsageRecorded, UsageRated, UsageWithdrawn, SubscriptionTariffChanged), _review),
    Reaction("enforce-usage-limits", get_args(LimitFact), _enforce),
)
WAKES = {USAGE_QUOTA: _begin_anew, USAGE_TOP_UP: _begin_anew, USAGE_LIMIT_ENDS: _end_limit}
