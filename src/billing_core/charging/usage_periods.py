"""The days of one period on which usage has one price, and the unused units that earlier periods leave for it.

All days of a component in a period at one price (`UsagePrice`) belong together, also if another price was in force
between them, or if another period rule of the same grid holds for some of them. They are cut into unbroken spans of
days at one tariff and VAT rate.

Unused units of an allowance are carried over as long as the same price is in force in each period; a period without it
ends that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.catalogue.allowances import ZERO, Allowance, allotment
from billing_core.catalogue.components import Usage
from billing_core.charging.rating_days import RatedUsage
from billing_core.charging.schedule import BillingSpan, DuePeriod, Piece, due_periods
from billing_core.charging.usage_cuts import UsagePrice
from billing_core.charging.view import BillingView
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.spans import Span, without
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import Period


class UsageRated(RuleViolation):
    """A price looks at usage that was charged before, which only the history keeps."""

    code = "usage-rated"


class UsageView(NamedTuple):
    """All that a usage component of a subscription is priced by: its spans, and what was used of it, in order.

    `rated_until` is the day up to which `usage` may lack what was charged before.
    """

    component: str
    view: BillingView
    spans: Sequence[BillingSpan]
    usage: Sequence[RatedUsage]
    rated_until: date = date.min


class Cut(Span, frozen=True, gc=False, array_like=True):
    """Unbroken days of one price, tariff and VAT rate, and what was used at their price.

    `is_due` says that they are days of the period that is due, and asked for; the others belong to another rule on the
    same grid.
    """

    to_on: date
    piece: Piece
    usage: list[RatedUsage]
    is_due: bool

    @property
    def quantities(self) -> list[Decimal]:
        return [entry.quantity for entry in self.usage]


def usage_view(
    view: BillingView, component: str, spans: Sequence[BillingSpan], usage: Sequence[RatedUsage]
) -> UsageView:
    """The prices of one usage component of a subscription, and its usage."""
    return UsageView(
        component,
        view,
        [span for span in spans if span.component == component],
        [entry for entry in usage if entry.component == component],
        view.rated_until.get(component, date.min),
    )


def price_of(piece: Piece) -> UsagePrice:
    """The identity of the usage price of some days."""
    component = piece.component
    assert isinstance(component, Usage)
    return UsagePrice(component.pricing, component.allowance, piece.tariff.prices_include_vat)


# --- the days of one price


def cuts_by_price(due: DuePeriod, known: UsageView, days: Sequence[Span] | None = None) -> dict[UsagePrice, list[Cut]]:
    """The days of a period with what was used on them, by price; the cuts of a price in the order of their days.

    If some `days` are asked for, they are cuts of their own.
    """
    pieces = [parted for piece in due.pieces for parted in _parted(piece, days)]
    for other in known.spans:
        if other is not due.span and other.grid == due.span.grid:
            pieces += [(piece, False) for piece in _pieces_within(due.period, other, known.view)]
    found: dict[UsagePrice, list[Cut]] = {}
    for piece, is_due in sorted(pieces, key=lambda entry: entry[0].from_on):
        cuts = found.setdefault(price_of(piece), [])
        cut = _cut(piece, known.usage, is_due=is_due)
        if cuts and _goes_on(cuts[-1], cut):
            before = cuts.pop()
            cut = msgspec.structs.replace(cut, from_on=before.from_on, usage=[*before.usage, *cut.usage])
        cuts.append(cut)
    return found


def _parted(piece: Piece, days: Sequence[Span] | None) -> Iterator[tuple[Piece, bool]]:
    """Days cut into those that are asked for and the others; all of them unless some are named."""
    if days is None:
        yield piece, True
        return
    yield from ((part, True) for span in days if (part := piece.within(span)) is not None)
    yield from ((part, False) for part in without([piece], days))


def _pieces_within(period: Period, span: BillingSpan, view: BillingView) -> Iterator[Piece]:
    for due in due_periods(span, view, period.from_on):
        if due.period.from_on >= period.to_on:
            return
        yield from (piece for piece in due.pieces if period.from_on <= piece.from_on < period.to_on)


def _cut(piece: Piece, usage: Sequence[RatedUsage], *, is_due: bool) -> Cut:
    assert piece.to_on is not None  # The pieces of a period are clipped to it.
    first = bisect_left(usage, piece.from_on, key=lambda entry: entry.rated_on)
    end = bisect_left(usage, piece.to_on, key=lambda entry: entry.rated_on)
    return Cut(piece.from_on, piece.to_on, piece, list(usage[first:end]), is_due)


def _goes_on(before: Cut, cut: Cut) -> bool:
    return (before.to_on, before.piece.tariff.code, before.piece.component.vat_rate, before.is_due) == (
        cut.from_on, cut.piece.tariff.code, cut.piece.component.vat_rate, cut.is_due,
    )  # fmt: skip


# --- what was before


class Before(NamedTuple):
    """The counters at the beginning of a period: units carried over, and its usage on another account.

    `quantities` is None if none of its days was on another account.
    """

    carried: tuple[Decimal, ...] = ()
    quantities: Sequence[Decimal] | None = None


def before(price: UsagePrice, due: DuePeriod, known: UsageView) -> Before:
    """The counters at the beginning of a period at a price.

    Units that are carried over depend on all periods since the price is in force, so it may need the history
    (`UsageRated`).
    """
    if price.allowance is None or not price.allowance.carried_periods:
        return _moved_in(price, due.period, due.span, known) or Before()
    earlier = _unbroken(price, due, known)
    carried = _left_elsewhere(price, price.allowance, earlier[0] if earlier else due, known)
    for entry in earlier:
        require_known(entry.period, known)
        begins = _moved_in(price, entry.period, entry.span, known) or Before(carried)
        cuts = cuts_by_price(entry, known)[price]
        used = [*(begins.quantities or ()), *(quantity for cut in cuts for quantity in cut.quantities)]
        carried = allotment(price.allowance, begins.carried, sum(used, ZERO)).left
    return _moved_in(price, due.period, due.span, known) or Before(carried)


def _moved_in(price: UsagePrice, period: Period, span: BillingSpan, known: UsageView) -> Before | None:
    """The counters at the beginning of a period on another account; None unless the subscription was moved here within
    it.
    """
    if not period.from_on <= known.view.segments[0].from_on < period.to_on:
        return None
    for entry in known.view.used_before:
        is_same_price = UsagePrice(entry.pricing, entry.allowance, entry.includes_vat) == price
        if entry.component == known.component and is_same_price and grid_terms(entry.period) == grid_terms(span.rule):
            return Before(entry.carried, entry.quantities)
    return None


def _left_elsewhere(price: UsagePrice, allowance: Allowance, first: DuePeriod, known: UsageView) -> tuple[Decimal, ...]:
    """Units that were left on another account, if the price is in force here only since the period after the move."""
    period = first.span.grid.containing(known.view.segments[0].from_on)
    moved_in = _moved_in(price, period, first.span, known)
    if moved_in is None or moved_in.quantities is None or period.to_on != first.period.from_on:
        return ()
    return allotment(allowance, moved_in.carried, sum(moved_in.quantities, ZERO)).left


def grid_terms(rule: PeriodRule) -> tuple[object, ...]:
    """The common terms of two period rules on one grid."""
    return rule.unit, rule.interval, rule.align, rule.anchor_on


def _unbroken(price: UsagePrice, due: DuePeriod, known: UsageView) -> list[DuePeriod]:
    """The periods before one in each of which the price is in force, in order, back to a period without it."""
    found: dict[Period, DuePeriod] = {}
    for span in known.spans:
        for entry in due_periods(span, known.view, span.from_on):
            if entry.period.from_on >= due.period.from_on:
                break
            if any(price_of(piece) == price for piece in entry.pieces):
                found.setdefault(entry.period, entry)
    unbroken: list[DuePeriod] = []
    begins_on = due.period.from_on
    for earlier in sorted(found.values(), key=lambda entry: entry.period.from_on, reverse=True):
        if earlier.period.to_on < begins_on:
            break
        unbroken.insert(0, earlier)
        begins_on = earlier.period.from_on
    return unbroken


def require_known(period: Period, known: UsageView) -> None:
    """All usage of a period is known, or `UsageRated`: the history has it.

    What was used before the first price has that one, so its period calls for the history if anything was charged.
    """
    first_on = min(span.from_on for span in known.spans)
    is_first = period.from_on <= first_on < period.to_on and known.rated_until > date.min
    if is_first or period.from_on < known.rated_until:
        raise UsageRated("was used in a period that was charged; look at the history", field="component",
                           value=known.component)  # fmt: skip
