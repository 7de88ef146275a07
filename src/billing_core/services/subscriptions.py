"""Subscriptions as an account keeps them: the timeline, what was corrected in it, and how far it was charged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.spans import Span, merged
from billing_core.services.events import (
    NO_MONEY,
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionChargeWaived,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionParametersGiven,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionRepriced,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
    UsageBroughtAlong,
    UsedBefore,
)
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import (
    Later,
    Segment,
    Terms,
    end_of,
    is_of_money,
    last_change,
    segments,
    with_activation,
    with_change,
    without_change,
)


class Waiver(Span, frozen=True, gc=False, array_like=True):
    """Days on which nothing is charged for a component, or for a surcharge `of` a component."""

    component: str
    of: str = ""


class Subscription(msgspec.Struct, array_like=True):
    """One product sold to one account.

    Everything due up to and including `decided_on` was decided; `next_due_on` is when something is due next (None
    before the first time, and where nothing is to come), and periods were charged up to `charged_until`.
    `changed_from` is the earliest day before `charged_until` on which the timeline changed since: from there on, what
    was charged must be compared with what should have been. `corrections` stand in the order in which they were
    learnt; `one_offs` are the one-off components that stand on record, once for each time, taken back by hand or not.
    `covered_until` says how far each component was ever charged. `repriced` is, by tariff, the number of the last
    change of the list for which it was noted that charged days cost something else. `parameters` are the codes of
    those that were ever said. `waivers` stand in the order in which they were granted. `used_before` is what was used
    on another account of the periods in which it moved here.
    """

    code: str
    timeline: list[Change]
    decided_on: date | None = None
    next_due_on: date | None = None
    charged_until: date | None = None
    changed_from: date | None = None
    corrections: list[Terms] = []
    one_offs: list[str] = []
    covered_until: dict[str, date] = {}
    repriced: dict[str, int] = {}
    parameters: list[str] = []
    waivers: list[Waiver] = []
    used_before: tuple[UsedBefore, ...] = ()

    @property
    def activated_on(self) -> date:
        return self.timeline[0].on

    @property
    def anchored_on(self) -> date:
        """The day from which its own grid is counted: its activation, even if it was moved here since."""
        return self.timeline[0].anchored_on or self.timeline[0].on

    @property
    def moved_from(self) -> str:
        """The account from which it moved here on `activated_on`; empty if it was activated here."""
        first = self.timeline[0]
        return first.name if first.kind == "move-in" else ""

    @property
    def begun_anew(self) -> list[date]:
        """The days after its first one on which its own grid was begun anew."""
        first, *later = self.timeline
        return [entry.on for entry in later if entry.anchored_on is not None and first.on < entry.on]

    @property
    def address(self) -> str:
        """The code of the address at which the service is given; empty if none was named."""
        return self.timeline[0].address

    @property
    def end_status(self) -> str:
        """Its status after its end: terminated, or moved to another account."""
        end = end_of(self.timeline)
        return "moved" if end is not None and end.kind == "move-away" else "terminated"

    @property
    def due_on(self) -> date | None:
        """The day on which it must be looked at next."""
        return self.activated_on if self.charged_until is None else self.next_due_on

    def segments(self) -> list[Segment]:
        """The terms in force on all days, as known now."""
        return segments(self.timeline, self.corrections)

    def waits_for_money_on(self, on: date) -> date | None:
        """The first day, from a date on, on which it is suspended for insufficient funds; None without any."""
        last = next(
            (entry for entry in reversed(self.timeline) if is_of_money(entry) and entry.reason == NO_MONEY), None
        )
        if last is None or (last.kind == "resume" and last.on <= on):
            return None
        waits = [entry for entry in self.segments() if entry.in_force.reason == NO_MONEY]
        return next((max(entry.from_on, on) for entry in waits if entry.to_on is None or on < entry.to_on), None)

    def tariffs(self) -> set[str]:
        """The codes of the tariffs it ever had, has by a correction, or left before it was moved here."""
        named = {change.tariff for change in self.timeline} | {terms.tariff for terms in self.corrections}
        left = {entry.left.tariff for entry in self.timeline[0].commitments if entry.left is not None}
        return (named | left) - {""}

    def touch(self, on: date) -> None:
        """Note that something is other than it was from a day on."""
        if self.charged_until is None:
            return
        is_decided = self.next_due_on is None or on < self.next_due_on
        # Charges in arrears on the day on which the charges end must not be charged on it again.
        if on < self.charged_until or (is_decided and on == self.charged_until):
            self.mark_for_rerating(on)
        elif is_decided:
            self.next_due_on = on

    def mark_for_rerating(self, on: date) -> None:
        """Note that what was charged from a day on must be compared with what is expected."""
        self.changed_from = on if self.changed_from is None else min(self.changed_from, on)


BesideTimeline = SubscriptionParametersGiven | SubscriptionRepriced | UsageBroughtAlong


def apply_beside(subscription: Subscription, fact: BesideTimeline) -> None:
    """Fold what changes nothing of the timeline: parameters, a revision of its price list, usage before a move."""
    match fact:
        case SubscriptionParametersGiven():
            subscription.parameters = sorted({*subscription.parameters, *fact.asked})
        case SubscriptionRepriced():
            subscription.repriced = {**subscription.repriced, fact.tariff: fact.list_change}
            subscription.touch(fact.effective_on)
        case UsageBroughtAlong():
            subscription.used_before = fact.used_before
            subscription.touch(fact.effective_on)


def apply_subscription(subscriptions: dict[str, Subscription], fact: SubscriptionEvent) -> None:
    """Fold one change or correction into the account's subscriptions."""
    subscription = subscriptions.get(fact.subscription)
    if subscription is None:
        asked = list(fact.asked) if isinstance(fact, SubscriptionActivated) else []
        subscriptions[fact.subscription] = Subscription(fact.subscription, [change_of(fact)], parameters=asked)
        return
    changed_on = fact.effective_on
    match fact:
        case SubscriptionActivationCorrected():
            changed_on = min(changed_on, subscription.activated_on)
            subscription.timeline = with_activation(subscription.timeline, fact.effective_on)
        case SubscriptionTermsCorrected():
            subscription.corrections = [*subscription.corrections, terms_of(fact)]
        case SubscriptionChargeWaived():
            subscription.waivers = [*subscription.waivers, waiver_of(fact)]
            subscription.mark_for_rerating(changed_on)
            return
        case SubscriptionChangeCancelled():
            if fact.kind == "waive":
                subscription.waivers = without_waiver(subscription, fact.effective_on)
                subscription.mark_for_rerating(changed_on)
                return
            cancelled = last_change(subscription.timeline, fact.kind, fact.effective_on)
            subscription.timeline = without_change(subscription.timeline, fact.kind, fact.effective_on)
            if (later := _later(cancelled)) is not None:
                subscription.corrections = [_without_later(terms, later) for terms in subscription.corrections]
        case _:
            change = change_of(fact)
            subscription.timeline = with_change(subscription.timeline, change)
            if (later := _later(change)) is not None:
                subscription.corrections = [_with_later(terms, later) for terms in subscription.corrections]
    subscription.touch(changed_on)


