"""Facts of a subscription in few words: `activated("2026-03-01")`, and what is then known of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.services.events import (
    NO_MONEY,
    LiftedBy,
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import Subscription, apply_subscription
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.timeline import segments
from tests.billing_core.price_lists import monthly, once, tariff

NET = tariff("net", monthly("300.00"), once("60.00"))


ACTIVE = TermsInForce("active", "net", {})


def on(text: str) -> date:
    return date.fromisoformat(text)


def activated(day: str, code: str = "S1", **agreed_prices: str) -> SubscriptionActivated:
    prices = {component: Decimal(price) for component, price in agreed_prices.items()}
    return SubscriptionActivated(effective_on=on(day), subscription=code, tariff="net", agreed_prices=prices)


def moved(day: str, to: str, **agreed_prices: str) -> SubscriptionTariffChanged:
    prices = {component: Decimal(price) for component, price in agreed_prices.items()}
    return SubscriptionTariffChanged(effective_on=on(day), subscription="S1", tariff=to, agreed_prices=prices)


def suspended(day: str, reason: str = "operator", lifted_by: LiftedBy | None = None) -> SubscriptionSuspended:
    by = lifted_by or _lifted_by(reason)
    return SubscriptionSuspended(effective_on=on(day), subscription="S1", reason=reason, lifted_by=by)


def resumed(day: str, reason: str | None = None) -> SubscriptionResumed:
    return SubscriptionResumed(effective_on=on(day), subscription="S1", reason=reason, lifted_by=_lifted_by(reason))


def _lifted_by(reason: str | None) -> LiftedBy:
    return "money" if reason == NO_MONEY else "person"


def held(day: str) -> SubscriptionHeld:
    return SubscriptionHeld(effective_on=on(day), subscription="S1")


def terminated(day: str) -> SubscriptionTerminated:
    return SubscriptionTerminated(effective_on=on(day), subscription="S1")


def learnt(*facts: SubscriptionEvent) -> Subscription:
    subscriptions: dict[str, Subscription] = {}
    for fact in facts:
        apply_subscription(subscriptions, fact)
    return subscriptions["S1"]


def told(subscription: Subscription) -> list[tuple[str, str, str]]:
    return [
        (str(segment.from_on), str(segment.to_on or "open"), segment.in_force.reason or segment.in_force.status)
        for segment in segments(subscription.timeline)
    ]


def began(day: str, reason: str = "mistyped") -> SubscriptionActivationCorrected:
    return SubscriptionActivationCorrected(effective_on=on(day), subscription="S1", reason=reason)


def right(
    day: str, until: str | None, to: str = "", reason: str = "mistyped", **named: Any
) -> SubscriptionTermsCorrected:
    prices = {component: Decimal(price) for component, price in named.get("prices", {}).items()}
    rates = {component: Decimal(rate) for component, rate in named.get("vat_rates", {}).items()}
    return SubscriptionTermsCorrected(
        effective_on=on(day), to_on=on(until) if until else None, subscription="S1", tariff=to, agreed_prices=prices,
        vat_rates=rates, reason=reason,
    )  # fmt: skip


def terms(subscription: Subscription) -> list[tuple[str, str, str, dict[str, str], dict[str, str]]]:
    return [
        (
            str(segment.from_on),
            str(segment.to_on or "open"),
            segment.in_force.tariff,
            {code: str(price) for code, price in segment.in_force.agreed_prices.items()},
            {code: str(rate) for code, rate in segment.in_force.vat_rates.items()},
        )
        for segment in subscription.segments()
    ]
