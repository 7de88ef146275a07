"""Which changes and corrections a subscription allows.

A change or correction may be recorded late; the whole timeline must make sense with it, every day of it must have a
price, and a change without effect gives no event. Agreements are in `terms`, holds are in `holds`, moves to another
account in `moves`. Does not decide amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import msgspec

from billing_core.catalogue.parameters import require_given
from billing_core.catalogue.prices import require_price
from billing_core.catalogue.tariffs import Catalogue, Tariff, require_on_sale, tariff_named
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.spans import Span
from billing_core.kernel.vat_rates import require_vat_rate
from billing_core.parties.details import require_text
from billing_core.services.commitments import require_not_left_early
from billing_core.services.events import (
    CHARGED_PERCENT_WHILE_SUSPENDED,
    NO_MONEY,
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionParametersGiven,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import Subscription, change_of, terms_of, without_waiver
from billing_core.services.terms import (
    component_on,
    in_force_on,
    require_agreed,
    require_discount,
    require_listed,
    require_options,
    require_percent,
    require_prices,
    require_quantity,
    require_until,
)
from billing_core.services.terms_in_force import in_force_after
from billing_core.services.timeline import (
    Segment,
    next_status_change,
    reasons_on,
    segments,
    status_changes,
    with_activation,
    with_change,
    without_change,
)

NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


def activate(
    subscriptions: dict[str, Subscription], fact: SubscriptionActivated, tariff: Tariff, opened_on: date
) -> list[SubscriptionEvent]:
    """Start a subscription; its tariff must be sold and have a price on that date, and the account must exist."""
    require_text(fact.subscription, "subscription")
    if fact.subscription in subscriptions:
        raise AlreadyExists("the account has a subscription of this code", field="subscription",
                            value=fact.subscription)  # fmt: skip
    _require_opened(fact.effective_on, opened_on)
    require_on_sale(tariff, fact.effective_on)
    require_quantity(fact.quantity)
    require_until(fact.agreed_until, fact.agreed_prices, fact.effective_on)
    require_prices(tariff, fact.agreed_prices, fact.effective_on, fact.customer_class, fact.options)
    first = in_force_after(None, change_of(fact))
    require_options(tariff, fact.options, fact.effective_on, first)
    require_given(tariff.parameters, fact.parameters, tariff.code)
    return [fact]


def _require_opened(on: date, opened_on: date) -> None:
    if on < opened_on:
        raise RuleViolation(f"the account exists only since {opened_on}", field="activation date", value=on)


def change(subscription: Subscription, fact: SubscriptionEvent) -> list[SubscriptionEvent]:
    """A change that needs only a consistent timeline, such as a termination."""
    segments(with_change(subscription.timeline, change_of(fact)))
    return [fact]


def change_tariff(
    subscription: Subscription,
    fact: SubscriptionTariffChanged,
    catalogue: Catalogue,
    parameters: Mapping[str, str] = NOTHING_SAID,
) -> list[SubscriptionEvent]:
    """Move to another tariff (or other agreed prices) from a date on, keeping the grid of periods.

    A commitment may refuse it until it is over. `parameters` are those supplied with it; known ones need not be
    repeated.
    """
    tariff = tariff_named(catalogue, fact.tariff)
    require_given(tariff.parameters, parameters, tariff.code, subscription.parameters)
    in_force = in_force_on(subscription, fact.effective_on)
    if in_force.tariff != tariff.code:
        require_on_sale(tariff, fact.effective_on)
    require_until(fact.agreed_until, fact.agreed_prices, fact.effective_on)
    require_prices(tariff, fact.agreed_prices, fact.effective_on, in_force.customer_class, in_force.options)
    changed = change(subscription, fact)
    require_not_left_early(subscription, fact, catalogue)
    return changed


def change_parameters(
    subscription: Subscription, fact: SubscriptionParametersGiven, catalogue: Catalogue
) -> list[SubscriptionParametersGiven]:
    """Say parameters anew from a day on, as the tariff of that day asks for them."""
    if not fact.parameters:
        raise InvalidValue("names none; name one with its value", field="parameters of", value=fact.subscription)
    tariff = tariff_named(catalogue, in_force_on(subscription, fact.effective_on).tariff)
    require_given(tariff.parameters, fact.parameters, tariff.code, subscription.parameters)
    return [fact]


def change_quantity(subscription: Subscription, fact: SubscriptionQuantityChanged) -> list[SubscriptionEvent]:
    """Another quantity from a day on: every fee that is not flat is charged for each of it."""
    require_quantity(fact.quantity)
    in_force_on(subscription, fact.effective_on)
    return change(subscription, fact)


def change_price(
    subscription: Subscription, fact: SubscriptionPriceChanged, catalogue: Catalogue
) -> list[SubscriptionEvent]:
    """Agree prices by component from a day on, until a day or always; None goes back to the price list."""
    if not fact.agreed_prices:
        raise InvalidValue("names no component; name one with its price", field="agreed prices",
                           value=fact.subscription)  # fmt: skip
    in_force = in_force_on(subscription, fact.effective_on)
    tariff = tariff_named(catalogue, in_force.tariff)
    agreed = {code: price for code, price in fact.agreed_prices.items() if price is not None}
    require_agreed(tariff, agreed, fact.effective_on)
    require_until(fact.agreed_until, agreed, fact.effective_on)
    for code in fact.agreed_prices.keys() - agreed.keys():
        component = component_on(tariff, code, fact.effective_on)
        require_listed(tariff, component, fact.effective_on, in_force.customer_class)
    return change(subscription, fact)


def add_option(
    subscription: Subscription, fact: SubscriptionOptionAdded, catalogue: Catalogue
) -> list[SubscriptionEvent]:
    """Choose an optional component of the tariff from a day on."""
    in_force = in_force_on(subscription, fact.effective_on)
    if fact.option in in_force.options:
        raise RuleViolation(f"is chosen already on {fact.effective_on}", field="option", value=fact.option)
    require_options(tariff_named(catalogue, in_force.tariff), (fact.option,), fact.effective_on, in_force)
    return change(subscription, fact)


def drop_option(subscription: Subscription, fact: SubscriptionOptionDropped) -> list[SubscriptionEvent]:
    """Give an option up from a day on."""
    in_force = in_force_on(subscription, fact.effective_on)
    if fact.option not in in_force.options:
        chosen = ", ".join(in_force.options) or "none"
        raise RuleViolation(f"is not chosen on {fact.effective_on}; chosen then: {chosen}", field="option",
                            value=fact.option)  # fmt: skip
    return change(subscription, fact)


def grant_discount(
    subscription: Subscription, fact: SubscriptionDiscountGranted, catalogue: Catalogue
) -> list[SubscriptionEvent]:
    """Grant a discount on components of the tariff; one of the same code takes the place of the former."""
    in_force = in_force_on(subscription, fact.effective_on)
    require_discount(fact.discount, tariff_named(catalogue, in_force.tariff), fact.effective_on)
    return change(subscription, fact)


def end_discount(subscription: Subscription, fact: SubscriptionDiscountEnded) -> list[SubscriptionEvent]:
    """End a discount that was granted; those of the tariff itself end with the tariff."""
    granted = [discount.code for discount in in_force_on(subscription, fact.effective_on).discounts]
    if fact.discount not in granted:
        raise RuleViolation(
            f"is not granted on {fact.effective_on}; granted then: {', '.join(granted) or 'none'}", field="discount",
            value=fact.discount,
        )  # fmt: skip
    return change(subscription, fact)


def suspend(subscription: Subscription, fact: SubscriptionSuspended, today: date) -> list[SubscriptionEvent]:
    """Suspend; the percentage of the fees that is charged meanwhile is recorded, as supplied or as the reason has it.

    A hold that ends by itself would lift the suspension on that day, so its planned end must be cancelled before,
    unless money lifts the suspension.
    """
    if fact.reason == NO_MONEY:
        raise InvalidValue("is set only by the system, if a balance does not cover a fee; use another reason",
                           field="reason", value=fact.reason)  # fmt: skip
    percent = fact.charge_percent
    if percent is None:
        percent = CHARGED_PERCENT_WHILE_SUSPENDED.get(fact.reason, Decimal(0))
    require_percent(percent)
    if fact.reason in reasons_on(subscription.timeline, fact.effective_on):
        raise RuleViolation(f"is suspended for {fact.reason} on {fact.effective_on} already", field="subscription",
                            value=fact.subscription)  # fmt: skip
    ahead = next_status_change(subscription.timeline, fact.effective_on)
    is_lifted = ahead is not None and ahead.kind == "resume" and ahead.reason in (None, fact.reason)
    if ahead is not None and is_lifted and ahead.on > today and fact.lifted_by == "person":
        raise RuleViolation(
            f"would be lifted by the planned resume on {ahead.on}; cancel that one first", field="suspend on",
            value=fact.effective_on,
        )  # fmt: skip
    return change(subscription, msgspec.structs.replace(fact, charge_percent=percent))


def cancel_change(subscription: Subscription, fact: SubscriptionChangeCancelled) -> list[SubscriptionEvent]:
    """A change does not take place, or should not have; with a hold or suspension goes the resumption that ends it."""
    if fact.kind == "waive":
        without_waiver(subscription, fact.effective_on)
        return [fact]
    cancelled = [fact]
    rest = without_change(subscription.timeline, fact.kind, fact.effective_on)
    if fact.kind in ("hold", "suspend"):
        ahead = next_status_change(rest, fact.effective_on)
        before = [entry.kind for entry in status_changes(rest) if entry.on <= fact.effective_on]
        if ahead is not None and ahead.kind == "resume" and before[-1:] not in (["hold"], ["suspend"]):
            rest = without_change(rest, "resume", ahead.on)
            resumed = msgspec.structs.replace(fact, effective_on=ahead.on, kind="resume")
            cancelled = [resumed, fact]
    segments(rest)
    return list(cancelled)


def correct_activation(
    subscription: Subscription, fact: SubscriptionActivationCorrected, catalogue: Catalogue, opened_on: date
) -> list[SubscriptionEvent]:
    """The activation was earlier or later than recorded, and the timeline is consistent with it; no event for the same
    day.
    """
    require_text(fact.reason, "reason")
    if subscription.timeline[0].kind == "move-in":
        raise RuleViolation("was moved here from another account; correct it there", field="subscription",
                            value=fact.subscription)  # fmt: skip
    if fact.effective_on == subscription.activated_on:
        return []
    _require_opened(fact.effective_on, opened_on)
    segments(with_activation(subscription.timeline, fact.effective_on))
    first = in_force_after(None, subscription.timeline[0])
    tariff = tariff_named(catalogue, first.tariff)
    require_prices(tariff, first.agreed_prices, fact.effective_on, first.customer_class, first.options)
    return [fact]


def correct_terms(
    subscription: Subscription,
    fact: SubscriptionTermsCorrected,
    catalogue: Catalogue,
    parameters: Mapping[str, str] = NOTHING_SAID,
) -> list[SubscriptionEvent]:
    """Other terms held over some days on which the subscription existed. No event for terms that are known already.

    `parameters` are those supplied for another tariff.
    """
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
    if fact.tariff:
        tariff = tariff_named(catalogue, fact.tariff)
        require_given(tariff.parameters, parameters, tariff.code, subscription.parameters)
    after = segments(subscription.timeline, [*subscription.corrections, terms_of(fact)])
    return [] if _joined(before) == _joined(after) else [fact]


def _require_terms(before: Sequence[Segment], fact: SubscriptionTermsCorrected, catalogue: Catalogue) -> None:
    """The named components are in the tariffs of those days, and can have a price or a VAT rate."""
    inside = [segment for segment in before if segment.within(Span(fact.effective_on, fact.to_on))]
    if not inside:
        raise RuleViolation("the subscription was not active in that period", field="start of correction",
                            value=fact.effective_on)  # fmt: skip
    tariffs = [fact.tariff] if fact.tariff else list(dict.fromkeys(segment.in_force.tariff for segment in inside))
    _require_components(fact.agreed_prices.keys() | fact.vat_rates.keys(), tariffs, catalogue)
    for code, amount in fact.agreed_prices.items():
        require_price(amount, f"agreed price for {code}")
    for code, rate in fact.vat_rates.items():
        require_vat_rate(rate, f"VAT rate for {code}")
    if fact.tariff:
        first_on = max(fact.effective_on, inside[0].from_on)
        require_prices(tariff_named(catalogue, fact.tariff), fact.agreed_prices, first_on)


def _require_components(named: set[str], tariffs: Sequence[str], catalogue: Catalogue) -> None:
    known = {component.code for code in tariffs for component in tariff_named(catalogue, code).components}
    if unknown := named - known:
        raise InvalidValue(f"is no component of tariff {' or '.join(tariffs)}", field="component", value=min(unknown))


def _joined(found: Sequence[Segment]) -> list[Segment]:
    """The terms over time, without cuts between days with the same terms."""
    joined: list[Segment] = []
    for segment in found:
        if joined and joined[-1].in_force == segment.in_force and joined[-1].to_on == segment.from_on:
            joined[-1] = msgspec.structs.replace(joined[-1], to_on=segment.to_on)
        else:
            joined.append(segment)
    return joined
