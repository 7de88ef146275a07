"""Tariffs: what a product costs, component by component, each price with the dates it is valid on.

Decides whether a price list is sound, which version of it and which price hold on a date. Does not decide how much
of a period is charged. A published version never changes; another one may follow it from a later date on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from billing_core.catalogue.components import AnyComponent, Component, require_components
from billing_core.catalogue.prices import Price
from billing_core.errors import AlreadyExists, NotFound, RuleViolation
from billing_core.events import Event, event
from billing_core.parties import require_currency, require_text

# --- values and events


class PriceMissing(RuleViolation):
    """The price list says nothing for a date."""

    code = "price-missing"

    def __init__(self, tariff: str, component: str, on: date) -> None:
        super().__init__(
            f"tariff {tariff} has no price for component {component} on this date; add a price that holds then",
            field="date",
            value=on,
        )
        self.tariff = tariff
        self.component = component


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """The components from a day on, in place of those before."""

    valid_from: date
    components: tuple[AnyComponent, ...]


class Tariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product's price list in one currency. `prices_include_vat` holds for all its prices.

    `revisions` stand in the order of their dates.
    """

    code: str
    name: str
    currency: str
    components: tuple[AnyComponent, ...]
    prices_include_vat: bool = False
    revisions: tuple[Revision, ...] = ()


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
    require_tariff(tariff)
    return [TariffPublished(effective_on=on, tariff=tariff)]


def require_tariff(tariff: Tariff) -> None:
    """A price list that can be charged, or `InvalidValue` naming tariff, component and what to mend."""
    require_text(tariff.code, "tariff code")
    require_currency(tariff.currency)
    require_components(tariff.components, tariff.code)


def tariff_named(catalogue: Catalogue, code: str) -> Tariff:
    """The tariff with this code, or `NotFound`."""
    try:
        return catalogue[code]
    except KeyError:
        raise NotFound("no such tariff is published", field="tariff", value=code) from None


def components_over(
    tariff: Tariff, from_on: date, to_on: date | None
) -> Iterator[tuple[date, date | None, tuple[AnyComponent, ...]]]:
    """The components that hold over the days `[from_on, to_on)`, cut where a revision begins."""
    components = tariff.components
    for revision in tariff.revisions:
        if to_on is not None and revision.valid_from >= to_on:
            break
        if revision.valid_from > from_on:
            yield from_on, revision.valid_from, components
            from_on = revision.valid_from
        components = revision.components
    yield from_on, to_on, components


def price_on(tariff: Tariff, component: Component, on: date, customer_class: str = "") -> Price:
    """The price that holds on a date: that of the customer class, or else everybody's.

    A date without a price is `PriceMissing`, never a guess.
    """
    general = None
    for price in component.prices:
        if price.holds_on(on):
            if price.customer_class == customer_class:
                return price
            if not price.customer_class:
                general = price
    if general is not None:
        return general
    raise PriceMissing(tariff.code, component.code, on)
