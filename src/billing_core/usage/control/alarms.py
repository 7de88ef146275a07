"""Alarms of usage: at shares of a quota, or of the money that may be spent on usage in a month.

Decides at which shares an alarm is raised, once for each share and period, and what is to happen at the limit. What it
costs so far is an estimate from the recorded usage and the prices of today, with VAT; the bill decides.

    limit 20.00 a month, shares 50, 80 and 100 %, suspend

    3 May    9.99 of usage                nothing
    4 May    16.20                        alarms of 50 and 80 %
    9 May    20.00                        alarm of 100 %: the service is suspended
    9 May    limit raised to 30.00        20.00 are 66 %: alarm of 50 %, and the service is resumed
    1 June                                a new month
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from billing_core.catalogue.allowances import beyond
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import usage_amount
from billing_core.catalogue.quotas import USUAL_SHARES, Quota, StepAction, require_shares
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import require_amount
from billing_core.parties.details import require_printable, require_text
from billing_core.time.periods import Period, boundary
from billing_core.usage.control.quotas import PeriodUse, QuotaState, as_decimal, quota_name
from billing_core.usage.records import UsageEntry

AlarmSubject = Literal["quota", "amount"]
WHOLE = 100

# --- values and events


class UsageLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much usage may cost in a calendar month, with VAT, and what happens at it: slower, suspended, or a message.

    Alarms are raised at `shares` of it in percent, and at the limit itself. `credit` is how far grants may take the
    balance of a postpaid account below zero; without it they have no limit.
    """

    monthly_amount: Decimal | None = None
    shares: tuple[int, ...] = USUAL_SHARES
    at_limit: StepAction = "tell"
    parameters: Mapping[str, str] = {}
    credit: Decimal | None = None


@event("usage-limits-set")
class UsageLimitsSet(Event, frozen=True, kw_only=True):
    """From now on these limits hold for a subscription, or for the whole account if none is named; None lifts them."""

    subscription: str
    limits: UsageLimits | None


@event("usage-alarm-raised")
class UsageAlarmRaised(Event, frozen=True, kw_only=True):
    """So many percent of a quota, or of the money of a month, are used in `[from_on, to_on)`.

    `used` and `limit` are in `unit`: that of the quota, or the currency. At 100 % `action` says what is to happen.
    """

    subject: AlarmSubject
    subscription: str
    component: str
    share: int
    used: Decimal
    limit: Decimal
    unit: str
    from_on: date
    to_on: date
    action: StepAction = "tell"
    parameters: Mapping[str, str] = {}


# --- state


