"""The timeline of a subscription: what held on which days.

Decides what was true on each day, not what it costs. Changes may be recorded late: a change effective in the past takes
its place in the timeline, and the whole timeline must be consistent with it. A wrong record is corrected by a fact of
its own: the right day of activation, or the terms (tariff, agreed prices, VAT rates) that held over some days. Of two
about one day the one recorded later counts: a change of tariff recorded after a correction ends it from its own day on,
an agreed price replaces its price. A correction remembers these changes, so it holds again if one of them is cancelled.

Worked example: activate 1 March; suspend (operator) 10 March; resume 20 March; terminate 1 May gives the segments

    [1 Mar, 10 Mar) active   [10 Mar, 20 Mar) suspended: operator   [20 Mar, 1 May) active

A service may be suspended for several reasons at once: it is active again when none is left, and the lowest of their
percentages is charged meanwhile. A resumption that names a reason ends that one; if it does not hold, it changes
nothing. A resumption that names none ends all that people see: the hold, or every suspension.

    suspend (abuse, 100 %) 1 May; suspend (operator, 0 %) 5 May; resume (abuse) 10 May; resume 20 May

    [1 May, 5 May) suspended: abuse, 100 %   [5 May, 10 May) abuse and operator, 0 %   [10 May, 20 May) operator, 0 %

Changes by people and by money are kept separately. A suspension that money lifts lasts until money, or a person,
resumes the service, and shows on the days on which the service would otherwise be active, or suspended by people. So
changes by people, however late they become known, take their place as if money had done nothing; a resumption for money
never ends a pause that people asked for; and if their change is cancelled, the effect of money shows again. That for
insufficient funds shows only if nothing else suspends the service, since then nothing is to be paid for it.

Worked example: activate 1 June; money suspends 1 July and resumes 15 July; then recorded: hold 20 June, resume 10 July

    [1 Jun, 20 Jun) active   [20 Jun, 10 Jul) held   [10 Jul, 15 Jul) suspended: no-money   from 15 Jul on active
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.spans import Span
from billing_core.services.events import NO_MONEY, ChangeKind
from billing_core.services.terms_in_force import Change, TermsInForce, in_force_after, suspended

NO_SUSPENSIONS: Mapping[str, Change] = MappingProxyType({})
STATUS_CHANGES: tuple[ChangeKind, ...] = ("hold", "suspend", "resume", "terminate", "move-away")

# --- values


class Later(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A change recorded after a correction: of the prices of some components, or, without any, of the tariff."""

    on: date
    components: tuple[str, ...] = ()


class Terms(Span, frozen=True, gc=False, array_like=True):
    """Corrected terms over some days; empty fields stay as in the timeline.

    `later` are the changes within these days that were recorded since, and so count instead from their days on.
    """

    tariff: str = ""
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)
    vat_rates: dict[str, Decimal] = msgspec.field(default_factory=dict)
    later: tuple[Later, ...] = ()

    @property
    def days_in_force(self) -> Span:
        """The days on which it holds: up to its end, or the first change of tariff recorded later."""
        ends = [self.to_on, *(change.on for change in self.later if not change.components)]
        return Span(self.from_on, min((on for on in ends if on is not None), default=None))

    def taken_over(self, on: date) -> set[str]:
        """The components with a price on a day that was agreed later."""
        return {component for change in self.later if change.on <= on for component in change.components}


class Segment(Span, frozen=True, gc=False, array_like=True):
    """Days over which nothing changed."""

    in_force: TermsInForce


# --- what held when


def with_activation(timeline: Sequence[Change], on: date) -> list[Change]:
    """The timeline with its activation on another day; it stays before all other changes."""
    return [msgspec.structs.replace(timeline[0], on=on), *timeline[1:]]


def with_change(timeline: Sequence[Change], change: Change) -> list[Change]:
    """The timeline in order of effective date; changes of one day in the order in which they were recorded."""
    changed = list(timeline)
    changed.insert(bisect_right(changed, change.on, lo=1, key=lambda entry: entry.on), change)
    return changed


def last_change(timeline: Sequence[Change], kind: ChangeKind, on: date) -> Change:
    """The last change of a kind on a day; `RuleViolation` without any."""
    return timeline[_place_of(timeline, kind, on)]


def without_change(timeline: Sequence[Change], kind: ChangeKind, on: date) -> list[Change]:
    """The timeline without its last change of a kind on a day; `RuleViolation` without any."""
    place = _place_of(timeline, kind, on)
    return [*timeline[:place], *timeline[place + 1 :]]


def _place_of(timeline: Sequence[Change], kind: ChangeKind, on: date) -> int:
    """The place of the last change of a kind on a day; what money did only where people changed nothing of the kind."""
    found = [place for place, entry in enumerate(timeline) if place and (entry.kind, entry.on) == (kind, on)]
    if not found:
        raise RuleViolation(
            f"the timeline has no {kind} on this day to cancel; look at its entries", field="date", value=on
        )
    return max(found, key=lambda place: (not is_of_money(timeline[place]), place))


def status_changes(timeline: Sequence[Change]) -> list[Change]:
    """The changes of status by people, in order."""
    return [entry for entry in timeline if entry.kind in STATUS_CHANGES and not is_of_money(entry)]


def next_status_change(timeline: Sequence[Change], after: date) -> Change | None:
    """The first change of status by people after a day; None without any."""
    return next((entry for entry in status_changes(timeline) if entry.on > after), None)


