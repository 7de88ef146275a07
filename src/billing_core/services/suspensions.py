"""Suspend a service for a reason, and return it: what rules, runs and people do alike.

Does not decide the day: it is an argument. A second suspension for a reason that holds, or a return from one that does
not hold, changes nothing, so a run may ask twice.

    active, suspend for non-payment              suspended: non-payment
    suspended: abuse, suspend for non-payment    suspended: abuse, non-payment
    the same, return from non-payment            suspended: abuse
    the same, return from abuse                  active
"""

from __future__ import annotations

from datetime import date

from billing_core.services.changes import change
from billing_core.services.events import SubscriptionEvent, SubscriptionResumed, SubscriptionSuspended
from billing_core.services.subscriptions import Subscription
from billing_core.services.suspension_reasons import SuspensionReason
from billing_core.services.timeline import reasons_on

# --- decisions


def suspend_for(subscription: Subscription, reason: SuspensionReason, on: date) -> list[SubscriptionEvent]:
    """Suspend from a day on by the policy of a reason; nothing if it holds already, or if the service does not run."""
    runs = any(segment.contains(on) for segment in subscription.segments())
    if not runs or reason.code in reasons_on(subscription.timeline, on):
        return []
    return change(subscription, suspension(subscription, reason, on))


def return_from(subscription: Subscription, reason: SuspensionReason, on: date) -> list[SubscriptionEvent]:
    """End the suspension for a reason from a day on; nothing if it does not hold."""
    if reason.code not in reasons_on(subscription.timeline, on):
        return []
    fact = SubscriptionResumed(
        effective_on=on, subscription=subscription.code, reason=reason.code, lifted_by=reason.lifted_by
    )
    return change(subscription, fact)


def suspension(subscription: Subscription, reason: SuspensionReason, on: date) -> SubscriptionSuspended:
    """The suspension of a service as the policy of a reason has it."""
    return SubscriptionSuspended(
        effective_on=on, subscription=subscription.code, reason=reason.code, charge_percent=reason.charge_percent,
        lifted_by=reason.lifted_by,
    )  # fmt: skip
