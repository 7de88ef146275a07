"""Tariffs: what a product costs, component by component, each price with the dates it is valid on.

Decides whether a price list is sound, which version of it and which price hold on a date. Does not decide how much
of a period is charged. A published version never changes; another one may follow it from a later date on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from billing_core.catalogue.components import AnyComponent, Component, require_components
from billing_core.catalogue.parameters import Parameter, require_parameters
from billing_core.catalogue.prices import Price
from billing_core.kernel.dates import ALWAYS
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties import require_currency, require_text

DAYS_OF_LEAP_YEAR = 366

# --- values and events


class PriceMissing(RuleViolation):
    """The price list has no price for a date."""

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


class HoldTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long a customer may pause the service, how many days of a calendar year in all, and what it costs.

    `charge_percent` of the recurring fees is charged meanwhile; a fee for each hold is a one-off component at a hold.
    """

    least_days: int = 1
    most_days: int | None = None
    most_days_a_year: int | None = None
    charge_percent: Decimal = Decimal(0)


class Tariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product's price list in one currency. `prices_include_vat` holds for all its prices.

    `revisions` stand in the order of their dates. A tariff may name its `product` and the `parameters` of the service.
    Without terms of `hold` it may be paused for any time at no cost. A termination takes effect `notice_days` after the
    notice.
    """

    code: str
    name: str
    currency: str
    product: str = ""
    prices_include_vat: bool = False
    parameters: tuple[Parameter, ...] = ()
    hold: HoldTerms | None = None
    notice_days: int = 0
    components: tuple[AnyComponent, ...]
    revisions: tuple[Revision, ...] = ()


Catalogue = Mapping[str, Tariff]


@event("tariff-published")
class TariffPublished(Event, frozen=True, kw_only=True):
    tariff: Tariff


@event("tariff-revised")
class TariffRevised(Event, frozen=True, kw_only=True):
    """From `effective_on` these components hold in place of those before."""

    tariff: str
    components: tuple[AnyComponent, ...]


# --- state


def apply_tariff(state: Tariff | None, fact: Event) -> Tariff | None:
    """Fold one event of a tariff's stream."""
    match fact:
        case TariffPublished():
            return fact.tariff
        case TariffRevised() if state is not None:
            return revised(state, Revision(valid_from=fact.effective_on, components=fact.components))
    return state


def revised(tariff: Tariff, revision: Revision) -> Tariff:
    """The tariff with one more revision."""
    return msgspec.structs.replace(tariff, revisions=(*tariff.revisions, revision))


# --- decisions


def publish_tariff(existing: Tariff | None, tariff: Tariff, on: date) -> list[Event]:
    """Publish a price list. The same list again changes nothing; another one under the same code is refused."""
    if existing is not None and tariff == msgspec.structs.replace(existing, revisions=()):
        return []
    if existing is not None:
        raise AlreadyExists(
            "is published and cannot change; revise it from a date on, or publish the new list under a new code",
            field="tariff",
            value=tariff.code,
        )
    require_tariff(tariff)
    return [TariffPublished(effective_on=on, tariff=tariff)]


def revise_tariff(existing: Tariff, revision: Revision) -> list[Event]:
    """Other components from a date on; earlier days are unchanged. A known revision changes nothing."""
    return [
        TariffRevised(effective_on=new.valid_from, tariff=existing.code, components=new.components)
        for new in new_revisions(existing, [revision])
    ]


def new_revisions(existing: Tariff, revisions: Sequence[Revision]) -> list[Revision]:
    """Those of some revisions, in the order of their dates, that change a tariff; each must follow the last one."""
    course, found = PriceListCourse(existing), []
    known = {revision.valid_from: revision for revision in existing.revisions}
    for revision in revisions:
        if known.get(revision.valid_from) == revision:
            continue
        course.require_next(revision)
        if revision.components != course.last.components:
            course.add(revision)
            found.append(revision)
    return found


