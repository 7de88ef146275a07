"""The schedule: over which days a component is in force under one period rule, and when each of its periods is due.

1. The timeline is cut at each revision of its price list, and at each day on which the grid changes with the account's
   billing day. Terms of the same component on the same grid are one *billing span*: a change of tariff keeps the grid.
2. Of each period of the grid those days are charged on which the service is active, or held or suspended at more than
   nothing of its fee.
3. The period that the activation cuts is the first stub, the one that the termination cuts the last: their policy may
   leave days out, extend them, or join the first stub to the period that follows, if one does.
4. In advance a period is due on its first charged day (a joined stub with the period it is joined to, on the first
   charged day of that, or as soon as it is known that none follows); in arrears when it is over, or as soon as the
   component ends.
5. Days that were waived are due like all others, and nothing is charged for them. A price that is never prorated is
   waived whole with any of its days.

Worked example, monthly in advance, billing day 1, activated on 15 March, held from 10 to 20 May:

             15 Mar    1 Apr          1 May  10 May  20 May  1 Jun
    grid    |---------|--------------|----------------------|
    charged    |======|==============|======|        |======|
    due        15 Mar  1 Apr          1 May
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import AnyComponent, Minimum, Phase, Recurring, Usage
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_over, tariff_named
from billing_core.charging.view import BillingView
from billing_core.kernel.spans import ONE_DAY, Span, without
from billing_core.services.terms_in_force import ALL_PERCENT, TermsInForce
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import Grid, GridSpan, Period, grid_on, grids

NO_PERCENT = Decimal(0)


class Piece(Span, frozen=True, gc=False, array_like=True):
    """Days over which the same terms hold for a component."""

    in_force: TermsInForce
    tariff: Tariff
    component: AnyComponent


class BillingSpan(NamedTuple):
    """A component in force on the days of its pieces, on one grid.

    `phased_since` are the first days of each of its lists of phases, on any grid or account. `joined` is its first
    stub, if that is one period with the one that follows.
    """

    component: str
    rule: PeriodRule
    grid: Grid
    phased_since: Mapping[tuple[Phase, ...], date]
    pieces: list[Piece]
    joined: Period | None = None

    @property
    def from_on(self) -> date:
        return self.pieces[0].from_on

    @property
    def to_on(self) -> date | None:
        return self.pieces[-1].to_on

    @property
    def end(self) -> date:
        return self.pieces[-1].end

    @property
    def joined_period(self) -> Period | None:
        """The period that the first stub and the one that it is joined to are together."""
        stub = self.joined
        return None if stub is None else Period(stub.from_on, self.grid.containing(stub.to_on).to_on)

    def number(self, on: date) -> int:
        """The number of the period in which a day lies; a joined stub has that of the period it is joined to."""
        is_joined = self.joined is not None and self.joined.contains(on)
        return self.grid.number(on) + (1 if is_joined else 0)


class DuePeriod(NamedTuple):
    """A period of a component, when it is due, and its charged days.

    `whole` are the whole periods that these days are a part of, two if the first stub is joined, and `present` what
    activation and termination leave of each. No day is charged in a last stub that costs nothing, or if all days are
    waived.
    """

    span: BillingSpan
    due_on: date
    period: Period
    whole: tuple[Period, ...]
    present: tuple[Period, ...]
    pieces: list[Piece]


# --- what is in force


def pieces(view: BillingView, catalogue: Catalogue) -> Iterator[Piece]:
    """Every component of the tariffs of a timeline with the days on which it is in force, segment by segment."""
    for segment in view.segments:
        in_force = segment.in_force
        tariff = tariff_named(catalogue, in_force.tariff)
        for from_on, to_on, components in components_over(tariff, segment.from_on, segment.to_on):
            for component in components:
                # If the price list's VAT rate was corrected, the right one holds.
                rate = in_force.vat_rates.get(component.code) if in_force.vat_rates else None
                right = component if rate is None else msgspec.structs.replace(component, vat_rate=rate)
                yield Piece(from_on, to_on, _for_component(in_force, component), tariff, right)


def _for_component(in_force: TermsInForce, component: AnyComponent) -> TermsInForce:
    """The terms for a component: a fee while it is held is charged in full on hold, and not at all on other days."""
    if not (isinstance(component, Recurring) and component.while_held):
        return in_force
    return msgspec.structs.replace(in_force, percent=ALL_PERCENT if in_force.status == "held" else NO_PERCENT)


def billing_spans(view: BillingView, in_force: Iterable[Piece]) -> list[BillingSpan]:
    """The billing spans of all components that are charged by the period, in the order in which they begin."""
    found: dict[tuple[str, PeriodRule, Grid], list[Piece]] = {}
    phased_since: dict[str, dict[tuple[Phase, ...], date]] = {}
    grid_spans: dict[PeriodRule, list[GridSpan]] = {}
    for piece in in_force:
        component = piece.component
        if not isinstance(component, Recurring | Usage | Minimum):
            continue
        rule = component.period
        if rule not in grid_spans:
            grid_spans[rule] = grids(rule, view.anchored_on, view.billing_days, view.begun_anew)
        for grid, part in _on_grids(piece, grid_spans[rule]):
            found.setdefault((component.code, rule, grid), []).append(part)
        if isinstance(component, Recurring) and component.phases and _is_chosen(piece):
            begun = phased_since.setdefault(component.code, {})
            begun.setdefault(component.phases, piece.from_on if begun else _begun_on(view, piece))
    spans = (
        BillingSpan(code, rule, grid, phased_since.get(code, {}), members)
        for (code, rule, grid), members in found.items()
    )
    return [span._replace(joined=_joined_stub(span, view)) for span in spans]


def _joined_stub(span: BillingSpan, view: BillingView) -> Period | None:
    """The first stub, if a period follows that it is joined to."""
    stub = first_stub(span, view) if span.rule.first_stub == "join" else None
    return stub if stub is not None and stub.to_on < span.end else None


def _begun_on(view: BillingView, piece: Piece) -> date:
    """The first day of phases, which may lie before the subscription was moved here."""
    is_first = piece.from_on == view.segments[0].from_on
    return view.since.get(piece.component.code, piece.from_on) if is_first else piece.from_on


def _on_grids(piece: Piece, spans: Sequence[GridSpan]) -> Iterator[tuple[Grid, Piece]]:
    """A piece cut on each day on which the next grid begins."""
    if len(spans) == 1:
        yield spans[0].grid, piece
        return
    for part in piece.cut(span.from_on for span in spans[1:]):
        yield grid_on(spans, part.from_on), part


# --- what is due


def due_periods(span: BillingSpan, view: BillingView, from_on: date) -> Iterator[DuePeriod]:
    """The periods with charged days, in order, from the one in which a day lies or the last one before it."""
    day: date | None = min(max(from_on, span.from_on), span.end - ONE_DAY)
    waived = view.waived(span.component) if view.waivers else []
    while day is not None:
        period, whole = _period_at(span, view, day)
        charged = _charged_pieces(span, view, period)
        if charged:
            # A last stub that costs nothing is decided all the same: it is owed if the termination is cancelled.
            is_left_out = span.rule.last_stub == "none" and _is_last_stub(span, view, period)
            present = tuple(_present(span, view, entry) for entry in whole)
            kept = [] if is_left_out else _unwaived(charged, waived)
            yield DuePeriod(span, _due_on(span, view, period, whole, charged), period, whole, present, kept)
        day = _next_charged_day(span, period.to_on)


def _period_at(span: BillingSpan, view: BillingView, on: date) -> tuple[Period, tuple[Period, ...]]:
    """The period of a day, with the whole periods that it is priced by: two if the first stub is joined."""
    period = span.grid.containing(on)
    together = span.joined_period
    if span.joined is not None and together is not None and together.covers(period):
        return together, (span.joined, Period(span.joined.to_on, together.to_on))
    if span.rule.first_stub == "full" and period == first_stub(span, view):
        return period, (Period(span.from_on, period.to_on),)
    return period, (period,)


def _present(span: BillingSpan, view: BillingView, period: Period) -> Period:
    """The part of a whole period between activation and termination; a last stub that is charged in full is whole."""
    from_on, to_on = period.from_on, period.to_on
    if span.from_on == view.begun_on:
        from_on = max(from_on, span.from_on)
    if span.rule.last_stub != "full" and _is_last_stub(span, view, period):
        to_on = min(to_on, span.end)
    return period if (from_on, to_on) == (period.from_on, period.to_on) else Period(from_on, to_on)


def first_stub(span: BillingSpan, view: BillingView) -> Period | None:
    """The period that the activation cuts, None if it lies on the grid."""
    if span.from_on != view.begun_on:
        return None
    period = span.grid.containing(span.from_on)
    return None if period.from_on == span.from_on else period


def _charged_pieces(span: BillingSpan, view: BillingView, period: Period) -> list[Piece]:
    """The days of a period that are charged, by the policies of the first and the last stub and the proration."""
    rule = span.rule
    inside: Span = period
    if rule.first_stub == "free" and (stub := first_stub(span, view)) is not None:
        inside = Span(max(period.from_on, stub.to_on), period.to_on)
    found = [part for piece in span.pieces if _is_charged(piece) and (part := piece.within(inside)) is not None]
    if not found:
        return found
    is_last = _is_last_stub(span, view, period)
    if rule.last_stub == "full" and is_last and found[-1].to_on == span.to_on:
        found[-1] = msgspec.structs.replace(found[-1], to_on=period.to_on)
    if _is_never_prorated(found[0]):
        # If the component continues by another rule or grid, its days there are not covered here.
        until = _in_force_until(span, found[0].from_on)
        ends_on = period.to_on if is_last and until == span.end else min(period.to_on, until)
        return [msgspec.structs.replace(found[0], to_on=ends_on)]
    return found


def _is_never_prorated(piece: Piece) -> bool:
    return isinstance(piece.component, Recurring | Minimum) and piece.component.proration == "none"


def _unwaived(charged: list[Piece], waived: Sequence[Span]) -> list[Piece]:
    """The charged days that are not waived; a price that is never prorated is waived whole with any day of it."""
    kept = list(without(charged, waived)) if waived else charged
    return [] if kept != charged and _is_never_prorated(charged[0]) else kept


def _in_force_until(span: BillingSpan, on: date) -> date:
    """The end of the unbroken days of a billing span from a day on."""
    for piece in span.pieces:
        if piece.contains(on):
            on = piece.end
    return on


def _is_last_stub(span: BillingSpan, view: BillingView, period: Period) -> bool:
    """Whether the termination cuts the period."""
    ends_on = view.terminated_on
    return ends_on is not None and ends_on == span.to_on and ends_on < period.to_on


def _is_charged(piece: Piece) -> bool:
    """Usage is charged on any day; a fee if it is in force, an option if the subscription has it."""
    if isinstance(piece.component, Usage):
        return True
    return piece.in_force.is_charged and _is_chosen(piece)


def _is_chosen(piece: Piece) -> bool:
    component = piece.component
    return not (isinstance(component, Recurring) and component.is_option) or component.code in piece.in_force.options


def _due_on(
    span: BillingSpan, view: BillingView, period: Period, whole: tuple[Period, ...], charged: Sequence[Piece]
) -> date:
    waited = span.rule.first_stub == "join" and period == first_stub(span, view)
    if span.rule.charged_in == "arrears" or waited:
        return min(period.to_on, span.end)
    begins_on = whole[-1].from_on
    return next((max(piece.from_on, begins_on) for piece in charged if begins_on < piece.end), begins_on)


def _next_charged_day(span: BillingSpan, from_on: date) -> date | None:
    """The first day from a date on that is charged; periods in which nothing is are passed over."""
    for piece in span.pieces:
        if from_on < piece.end and _is_charged(piece):
            return max(piece.from_on, from_on)
    return None
