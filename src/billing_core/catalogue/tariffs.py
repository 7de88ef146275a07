"""Tariffs: what a product costs, component by component, each price with the dates it is valid on.

Decides whether a price list is sound, which version of it and which price hold on a date, and whether it may be sold.
Does not decide how much of a period is charged. A published version never changes; another one may follow it from a
later date on, which may be replaced or withdrawn until something is charged by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from billing_core.catalogue.components import AnyComponent, Component, require_components
from billing_core.catalogue.hold_terms import DAYS_OF_LEAP_YEAR, HoldTerms, require_hold_terms
from billing_core.catalogue.parameters import Parameter, require_parameters
from billing_core.catalogue.prices import Price
from billing_core.kernel.dates import ALWAYS
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_currency, require_text

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


class Tariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product's price list in one currency. `prices_include_vat` holds for all its prices.

    `revisions` stand in the order of their dates. A tariff may name its `product` and the `parameters` of the service.
    Without terms of `hold` it may be paused for any time at no cost. A termination takes effect `notice_days` after the
    notice. For money the service is suspended only after `tolerance_days`, and warned of from `warning_days` before;
    those of the dunning policy unless said. From `closed_from` on it is not sold any more.
    `list_changes` are all that ever changed the list, in the order in which it was learnt: each says which components
    hold from a day on, also where a revision was replaced or withdrawn.
    """

    code: str
    name: str
    currency: str
    product: str = ""
    prices_include_vat: bool = False
    parameters: tuple[Parameter, ...] = ()
    hold: HoldTerms | None = None
    notice_days: int = 0
    tolerance_days: int | None = None
    warning_days: int | None = None
    components: tuple[AnyComponent, ...]
    revisions: tuple[Revision, ...] = ()
    closed_from: date | None = None
    list_changes: tuple[Revision, ...] = ()


Catalogue = Mapping[str, Tariff]


@event("tariff-published")
class TariffPublished(Event, frozen=True, kw_only=True):
    tariff: Tariff


@event("tariff-revised")
class TariffRevised(Event, frozen=True, kw_only=True):
    """From `effective_on` these components hold in place of those before."""

    tariff: str
    components: tuple[AnyComponent, ...]


@event("tariff-revision-replaced")
class TariffRevisionReplaced(Event, frozen=True, kw_only=True):
    """From `effective_on`, the day of the last revision, these components hold in place of those that it had."""

    tariff: str
    components: tuple[AnyComponent, ...]


@event("tariff-revision-withdrawn")
class TariffRevisionWithdrawn(Event, frozen=True, kw_only=True):
    """The revision from `effective_on` does not take place: what held before goes on."""

    tariff: str


@event("tariff-closed")
class TariffClosed(Event, frozen=True, kw_only=True):
    """From `effective_on` nothing more is sold by this tariff; those who have it keep it."""

    tariff: str


@event("tariff-reopened")
class TariffReopened(Event, frozen=True, kw_only=True):
    """The tariff is sold again, on every day."""

    tariff: str


# --- state


def apply_tariff(state: Tariff | None, fact: Event) -> Tariff | None:
    """Fold one event of a tariff's stream."""
    if isinstance(fact, TariffPublished):
        return fact.tariff
    return None if state is None else _changed(state, fact)


def _changed(state: Tariff, fact: Event) -> Tariff:
    match fact:
        case TariffRevised():
            return revised(state, Revision(valid_from=fact.effective_on, components=fact.components))
        case TariffRevisionReplaced():
            return revised(unrevised(state), Revision(valid_from=fact.effective_on, components=fact.components))
        case TariffRevisionWithdrawn():
            left = unrevised(state)
            before = Revision(valid_from=fact.effective_on, components=last_components(left))
            return msgspec.structs.replace(left, list_changes=(*left.list_changes, before))
        case TariffClosed():
            return msgspec.structs.replace(state, closed_from=fact.effective_on)
        case TariffReopened():
            return msgspec.structs.replace(state, closed_from=None)
    return state


def revised(tariff: Tariff, revision: Revision) -> Tariff:
    """The tariff with one more revision."""
    return msgspec.structs.replace(
        tariff, revisions=(*tariff.revisions, revision), list_changes=(*tariff.list_changes, revision)
    )


def unrevised(tariff: Tariff) -> Tariff:
    """The tariff without its last revision, which once changed the list."""
    return msgspec.structs.replace(tariff, revisions=tariff.revisions[:-1])


def as_published(tariff: Tariff) -> Tariff:
    """The tariff as it was published first."""
    return msgspec.structs.replace(tariff, revisions=(), closed_from=None, list_changes=())


# --- decisions


def publish_tariff(existing: Tariff | None, tariff: Tariff, on: date) -> list[Event]:
    """Publish a price list. The same list again changes nothing; another one under the same code is refused."""
    if existing is not None and tariff == as_published(existing):
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