class PriceListCourse:
    """What a tariff was up to its last revision, so that many revisions are checked in one pass over them."""

    def __init__(self, tariff: Tariff) -> None:
        self.last = Revision(valid_from=ALWAYS, components=tariff.components)
        self._tariff = tariff.code
        self._kinds: dict[str, str] = {}
        for revision in (self.last, *tariff.revisions):
            self.add(revision)

    def require_next(self, revision: Revision) -> None:
        """A sound price list from a date after the last revision, in which every code stays the kind it was."""
        require_components(revision.components, self._tariff)
        if self.last.valid_from != ALWAYS and revision.valid_from <= self.last.valid_from:
            raise RuleViolation(
                f"tariff {self._tariff} is revised from {self.last.valid_from} on already, and what is published never "
                "changes; choose a later date",
                field="revision from",
                value=revision.valid_from,
            )
        for component in revision.components:
            before = self._kinds.get(component.code, component.kind)
            if before != component.kind:
                raise InvalidValue(
                    f"was {before} before and cannot become {component.kind}; give it another code",
                    field=f"tariff {self._tariff}, component {component.code}, kind",
                    value=component.kind,
                )

    def add(self, revision: Revision) -> None:
        self.last = revision
        self._kinds.update((component.code, component.kind) for component in revision.components)


def last_components(tariff: Tariff) -> tuple[AnyComponent, ...]:
    """The components of the last revision."""
    return tariff.revisions[-1].components if tariff.revisions else tariff.components


def components_on(tariff: Tariff, on: date) -> tuple[AnyComponent, ...]:
    """The components that hold on a day."""
    return next(components for _, _, components in components_over(tariff, on, on + timedelta(days=1)))


def require_tariff(tariff: Tariff) -> None:
    """A price list that can be charged, or `InvalidValue` naming tariff, component and what to mend."""
    require_text(tariff.code, "tariff code")
    require_currency(tariff.currency)
    require_components(tariff.components, tariff.code)
    require_parameters(tariff.parameters, f"tariff {tariff.code}")
    course = PriceListCourse(msgspec.structs.replace(tariff, revisions=()))
    for revision in tariff.revisions:
        course.require_next(revision)
        course.add(revision)
    require_hold_terms(tariff.hold, f"tariff {tariff.code}, hold")
    require_notice_days(tariff.notice_days, tariff.code)


def require_notice_days(days: int, tariff: str) -> None:
    """A notice period of no days, or of a year at most."""
    if not 0 <= days <= DAYS_OF_LEAP_YEAR:
        raise InvalidValue(f"must be 0 to {DAYS_OF_LEAP_YEAR}", field=f"tariff {tariff}, notice days", value=days)


def require_hold_terms(terms: HoldTerms | None, place: str) -> None:
    """Terms that can be kept to; none at all are fine."""
    if terms is None:
        return
    most, a_year, percent = terms.most_days, terms.most_days_a_year, terms.charge_percent
    if terms.least_days < 1:
        raise InvalidValue("must be at least a day", field=f"{place}, least days", value=terms.least_days)
    if most is not None and most < terms.least_days:
        raise InvalidValue(f"must not be below the least, {terms.least_days}", field=f"{place}, most days", value=most)
    if a_year is not None and not terms.least_days <= a_year <= DAYS_OF_LEAP_YEAR:
        raise InvalidValue(f"must be {terms.least_days} to {DAYS_OF_LEAP_YEAR}", field=f"{place}, most days a year",
                           value=a_year)  # fmt: skip
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidValue("must be 0 to 100", field=f"{place}, charge percent", value=percent)


def tariff_named(catalogue: Catalogue, code: str) -> Tariff:
    """The tariff with this code, or `NotFound`."""
    try:
        return catalogue[code]
    except KeyError:
        raise NotFound("no such tariff is published", field="tariff", value=code) from None


def components_over(
    tariff: Tariff, from_on: date, to_on: date | None
) -> Iterator[tuple[date, date | None, tuple[AnyComponent, ...]]]:
    """The components of the days `[from_on, to_on)`, cut at the beginning of each revision."""
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
    """The price that holds on a date: that of the customer class, or else the general one.

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


def price_when_left(tariff: Tariff, component: Component, on: date, customer_class: str = "") -> Price:
    """The price on the day on which a tariff is left; if the price list ends on that very day, the last price."""
    try:
        return price_on(tariff, component, on, customer_class)
    except PriceMissing:
        return price_on(tariff, component, on - timedelta(days=1), customer_class)
