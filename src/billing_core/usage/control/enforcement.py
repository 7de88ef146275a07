"""What a quota or a limit does to a service: it is suspended at its limit, and resumed when the limit holds no more.

A service that is suspended or held for another reason is not suspended for its limit as well. One that a person resumed
stays so until the next limit is reached. To be slower, or a message, changes nothing of the service: those who do it
read the events of steps and alarms.

    data stopped, active                     suspended: usage-limit
    data stopped, suspended for abuse        left as it is
    full again, suspended: usage-limit       resumed
    full again, usage-limit and abuse        abuse is left
    full again, suspended for abuse          left as it is
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from billing_core.catalogue.components import Usage
from billing_core.catalogue.tariffs import Catalogue, components_on, tariff_named
from billing_core.services.changes import suspend
from billing_core.services.events import USAGE_LIMIT, SubscriptionEvent, SubscriptionResumed, SubscriptionSuspended
from billing_core.services.holds import resume
from billing_core.services.subscriptions import Subscription
from billing_core.usage.control.alarms import UsageAlarms
from billing_core.usage.control.quotas import Quotas


def is_stopped(quotas: Quotas, alarms: UsageAlarms, subscription: str, on: date) -> bool:
    """Whether a quota or the money of the month, of the subscription or of its account, is at a limit that suspends."""
    states = quotas.of_subscription(subscription).values()
    steps = (state.action for state in states if state.from_on <= on < state.to_on)
    limits = (raised.reaches(on) for code in ("", subscription) if (raised := alarms.of_amounts.get(code)) is not None)
    return "suspend" in (*steps, *limits)


def enforce(subscription: Subscription, catalogue: Catalogue, on: date, *, is_stopped: bool) -> list[SubscriptionEvent]:
    """Suspend a service that is stopped, or resume one that is stopped no more; nothing if it charges no usage."""
    in_force = next((each.in_force for each in subscription.segments() if each.contains(on)), None)
    if in_force is None:
        return []
    if is_stopped and in_force.status == "active":
        if not _charges_usage(components_on(tariff_named(catalogue, in_force.tariff), on)):
            return []
        fact = SubscriptionSuspended(effective_on=on, subscription=subscription.code, reason=USAGE_LIMIT)
        return suspend(subscription, fact, on)
    if not is_stopped and USAGE_LIMIT in in_force.reasons:
        end = SubscriptionResumed(effective_on=on, subscription=subscription.code, reason=USAGE_LIMIT)
        return resume(subscription, end, catalogue)
    return []


def _charges_usage(components: Iterable[object]) -> bool:
    return any(isinstance(component, Usage) for component in components)
