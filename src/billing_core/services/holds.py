"""Holds: pauses that the customer asks for, within the terms of the tariff that is in force when they begin.

A hold has an end or is open; an end is recorded together with it, as the resumption of that day. Terms may limit its
length and the days in each calendar year; then an end must be named.

Worked example, 10 to 60 days and 90 days a year, held 1 December to 20 January and again from 1 February:

    31 days of the first year, 19 of the next; until 20 March is 47 days more, together 66 of 90
    until 15 April would be 73 days: more than 60 at once

Does not decide what a hold costs: the percentage is in its event, a fee is a one-off component of the tariff.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.catalogue.tariffs import Catalogue, HoldTerms, tariff_named
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.spans import Span
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionResumed,
)
from billing_core.services.subscriptions import Subscription, change_of
from billing_core.services.terms import in_force_on, require_percent
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import Segment, next_status_change, segments, with_change, without_change

# The kind of deadline on the day on which a service goes on by itself.
HOLD_END = "hold-end"

# --- decisions


def hold(
    subscription: Subscription, fact: SubscriptionHeld, until: date | None, catalogue: Catalogue
) -> list[SubscriptionEvent]:
    """Pause at the customer's wish from a day on, up to a day or until it is resumed."""
    require_percent(fact.charge_percent)
    if until is not None and until <= fact.effective_on:
        raise InvalidValue(f"must lie after its first day, {fact.effective_on}", field="hold until", value=until)
    held: list[SubscriptionEvent] = [fact]
    if until is not None:
        held.append(SubscriptionResumed(effective_on=until, subscription=fact.subscription))
    timeline = subscription.timeline
    for event in held:
        timeline = with_change(timeline, change_of(event))
    _require_terms(subscription, timeline, catalogue)
    return held


def resume(subscription: Subscription, fact: SubscriptionResumed, catalogue: Catalogue) -> list[SubscriptionEvent]:
    """End a hold or suspension; one that was to end later ends now instead."""
    timeline = subscription.timeline
    resumed: list[SubscriptionEvent] = [fact]
    planned = _planned_end(subscription, fact.effective_on)
    if planned is not None:
        timeline = without_change(timeline, "resume", planned.on)
        resumed.insert(0, SubscriptionChangeCancelled(
            effective_on=planned.on, subscription=fact.subscription, kind="resume",
            reason=f"resumed on {fact.effective_on} already",
        ))  # fmt: skip
    _require_terms(subscription, with_change(timeline, change_of(fact)), catalogue)
    return resumed


def hold_terms(subscription: Subscription, on: date, catalogue: Catalogue) -> HoldTerms:
    """The terms of the tariff that is in force on a day; a tariff without any allows every hold."""
    return tariff_named(catalogue, in_force_on(subscription, on).tariff).hold or HoldTerms()


def _planned_end(subscription: Subscription, on: date) -> Change | None:
    """The resumption that is to end the present hold or suspension; None without any, or without a known end."""
    ahead = next_status_change(subscription.timeline, on)
    if ahead is None or ahead.kind != "resume":
        return None
    return ahead if in_force_on(subscription, on).status in ("held", "suspended") else None


# --- the terms of a hold


class _Held(Span, frozen=True, array_like=True):
    tariff: str


def _require_terms(subscription: Subscription, timeline: Sequence[Change], catalogue: Catalogue) -> None:
    """Every hold that the timeline has and the subscription had not keeps to the terms of its tariff."""
    before = _holds(subscription.segments())
    after = _holds(segments(timeline, subscription.corrections))
    for held in after:
        terms = tariff_named(catalogue, held.tariff).hold if held not in before else None
        if terms is not None:
            _require_length(held, terms)
            _require_share_of_year(held, after, terms)


def _holds(found: Sequence[Segment]) -> list[_Held]:
    """The unbroken spans on hold, each with the tariff of its first day."""
    holds: list[_Held] = []
    for segment in found:
        if segment.in_force.status != "held":
            continue
        if holds and holds[-1].to_on == segment.from_on:
            holds[-1] = msgspec.structs.replace(holds[-1], to_on=segment.to_on)
        else:
            holds.append(_Held(segment.from_on, segment.to_on, segment.in_force.tariff))
    return holds


def _require_length(held: _Held, terms: HoldTerms) -> None:
    most = terms.most_days or terms.most_days_a_year
    if held.to_on is None:
        if most is not None:
            raise InvalidValue(
                f"tariff {held.tariff} allows {most} days; supply the day on which it ends", field="hold until"
            )
        return
    days = held.days
    if days < terms.least_days:
        raise RuleViolation(f"is {days} days; tariff {held.tariff} asks for at least {terms.least_days}",
                            field="hold from", value=held.from_on)  # fmt: skip
    if terms.most_days is not None and days > terms.most_days:
        raise RuleViolation(f"is {days} days; tariff {held.tariff} allows at most {terms.most_days} at once",
                            field="hold from", value=held.from_on)  # fmt: skip


def _require_share_of_year(held: _Held, holds: Sequence[_Held], terms: HoldTerms) -> None:
    if terms.most_days_a_year is None or held.to_on is None:
        return
    for year in range(held.from_on.year, held.to_on.year + 1):
        days = sum(_days_in_year(entry, year) for entry in holds)
        if days > terms.most_days_a_year and _days_in_year(held, year):
            raise RuleViolation(
                f"makes {days} days on hold in {year}; tariff {held.tariff} allows {terms.most_days_a_year} a year",
                field="hold from", value=held.from_on,
            )  # fmt: skip


def _days_in_year(held: _Held, year: int) -> int:
    inside = held.within(Span(date(year, 1, 1), date(year + 1, 1, 1)))
    return 0 if inside is None else inside.days