def after_facts(subscription: Subscription | None, facts: Iterable[Event]) -> Subscription:
    """A subscription as it would be after some facts of it; the one that is passed stays as it is."""
    subscriptions = {} if subscription is None else {subscription.code: msgspec.structs.replace(subscription)}
    for fact in facts:
        if isinstance(fact, SubscriptionEvent):
            apply_subscription(subscriptions, fact)
    (planned,) = subscriptions.values()
    return planned


def change_of(fact: SubscriptionEvent) -> Change:  # noqa: PLR0911, PLR0912  (one branch for each kind of change)
    """The timeline entry an event stands for."""
    on = fact.effective_on
    match fact:
        case SubscriptionActivated():
            return Change(
                on, "activate", fact.tariff, dict(fact.agreed_prices), agreed_until=fact.agreed_until,
                quantity=fact.quantity, options=fact.options, customer_class=fact.customer_class, address=fact.address,
            )  # fmt: skip
        case SubscriptionMovedIn():
            return Change(
                on, "move-in", fact.tariff, dict(fact.agreed_prices), name=fact.from_account,
                agreed_until=fact.agreed_until, quantity=fact.quantity, options=fact.options,
                customer_class=fact.customer_class, discounts=fact.discounts, anchored_on=fact.anchored_on,
                since=fact.since, address=fact.address, commitments=fact.commitments,
            )  # fmt: skip
        case SubscriptionTariffChanged():
            prices: dict[str, Decimal | None] = dict(fact.agreed_prices)
            return Change(on, "change-tariff", fact.tariff, prices, agreed_until=fact.agreed_until)
        case SubscriptionQuantityChanged():
            return Change(on, "change-quantity", quantity=fact.quantity)
        case SubscriptionPriceChanged():
            return Change(on, "change-price", "", fact.agreed_prices, agreed_until=fact.agreed_until)
        case SubscriptionOptionAdded():
            return Change(on, "add-option", name=fact.option)
        case SubscriptionOptionDropped():
            return Change(on, "drop-option", name=fact.option)
        case SubscriptionDiscountGranted():
            return Change(on, "grant-discount", discounts=(fact.discount,))
        case SubscriptionDiscountEnded():
            return Change(on, "end-discount", name=fact.discount)
        case SubscriptionHeld():
            return Change(on, "hold", charge_percent=fact.charge_percent)
        case SubscriptionSuspended():
            return Change(
                on, "suspend", reason=fact.reason, charge_percent=fact.charge_percent, lifted_by=fact.lifted_by
            )
        case SubscriptionResumed():
            return Change(on, "resume", reason=fact.reason, anchored_on=fact.anchored_on, lifted_by=fact.lifted_by)
        case SubscriptionTerminated():
            return Change(on, "terminate", reason=fact.reason or None)
        case SubscriptionMovedAway():
            return Change(on, "move-away", name=fact.to_account)
    raise TypeError(f"{type(fact).__name__} is not a change of a timeline")


