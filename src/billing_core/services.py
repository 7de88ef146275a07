"""Subscriptions: the timeline of what was active, suspended or ended, and when.

Decides which changes a subscription allows and what was true on each day. Does not decide amounts. Changes may
be recorded late: a change effective in the past takes its place in the timeline, and the whole timeline must
still make sense with it.

Worked example: activate 1 March; suspend (operator) 10 March; resume 20 March; terminate 1 May gives the segments

    [1 Mar, 10 Mar) active   [10 Mar, 20 Mar) suspended: operator   [20 Mar, 1 May) active
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.catalogue import Tariff, price_on, require_price
from billing_core.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.events import Event, event
from billing_core.parties import require_text

ChangeKind = Literal["activate", "change-tariff", "suspend", "resume", "terminate"]
SubscriptionStatus = Literal["active", "suspended", "terminated"]
SuspensionReason = Literal["non-payment", "abuse", "operator"]

# Whether the recurring fee goes on while the operator keeps the service suspended: it does where the
# customer caused the suspension, and does not where the operator did.
CHARGED_WHILE_SUSPENDED: dict[SuspensionReason, bool] = {"non-payment": True, "abuse": True, "operator": False}

# --- events


class SubscriptionEvent(Event, frozen=True, kw_only=True):
    """What every change of a subscription names."""

    subscription: str


@event("subscription-activated")
class SubscriptionActivated(SubscriptionEvent, frozen=True, kw_only=True):
    """`agreed_prices` maps component codes to a unit price that is kept instead of the list's."""

    tariff: str
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)


@event("subscription-tariff-changed")
class SubscriptionTariffChanged(SubscriptionEvent, frozen=True, kw_only=True):
    tariff: str
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)


@event("subscription-suspended")
class SubscriptionSuspended(SubscriptionEvent, frozen=True, kw_only=True):
    reason: SuspensionReason


@event("subscription-resumed")
class SubscriptionResumed(SubscriptionEvent, frozen=True, kw_only=True):
    pass


@event("subscription-terminated")
class SubscriptionTerminated(SubscriptionEvent, frozen=True, kw_only=True):
    pass


# --- state


