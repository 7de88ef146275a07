"""Subscriptions: the timeline of what was active, suspended or ended, and when.

Decides what was true on each day, not what it costs. Changes may be recorded late: a change effective in the past
takes its place in the timeline, and the whole timeline must still make sense with it. What was recorded wrongly is
corrected by a fact of its own: the right day of activation, or the terms (tariff, agreed prices, VAT rates) that held
over some days. Of two that speak of one day the one learnt later counts, so a change of tariff that is learnt after a
correction ends it from its own day on.

Worked example: activate 1 March; suspend (operator) 10 March; resume 20 March; terminate 1 May gives the segments

    [1 Mar, 10 Mar) active   [10 Mar, 20 Mar) suspended: operator   [20 Mar, 1 May) active
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.errors import RuleViolation
from billing_core.events import Event, event

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


@event("subscription-activation-corrected")
class SubscriptionActivationCorrected(SubscriptionEvent, frozen=True, kw_only=True):
    """It was activated on `effective_on`, and not on the day that was said before."""

    reason: str


@event("subscription-terms-corrected")
class SubscriptionTermsCorrected(SubscriptionEvent, frozen=True, kw_only=True):
    """From `effective_on` up to `to_on` (None: until further notice) other terms held than was said before.

    A tariff is named with its agreed prices, as where the tariff changes. Without a tariff only the prices and VAT
    rates that are named, by component, are others; all else stays as it was.
    """

    to_on: date | None = None
    tariff: str = ""
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)
    vat_rates: dict[str, Decimal] = msgspec.field(default_factory=dict)
    reason: str


# --- state


class Change(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry of a timeline."""

    on: date
    kind: ChangeKind
    tariff: str = ""
    agreed_prices: dict[str, Decimal] = {}
    reason: SuspensionReason | None = None