def replace_revision(existing: Tariff, revision: Revision, charged: str | None) -> list[Event]:
    """Other components from the day of the last revision; `charged` is an account that was charged by it, if one was.

    The same components change nothing.
    """
    known = _last_revision(existing, revision.valid_from)
    if revision.components == known.components:
        return []
    _require_uncharged(known, charged)
    PriceListCourse(unrevised(existing)).require_next(revision)
    return [
        TariffRevisionReplaced(effective_on=revision.valid_from, tariff=existing.code, components=revision.components)
    ]


def withdraw_revision(existing: Tariff, valid_from: date, charged: str | None) -> list[Event]:
    """The last revision does not take place; `charged` is an account that was charged by it, if one was."""
    _require_uncharged(_last_revision(existing, valid_from), charged)
    return [TariffRevisionWithdrawn(effective_on=valid_from, tariff=existing.code)]


def _last_revision(tariff: Tariff, valid_from: date) -> Revision:
    """The last revision, if it is from this day; an earlier one goes after the later ones only."""
    dates = [revision.valid_from for revision in tariff.revisions]
    if valid_from not in dates:
        raise NotFound(f"tariff {tariff.code} has no revision from this date", field="revision from", value=valid_from)
    if valid_from != dates[-1]:
        raise RuleViolation(f"tariff {tariff.code} is revised again from {dates[-1]} on; withdraw that revision first",
                            field="revision from", value=valid_from)  # fmt: skip
    return tariff.revisions[-1]


def _require_uncharged(revision: Revision, charged: str | None) -> None:
    if charged is not None:
        raise RuleViolation(f"account {charged} was charged by it already; add a revision from a later date",
                            field="revision from", value=revision.valid_from)  # fmt: skip


def close_tariff(existing: Tariff, on: date) -> list[Event]:
    """Nothing more is sold by the tariff from a day on; the same day changes nothing, another one takes its place."""
    return [] if existing.closed_from == on else [TariffClosed(effective_on=on, tariff=existing.code)]


def reopen_tariff(existing: Tariff, on: date) -> list[Event]:
    """The tariff is sold again; one that is not closed changes nothing."""
    return [] if existing.closed_from is None else [TariffReopened(effective_on=on, tariff=existing.code)]


def require_on_sale(tariff: Tariff, on: date) -> Tariff:
    """The tariff, if it is sold on a day: one closed from 1 May is sold on 30 April for the last time."""
    if tariff.closed_from is not None and tariff.closed_from <= on:
        raise RuleViolation(f"is closed for new sale from {tariff.closed_from} on; choose another tariff, or reopen it "
                            "with `reopen-tariff`", field="tariff", value=tariff.code)  # fmt: skip
    return tariff


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
                f"tariff {self._tariff} is revised from {self.last.valid_from} on already; choose a later date, or use "
                "`replace-revision` or `withdraw-revision` if nothing was charged by it yet",
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


def components_ever(tariff: Tariff) -> Iterator[AnyComponent]:
    """The components of all days, those of each revision anew."""
    yield from tariff.components
    for revision in tariff.revisions:
        yield from revision.components


def components_on(tariff: Tariff, on: date) -> tuple[AnyComponent, ...]:
    """The components that hold on a day."""
    return next(components for _, _, components in components_over(tariff, on, on + timedelta(days=1)))


def require_tariff(tariff: Tariff) -> None:
    """A price list that can be charged, or `InvalidValue` naming tariff, component and what to mend."""
    require_text(tariff.code, "tariff code")
    require_currency(tariff.currency)
    require_components(tariff.components, tariff.code)
    require_parameters(tariff.parameters, f"tariff {tariff.code}")
    course = PriceListCourse(as_published(tariff))
    for revision in tariff.revisions:
        course.require_next(revision)
        course.add(revision)
    require_hold_terms(tariff.hold, f"tariff {tariff.code}, hold")
    require_days(tariff.notice_days, "notice days", tariff.code)
    require_days(tariff.tolerance_days, "tolerance days", tariff.code)
    require_days(tariff.warning_days, "warning days", tariff.code)


def require_days(days: int | None, what: str, tariff: str) -> None:
    """No days, or those of a year at most; None leaves them to others."""
    if days is not None and not 0 <= days <= DAYS_OF_LEAP_YEAR:
        raise InvalidValue(f"must be 0 to {DAYS_OF_LEAP_YEAR}", field=f"tariff {tariff}, {what}", value=days)


def tariff_named(catalogue: Catalogue, code: str) -> Tariff:
    """The tariff with this code, or `NotFound`."""
    try:
        return catalogue[code]
    except KeyError:
        raise NotFound(
            "no such tariff is published; `billing catalogue show` lists them", field="tariff", value=code
        ) from None


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