class RaisedAlarms(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The shares of a period at which alarms were raised, and the action at the limit once it was reached."""

    from_on: date
    to_on: date
    shares: tuple[int, ...]
    action: StepAction = "tell"

    def reaches(self, on: date) -> StepAction:
        """What is to happen on a day: the action at the limit, in the period in which it was reached."""
        return self.action if self.from_on <= on < self.to_on and WHOLE in self.shares else "tell"


class UsageAlarms(msgspec.Struct, array_like=True):
    """The limits of an account by subscription, those of the whole account under an empty name; and the last alarms.

    `of_amounts` are by subscription, `of_quotas` by SUBSCRIPTION/COMPONENT.
    """

    limits: dict[str, UsageLimits] = {}
    of_amounts: dict[str, RaisedAlarms] = {}
    of_quotas: dict[str, RaisedAlarms] = {}

    @property
    def credit(self) -> Decimal | None:
        """How far grants may take a postpaid account below zero."""
        return self.limits[""].credit if "" in self.limits else None


def _limits_set(alarms: UsageAlarms, fact: UsageLimitsSet) -> None:
    code = fact.subscription
    others = {known: limits for known, limits in alarms.limits.items() if known != code}
    alarms.limits = others if fact.limits is None else {**others, code: fact.limits}
    alarms.of_amounts = {known: raised for known, raised in alarms.of_amounts.items() if known != code}


def _raised(alarms: UsageAlarms, fact: UsageAlarmRaised) -> None:
    if fact.subject == "amount":
        known = alarms.of_amounts.get(fact.subscription)
        alarms.of_amounts = {**alarms.of_amounts, fact.subscription: _with(known, fact)}
    else:
        name = quota_name(fact.subscription, fact.component)
        alarms.of_quotas = {**alarms.of_quotas, name: _with(alarms.of_quotas.get(name), fact)}


def _with(known: RaisedAlarms | None, fact: UsageAlarmRaised) -> RaisedAlarms:
    shares = known.shares if known is not None and known.from_on == fact.from_on else ()
    return RaisedAlarms(fact.from_on, fact.to_on, (*shares, fact.share), fact.action)


FOLDS: Mapping[type[Event], Callable[[UsageAlarms, Any], None]] = {
    UsageLimitsSet: _limits_set,
    UsageAlarmRaised: _raised,
}

# --- what usage costs so far


class PricedUse(msgspec.Struct, frozen=True):
    """The recorded usage of a component, in order of time, with the period of each day."""

    component: Usage
    includes_vat: bool
    entries: Sequence[UsageEntry]
    period_of: Callable[[date], Period]


def month_of(on: date) -> Period:
    """The calendar month of a day."""
    return Period(on.replace(day=1), boundary(on.year, on.month + 1, 1))


def cost_in(month: Period, use: PricedUse) -> Fraction:
    """What the usage of the days of a month costs with VAT: that of its periods, less that of the days before it.

    Tiers and free units go by the period of the component. 10 units free from the 20th on, then 1.00; 8 used on
    25 April and 5 on 2 May: May costs 3.00. What was rated record by record costs what it was rated as.
    """
    periods: dict[Period, list[UsageEntry]] = {}
    for entry in use.entries:
        if entry.rated is None:
            periods.setdefault(use.period_of(entry.on), []).append(entry)
    rated = [entry.rated.amount for entry in use.entries if entry.rated is not None and month.contains(entry.on)]
    cost = sum(rated, Fraction(0))
    for period, entries in periods.items():
        if period.to_on <= month.from_on or month.to_on <= period.from_on:
            continue
        upto_end = [entry.quantity for entry in entries if entry.on < month.to_on]
        before = [entry.quantity for entry in entries if entry.on < month.from_on]
        cost += _priced(use.component, upto_end) - _priced(use.component, before)
    return cost if use.includes_vat else cost * (100 + Fraction(use.component.vat_rate)) / 100


def _priced(component: Usage, quantities: Sequence[Decimal]) -> Fraction:
    rest = quantities if component.allowance is None else beyond(quantities, component.allowance.quantity)
    return usage_amount(component.pricing, rest).amount


# --- decisions


def set_limits(known: UsageLimits | None, fact: UsageLimitsSet, currency: str) -> list[Event]:
    """Limits that make sense, or none; those that hold already change nothing."""
    limits = fact.limits
    if limits is not None:
        for field, amount in (("monthly amount", limits.monthly_amount), ("credit", limits.credit)):
            if amount is not None:
                require_amount(amount, currency, field)
                if amount < 0:
                    raise InvalidValue("must not be negative", field=field, value=amount)
        require_shares(limits.shares, "shares")
        for name, value in limits.parameters.items():
            require_text(name, "parameter")
            require_printable(value, name)
        if fact.subscription and limits.credit is not None:
            raise InvalidValue(
                "is that of the account; leave the subscription out", field="credit", value=limits.credit
            )
    return [] if limits == known else [fact]


def amount_alarms(
    alarms: UsageAlarms, subscription: str, cost: Fraction, month: Period, currency: str, on: date
) -> list[Event]:
    """The alarms of the money of a month, for a subscription or, under an empty name, for the whole account."""
    limits = alarms.limits.get(subscription)
    if limits is None or limits.monthly_amount is None:
        return []
    known = alarms.of_amounts.get(subscription)
    return [
        UsageAlarmRaised(
            effective_on=on, subject="amount", subscription=subscription, component="", share=share,
            used=as_decimal(cost), limit=limits.monthly_amount, unit=currency, from_on=month.from_on,
            to_on=month.to_on, action=limits.at_limit if share == WHOLE else "tell",
            parameters=dict(limits.parameters) if share == WHOLE else {},
        )
        for share in _new_shares(known, month, sorted({*limits.shares, WHOLE}), cost, Fraction(limits.monthly_amount))
    ]  # fmt: skip


def quota_alarms(alarms: UsageAlarms, state: QuotaState | None, quota: Quota, use: PeriodUse, on: date) -> list[Event]:
    """The alarms of a quota in the present period; top-ups raise the units that the shares are of."""
    if use.period.to_on <= on:
        return []
    known = alarms.of_quotas.get(quota_name(use.subscription, use.component))
    raised = state.raised if state is not None and state.from_on == use.period.from_on else Decimal(0)
    limit, used = quota.limit + raised, quota.in_units(use.recorded)
    return [
        UsageAlarmRaised(
            effective_on=on, subject="quota", subscription=use.subscription, component=use.component, share=share,
            used=as_decimal(used), limit=limit, unit=quota.unit, from_on=use.period.from_on, to_on=use.period.to_on,
        )
        for share in _new_shares(known, use.period, quota.alarm_shares, used, Fraction(limit))
    ]  # fmt: skip


def _new_shares(
    known: RaisedAlarms | None, period: Period, shares: Iterable[int], used: Fraction, limit: Fraction
) -> list[int]:
    """The shares that are reached and were not yet in this period; nothing is reached as long as nothing is used."""
    raised = known.shares if known is not None and known.from_on == period.from_on else ()
    return [share for share in shares if share not in raised and used > 0 and used * WHOLE >= limit * share]