def fact_of(subscription: str, change: Change) -> SubscriptionEvent:  # noqa: PLR0911  (one branch for each kind)
    """The event that makes an entry in another timeline: the other way round, for what may follow a beginning."""
    named: Any = {"effective_on": change.on, "subscription": subscription}
    agreed: Any = {"agreed_prices": change.agreed_prices, "agreed_until": change.agreed_until}
    match change.kind:
        case "change-tariff":
            return SubscriptionTariffChanged(**named, **agreed, tariff=change.tariff)
        case "change-quantity":
            return SubscriptionQuantityChanged(**named, quantity=change.quantity)
        case "change-price":
            return SubscriptionPriceChanged(**named, **agreed)
        case "add-option":
            return SubscriptionOptionAdded(**named, option=change.name)
        case "drop-option":
            return SubscriptionOptionDropped(**named, option=change.name)
        case "grant-discount":
            return SubscriptionDiscountGranted(**named, discount=change.discounts[0])
        case "end-discount":
            return SubscriptionDiscountEnded(**named, discount=change.name)
        case "hold":
            return SubscriptionHeld(**named, charge_percent=change.charge_percent or Decimal(0))
        case "suspend":
            return SubscriptionSuspended(**named, reason=change.reason or "", charge_percent=change.charge_percent)
        case "resume":
            return SubscriptionResumed(**named, anchored_on=change.anchored_on, reason=change.reason)
        case "terminate":
            return SubscriptionTerminated(**named)
    raise TypeError(f"{change.kind} belongs to the account in which it stands")


def waiver_of(fact: SubscriptionChargeWaived) -> Waiver:
    """The days and the component that a waiver is for."""
    return Waiver(fact.effective_on, fact.to_on, fact.component, fact.of)


def without_waiver(subscription: Subscription, on: date) -> list[Waiver]:
    """The waivers without the last one that begins on a day; `RuleViolation` if none does."""
    found = [place for place, waiver in enumerate(subscription.waivers) if waiver.from_on == on]
    if not found:
        raise RuleViolation("nothing is waived from this day on; look at the subscription's waivers", field="date",
                            value=on)  # fmt: skip
    return [waiver for place, waiver in enumerate(subscription.waivers) if place != found[-1]]


def terms_of(fact: SubscriptionTermsCorrected) -> Terms:
    """The terms of a correction."""
    return Terms(fact.effective_on, fact.to_on, fact.tariff, fact.agreed_prices, fact.vat_rates)


def _later(change: Change) -> Later | None:
    """The entry that a correction keeps about a change recorded after it; None if the change does not concern it."""
    match change.kind:
        case "change-tariff":
            return Later(change.on)
        case "change-price":
            return Later(change.on, tuple(change.agreed_prices))
    return None


def _with_later(terms: Terms, later: Later) -> Terms:
    return msgspec.structs.replace(terms, later=(*terms.later, later)) if terms.contains(later.on) else terms


def _without_later(terms: Terms, later: Later) -> Terms:
    """A correction as it was before a change. Equal ones are alike, so it is the same which of them is forgotten."""
    left = list(terms.later)
    if later in left:
        left.remove(later)
    return msgspec.structs.replace(terms, later=tuple(left))


def days_on(subscription: Subscription, tariff: str, days: Span) -> list[Span]:
    """The unbroken spans, among some days, on which the subscription is on a tariff."""
    on_tariff = (segment for segment in subscription.segments() if segment.in_force.tariff == tariff)
    return merged(inside for segment in on_tariff if (inside := segment.within(days)) is not None)
