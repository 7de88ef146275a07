"""Subscriptions: their changes, their terms in force on a day, and corrected terms, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from adapters.texts.components import share_text
from adapters.texts.custom_fields import values_text
from adapters.texts.sentences import Sentences
from billing_core.catalogue.components import Discount
from billing_core.kernel.personal import ERASED
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionChargeWaived,
    SubscriptionEvent,
    SubscriptionParametersGiven,
    SubscriptionRepriced,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
)
from billing_core.services.service_fields import ServiceFieldsSet
from billing_core.services.subscriptions import change_of, terms_of
from billing_core.services.terms_in_force import Change, TermsInForce
from billing_core.services.timeline import Segment, Terms
from billing_core.services.yearly_holds import (
    YearlyHoldEnded,
    YearlyHoldMade,
    YearlyHoldPlanned,
    YearlyHoldSkipped,
)


def change_text(change: Change) -> str:  # noqa: PLR0911, PLR0912  (one branch for each kind of change)
    """One entry of a subscription's timeline."""
    match change.kind:
        case "activate":
            return f"activated on tariff {change.tariff}{_agreement(change)}"
        case "change-tariff":
            return f"moved to tariff {change.tariff}{_agreed(change.agreed_prices, change.agreed_until)}"
        case "change-quantity":
            return f"quantity {change.quantity:f}"
        case "change-price":
            return f"other prices{_agreed(change.agreed_prices, change.agreed_until)}"
        case "add-option":
            return f"option {change.name} added"
        case "drop-option":
            return f"option {change.name} dropped"
        case "grant-discount":
            return "; ".join(
                f"discount {discount.code} {share_text(discount)} granted" for discount in change.discounts
            )
        case "end-discount":
            return f"discount {change.name} ended"
        case "hold":
            return f"on hold at the customer's request{_percent(change.charge_percent)}"
        case "suspend":
            return f"suspended for {change.reason}{_percent(change.charge_percent)}"
        case "resume":
            resumed = "resumed" if change.reason is None else f"suspension for {change.reason} ended"
            return resumed if change.anchored_on is None else f"{resumed}, its periods begin anew"
        case "terminate":
            return f"terminated{f', because: {change.reason}' if change.reason else ''}"
        case "move-in":
            since = "" if change.anchored_on is None else f", its periods counted from {change.anchored_on}"
            since += "".join(f", committed to {entry.component} since {entry.since}" for entry in change.commitments)
            return f"moved here on tariff {change.tariff}{_agreement(change)}{since}"
        case "move-away":
            return f"moved to account {change.name}"


def in_force_text(in_force: TermsInForce) -> str:
    """The terms in force on a day: the tariff, and what was agreed in addition."""
    text = f"tariff {in_force.tariff}, quantity {in_force.quantity:f}"
    for code, price in in_force.agreed_prices.items():
        text += _agreed({code: price}, in_force.agreed_until.get(code))
    return text + _options_and_discounts(in_force.options, in_force.discounts, in_force.customer_class)


def pause_text(segment: Segment) -> str:
    """A hold or suspension with its days, and the percentage of the fees that is charged meanwhile."""
    end = f" up to {segment.to_on}, exclusive" if segment.to_on else " until further notice"
    return f"{segment.in_force.status} from {segment.from_on}{end}{_percent(segment.in_force.percent)}"


def _agreement(change: Change) -> str:
    quantity = "" if change.quantity == 1 else f", quantity {change.quantity:f}"
    agreed = _agreed(change.agreed_prices, change.agreed_until)
    return f"{quantity}{agreed}{_options_and_discounts(change.options, change.discounts, change.customer_class)}"


def _options_and_discounts(options: Iterable[str], discounts: Iterable[Discount], customer_class: str) -> str:
    text = "".join(f", option {option}" for option in options)
    text += "".join(f", discount {discount.code} {share_text(discount)}" for discount in discounts)
    return text + (f", prices for {customer_class}" if customer_class else "")


def _percent(percent: Decimal | None) -> str:
    return "" if percent is None else f", {percent:f} % of the fees are charged"


def terms_text(terms: Terms) -> str:
    """Corrected terms with their days, and the changes within them."""
    rates = "".join(f", {rate:f}% VAT on {component}" for component, rate in terms.vat_rates.items())
    tariff = f", tariff {terms.tariff}" if terms.tariff else ""
    end = f"up to {terms.to_on}, exclusive" if terms.to_on else "until further notice"
    again = "".join(f", {' and '.join(later.components) or 'all'} changed again on {later.on}" for later in terms.later)
    return f"corrected from {terms.from_on} {end}{tariff}{_agreed(terms.agreed_prices)}{rates}{again}"


def _agreed(prices: Mapping[str, Decimal] | Mapping[str, Decimal | None], until: date | None = None) -> str:
    end = f" until {until}, exclusive" if until else ""
    return "".join(
        f", {component} by the price list" if price is None else f", {component} agreed at {price:f}{end}"
        for component, price in prices.items()
    )


def _parameters(fact: SubscriptionActivated | SubscriptionParametersGiven) -> str:
    return "".join(f", {code} {fact.parameters.get(code, ERASED)}" for code in fact.asked)


def _service(fact: SubscriptionEvent) -> str:
    return f"subscription {fact.subscription}: {_change_of_service(fact)}"


def _change_of_service(fact: SubscriptionEvent) -> str:
    match fact:
        case SubscriptionActivationCorrected(reason=reason):
            return f"was activated on this day, because: {reason}"
        case SubscriptionChargeWaived(component=component, of=of, to_on=to_on, reason=reason):
            what = f"{component} on {of}" if of else component
            return f"{what} waived until {to_on}, because: {reason}"
        case SubscriptionTermsCorrected(reason=reason):
            return f"{terms_text(terms_of(fact))}, because: {reason}"
        case SubscriptionChangeCancelled(kind=kind, reason=reason):
            return f"{kind} of this day cancelled{f', because: {reason}' if reason else ''}"
    text = change_text(change_of(fact))
    if isinstance(fact, SubscriptionActivated):
        text += _parameters(fact)
    if isinstance(fact, SubscriptionTerminated) and fact.notice_given_on is not None:
        text += f"; notice was given on {fact.notice_given_on}"
    return text


def _repriced(fact: SubscriptionRepriced) -> str:
    return f"subscription {fact.subscription}: tariff {fact.tariff} has other prices from this day on"


def _parameters_given(fact: SubscriptionParametersGiven) -> str:
    return f"subscription {fact.subscription}: parameters set{_parameters(fact)}"


def _season_planned(fact: YearlyHoldPlanned) -> str:
    season = f"from {fact.from_day} to {fact.to_day}"
    return f"subscription {fact.subscription}: on hold every year {season}, first on {fact.next_on}"


def _season_made(fact: YearlyHoldMade) -> str:
    return f"subscription {fact.subscription}: yearly hold until {fact.until_on}, the next one on {fact.next_on}"


def _season_skipped(fact: YearlyHoldSkipped) -> str:
    return f"subscription {fact.subscription}: no yearly hold, {fact.reason}; the next one on {fact.next_on}"


SENTENCES: Sentences = {
    SubscriptionEvent: _service,
    SubscriptionParametersGiven: _parameters_given,
    SubscriptionRepriced: _repriced,
    YearlyHoldPlanned: _season_planned,
    YearlyHoldMade: _season_made,
    YearlyHoldSkipped: _season_skipped,
    YearlyHoldEnded: lambda fact: f"subscription {fact.subscription}: on hold every year no more",
    ServiceFieldsSet: lambda fact: f"subscription {fact.subscription}: custom fields {values_text(fact.values)}",
}
