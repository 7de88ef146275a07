"""Grants of use: reserve money for use that goes on, confirm what was used, and release the rest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.available_money import available_money
from billing_core.catalogue.tariffs import tariff_named
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms import in_force_on
from billing_core.time.periods import Period, period_containing
from billing_core.usage.control.grants import (
    Bounds,
    Grant,
    RecordedBy,
    UseAsked,
    confirm_grant,
    expired_grants,
    known_grant,
    open_grant,
    release_grant,
    require_price_of,
    require_use,
    reserve_usage,
)
from billing_core.usage.control.price_of_use import PriceOfUse
from billing_core.usage.records import record_usage, used_component, used_once
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeUp
from commands.services.subscriptions import SubscriptionCommand, subscription_of, tariffs_of
from commands.usage.recorded_use import RecordedUse

USAGE_GRANT = "usage-grant"

# --- commands


class ReserveUsage(SubscriptionCommand, frozen=True, kw_only=True):
    """Reserve money for units of a component that are going to be used, for so many seconds.

    `grant` is an id that the asking side gives: the same request under it gets the same grant. If the money is not
    enough for all units, as many are granted as it buys, and no more than a quota leaves until it suspends; the answer
    says that these are the last ones. `price` is that of a unit without VAT, or with it as the tariff has it, if the
    tariff alone does not say it, as for a call.
    The `source` sends records of the use in any case; or else the `grant` records it as it is confirmed.
    """

    grant: str
    component: str
    units: Decimal
    seconds: int = 3600
    price: Decimal | None = None
    recorded_by: RecordedBy = "source"


class OfGrant(Command, frozen=True, kw_only=True):
    """A grant is named by its account and its id."""

    account: str
    grant: str


class ConfirmUsageGrant(OfGrant, frozen=True, kw_only=True):
    """So many units of a grant were used since the part before; parts are counted from 1 on.

    The same part again changes nothing. With `is_last` the use has ended, and the rest of the grant is released. A
    grant that records the use by itself records it on the date `on`, by default today.
    """

    part: int
    units: Decimal
    is_last: bool = False
    on: date | None = None


class ReleaseUsageGrant(OfGrant, frozen=True, kw_only=True):
    """The use of a grant has ended: what is left of it is available again."""


class ExpireUsageGrants(Command, frozen=True, kw_only=True):
    """End the grants of an account whose time has passed. The instant at which one expires gives it by itself."""

    account: str


class GrantAnswer(msgspec.Struct, frozen=True):
    """What was granted; `is_final` if it is less than what was asked for: the money, or a quota, has no more."""

    grant: str
    units: Decimal
    amount: Money
    until_at: datetime
    is_final: bool


# --- handlers


def handle_reserve_usage(command: ReserveUsage, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    asked = UseAsked(
        grant=command.grant, subscription=command.subscription, component=command.component, units=command.units,
        seconds=command.seconds, recorded_by=command.recorded_by, price=command.price,
    )  # fmt: skip
    require_use(asked)
    expired = expired_grants(account.grants, origin.recorded_at, origin.today)
    for fact in expired:
        account.apply(fact)
    known = known_grant(account.grants, asked)
    if known is not None:
        return Decision(_appends(account, version, expired), result=_answer(command.grant, known))
    use = RecordedUse(account, version, transaction)
    price = _price_of_use(account, asked, transaction, origin.today)
    available = available_money(account, origin.today, use.uncharged(origin.today), asked.subscription)
    bounds = Bounds(available, _left(account, asked, price))
    granted = reserve_usage(asked, price, bounds, origin.recorded_at, origin.today)
    account.apply(granted)
    answer = _answer(command.grant, account.grants.open[command.grant])
    return Decision(_appends(account, version, [*expired, granted]), result=answer)


def handle_confirm_usage_grant(command: ConfirmUsageGrant, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    grant = open_grant(account.grants, command.grant)
    subscription = subscription_of(account, grant.subscription)
    on = command.on or origin.today
    catalogue = tariffs_of(subscription, transaction)
    component = used_component(in_force_on(subscription, on), grant.component, on, catalogue)
    period = period_containing(
        on, component.period, subscription.anchored_on, account.billing_days, subscription.begun_anew
    )
    confirmed = confirm_grant(account.grants, command.grant, command.part, command.units, period.to_on, origin.today)
    events: list[Event] = []
    if confirmed is not None:
        events.append(confirmed)
        if grant.recorded_by == "grant" and command.units:
            used = used_once(grant.subscription, grant.component, on, command.units)
            events += record_usage(subscription, used, catalogue)
        account.apply(confirmed)
    if command.is_last:
        events += release_grant(account.grants, command.grant, origin.today)
    return Decision(_appends(account, version, events))


def handle_release_usage_grant(command: ReleaseUsageGrant, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    return Decision(_appends(account, version, release_grant(account.grants, command.grant, origin.today)))


def handle_expire_usage_grants(command: ExpireUsageGrants, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    expired = expired_grants(account.grants, origin.recorded_at, origin.today)
    return Decision(_appends(account, version, expired))


def _price_of_use(account: Account, asked: UseAsked, transaction: Transaction, on: date) -> PriceOfUse:
    """The price of more use of a component today, after what is recorded of its period and what is granted."""
    subscription = subscription_of(account, asked.subscription)
    in_force = in_force_on(subscription, on)
    if in_force.status != "active":
        raise RuleViolation(f"is {in_force.status}, so nothing is granted; resume it first", field="subscription",
                            value=asked.subscription)  # fmt: skip
    catalogue = tariffs_of(subscription, transaction)
    component = used_component(in_force, asked.component, on, catalogue)
    require_price_of(component, asked)
    period = period_containing(
        on, component.period, subscription.anchored_on, account.billing_days, subscription.begun_anew
    )
    tariff = tariff_named(catalogue, in_force.tariff)
    used = _used(account, subscription, asked.component, period)
    return PriceOfUse(component, used, account.currency, tariff.prices_include_vat, asked.price)


def _left(account: Account, asked: UseAsked, price: PriceOfUse) -> Fraction | None:
    """The units that are left until the quota of the component suspends the service."""
    quota = price.component.quota
    if quota is None:
        return None
    state = account.quotas.of(asked.subscription, asked.component)
    raised = state.raised if state is not None else Decimal(0)
    return quota.left_until_suspended(sum(price.used, Decimal(0)), raised)


def _used(account: Account, subscription: Subscription, component: str, period: Period) -> list[Decimal]:
    """What is recorded of a period so far, and what open grants may add to it."""
    recorded = [
        entry.quantity
        for entry in account.usage.get(subscription.code, ())
        if entry.component == component and period.contains(entry.on)
    ]
    granted = [
        max(grant.units, grant.used) if grant.recorded_by == "source" else grant.unused
        for grant in account.grants.open.values()
        if (grant.subscription, grant.component) == (subscription.code, component)
    ]
    return recorded + granted


def _answer(code: str, grant: Grant) -> GrantAnswer:
    return GrantAnswer(code, grant.units, grant.amount, grant.until_at, grant.units < grant.asked)


def _appends(account: Account, version: int, events: list[Event]) -> tuple[Append, ...]:
    return (Append(account_stream(account.number), version, events),) if events else ()


def _expire(wake_up: WakeUp) -> ExpireUsageGrants:
    return ExpireUsageGrants(account=wake_up.number)


HANDLERS: Handlers = {
    ReserveUsage: handle_reserve_usage,
    ConfirmUsageGrant: handle_confirm_usage_grant,
    ReleaseUsageGrant: handle_release_usage_grant,
    ExpireUsageGrants: handle_expire_usage_grants,
}
WAKES = {USAGE_GRANT: _expire}
