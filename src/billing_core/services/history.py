"""The history of a service as reports count it: what changed on which day, and on which days it was in which state.

Decides what counts as a change: what was true, not what was recorded. A change that was cancelled is none, corrected
terms count from their own days, and a service that ended on the day on which it began never was. Prices, quantities,
options and discounts are no part of it.

Worked example: activate `home` 1 March; suspend (operator) 10 March; resume 20 March; change to `fast` 1 April;
terminate 1 May for `moving`

    changes   1 Mar activated, home       10 Mar suspended, operator        20 Mar resumed, operator
              1 Apr tariff changed, home to fast                            1 May terminated, fast, moving
    spans     [1 Mar, 10 Mar) active, home    [10 Mar, 20 Mar) suspended    [20 Mar, 1 Apr) active, home
              [1 Apr, 1 May) active, fast
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from billing_core.kernel.spans import Span
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import Segment, end_of

ServiceChangeKind = Literal[
    "activated", "moved-in", "tariff-changed", "held", "suspended", "resumed", "terminated", "moved-away",
]  # fmt: skip


class ServiceSpan(Span, frozen=True, gc=False, array_like=True):
    """Days on which a service had one tariff and one status: active, held, or suspended for some reasons."""

    status: str
    tariff: str
    reasons: tuple[str, ...] = ()


class ServiceChange(NamedTuple):
    """A change of a service. The tariffs are those of the day before and of the day itself, empty without service.

    `reason` is that of a suspension or termination, and of what ended with a resumption; empty after a hold.
    """

    on: date
    kind: ServiceChangeKind
    tariff_before: str = ""
    tariff_after: str = ""
    reason: str = ""


def spans_of(subscription: Subscription) -> list[ServiceSpan]:
    """The days of service in order, without a gap; none if it never was."""
    return [_span(list(same)) for _, same in groupby(subscription.segments(), key=_state)]


def changes_of(subscription: Subscription) -> list[ServiceChange]:
    """The changes in order of their days, from the beginning to the end."""
    spans = spans_of(subscription)
    if not spans:
        return []
    first, last = spans[0], spans[-1]
    begun: ServiceChangeKind = "moved-in" if subscription.timeline[0].kind == "move-in" else "activated"
    changes = [ServiceChange(first.from_on, begun, "", first.tariff)]
    changes += [change for before, after in pairwise(spans) for change in _between(before, after)]
    end = end_of(subscription.timeline)
    if end is not None and last.to_on is not None:
        ended: ServiceChangeKind = "moved-away" if end.kind == "move-away" else "terminated"
        changes.append(ServiceChange(last.to_on, ended, last.tariff, "", end.reason or ""))
    return changes


def _state(segment: Segment) -> tuple[str, str, tuple[str, ...]]:
    return segment.in_force.status, segment.in_force.tariff, segment.in_force.reasons


def _span(same: Sequence[Segment]) -> ServiceSpan:
    return ServiceSpan(same[0].from_on, same[-1].to_on, *_state(same[0]))


def _between(before: ServiceSpan, after: ServiceSpan) -> Iterator[ServiceChange]:
    """What changed from one span to the next. Of a suspension each reason that is added is a change of its own."""
    on, tariffs = after.from_on, (before.tariff, after.tariff)
    if before.tariff != after.tariff:
        yield ServiceChange(on, "tariff-changed", *tariffs)
    if after.status == "suspended":
        for reason in after.reasons:
            if reason not in before.reasons:
                yield ServiceChange(on, "suspended", *tariffs, reason)
    elif after.status != before.status:
        reason = before.reasons[0] if before.reasons else ""
        kind: ServiceChangeKind = "held" if after.status == "held" else "resumed"
        yield ServiceChange(on, kind, *tariffs, reason if kind == "resumed" else "")