class Change(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry of a timeline."""

    on: date
    kind: ChangeKind
    tariff: str = ""
    agreed_prices: dict[str, Decimal] = {}
    reason: SuspensionReason | None = None


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What holds after a change: the status, the tariff and its agreed prices, why it is suspended."""

    status: SubscriptionStatus
    tariff: str
    agreed_prices: dict[str, Decimal]
    reason: SuspensionReason | None = None

    @property
    def is_charged(self) -> bool:
        return self.reason is None or CHARGED_WHILE_SUSPENDED[self.reason]


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A stretch of days `[from_on, to_on)` over which nothing changed; `to_on` None is open-ended."""

    from_on: date
    to_on: date | None
    standing: Standing


class Subscription(msgspec.Struct, array_like=True):
    """One product sold to one account.

    `charged_until` is the day up to which charges were decided, None before the first time. `changed_from` is the
    earliest day before `charged_until` on which the timeline changed since: from there on, what was charged
    must be compared with what should have been.
    """

    code: str
    timeline: list[Change]
    charged_until: date | None = None
    changed_from: date | None = None

    @property
    def activated_on(self) -> date:
        return self.timeline[0].on


def change_of(fact: SubscriptionEvent) -> Change:
    """The timeline entry an event stands for."""
    on = fact.effective_on
    match fact:
        case SubscriptionActivated():
            return Change(on, "activate", fact.tariff, fact.agreed_prices)
        case SubscriptionTariffChanged():
            return Change(on, "change-tariff", fact.tariff, fact.agreed_prices)
        case SubscriptionSuspended():
            return Change(on, "suspend", reason=fact.reason)
        case SubscriptionResumed():
            return Change(on, "resume")
        case SubscriptionTerminated():
            return Change(on, "terminate")
    raise TypeError(f"{type(fact).__name__} is not a change of a timeline")


def apply_subscription(subscriptions: dict[str, Subscription], fact: SubscriptionEvent) -> None:
    """Fold one change into the account's subscriptions."""
    change = change_of(fact)
    subscription = subscriptions.get(fact.subscription)
    if subscription is None:
        subscriptions[fact.subscription] = Subscription(fact.subscription, [change])
        return
    subscription.timeline = with_change(subscription.timeline, change)
    charged_until = subscription.charged_until
    if charged_until is not None and change.on < charged_until:
        changed_from = subscription.changed_from
        subscription.changed_from = change.on if changed_from is None else min(changed_from, change.on)


def with_change(timeline: Sequence[Change], change: Change) -> list[Change]:
    """The timeline in order of effective date; among changes of one day the order in which we learnt them."""
    return sorted([*timeline, change], key=lambda entry: entry.on)


def segments(timeline: Sequence[Change]) -> list[Segment]:
    """What held on which days, from activation to termination.

    Of several changes on one day the last one counts. A change that is not allowed where it stands raises
    `RuleViolation` naming the change and its date.
    """
    found: list[Segment] = []
    standing: Standing | None = None
    ends: list[date | None] = [*(change.on for change in timeline[1:]), None]
    for change, ends_on in zip(timeline, ends, strict=True):
        standing = _standing_after(standing, change)
        if standing.status != "terminated" and ends_on != change.on:
            found.append(Segment(change.on, ends_on, standing))
    return found


def _standing_after(standing: Standing | None, change: Change) -> Standing:
    status = standing.status if standing else None
    match change.kind, status:
        case "activate", None:
            return Standing("active", change.tariff, change.agreed_prices)
        case "change-tariff", "active" | "suspended":
            assert standing is not None
            return Standing(standing.status, change.tariff, change.agreed_prices, standing.reason)
        case "suspend", "active":
            assert standing is not None
            return Standing("suspended", standing.tariff, standing.agreed_prices, change.reason)
        case "resume", "suspended":
            assert standing is not None
            return Standing("active", standing.tariff, standing.agreed_prices)
        case "terminate", "active" | "suspended":
            assert standing is not None
            return Standing("terminated", standing.tariff, standing.agreed_prices)
    raise RuleViolation(
        f"a subscription that is {status or 'not active yet'} on that day does not allow it; "
        "look at its timeline and choose another date",
        field=f"{change.kind} on",
        value=change.on,
    )


# --- decisions


def activate(
    subscriptions: dict[str, Subscription], fact: SubscriptionActivated, tariff: Tariff, opened_on: date
) -> list[SubscriptionEvent]:
    """Start a subscription; its tariff must have a price on that date and the account must exist."""
    require_text(fact.subscription, "subscription")
    if fact.subscription in subscriptions:
        raise AlreadyExists("the account has a subscription of this code", field="subscription",
                            value=fact.subscription)  # fmt: skip
    if fact.effective_on < opened_on:
        raise RuleViolation(
            f"the account exists only since {opened_on}", field="activation date", value=fact.effective_on
        )
    _require_prices(tariff, fact.agreed_prices, fact.effective_on)
    return [fact]


def change(subscription: Subscription, fact: SubscriptionEvent) -> list[SubscriptionEvent]:
    """Suspend, resume or terminate, at any date at which the timeline with the change still makes sense."""
    segments(with_change(subscription.timeline, change_of(fact)))
    return [fact]


def change_tariff(
    subscription: Subscription, fact: SubscriptionTariffChanged, tariff: Tariff
) -> list[SubscriptionEvent]:
    """Move to another tariff (or other agreed prices) from a date on, keeping the grid of periods."""
    _require_prices(tariff, fact.agreed_prices, fact.effective_on)
    return change(subscription, fact)


def _require_prices(tariff: Tariff, agreed_prices: dict[str, Decimal], on: date) -> None:
    unknown = agreed_prices.keys() - {component.code for component in tariff.components}
    if unknown:
        raise InvalidValue(f"tariff {tariff.code} has no such component", field="agreed price for", value=min(unknown))
    for code, amount in agreed_prices.items():
        require_price(amount, f"agreed price for {code}")
    for component in tariff.components:
        if component.code not in agreed_prices:
            price_on(tariff, component, on)
