"""Tenures: over which days a component is in force under one period rule, and when each of its periods is due.

1. The timeline is cut where its price list is revised, and where the grid changes with the account's billing day.
   Pieces with the same component on the same grid are one tenure: a change of tariff keeps the grid.
2. Of each period of the grid those days are charged on which the service is, at more than nothing of its fee.
3. The period that the activation cuts is the first stub, the one that the termination cuts the last: their policy may
   leave days out, extend them, or join the first stub to the period that follows, if one does.
4. In advance a period is due on its first charged day (a joined stub with the period it is joined to, or when it turns
   out that none follows); in arrears when it is over, or as soon as the component ends.

Worked example, monthly in advance, billing day 1, activated on 15 March, held from 10 to 20 May:

    [15 Mar, 1 Apr) due 15 Mar   [1 Apr, 1 May) due 1 Apr   [1 May, 10 May) + [20 May, 1 Jun) due 1 May
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import AnyComponent, Minimum, Recurring, Usage
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_over, tariff_named
from billing_core.charging.charges import ONE_DAY
from billing_core.kernel.money import Money
from billing_core.services.events import UsedBefore
from billing_core.services.standing import Standing
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import Segment, end_of
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import BillingDay, Grid, GridSpan, Period, grids
from billing_core.usage import UsageEntry


class Course(NamedTuple):
    """All that charging needs to know of one subscription.

    `begun_on` is the day of its activation, None where it was moved here from another account; `anchored_on` the day
    its own grid is counted from, until it was begun anew; `since` the days from which fees and discounts count their
    periods, where that was before it came here; `used_before` what was used of the period in which it came here.
    `settled_until` says by component up to when `usage` may lack what was charged before. `settled_days` are those (by
    ordinals) of fees taken back by hand, `left_standing` what stands of usage and true-ups of which some was.
    `terminated_on` is None also where it was moved away. `others` are the courses of the account's other subscriptions.
    """

    code: str
    begun_on: date | None
    anchored_on: date
    terminated_on: date | None
    segments: Sequence[Segment]
    billing_days: Sequence[BillingDay]
    usage: Sequence[UsageEntry] = ()
    others: Sequence[Course] = ()
    begun_anew: Sequence[date] = ()
    settled_until: Mapping[str, date] = MappingProxyType({})
    settled_days: Mapping[str, Set[int]] = MappingProxyType({})
    left_standing: Mapping[tuple[str, Period], Money] = MappingProxyType({})
    since: Mapping[str, date] = MappingProxyType({})
    used_before: Sequence[UsedBefore] = ()


class Piece(NamedTuple):
    """Days over which the same terms hold for a component; `to_on` None is open-ended."""

    from_on: date
    to_on: date | None
    standing: Standing
    tariff: Tariff
    component: AnyComponent


class Tenure(NamedTuple):
    """A component in force on the days of its pieces, on one grid.

    `since` is its first day on any grid, also on another account; of an option the first on which it is chosen.
    """

    component: str
    rule: PeriodRule
    grid: Grid
    since: date
    pieces: list[Piece]

    @property
    def from_on(self) -> date:
        return self.pieces[0].from_on

    @property
    def to_on(self) -> date | None:
        return self.pieces[-1].to_on


class Part(NamedTuple):
    """A whole period that charged days are a part of; `there` is what the activation or the termination left of it."""

    period: Period
    there: Period


class DuePeriod(NamedTuple):
    """A period, when it is due, and its charged days; `parts` are the whole periods that they are a part of.

    There are no charged days only in a last stub that is not charged.
    """

    due_on: date
    period: Period
    parts: tuple[Part, ...]
    pieces: list[Piece]


def course_of(
    subscription: Subscription,
    billing_days: Sequence[BillingDay],
    usage: Sequence[UsageEntry] = (),
    others: Sequence[Course] = (),
) -> Course:
    """The course of a subscription, as far as is known now."""
    first, end = subscription.timeline[0], end_of(subscription.timeline)
    return Course(
        code=subscription.code,
        begun_on=first.on if first.kind == "activate" else None,
        anchored_on=subscription.anchored_on,
        terminated_on=end.on if end is not None and end.kind == "terminate" else None,
        segments=subscription.segments(),
        billing_days=billing_days,
        usage=usage,
        others=others,
        begun_anew=[
            entry.on for entry in subscription.timeline[1:] if entry.anchored_on is not None and first.on < entry.on
        ],
        since=first.since,
        used_before=subscription.used_before,
    )


# --- what is in force


def tenures(course: Course, in_force: Iterable[Piece]) -> list[Tenure]:
    """The tenures of all components that are charged by the period, in the order in which they begin."""
    found: dict[tuple[str, PeriodRule, Grid], list[Piece]] = {}
    since = dict(course.since)
    spans: dict[PeriodRule, list[GridSpan]] = {}
    for piece in in_force:
        component = piece.component
        if not isinstance(component, Recurring | Usage | Minimum):
            continue
        rule = component.period
        if rule not in spans:
            spans[rule] = grids(rule, course.anchored_on, course.billing_days, course.begun_anew)
        for grid, part in _on_grids(piece, spans[rule]):
            key = component.code, rule, grid
            found.setdefault(key, []).append(part)
            if _is_chosen(part):
                since.setdefault(component.code, part.from_on)
    return [
        Tenure(code, rule, grid, since.get(code, members[0].from_on), members)
        for (code, rule, grid), members in found.items()
    ]


def pieces(course: Course, catalogue: Catalogue) -> Iterator[Piece]:
    """Every component of the tariffs of a timeline with the days on which it is in force, segment by segment."""
    for segment in course.segments:
        standing = segment.standing
        tariff = tariff_named(catalogue, standing.tariff)
        for from_on, to_on, components in components_over(tariff, segment.from_on, segment.to_on):
            for component in components:
                # Where the price list's VAT rate was corrected, the right one holds.
                rate = standing.vat_rates.get(component.code) if standing.vat_rates else None
                right = component if rate is None else msgspec.structs.replace(component, vat_rate=rate)
                yield Piece(from_on, to_on, standing, tariff, right)


def _on_grids(piece: Piece, spans: Sequence[GridSpan]) -> Iterator[tuple[Grid, Piece]]:
    """A piece cut where the next grid begins."""
    if len(spans) == 1:
        yield spans[0].grid, piece
        return
    ends = [*(span.from_on for span in spans[1:]), None]
    for span, ends_on in zip(spans, ends, strict=True):
        part = clipped(piece, span.from_on, ends_on)
        if part is not None:
            yield span.grid, part


def clipped(piece: Piece, from_on: date, to_on: date | None) -> Piece | None:
    """The days of a piece within `[from_on, to_on)`; None where there are none."""
    from_on = max(piece.from_on, from_on)
    if to_on is None or (piece.to_on is not None and piece.to_on < to_on):
        to_on = piece.to_on
    if to_on is not None and to_on <= from_on:
        return None
    return piece._replace(from_on=from_on, to_on=to_on)


# --- what is due


def due_periods(tenure: Tenure, course: Course, from_on: date) -> Iterator[DuePeriod]:
    """The periods with charged days, in order, from the one in which a day lies or the last one before it."""
    first_on = max(from_on, tenure.from_on)
    day: date | None = first_on if tenure.to_on is None else min(first_on, tenure.to_on - ONE_DAY)
    while day is not None:
        period, parts = _period_at(tenure, course, day)
        charged = charged_pieces(tenure, course, period)
        if charged:
            # A last stub that costs nothing is decided all the same: it is owed if the termination is cancelled.
            is_left_out = tenure.rule.last_stub == "none" and _is_last_stub(tenure, course, period)
            due_on = _due_on(tenure, course, period, parts, charged)
            yield DuePeriod(due_on, period, parts, [] if is_left_out else charged)
        day = _next_charged_day(tenure, period.to_on)


def _period_at(tenure: Tenure, course: Course, on: date) -> tuple[Period, tuple[Part, ...]]:
    """The period of a day, with the whole periods it is made of: two where the first stub is joined."""
    period = tenure.grid.containing(on)
    policy = tenure.rule.first_stub
    if policy not in ("join", "full") or (stub := first_stub(tenure, course)) is None or period.from_on > stub.to_on:
        return period, (_part(tenure, course, period),)
    if policy == "join":
        if tenure.to_on is not None and tenure.to_on <= stub.to_on:
            return stub, (_part(tenure, course, stub),)  # There is no period that it could be joined to.
        following = tenure.grid.containing(stub.to_on)
        parts = _part(tenure, course, stub), _part(tenure, course, following)
        return Period(stub.from_on, following.to_on), parts
    if period == stub:
        charged_in_full = Period(tenure.from_on, stub.to_on)
        return period, (Part(charged_in_full, charged_in_full),)
    return period, (_part(tenure, course, period),)


def _part(tenure: Tenure, course: Course, period: Period) -> Part:
    """A whole period; a last stub that is charged in full is one as well."""
    from_on, to_on = period.from_on, period.to_on
    if tenure.from_on == course.begun_on:
        from_on = max(from_on, tenure.from_on)
    if tenure.rule.last_stub != "full" and tenure.to_on is not None and _is_last_stub(tenure, course, period):
        to_on = min(to_on, tenure.to_on)
    return Part(period, period if (from_on, to_on) == (period.from_on, period.to_on) else Period(from_on, to_on))


def first_stub(tenure: Tenure, course: Course) -> Period | None:
    """The period that the activation cuts, None where it lies on the grid."""
    if tenure.from_on != course.begun_on:
        return None
    period = tenure.grid.containing(tenure.from_on)
    return None if period.from_on == tenure.from_on else period


def charged_pieces(tenure: Tenure, course: Course, period: Period) -> list[Piece]:
    """The days of a period that are charged, by the policies of the first and the last stub and the proration."""
    rule = tenure.rule
    from_on = period.from_on
    if rule.first_stub == "free" and (stub := first_stub(tenure, course)) is not None:
        from_on = max(from_on, stub.to_on)
    found = [
        part
        for piece in tenure.pieces
        if _is_charged(piece) and (part := clipped(piece, from_on, period.to_on)) is not None
    ]
    if not found:
        return found
    is_last = _is_last_stub(tenure, course, period)
    if rule.last_stub == "full" and is_last and found[-1].to_on == tenure.to_on:
        found[-1] = found[-1]._replace(to_on=period.to_on)
    component = found[0].component
    if isinstance(component, Recurring | Minimum) and component.proration == "none":
        # Where the component goes on by another rule or grid, its days there are not covered here.
        until = _in_force_until(tenure, found[0].from_on)
        ends_on = period.to_on if is_last and until == tenure.to_on else min(period.to_on, until)
        return [found[0]._replace(to_on=ends_on)]
    return found


def _in_force_until(tenure: Tenure, on: date) -> date:
    """The end of the unbroken days of a tenure from a day on."""
    for piece in tenure.pieces:
        if piece.from_on <= on and (piece.to_on is None or on < piece.to_on):
            on = piece.to_on or date.max
    return on


def _is_last_stub(tenure: Tenure, course: Course, period: Period) -> bool:
    """Whether the termination cuts the period."""
    ends_on = course.terminated_on
    return ends_on is not None and ends_on == tenure.to_on and ends_on < period.to_on


def _is_charged(piece: Piece) -> bool:
    """Usage is charged on whatever day it was; a fee where it goes on, an option where it is chosen."""
    if isinstance(piece.component, Usage):
        return True
    return piece.standing.is_charged and _is_chosen(piece)


def _is_chosen(piece: Piece) -> bool:
    component = piece.component
    return not (isinstance(component, Recurring) and component.is_option) or component.code in piece.standing.options


def _due_on(tenure: Tenure, course: Course, period: Period, parts: tuple[Part, ...], charged: Sequence[Piece]) -> date:
    waited = tenure.rule.first_stub == "join" and period == first_stub(tenure, course)
    if tenure.rule.charged_in == "arrears" or waited:
        return period.to_on if tenure.to_on is None else min(period.to_on, tenure.to_on)
    return max(charged[0].from_on, parts[-1].period.from_on) if len(parts) > 1 else charged[0].from_on


def _next_charged_day(tenure: Tenure, from_on: date) -> date | None:
    """The first day from a date on that is charged; periods in which nothing is are passed over."""
    for piece in tenure.pieces:
        if piece.to_on is not None and piece.to_on <= from_on:
            continue
        if _is_charged(piece):
            return max(piece.from_on, from_on)
    return None
