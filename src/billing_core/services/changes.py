"""Which changes and corrections a subscription allows.

A change or correction may be recorded late; the whole timeline must make sense with it, every day of it must have a
price, and what is no news gives no event. Does not decide amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing_core.catalogue.prices import require_price, require_vat_rate
from billing_core.catalogue.tariffs import Catalogue, Tariff, price_on, tariff_named
from billing_core.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.parties import require_text
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionEvent,
    SubscriptionTariffChanged,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import Subscription, change_of, terms_of
from billing_core.services.timeline import (
    Segment,
    Standing,
    days_in,
    segments,
    standing_after,
    with_activation,
    with_change,
)


def activate(
    subscriptions: dict[str, Subscription], fact: SubscriptionActivated, tariff: Tariff, opened_on: date
) -> list[SubscriptionEvent]:
    """Start a subscription; its tariff must have a price on that date and the account must exist."""
    require_text(fact.subscription, "subscription")
    if fact.subscription in subscriptions:
        raise AlreadyExists("the account has a subscription of this code", field="subscription",
                            value=fact.subscription)  # fmt: skip
    _require_opened(fact.effective_on, opened_on)
    _require_prices(tariff, fact.agreed_prices, fact.effective_on)
    return [fact]


def _require_opened(on: date, opened_on: date) -> None:
    if on < opened_on:
        raise RuleViolation(f"the account exists only since {opened_on}", field="activation date", value=on)


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


def correct_activation(
    subscription: Subscription, fact: SubscriptionActivationCorrected, catalogue: Catalogue, opened_on: date
) -> list[SubscriptionEvent]:
    """It began earlier or later than was said, and the timeline makes sense with that; the same day is no news."""
    require_text(fact.reason, "reason")
    if fact.effective_on == subscription.activated_on:
        return []
    _require_opened(fact.effective_on, opened_on)
    segments(with_activation(subscription.timeline, fact.effective_on))
    first = standing_after(None, subscription.timeline[0])
    _require_prices(tariff_named(catalogue, first.tariff), first.agreed_prices, fact.effective_on)
    return [fact]


def correct_terms(
    subscription: Subscription, fact: SubscriptionTermsCorrected, catalogue: Catalogue
) -> list[SubscriptionEvent]:
    """Other terms held over some days on which the subscription was there. Terms that are known already are no news."""
    require_text(fact.reason, "reason")
    if not fact.tariff and not fact.agreed_prices and not fact.vat_rates:
        raise InvalidValue(
            "names nothing that was wrong; name a tariff, a price or a VAT rate", field="correction of subscription",
            value=fact.subscription,
        )  # fmt: skip
    if fact.to_on is not None and fact.to_on <= fact.effective_on:
        raise InvalidValue(f"must lie after the first day, {fact.effective_on}", field="end of correction",
                           value=fact.to_on)  # fmt: skip
    if fact.effective_on < subscription.activated_on:
        raise RuleViolation(f"the subscription is active only since {subscription.activated_on}",
                            field="start of correction", value=fact.effective_on)  # fmt: skip
    before = subscription.segments()
    _require_terms(before, fact, catalogue)
    after = segments(subscription.timeline, [*subscription.corrections, terms_of(fact)])
    return [] if _stands(before) == _stands(after) else [fact]


def _require_terms(before: Sequence[Segment], fact: SubscriptionTermsCorrected, catalogue: Catalogue) -> None:
    """What is named is in the tariffs of those days, and can be a price or a VAT rate."""
    inside = [segment for segment in before if days_in(segment, fact.effective_on, fact.to_on)]
    if not inside:
        raise RuleViolation("the subscription was not there in that period", field="start of correction",
                            value=fact.effective_on)  # fmt: skip
    tariffs = [fact.tariff] if fact.tariff else list(dict.fromkeys(segment.standing.tariff for segment in inside))
    _require_components(fact.agreed_prices.keys() | fact.vat_rates.keys(), tariffs, catalogue)
    for code, amount in fact.agreed_prices.items():
        require_price(amount, f"agreed price for {code}")
    for code, rate in fact.vat_rates.items():
        require_vat_rate(rate, f"VAT rate for {code}")
    if fact.tariff:
        first_on = max(fact.effective_on, inside[0].from_on)
        _require_prices(tariff_named(catalogue, fact.tariff), fact.agreed_prices, first_on)


def _require_components(named: set[str], tariffs: Sequence[str], catalogue: Catalogue) -> None:
    known = {component.code for code in tariffs for component in tariff_named(catalogue, code).components}
    if unknown := named - known:
        raise InvalidValue(f"is no component of tariff {' or '.join(tariffs)}", field="component", value=min(unknown))


def _stands(found: Sequence[Segment]) -> list[tuple[Standing, date, date | None]]:
    """What held from when to when, whatever cuts there are between days on which the same held."""
    stretches: list[tuple[Standing, date, date | None]] = []
    for segment in found:
        if stretches and stretches[-1][0] == segment.standing and stretches[-1][2] == segment.from_on:
            stretches[-1] = (segment.standing, stretches[-1][1], segment.to_on)
        else:
            stretches.append((segment.standing, segment.from_on, segment.to_on))
    return stretches


def _require_prices(tariff: Tariff, agreed_prices: dict[str, Decimal], on: date) -> None:
    unknown = agreed_prices.keys() - {component.code for component in tariff.components}
    if unknown:
        raise InvalidValue(f"tariff {tariff.code} has no such component", field="agreed price for", value=min(unknown))
    for code, amount in agreed_prices.items():
        require_price(amount, f"agreed price for {code}")
    for component in tariff.components:
        if component.prices and component.code not in agreed_prices:
            price_on(tariff, component, on)
