"""Agreements for a subscription: quantity, prices, options, the percentage charged during a pause.

Each holds from a day on which the subscription is active, for components of the tariff in force on that day; an error
names the wrong value and the possible ones. Which changes follow is decided in `changes`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from billing_core.catalogue.components import (
    ON_EVERYTHING,
    AnyComponent,
    Discount,
    Minimum,
    OneOff,
    Recurring,
    Usage,
    require_share,
    require_splittable,
)
from billing_core.catalogue.prices import require_price
from billing_core.catalogue.tariffs import Tariff, components_on, price_on
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.repetitions import first_repeated
from billing_core.parties.details import require_text
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import TermsInForce

MOST_QUANTITY = Decimal(10) ** 9
QUANTITY_DECIMALS = 6

# --- what holds on a day


def in_force_on(subscription: Subscription, on: date) -> TermsInForce:
    """The terms in force on a day, or `RuleViolation` if the subscription is not active."""
    for segment in subscription.segments():
        if segment.contains(on):
            return segment.in_force
    raise no_service_on(subscription, on)


def no_service_on(subscription: Subscription, on: date) -> RuleViolation:
    """The error that the subscription is not in force on a day."""
    return RuleViolation(
        f"subscription {subscription.code} is not active on this day; look at its timeline and choose another day",
        field="date", value=on,
    )  # fmt: skip


def component_on(tariff: Tariff, code: str, on: date, field: str = "component") -> AnyComponent:
    """The component of this code that is in force on a day, or `InvalidValue` naming those that are."""
    components = components_on(tariff, on)
    for component in components:
        if component.code == code:
            return component
    known = ", ".join(component.code for component in components)
    raise InvalidValue(f"tariff {tariff.code} has no such component on {on}; it has {known}", field=field, value=code)


# --- what may be agreed


def require_quantity(quantity: Decimal) -> None:
    """More than nothing, below 10^9, with at most six decimals."""
    if not quantity.is_finite() or not 0 < quantity < MOST_QUANTITY or quantity != round(quantity, QUANTITY_DECIMALS):
        raise InvalidValue(
            f"must be above 0 and below 10^9, with at most {QUANTITY_DECIMALS} decimals", field="quantity",
            value=quantity,
        )  # fmt: skip


def require_percent(percent: Decimal) -> None:
    """The part of the fees that is charged is a percentage."""
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidValue("must be 0 to 100", field="charge percent", value=percent)


def require_until(until: date | None, agreed: Collection[str], on: date) -> None:
    """The end of what is agreed lies after its beginning, and there is something agreed that ends."""
    if until is None:
        return
    if not agreed:
        raise InvalidValue("no price is agreed that could end then", field="agreed until", value=until)
    if until <= on:
        raise InvalidValue(f"must lie after the day it is agreed from, {on}", field="agreed until", value=until)


def require_prices(
    tariff: Tariff,
    agreed_prices: Mapping[str, Decimal],
    on: date,
    customer_class: str = "",
    options: Sequence[str] = (),
) -> None:
    """The agreed prices are allowed, and everything else that is charged from this day has a price."""
    require_agreed(tariff, agreed_prices, on)
    for component in components_on(tariff, on):
        is_open = isinstance(component, Recurring) and component.is_option and component.code not in options
        if component.code not in agreed_prices and not is_open:
            require_listed(tariff, component, on, customer_class)


def require_agreed(tariff: Tariff, agreed_prices: Mapping[str, Decimal], on: date) -> None:
    """A price can be agreed for a fee of the tariff: what is used or shared is priced in another way."""
    known = {component.code: component for component in components_on(tariff, on)}
    if unknown := agreed_prices.keys() - known.keys():
        raise InvalidValue(f"tariff {tariff.code} has no such component", field="agreed price for", value=min(unknown))
    for code, amount in agreed_prices.items():
        if not isinstance(known[code], Recurring | OneOff | Minimum):
            raise InvalidValue(
                f"is {known[code].kind}, which has no unit price to agree on; agree a price of a fee, or grant a "
                "discount", field="agreed price for", value=code,
            )  # fmt: skip
        require_price(amount, f"agreed price for {code}")


def require_options(tariff: Tariff, options: Sequence[str], on: date, in_force: TermsInForce) -> None:
    """Each is an optional component of the tariff that has a price on that day."""
    if twice := first_repeated(options):
        raise InvalidValue("is named twice", field="option", value=twice[1])
    for code in options:
        component = component_on(tariff, code, on, "option")
        if not isinstance(component, Recurring) or not component.is_option:
            raise InvalidValue(f"is no option of tariff {tariff.code}; it is always charged", field="option",
                               value=code)  # fmt: skip
        if code not in in_force.agreed_prices:
            require_listed(tariff, component, on, in_force.customer_class)


def require_listed(tariff: Tariff, component: AnyComponent, on: date, customer_class: str) -> None:
    """The price list has a price on that day, unless the component is priced in another way."""
    if component.prices:
        price_on(tariff, component, max(on, getattr(component, "valid_from", None) or on), customer_class)


def require_discount(discount: Discount, tariff: Tariff, on: date) -> None:
    """A discount on recurring fees or usage of the tariff, with a code that no component has."""
    components = components_on(tariff, on)
    place = f"discount {discount.code}"
    require_text(discount.code, "discount, code")
    if "/" in discount.code or ":" in discount.code:
        raise InvalidValue("must hold neither slash nor colon, which part the key of a charge", field="discount, code",
                           value=discount.code)  # fmt: skip
    if discount.code in {component.code for component in components}:
        raise InvalidValue(f"is a component of tariff {tariff.code}; give the discount a code of its own",
                           field="discount, code", value=discount.code)  # fmt: skip
    require_share(discount, place)
    for price in discount.prices:
        require_price(price.amount, f"{place}, amount")
    if discount.valid_to is not None and discount.valid_to <= on:
        raise InvalidValue(f"must lie after the day it is granted from, {on}", field=f"{place}, until",
                           value=discount.valid_to)  # fmt: skip
    for code in discount.on if discount.on != ON_EVERYTHING else ():
        _require_discountable(component_on(tariff, code, on, f"{place}, on"), tariff, place)
    require_splittable(discount, components, place)


def _require_discountable(component: AnyComponent, tariff: Tariff, place: str) -> None:
    if not isinstance(component, Recurring | Usage):
        raise InvalidValue(
            f"is {component.kind} in tariff {tariff.code}; a discount is on recurring fees and usage, so agree another "
            "price for it instead", field=f"{place}, on", value=component.code,
        )  # fmt: skip
