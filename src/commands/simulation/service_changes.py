"""Changes of a service in a scenario, each by the rules of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.events import Event
from billing_core.services.changes import (
    add_option,
    cancel_change,
    change,
    change_price,
    change_quantity,
    change_tariff,
    correct_terms,
    drop_option,
    end_discount,
    grant_discount,
    suspend,
)
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTermsCorrected,
)
from billing_core.services.holds import resume
from billing_core.services.subscriptions import Subscription


def changed_by(  # noqa: PLR0911  (one branch for each kind of change that has rules of its own)
    subscription: Subscription, fact: SubscriptionEvent, catalogue: Catalogue, today: date
) -> Sequence[Event]:
    """The result of a change of a subscription, by the rules of its kind."""
    match fact:
        case SubscriptionTariffChanged():
            return change_tariff(subscription, fact, catalogue)
        case SubscriptionQuantityChanged():
            return change_quantity(subscription, fact)
        case SubscriptionPriceChanged():
            return change_price(subscription, fact, catalogue)
        case SubscriptionOptionAdded():
            return add_option(subscription, fact, catalogue)
        case SubscriptionOptionDropped():
            return drop_option(subscription, fact)
        case SubscriptionDiscountGranted():
            return grant_discount(subscription, fact, catalogue)
        case SubscriptionDiscountEnded():
            return end_discount(subscription, fact)
        case SubscriptionSuspended():
            return suspend(subscription, fact, today)
        case SubscriptionResumed():
            return resume(subscription, fact, catalogue)
        case SubscriptionChangeCancelled():
            return cancel_change(subscription, fact)
        case SubscriptionTermsCorrected():
            return correct_terms(subscription, fact, catalogue)
        case _:
            return change(subscription, fact)
