"""The services that a contract sells, as they stood when it was printed: tariff, first day, and prices.

Worked example, `net` on the tariff Fast 500 since 1 June 2026, with a monthly fee of 20.00 EUR and 20 % VAT on top, for
which 18.00 were agreed: the contract shows Fast 500 from 1 June 2026, Monthly fee 18.00 EUR without VAT.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import PriceMissing, Tariff, components_on, price_on
from billing_core.kernel.errors import RuleViolation
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import TermsInForce


class LinkedService(msgspec.Struct, frozen=True, kw_only=True):
    """A service that a contract is about: a subscription of an account of the customer."""

    account: str
    subscription: str


class Fee(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recurring fee: its price for every so many months or days."""

    name: str
    price: Decimal
    months: int = 1
    days: int = 0
    vat_rate: Decimal


class SoldService(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service as a contract shows it."""

    account: str
    subscription: str
    tariff: str
    name: str
    since: date
    quantity: Decimal = Decimal(1)
    place: str = ""
    currency: str
    prices_include_vat: bool = False
    fees: tuple[Fee, ...] = ()


def tariff_of_sale(subscription: Subscription, on: date) -> tuple[str, date]:
    """The tariff of a service on the first day of its contract, and since when: at its activation if that is later."""
    segment = next((each for each in subscription.segments() if each.to_on is None or on < each.to_on), None)
    if segment is None or segment.in_force.status == "terminated":
        raise RuleViolation(f"has ended before {on}; link one that goes on", field="subscription",
                            value=subscription.code)  # fmt: skip
    return segment.in_force.tariff, max(on, segment.from_on)


def sold(account: str, subscription: Subscription, tariff: Tariff, on: date) -> SoldService:
    """A service on the first day of its contract, by the list and the prices agreed then."""
    _, since = tariff_of_sale(subscription, on)
    in_force = next(each.in_force for each in subscription.segments() if each.contains(since))
    return SoldService(
        account=account,
        subscription=subscription.code,
        tariff=tariff.code,
        name=tariff.name,
        since=subscription.activated_on if subscription.activated_on > on else on,
        quantity=in_force.quantity,
        place=subscription.address,
        currency=tariff.currency,
        prices_include_vat=tariff.prices_include_vat,
        fees=tuple(_fees(tariff, in_force, since)),
    )


def _fees(tariff: Tariff, in_force: TermsInForce, on: date) -> Iterator[Fee]:
    for component in components_on(tariff, on):
        if not isinstance(component, Recurring) or (component.is_option and component.code not in in_force.options):
            continue
        price = in_force.agreed_prices.get(component.code)
        if price is None:
            try:
                price = price_on(tariff, component, on, in_force.customer_class).amount
            except PriceMissing:
                continue
        rule = component.period
        yield Fee(name=component.name, price=price, months=rule.months, days=rule.days, vat_rate=component.vat_rate)
