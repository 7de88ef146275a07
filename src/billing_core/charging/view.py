"""The billing view of a subscription: all that charging needs to know of it, and nothing of how it is kept.

It is made of a subscription and of what its account knows: billing days, usage, the other subscriptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from billing_core.charging.bundles import NO_OTHERS, TariffsOfAccount
from billing_core.kernel.spans import Span, merged
from billing_core.services.events import Commitment, UsedBefore
from billing_core.services.subscriptions import Subscription, Waiver
from billing_core.services.tariff_changes import TariffChange, tariff_changes
from billing_core.services.timeline import Segment, end_of
from billing_core.time.periods import BillingDay
from billing_core.usage.records import UsageEntry


class BillingView(NamedTuple):
    """All that charging needs to know of one subscription.

    `begun_on` is the day of its activation, None if it was moved here from another account; `anchored_on` the day
    its own grid is counted from, until it was begun anew; `since` the days from which fees and discounts count their
    periods, if that was before it came here; `used_before` what was used of the period in which it came here.
    `rated_until` says by component up to when `usage` may lack what was charged before. `terminated_on` is None also if
    it was moved away. `others` are the tariffs of the account's other subscriptions. `commitments` are those that began
    before it came here.
    """

    code: str
    begun_on: date | None
    anchored_on: date
    terminated_on: date | None
    segments: Sequence[Segment]
    billing_days: Sequence[BillingDay]
    usage: Sequence[UsageEntry] = ()
    others: TariffsOfAccount = NO_OTHERS
    begun_anew: Sequence[date] = ()
    rated_until: Mapping[str, date] = MappingProxyType({})
    waivers: Sequence[Waiver] = ()
    since: Mapping[str, date] = MappingProxyType({})
    tariff_changes: Sequence[TariffChange] = ()
    commitments: Sequence[Commitment] = ()
    used_before: Sequence[UsedBefore] = ()

    def waived(self, component: str, of: str = "") -> list[Span]:
        """The days on which nothing is charged for a component, or for a surcharge of another, in order."""
        return merged(waiver for waiver in self.waivers if (waiver.component, waiver.of) == (component, of))


def view_of(
    subscription: Subscription,
    billing_days: Sequence[BillingDay],
    usage: Sequence[UsageEntry] = (),
    others: TariffsOfAccount = NO_OTHERS,
) -> BillingView:
    """The present state of a subscription."""
    first, end = subscription.timeline[0], end_of(subscription.timeline)
    segments = subscription.segments()
    return BillingView(
        code=subscription.code,
        begun_on=first.on if first.kind == "activate" else None,
        anchored_on=subscription.anchored_on,
        terminated_on=end.on if end is not None and end.kind == "terminate" else None,
        segments=segments,
        billing_days=billing_days,
        usage=usage,
        others=others,
        begun_anew=subscription.begun_anew,
        waivers=subscription.waivers,
        since=first.since,
        tariff_changes=list(tariff_changes(subscription.timeline, segments)),
        commitments=first.commitments,
        used_before=subscription.used_before,
    )
