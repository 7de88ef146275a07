"""Commitments: since when a subscription is bound to a fee for its early end, and by the terms of which tariff.

A commitment belongs to the subscription. It begins on the first day on which its fee is in force. The fee decides its
fate at a change of tariff:

- keep: it continues. If the new tariff lacks the fee, the terms of the tariff that was left hold to its end; if the new
  tariff has a fee of the same code, the terms of that one, and its months count from the same beginning.
- restart: a change to a tariff with this fee begins the commitment anew; a change to one without it keeps it.
- refuse: the tariff with this fee is not left before the commitment is over.

A revision of a tariff, or a correction of terms, is no change of tariff: a fee that it drops is not owed.

    24 months since 1 January 2026, left for a tariff without the fee on 30 April   ->   bound to 1 January 2028 by the
                                                                                         terms of the tariff left
    left for one with the fee, which restarts                                       ->   bound to 30 April 2028
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import AnyComponent, OneOff
from billing_core.catalogue.tariffs import Catalogue, components_on, components_over, tariff_named
from billing_core.kernel.errors import RuleViolation
from billing_core.services.events import Commitment, SubscriptionTariffChanged, TariffLeft
from billing_core.services.subscriptions import Subscription, apply_subscription
from billing_core.services.tariff_changes import TariffChange, tariff_changes
from billing_core.services.timeline import Segment
from billing_core.time.periods import Grid


class EarlyLeave(NamedTuple):
    """A change of tariff that leaves a tariff before the commitment to one of its fees is over."""

    left_on: date
    component: str
    tariff: str
    ends_on: date


# --- since when


def commitments(
    segments: Sequence[Segment],
    changes: Collection[TariffChange],
    before: Collection[Commitment],
    catalogue: Catalogue,
    on: date = date.max,
) -> dict[str, Commitment]:
    """The commitments that began up to and including a day, by their components, over or not.

    `before` are those that began before the first segment, on another account.
    """
    found = {entry.component: entry for entry in before}
    changed = {change.on: change for change in changes}
    for segment in segments:
        tariff = tariff_named(catalogue, segment.in_force.tariff)
        for from_on, _, components in components_over(tariff, segment.from_on, segment.to_on):
            if from_on > on:
                return found
            change = changed.get(from_on)
            if change is not None:
                found |= _kept(found, change, catalogue)
            for fee in _termination_fees(components):
                if fee.committed_months or fee.code in found:
                    is_anew = change is not None and fee.on_tariff_change == "restart"
                    since = from_on if is_anew or fee.code not in found else found[fee.code].since
                    found[fee.code] = Commitment(component=fee.code, since=since)
    return found


def _kept(found: dict[str, Commitment], change: TariffChange, catalogue: Catalogue) -> dict[str, Commitment]:
    """The commitments of the tariff that is left, each with the terms that continue."""
    return {
        fee.code: msgspec.structs.replace(found[fee.code], left=tariff_left(change, fee.code))
        for fee in _fees_left(found, change, catalogue)
    }


def _fees_left(found: dict[str, Commitment], change: TariffChange, catalogue: Catalogue) -> list[OneOff]:
    """The fees with a commitment in the tariff that is left, by its price list of that day."""
    components = components_on(tariff_named(catalogue, change.left.tariff), change.on)
    return [
        fee
        for fee in _termination_fees(components)
        if fee.committed_months and fee.code in found and found[fee.code].left is None
    ]


def tariff_left(change: TariffChange, code: str) -> TariffLeft:
    """The terms of a component as they were when its tariff was left; a price agreed up to that day has ended."""
    left = change.left
    until = left.agreed_until.get(code)
    agreed = left.agreed_prices.get(code) if until is None or change.on < until else None
    return TariffLeft(
        tariff=left.tariff, on=change.on, customer_class=left.customer_class, agreed_price=agreed,
        vat_rate=left.vat_rates.get(code),
    )  # fmt: skip


def _termination_fees(components: Sequence[AnyComponent]) -> Iterator[OneOff]:
    for component in components:
        if isinstance(component, OneOff) and component.at == "termination":
            yield component


# --- how long


def months_left(since: date, months: int, on: date) -> int:
    """How many months of a commitment are not complete on a day; less than one if it is over."""
    return months - _months_since(since).number(on)


def ends_on(since: date, months: int) -> date:
    """The day on which a commitment is over."""
    return _months_since(since).boundary(months)


def _months_since(since: date) -> Grid:
    return Grid(1, 0, since, since.day)


# --- what is refused


def require_not_left_early(subscription: Subscription, fact: SubscriptionTariffChanged, catalogue: Catalogue) -> None:
    """A change of tariff that leaves no commitment that refuses it, on its own day or later in the timeline."""
    planned = {subscription.code: msgspec.structs.replace(subscription)}
    apply_subscription(planned, fact)
    known = set(_early_leaves(subscription, catalogue))
    early = [leave for leave in _early_leaves(planned[subscription.code], catalogue) if leave not in known]
    if early:
        leave = max(early, key=lambda entry: entry.ends_on)
        raise RuleViolation(
            f"the commitment of fee {leave.component} in tariff {leave.tariff} ends on {leave.ends_on}; change the "
            "tariff from that day on", field="change-tariff on", value=leave.left_on,
        )  # fmt: skip


def _early_leaves(subscription: Subscription, catalogue: Catalogue) -> Iterator[EarlyLeave]:
    segments, before = subscription.segments(), subscription.timeline[0].commitments
    changes = list(tariff_changes(subscription.timeline, segments))
    for change in changes:
        found = commitments(segments, changes, before, catalogue, change.on - timedelta(days=1))
        for fee in _fees_left(found, change, catalogue):
            over_on = ends_on(found[fee.code].since, fee.committed_months)
            if fee.on_tariff_change == "refuse" and change.on < over_on:
                yield EarlyLeave(change.on, fee.code, change.left.tariff, over_on)
