"""Tariffs: what a product costs, component by component, each price with the dates it is valid on.

Decides whether a price list is sound, and which price holds on a date. Does not decide how much of a period
is charged. A published tariff never changes; prices that start or end are written in it with their dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from billing_core.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.events import Event, event
from billing_core.money import MOST_AMOUNT, PRICE_DECIMALS
from billing_core.parties import require_currency, require_text

ComponentKind = Literal["recurring", "one-off"]

# --- values and events


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit price (up to 6 decimals) valid over the half-open dates `[valid_from, valid_to)`."""

    amount: Decimal
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One thing charged: a fee per calendar month (recurring) or once at activation (one-off)."""

    code: str
    name: str
    kind: ComponentKind
    vat_rate: Decimal
    prices: tuple[Price, ...]


class Tariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product's price list in one currency. `prices_include_vat` holds for all its prices."""

    code: str
    name: str
    currency: str
    components: tuple[Component, ...]
    prices_include_vat: bool = False


Catalogue = Mapping[str, Tariff]


@event("tariff-published")
class TariffPublished(Event, frozen=True, kw_only=True):
    tariff: Tariff


# --- state


def apply_tariff(state: Tariff | None, fact: Event) -> Tariff | None:
    """Fold one event of a tariff's stream."""
    return fact.tariff if isinstance(fact, TariffPublished) else state


# --- decisions


def publish_tariff(existing: Tariff | None, tariff: Tariff, on: date) -> list[Event]:
    """Publish a price list. The same list again changes nothing; another one under the same code is refused."""
    if existing == tariff:
        return []
    if existing is not None:
        raise AlreadyExists(
            "is published and cannot change; publish the new list under a new code", field="tariff", value=tariff.code
        )
    require_text(tariff.code, "tariff code")
    require_currency(tariff.currency)
    _require_components(tariff)
    return [TariffPublished(effective_on=on, tariff=tariff)]


def _require_components(tariff: Tariff) -> None:
    if not tariff.components:
        raise InvalidValue("needs at least one component", field="tariff", value=tariff.code)
    seen: set[str] = set()
    for component in tariff.components:
        place = f"tariff {tariff.code}, component {component.code}"
        if component.code in seen:
            raise InvalidValue("stands twice in the tariff", field="component", value=component.code)
        seen.add(component.code)
        require_text(component.code, f"{place}, code")
        if "/" in component.code:
            raise InvalidValue("must not hold a slash, which parts the key of a charge", field=f"{place}, code",
                               value=component.code)  # fmt: skip
        require_vat_rate(component.vat_rate, f"{place}, VAT rate")
        _require_prices(component, place)


def _require_prices(component: Component, place: str) -> None:
    if not component.prices:
        raise InvalidValue("has no price", field=place)
    ordered = sorted(component.prices, key=lambda price: price.valid_from)
    for price in ordered:
        require_price(price.amount, f"{place}, price")
        if price.valid_to is not None and price.valid_to <= price.valid_from:
            raise InvalidValue(
                f"ends on {price.valid_to}, not after it starts", field=f"{place}, price from", value=price.valid_from
            )
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise InvalidValue(
                f"overlaps the price valid from {earlier.valid_from}; end that one first",
                field=f"{place}, price from",
                value=later.valid_from,
            )


def require_price(amount: Decimal, field: str) -> None:
    """A unit price is finite, not negative, below 10^15 and has at most six decimals."""
    if not amount.is_finite() or amount < 0:
        raise InvalidValue("a price must not be negative", field=field, value=amount)
    if amount >= MOST_AMOUNT:
        raise InvalidValue("must be below 10^15", field=field, value=amount)
    if amount != round(amount, PRICE_DECIMALS):
        raise InvalidValue(f"a price has at most {PRICE_DECIMALS} decimals", field=field, value=amount)


def require_vat_rate(rate: Decimal, field: str) -> None:
    """A VAT rate is a percentage from 0 to below 100."""
    if not rate.is_finite() or not 0 <= rate < 100:
        raise InvalidValue("must be a percentage from 0 to below 100", field=field, value=rate)


def tariff_named(catalogue: Catalogue, code: str) -> Tariff:
    """The tariff with this code, or `NotFound`."""
    try:
        return catalogue[code]
    except KeyError:
        raise NotFound("no such tariff is published", field="tariff", value=code) from None


def price_on(tariff: Tariff, component: Component, on: date) -> Price:
    """The price that holds on a date; a date without a price is a `RuleViolation`, never a guess."""
    for price in component.prices:
        if price.holds_on(on):
            return price
    raise RuleViolation(
        f"tariff {tariff.code} has no price for component {component.code} on this date; add a price that holds then",
        field="date",
        value=on,
    )
