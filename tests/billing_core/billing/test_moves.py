"""What goes along with a subscription that moves, and what stays behind."""

from __future__ import annotations

from datetime import date

from billing_core.billing.moves import Move, undo_move
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionResumed,
    SubscriptionSuspended,
)
from billing_core.services.subscriptions import Subscription, apply_subscription

MOVED_ON, BEGUN_ON = date(2026, 6, 20), date(2026, 5, 1)


def learnt(*facts: SubscriptionEvent) -> Subscription:
    subscriptions: dict[str, Subscription] = {}
    for fact in facts:
        apply_subscription(subscriptions, fact)
    return subscriptions["main"]


def test_what_money_did_stays_with_the_account_that_lacked_it():
    """Suspended for money on the target, and held there by the customer: the hold comes back with it, no more."""
    former = learnt(
        SubscriptionActivated(effective_on=BEGUN_ON, subscription="main", tariff="net"),
        SubscriptionMovedAway(effective_on=MOVED_ON, subscription="main", to_account="B"),
    )
    there = learnt(
        SubscriptionMovedIn(
            effective_on=MOVED_ON, subscription="main", from_account="A", anchored_on=BEGUN_ON, tariff="net"
        ),
        SubscriptionSuspended(
            effective_on=date(2026, 6, 25), subscription="main", reason="no-money", lifted_by="money"
        ),
        SubscriptionResumed(effective_on=date(2026, 6, 28), subscription="main", reason="no-money", lifted_by="money"),
        SubscriptionHeld(effective_on=date(2026, 7, 3), subscription="main"),
    )

    moved = undo_move(former, there, Move("A", "B", MOVED_ON), "the other Anna", ())

    told = [(fact.effective_on, type(fact)) for facts in moved for fact in facts]
    assert told == [
        (MOVED_ON, SubscriptionChangeCancelled),
        (date(2026, 7, 3), SubscriptionHeld),
        (date(2026, 7, 3), SubscriptionChangeCancelled),
        (date(2026, 6, 28), SubscriptionChangeCancelled),
        (date(2026, 6, 25), SubscriptionChangeCancelled),
        (MOVED_ON, SubscriptionMovedAway),
    ]