def end_of(timeline: Sequence[Change]) -> Change | None:
    """The termination, or the move to another account; None without an end."""
    return next((entry for entry in timeline if entry.kind in ("terminate", "move-away")), None)


def is_of_money(change: Change) -> bool:
    """Whether it was made for lack of money, or because money came."""
    return change.lifted_by == "money"


def reasons_on(timeline: Sequence[Change], on: date) -> tuple[str, ...]:
    """All reasons for which a service is suspended on a day, also those that do not show during a hold."""
    stand = None
    for from_on, next_stand in _stands(timeline):
        if from_on <= on:
            stand = next_stand
    if stand is None or stand.people.status == "terminated":
        return ()
    return tuple(dict.fromkeys((*stand.people.reasons, *stand.money)))


def segments(timeline: Sequence[Change], corrections: Sequence[Terms] = ()) -> list[Segment]:
    """The terms in force on all days, from activation to termination.

    Of several changes on one day the last one counts; over the days of a correction, its terms. A change that is not
    allowed at its place raises `RuleViolation` with the change and its date.
    """
    found: list[Segment] = []
    stands = list(_stands(timeline))
    ends: list[date | None] = [*(on for on, _ in stands[1:]), None]
    for (from_on, stand), ends_on in zip(stands, ends, strict=True):
        if stand.people.status != "terminated" and ends_on != from_on:
            found += _until_agreed(Segment(from_on, ends_on, stand.seen))
    for terms in corrections:
        days = terms.days_in_force
        first = bisect_right(found, days.from_on, key=lambda segment: segment.end)
        last = bisect_left(found, days.end, lo=first, key=lambda segment: segment.from_on)
        found[first:last] = [piece for segment in found[first:last] for piece in _corrected(segment, terms)]
    return found


class _Stand(NamedTuple):
    """The terms that people want, and by reason the suspensions that money lifts in addition."""

    people: TermsInForce
    money: Mapping[str, Change] = NO_SUSPENSIONS

    @property
    def seen(self) -> TermsInForce:
        """Money suspends what is active or suspended; a hold stays one, and insufficient funds are a reason alone."""
        if not self.money or self.people.status not in ("active", "suspended"):
            return self.people
        known = {*self.people.reasons, NO_MONEY}
        shown = [change for reason, change in self.money.items() if reason not in known]
        if not shown and self.people.status == "active":
            shown = list(self.money.values())
        return reduce(suspended, shown, self.people)

    def without(self, reason: str) -> Mapping[str, Change]:
        """The suspensions that money lifts, without that for a reason."""
        return {code: change for code, change in self.money.items() if code != reason}


def _stands(timeline: Sequence[Change]) -> Iterator[tuple[date, _Stand]]:
    """Change by change, what holds from which day on.

    Effects of money before an activation that was corrected to a later day are true from the activation on.
    """
    first, *changes = timeline
    stand = _Stand(in_force_after(None, first))
    yield first.on, stand
    for change in changes:
        stand = _stand_after(stand, change, first.on)
        yield max(change.on, first.on), stand


def _stand_after(stand: _Stand, change: Change, activated_on: date) -> _Stand:
    reason = change.reason or ""
    if change.kind == "suspend" and is_of_money(change):
        return stand._replace(money={**stand.money, reason: change})
    if change.kind == "resume" and reason:
        stand = stand._replace(money=stand.without(reason))
        if reason not in stand.people.reasons:
            return stand
    elif change.kind == "resume" and stand.money and stand.people.status == "active":
        return stand._replace(money=NO_SUSPENSIONS)
    return stand._replace(people=in_force_after(stand.people if change.on >= activated_on else None, change))


def _until_agreed(segment: Segment) -> Iterator[Segment]:
    """A segment cut on each day on which an agreed price ends and the price list holds again."""
    for part in segment.cut(sorted(set(segment.in_force.agreed_until.values()))):
        yield msgspec.structs.replace(part, in_force=_listed_again(part.in_force, part.from_on))


def _listed_again(in_force: TermsInForce, on: date) -> TermsInForce:
    ended = {code for code, until in in_force.agreed_until.items() if until <= on}
    if not ended:
        return in_force
    return msgspec.structs.replace(
        in_force,
        agreed_prices={code: price for code, price in in_force.agreed_prices.items() if code not in ended},
        agreed_until={code: until for code, until in in_force.agreed_until.items() if code not in ended},
    )


def _corrected(segment: Segment, terms: Terms) -> Iterator[Segment]:
    """A segment cut at the borders of a correction; the days inside have its terms."""
    days = terms.days_in_force
    for part in segment.cut([days.from_on, days.end]):
        is_corrected = days.covers(part)
        in_force = _right(part.in_force, terms, terms.taken_over(part.from_on)) if is_corrected else part.in_force
        yield msgspec.structs.replace(part, in_force=in_force)


def _right(old: TermsInForce, terms: Terms, taken_over: Collection[str]) -> TermsInForce:
    """The terms of a correction, except the prices of some components."""
    kept, rates = old.agreed_prices, old.vat_rates
    if terms.tariff:
        kept = {code: price for code, price in kept.items() if code in taken_over}
        rates = {}
    corrected = {code: price for code, price in terms.agreed_prices.items() if code not in taken_over}
    return msgspec.structs.replace(
        old, tariff=terms.tariff or old.tariff, agreed_prices=kept | corrected, vat_rates=rates | terms.vat_rates
    )