class Terms(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Terms that were corrected over the days `[from_on, to_on)`; what is empty stays as the timeline says."""

    from_on: date
    to_on: date | None
    tariff: str = ""
    agreed_prices: dict[str, Decimal] = {}
    vat_rates: dict[str, Decimal] = {}


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What holds after a change: the status, the tariff and its agreed prices, why it is suspended.

    `vat_rates` holds the rates, by component, that are right where the price list's are wrong.
    """

    status: SubscriptionStatus
    tariff: str
    agreed_prices: dict[str, Decimal]
    reason: SuspensionReason | None = None
    vat_rates: dict[str, Decimal] = {}

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
    must be compared with what should have been. `corrections` stand in the order in which they were learnt;
    `one_offs` are the one-off components that stand on record, taken back by hand or not.
    """

    code: str
    timeline: list[Change]
    charged_until: date | None = None
    changed_from: date | None = None
    corrections: list[Terms] = []
    one_offs: list[str] = []

    @property
    def activated_on(self) -> date:
        return self.timeline[0].on

    def segments(self) -> list[Segment]:
        """What held on which days, as far as is known now."""
        return segments(self.timeline, self.corrections)


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
    """Fold one change or correction into the account's subscriptions."""
    subscription = subscriptions.get(fact.subscription)
    if subscription is None:
        subscriptions[fact.subscription] = Subscription(fact.subscription, [change_of(fact)])
        return
    changed_on = fact.effective_on
    match fact:
        case SubscriptionActivationCorrected():
            changed_on = min(changed_on, subscription.activated_on)
            subscription.timeline = with_activation(subscription.timeline, fact.effective_on)
        case SubscriptionTermsCorrected():
            subscription.corrections = [*subscription.corrections, terms_of(fact)]
        case _:
            subscription.timeline = with_change(subscription.timeline, change_of(fact))
            if isinstance(fact, SubscriptionTariffChanged):
                subscription.corrections = _ended(subscription.corrections, fact.effective_on)
    charged_until = subscription.charged_until
    if charged_until is not None and changed_on < charged_until:
        changed_from = subscription.changed_from
        subscription.changed_from = changed_on if changed_from is None else min(changed_from, changed_on)


def terms_of(fact: SubscriptionTermsCorrected) -> Terms:
    """What a correction of terms says."""
    return Terms(fact.effective_on, fact.to_on, fact.tariff, fact.agreed_prices, fact.vat_rates)


def _ended(corrections: Sequence[Terms], on: date) -> list[Terms]:
    """Corrections as they stand after a change of tariff that was learnt later: none holds on its day or beyond."""
    return [
        msgspec.structs.replace(terms, to_on=on) if _covers(terms, on) else terms
        for terms in corrections
        if terms.from_on != on
    ]


def _covers(terms: Terms, on: date) -> bool:
    return terms.from_on <= on and (terms.to_on is None or on < terms.to_on)


def with_activation(timeline: Sequence[Change], on: date) -> list[Change]:
    """The timeline with its activation on another day, before whatever else is true from that day."""
    activation = msgspec.structs.replace(timeline[0], on=on)
    return sorted([activation, *timeline[1:]], key=lambda entry: entry.on)


def with_change(timeline: Sequence[Change], change: Change) -> list[Change]:
    """The timeline in order of effective date; among changes of one day the order in which we learnt them."""
    return sorted([*timeline, change], key=lambda entry: entry.on)


def segments(timeline: Sequence[Change], corrections: Sequence[Terms] = ()) -> list[Segment]:
    """What held on which days, from activation to termination.

    Of several changes on one day the last one counts; over the days of a correction, what it names. A change that is
    not allowed where it stands raises `RuleViolation` naming the change and its date.
    """
    found: list[Segment] = []
    standing: Standing | None = None
    ends: list[date | None] = [*(change.on for change in timeline[1:]), None]
    for change, ends_on in zip(timeline, ends, strict=True):
        standing = _standing_after(standing, change)
        if standing.status != "terminated" and ends_on != change.on:
            found.append(Segment(change.on, ends_on, standing))
    for terms in corrections:
        found = [piece for segment in found for piece in _corrected(segment, terms)]
    return found


def _corrected(segment: Segment, terms: Terms) -> Iterator[Segment]:
    """A segment cut at the borders of a correction; the days inside stand as it says."""
    days = days_in(segment, terms.from_on, terms.to_on)
    if days is None:
        yield segment
        return
    from_on, to_on = days
    old = segment.standing
    if segment.from_on < from_on:
        yield Segment(segment.from_on, from_on, old)
    tariff, prices, vat_rates = terms.tariff, terms.agreed_prices, terms.vat_rates
    if not tariff:
        tariff, prices, vat_rates = old.tariff, old.agreed_prices | prices, old.vat_rates | vat_rates
    yield Segment(from_on, to_on, Standing(old.status, tariff, prices, old.reason, vat_rates))
    if to_on is not None and to_on != segment.to_on:
        yield Segment(to_on, segment.to_on, old)


def days_in(segment: Segment, from_on: date, to_on: date | None) -> tuple[date, date | None] | None:
    """The days that a segment and `[from_on, to_on)` have in common; None where there are none."""
    first = max(segment.from_on, from_on)
    end = min((on for on in (segment.to_on, to_on) if on is not None), default=None)
    return None if end is not None and end <= first else (first, end)


def stretches_on(
    subscription: Subscription, tariff: str, from_on: date, to_on: date | None
) -> list[tuple[date, date | None]]:
    """The unbroken stretches of days within `[from_on, to_on)` on which the subscription is on a tariff."""
    found: list[tuple[date, date | None]] = []
    for segment in subscription.segments():
        days = days_in(segment, from_on, to_on) if segment.standing.tariff == tariff else None
        if days is not None and found and found[-1][1] == days[0]:
            found[-1] = found[-1][0], days[1]
        elif days is not None:
            found.append(days)
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
