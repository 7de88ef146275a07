"""Changes of tariff: on which days a subscription leaves one tariff for another.

Of several changes on one day only the way from the tariff of the day before to that of the end of the day counts. Other
agreed prices in the same tariff, a correction of terms, the activation, and a change on the day of the termination are
no change of tariff. The terms, before and after, are the corrected ones.

    10 June: small to medium, then medium to large    ->   one change, small to large
    10 June: small to medium, then back to small      ->   none
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from billing_core.services.terms_in_force import Change, TermsInForce, in_force_after
from billing_core.services.timeline import Segment, end_of


class TariffChange(NamedTuple):
    """A day on which a tariff is left: what held on the day before, and the tariff at the end of the day."""

    on: date
    left: TermsInForce
    tariff: str


def tariff_changes(timeline: Sequence[Change], segments: Sequence[Segment]) -> Iterator[TariffChange]:
    """The changes of tariff in a timeline, in order; `segments` are what it makes of the days."""
    changed = {change.on: change.tariff for change in timeline[1:] if change.kind == "change-tariff"}
    for on, tariff in sorted(changed.items()):
        left = _left_on(timeline[0], segments, on)
        reached = _reached_on(timeline, segments, on, tariff)
        if left is not None and reached is not None and left.tariff != reached:
            yield TariffChange(on, left, reached)


def _left_on(first: Change, segments: Sequence[Segment], on: date) -> TermsInForce | None:
    """The terms on the day before; for a subscription that was moved here on this day, those with which it was
    moved.
    """
    if on == first.on:
        return in_force_after(None, first) if first.kind == "move-in" else None
    return next((entry.in_force for entry in segments if entry.contains(on - timedelta(days=1))), None)


def _reached_on(timeline: Sequence[Change], segments: Sequence[Segment], on: date, tariff: str) -> str | None:
    """The tariff at the end of the day; if the subscription was moved away on it, the one it took along."""
    held = next((entry.in_force.tariff for entry in segments if entry.contains(on)), None)
    end = end_of(timeline)
    return tariff if held is None and end is not None and end.kind == "move-away" else held
