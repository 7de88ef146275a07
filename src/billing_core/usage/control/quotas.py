"""Quotas: which step of its ladder a component has reached in the present period, and the top-ups that were bought.

Decides when a step is reached, and when everything begins anew; not what a step does to the service. The ladder itself
is a term of the tariff (`catalogue.quotas`).

    50 GB, then slower; after 60 suspended

    1 to 20 May    50.5 used                    20 May   step 1: slow
    21 May         top-up of 5 GB               21 May   step 0: full, up to 55
    28 May         60 used, 65 is the second    28 May   step 1: slow
    1 June         a new period                  1 June  reset: full
    2 June         1 GB of 31 May comes late     2 June  61 of May: no step but the first, nothing
    3 June         5 GB of 30 May come late      3 June  66 of May: step 2 is noted as passed afterwards, and no more

A top-up is used after the units of the period, the one that ends first before others. What is left of it is valid in
the next period too, up to its last day; on the day after, what is left of it ends, and what was used of it stays used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from billing_core.catalogue.quotas import Quota, QuotaUnit, StepAction, TopUp
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.time.periods import Period

FULL: Literal["full"] = "full"
DECIMALS = 6
MOST_PAST_PERIODS = 13

# --- values and events


class BoughtTopUp(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Units that were bought, valid up to `to_on`, exclusive; if it `is_ended`, those of them that were used."""

    code: str
    bought_on: date
    to_on: date
    units: Decimal
    is_ended: bool = False


class OfQuotaPeriod(Event, frozen=True, kw_only=True):
    """A quota in the period `[from_on, to_on)`: `full_up_to` units of it are full, without those that were bought.

    Usage is recorded in `counted_in`, which may be another unit than that of the quota.
    """

    subscription: str
    component: str
    from_on: date
    to_on: date
    full_up_to: Decimal
    unit: QuotaUnit
    counted_in: QuotaUnit


@event("quota-step-reached")
class QuotaStepReached(OfQuotaPeriod, frozen=True, kw_only=True):
    """From now on this step of the quota holds in the period; step 0 is the full service again.

    `units` were used. A step that a late record passed after the period `is_past`: it changes nothing of the service.
    """

    step: int
    action: Literal["full", "slow", "suspend", "tell"]
    units: Decimal
    parameters: Mapping[str, str] = {}
    is_past: bool = False


@event("quota-topped-up")
class QuotaToppedUp(OfQuotaPeriod, frozen=True, kw_only=True):
    """Units were bought, which raise the steps of the period, and of later ones up to `valid_to`."""

    top_up: str
    units: Decimal
    price: Money
    valid_to: date


@event("quota-top-up-ended")
class QuotaTopUpEnded(Event, frozen=True, kw_only=True):
    """The last day of a top-up has passed: `unused` units of it are lost, the others stay used."""

    subscription: str
    component: str
    top_up: str
    bought_on: date
    used: Decimal
    unused: Decimal


@event("quota-reset")
class QuotaReset(OfQuotaPeriod, frozen=True, kw_only=True):
    """A new period begins with the full service; `top_ups` is what is left of those that are still valid."""

    top_ups: tuple[BoughtTopUp, ...] = ()


# --- state


