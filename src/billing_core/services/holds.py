"""Holds: pauses that the customer asks for, within the terms of the tariff that is in force when they begin.

A hold has an end or is open; an end is recorded together with it, as the resumption of that day. Terms may limit its
length and the days in each calendar year; then an end must be named.

Worked example, 10 to 60 days and 90 days a year, held 1 December to 20 January and again from 1 February:

    31 days of the first year, 19 of the next; until 20 March is 47 days more, together 66 of 90
    until 15 April would be 73 days: more than 60 at once

Does not decide what a hold costs: the percentage is in its event, a fee is a one-off component of the tariff, a price
per day a fee that is charged while it is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionResumed,
)
from billing_core.services.hold_conditions import HoldObjection, by_request, by_terms, refuse
from billing_core.services.subscriptions import Subscription, change_of
from billing_core.services.terms import in_force_on, require_percent
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import is_of_money, next_status_change, reasons_on, with_change, without_change

# The kind of deadline on the day on which a service goes on by itself.
HOLD_END = "hold-end"

# --- decisions


def hold(
    subscription: Subscription, fact: SubscriptionHeld, until: date | None, catalogue: Catalogue
) -> list[SubscriptionEvent]:
    """Pause at the customer's wish from a day on, up to a day or until it is resumed."""
    require_percent(fact.charge_percent)
    if until is not None and until <= fact.effective_on:
        raise InvalidValue(f"must lie after its first day, {fact.effective_on}", field="hold until", value=until)
    held = _held(fact, until)
    refuse(list(by_terms(subscription, _with(subscription.timeline, held), catalogue)))
    return held


def objections_to(
    subscription: Subscription, fact: SubscriptionHeld, until: date | None, catalogue: Catalogue, debt: Money,
    today: date,
) -> list[HoldObjection]:  # fmt: skip
    """Every reason against a hold that a customer asks for today; none if it is possible."""
    found: list[HoldObjection] = []
    begins_on = fact.effective_on
    if begins_on < today:
        found.append(HoldObjection(code="in-the-past", words="lies in the past; a hold begins today or later",
                                   field="hold from", value=str(begins_on), possible_on=today))  # fmt: skip
    try:
        terms = tariff_named(catalogue, in_force_on(subscription, begins_on).tariff).hold
        if terms is None:
            found.append(HoldObjection(code="not-offered", words="is not offered with this tariff; ask the house",
                                       field="hold", value=subscription.code))  # fmt: skip
            return found
        found += by_request(terms, begins_on, debt, today)
        if until is not None and until <= begins_on:
            found.append(HoldObjection(code="too-short", words=f"must lie after its first day, {begins_on}",
                                       field="hold until", value=str(until)))  # fmt: skip
        else:
            found += by_terms(subscription, _with(subscription.timeline, _held(fact, until)), catalogue)
    except RuleViolation as error:
        found.append(HoldObjection(code="not-possible", words=error.message, field=error.field or "hold",
                                   value=error.value))  # fmt: skip
    return found


def resume(subscription: Subscription, fact: SubscriptionResumed, catalogue: Catalogue) -> list[SubscriptionEvent]:
    """End a hold or every suspension, or the suspension for one reason; what was to end later ends now instead.

    Of a service on hold without a reason the hold ends; suspensions for money go on.
    """
    timeline = subscription.timeline
    if fact.reason is not None:
        _require_reason(subscription, fact.reason, fact.effective_on)
    resumed: list[SubscriptionEvent] = [fact, *_with_those_of_money(subscription, fact)]
    planned = _planned_end(subscription, fact)
    if planned is not None:
        timeline = without_change(timeline, "resume", planned.on)
        resumed.insert(0, SubscriptionChangeCancelled(
            effective_on=planned.on, subscription=fact.subscription, kind="resume",
            reason=f"resumed on {fact.effective_on} already",
        ))  # fmt: skip
    ends = [event for event in resumed if isinstance(event, SubscriptionResumed)]
    refuse(list(by_terms(subscription, _with(timeline, ends), catalogue)))
    return resumed


def _require_reason(subscription: Subscription, reason: str, on: date) -> None:
    known = reasons_on(subscription.timeline, on)
    if reason not in known:
        raise RuleViolation(f"does not suspend it on {on}; suspended then for: {', '.join(known) or 'nothing'}",
                            field="reason", value=reason)  # fmt: skip


def _with_those_of_money(subscription: Subscription, fact: SubscriptionResumed) -> list[SubscriptionResumed]:
    """The ends of the suspensions for money that show together with those of people."""
    if fact.reason is not None:
        return []
    stands = next((each.in_force for each in subscription.segments() if each.contains(fact.effective_on)), None)
    seen = () if stands is None else stands.reasons
    money = {change.reason for change in subscription.timeline if change.kind == "suspend" and is_of_money(change)}
    if set(seen) <= money:
        return []
    return [msgspec.structs.replace(fact, reason=reason) for reason in seen if reason in money]


def hold_terms(subscription: Subscription, on: date, catalogue: Catalogue) -> HoldTerms:
    """The terms of the tariff that is in force on a day; a tariff without any allows every hold."""
    return tariff_named(catalogue, in_force_on(subscription, on).tariff).hold or HoldTerms(with_debt=True, yearly=True)


def _held(fact: SubscriptionHeld, until: date | None) -> list[SubscriptionEvent]:
    if until is None:
        return [fact]
    return [fact, SubscriptionResumed(effective_on=until, subscription=fact.subscription)]


def _with(timeline: list[Change], facts: Sequence[SubscriptionEvent]) -> list[Change]:
    for fact in facts:
        timeline = with_change(timeline, change_of(fact))
    return timeline


def _planned_end(subscription: Subscription, fact: SubscriptionResumed) -> Change | None:
    """The resumption that is to end the present hold or suspension; None without any, or if it has more to end."""
    on = fact.effective_on
    ahead = next_status_change(subscription.timeline, on)
    if ahead is None or ahead.kind != "resume":
        return None
    if fact.reason not in (None, ahead.reason) and reasons_on(subscription.timeline, on) != (fact.reason,):
        return None
    return ahead if in_force_on(subscription, on).status in ("held", "suspended") else None
