"""What was recorded of the usage components of a subscription, with what is charged already if it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.components import Usage
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_on, tariff_named
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.money import Money
from billing_core.services.subscriptions import Subscription
from billing_core.time.periods import Period, period_containing
from billing_core.usage.control.alarms import PricedUse, cost_in
from billing_core.usage.control.price_of_use import rounded_up
from billing_core.usage.control.quotas import BoughtTopUp, PeriodUse, QuotaState, as_decimal
from billing_core.usage.records import UsageEntry
from commands.billing.account import load_history
from commands.platform.ports import Transaction
from commands.services.subscriptions import tariffs_of


class RecordedUse:
    """The recorded usage of one account. Its history is loaded only if usage of charged days is asked for."""

    def __init__(self, account: Account, version: int, transaction: Transaction) -> None:
        self.account = account
        self._version = version
        self._transaction = transaction

    @cached_property
    def _history(self) -> BillingHistory:
        return load_history(self._transaction, self.account.number, self._version)

    def catalogue(self, subscription: Subscription) -> Catalogue:
        """The tariffs that a subscription ever had."""
        return tariffs_of(subscription, self._transaction)

    def components(self, subscription: Subscription, on: date) -> Iterator[tuple[Tariff, Usage]]:
        """The usage components of the tariff in force on a day; none if the subscription is not in force."""
        in_force = next((each.in_force for each in subscription.segments() if each.contains(on)), None)
        if in_force is None:
            return
        tariff = tariff_named(self.catalogue(subscription), in_force.tariff)
        yield from ((tariff, each) for each in components_on(tariff, on) if isinstance(each, Usage))

    def period(self, subscription: Subscription, component: Usage, on: date) -> Period:
        """The period of a component in which a day lies."""
        days = self.account.billing_days
        return period_containing(on, component.period, subscription.anchored_on, days, subscription.begun_anew)

    def in_period(self, subscription: Subscription, component: Usage, period: Period, last: date | None) -> PeriodUse:
        """The usage of a period, and of that which began on the day `last`, if that is another one.

        What was used of the period on the account from which the subscription moved here counts.
        """
        before = Decimal(0)
        if last is not None and last < period.from_on:
            before = self._used(subscription, component, self.period(subscription, component, last))
        return PeriodUse(subscription.code, component.code, period, self._used(subscription, component, period), before)

    def cost_in(self, month: Period, subscription: Subscription, on: date) -> Fraction:
        """What the usage of a subscription costs in a month, by the prices of a day."""
        cost = Fraction(0)
        for tariff, component in self.components(subscription, on):
            from_on = self.period(subscription, component, month.from_on).from_on
            entries = self._entries(subscription, component, from_on)
            use = self._priced(tariff, component, subscription, entries)
            cost += cost_in(month, use)
        return cost

    def uncharged(self, on: date) -> dict[tuple[str, str], Money]:
        """What the recorded usage costs that is not charged, by subscription and component, rounded up."""
        found = {}
        for code, entries in self.account.usage.items():
            subscription = self.account.subscriptions[code]
            for tariff, component in self.components(subscription, on):
                of_component = [entry for entry in entries if entry.component == component.code]
                use = self._priced(tariff, component, subscription, sorted(of_component, key=lambda entry: entry.on))
                cost = cost_in(Period(date.min, date.max), use)
                found[code, component.code] = rounded_up(cost, self.account.currency)
        return found

    def _priced(
        self, tariff: Tariff, component: Usage, subscription: Subscription, entries: Sequence[UsageEntry]
    ) -> PricedUse:
        return PricedUse(component, tariff.prices_include_vat, entries, partial(self.period, subscription, component))

    def _used(self, subscription: Subscription, component: Usage, period: Period) -> Decimal:
        entries = self._entries(subscription, component, period.from_on)
        used = [entry.quantity for entry in entries if period.contains(entry.on)]
        if period.contains(subscription.activated_on):
            used += [
                quantity
                for before in subscription.used_before
                if before.component == component.code
                for quantity in before.quantities or ()
            ]
        return sum(used, Decimal(0))

    def _entries(self, subscription: Subscription, component: Usage, from_on: date) -> Sequence[UsageEntry]:
        """The entries of a component from a day on, in order of their days."""
        is_charged = from_on < subscription.covered_until.get(component.code, date.min)
        usage = self._history.usage if is_charged else self.account.usage
        found = [entry for entry in usage.get(subscription.code, ()) if entry.component == component.code]
        return sorted((entry for entry in found if from_on <= entry.on), key=lambda entry: entry.on)


class QuotaNow(msgspec.Struct):
    """A quota in the present period: `used` of `full_up_to` units, raised by top-ups; the step that holds.

    `next_after` is where the next step begins, None after the last one.
    """

    subscription: str
    component: str
    from_on: date
    to_on: date
    unit: str
    used: Decimal
    full_up_to: Decimal
    raised: Decimal
    step: int
    action: str
    next_after: Decimal | None
    top_ups: list[BoughtTopUp]


def quotas_now(use: RecordedUse, subscription: Subscription, on: date) -> Iterator[QuotaNow]:
    """The quotas of a subscription on a day, from what is recorded."""
    for _, component in use.components(subscription, on):
        quota = component.quota
        if quota is None:
            continue
        period = use.period(subscription, component, on)
        state = use.account.quotas.of(subscription.code, component.code)
        is_present = state is not None and state.from_on == period.from_on
        present = state if state is not None and is_present else QuotaState(period.from_on, period.to_on)
        used = quota.in_units(use.in_period(subscription, component, period, None).recorded)
        step = quota.step_after(used, Fraction(present.raised))
        yield QuotaNow(
            subscription=subscription.code,
            component=component.code,
            from_on=period.from_on,
            to_on=period.to_on,
            unit=quota.unit,
            used=as_decimal(used),
            full_up_to=quota.limit + present.raised,
            raised=present.raised,
            step=step,
            action=quota.steps[step - 1].action if step else "full",
            next_after=quota.steps[step].after + present.raised if step < len(quota.steps) else None,
            top_ups=list(present.top_ups),
        )