class PastPeriod(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The step of a period that is over, and by how much top-ups had raised it."""

    from_on: date
    step: int
    raised: Decimal


class QuotaState(msgspec.Struct, frozen=True, array_like=True):
    """The step in the period `[from_on, to_on)`, what was bought, and the steps of periods before."""

    from_on: date
    to_on: date
    step: int = 0
    action: Literal["full", "slow", "suspend", "tell"] = FULL
    top_ups: tuple[BoughtTopUp, ...] = ()
    past: tuple[PastPeriod, ...] = ()

    @property
    def raised(self) -> Decimal:
        """By how many units top-ups raise the steps of the period."""
        return sum((entry.units for entry in self.top_ups), Decimal(0))

    @property
    def as_past(self) -> PastPeriod:
        """What will be known of the period when it is over."""
        return PastPeriod(self.from_on, max(self.step, self.step_before(self.from_on).step), self.raised)

    def step_before(self, from_on: date) -> PastPeriod:
        """What is known of a period that is over."""
        return next((entry for entry in self.past if entry.from_on == from_on), PastPeriod(from_on, 0, Decimal(0)))


class Quotas(msgspec.Struct, array_like=True):
    """The quotas of an account in which something happened, by SUBSCRIPTION/COMPONENT."""

    known: dict[str, QuotaState] = {}

    def of(self, subscription: str, component: str) -> QuotaState | None:
        return self.known.get(quota_name(subscription, component))

    def of_subscription(self, subscription: str) -> dict[str, QuotaState]:
        """The quotas of a subscription by component."""
        named = (name.rpartition("/") for name in self.known)
        return {component: self.known[quota_name(code, component)] for code, _, component in named
                if code == subscription}  # fmt: skip


def quota_name(subscription: str, component: str) -> str:
    """The name of a quota in its account; a component's code has no slash."""
    return f"{subscription}/{component}"


QuotaFact = QuotaStepReached | QuotaToppedUp | QuotaTopUpEnded | QuotaReset


def state_after(known: QuotaState | None, fact: QuotaFact) -> QuotaState:
    """A quota after an event of it."""
    match fact:
        case QuotaStepReached():
            state = known or QuotaState(fact.from_on, fact.to_on)
            if fact.is_past:
                before = state.step_before(fact.from_on)
                return _with_past(state, msgspec.structs.replace(before, step=fact.step))
            return msgspec.structs.replace(
                state, from_on=fact.from_on, to_on=fact.to_on, step=fact.step, action=fact.action
            )
        case QuotaToppedUp():
            state = known or QuotaState(fact.from_on, fact.to_on)
            bought = BoughtTopUp(fact.top_up, fact.effective_on, fact.valid_to, fact.units)
            top_ups = tuple(sorted((*state.top_ups, bought), key=lambda entry: entry.to_on))
            return msgspec.structs.replace(state, from_on=fact.from_on, to_on=fact.to_on, top_ups=top_ups)
        case QuotaTopUpEnded():
            assert known is not None
            return msgspec.structs.replace(known, top_ups=tuple(_ended(entry, fact) for entry in known.top_ups))
        case QuotaReset():
            state = known or QuotaState(fact.from_on, fact.to_on)
            past = _with_past(state, state.as_past).past
            return QuotaState(fact.from_on, fact.to_on, top_ups=fact.top_ups, past=past)


def _with_past(state: QuotaState, entry: PastPeriod) -> QuotaState:
    others = [known for known in state.past if known.from_on != entry.from_on]
    past = sorted((*others, entry), key=lambda known: known.from_on)[-MOST_PAST_PERIODS:]
    return msgspec.structs.replace(state, past=tuple(past))


def _ended(entry: BoughtTopUp, fact: QuotaTopUpEnded) -> BoughtTopUp:
    if (entry.code, entry.bought_on, entry.is_ended) != (fact.top_up, fact.bought_on, False):
        return entry
    return msgspec.structs.replace(entry, units=fact.used, is_ended=True)


def _fold(quotas: Quotas, fact: QuotaFact) -> None:
    name = quota_name(fact.subscription, fact.component)
    quotas.known = {**quotas.known, name: state_after(quotas.known.get(name), fact)}


FOLDS: Mapping[type[Event], Callable[[Quotas, Any], None]] = dict.fromkeys(
    (QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded, QuotaReset), _fold
)

# --- decisions


class PeriodUse(msgspec.Struct, frozen=True):
    """What was recorded of a component in a period, in the unit in which it is recorded.

    `before` was recorded in the last period in which something happened, if it is another one.
    """

    subscription: str
    component: str
    period: Period
    recorded: Decimal
    before: Decimal = Decimal(0)


def review_quota(known: QuotaState | None, quota: Quota, use: PeriodUse, on: date) -> list[QuotaFact]:
    """What follows from the usage of a period: a reset if it is a new one, ended top-ups, and the step that holds."""
    used = quota.in_units(use.recorded)
    if use.period.to_on <= on:
        return _passed_afterwards(known, quota, use, used, on)
    facts: list[QuotaFact] = []
    if known is not None and known.from_on < use.period.from_on and (known.step or known.top_ups):
        facts.append(_reset(known, quota, use))
        known = state_after(known, facts[0])
    state = known or QuotaState(use.period.from_on, use.period.to_on)
    for entry, taken in used_of_top_ups(state.top_ups, quota, used):
        if not entry.is_ended and entry.to_on <= on:
            ended = QuotaTopUpEnded(
                effective_on=on, subscription=use.subscription, component=use.component, top_up=entry.code,
                bought_on=entry.bought_on, used=taken, unused=entry.units - taken,
            )  # fmt: skip
            facts.append(ended)
            state = state_after(state, ended)
    step = quota.step_after(used, Fraction(state.raised))
    if step != state.step:
        facts.append(_step(quota, use, used, step, on))
    return facts


def _passed_afterwards(
    known: QuotaState | None, quota: Quota, use: PeriodUse, used: Fraction, on: date
) -> list[QuotaFact]:
    """A step that a late record passed in a period that is over."""
    if known is None:
        before = PastPeriod(use.period.from_on, 0, Decimal(0))
    elif known.from_on == use.period.from_on:  # It was not reset yet.
        before = known.as_past
    else:
        before = known.step_before(use.period.from_on)
    step = quota.step_after(used, Fraction(before.raised))
    return [_step(quota, use, used, step, on, is_past=True)] if step > before.step else []


def _step(quota: Quota, use: PeriodUse, used: Fraction, step: int, on: date, *, is_past: bool = False) -> QuotaFact:
    reached = quota.steps[step - 1] if step else None
    action: StepAction | Literal["full"] = FULL if reached is None else reached.action
    return QuotaStepReached(
        **_of_period(quota, use),
        effective_on=on,
        step=step,
        action=action,
        units=as_decimal(used),
        parameters={} if reached is None else dict(reached.parameters),
        is_past=is_past,
    )


def _reset(known: QuotaState, quota: Quota, use: PeriodUse) -> QuotaReset:
    """The beginning of a period, with what is left of top-ups that are still valid."""
    from_on = use.period.from_on
    left = tuple(
        msgspec.structs.replace(entry, units=entry.units - taken)
        for entry, taken in used_of_top_ups(known.top_ups, quota, quota.in_units(use.before))
        if not entry.is_ended and from_on < entry.to_on and taken < entry.units
    )
    return QuotaReset(**_of_period(quota, use), effective_on=from_on, top_ups=left)


def _of_period(quota: Quota, use: PeriodUse) -> dict[str, Any]:
    return {
        "subscription": use.subscription, "component": use.component, "from_on": use.period.from_on,
        "to_on": use.period.to_on, "full_up_to": quota.limit, "unit": quota.unit,
        "counted_in": quota.counted_in or quota.unit,
    }  # fmt: skip


def used_of_top_ups(top_ups: Sequence[BoughtTopUp], quota: Quota, used: Fraction) -> list[tuple[BoughtTopUp, Decimal]]:
    """How many units of each top-up are used: what is beyond the limit, of the one that ends first before others.

    Limit 50, top-ups of 5 and 10, 58 used: 5 and 3.
    """
    over = max(used - Fraction(quota.limit), Fraction(0))
    found = []
    for entry in top_ups:
        taken = min(Fraction(entry.units), over)
        over -= taken
        found.append((entry, as_decimal(taken)))
    return found


def top_up(quota: Quota, bought: TopUp, use: PeriodUse, price: Money, on: date) -> QuotaToppedUp:
    """Buy units: valid in the period, or for so many days from today on."""
    days = bought.days
    valid_to = use.period.to_on if days is None else date.fromordinal(on.toordinal() + days)
    return QuotaToppedUp(
        **_of_period(quota, use),
        effective_on=on,
        top_up=bought.code,
        units=bought.units,
        price=price,
        valid_to=valid_to,
    )


def as_decimal(units: Fraction) -> Decimal:
    """Units as they are recorded, rounded to six decimals, without zeros at their end: 1.5, 100."""
    scaled = Decimal(round(units * 10**DECIMALS)).scaleb(-DECIMALS)
    return scaled.quantize(Decimal(1)) if scaled == scaled.to_integral_value() else scaled.normalize()
