"""Terminations: why a service ends, and from which day on, with the notice period of its tariff.

Notice is given on a day, and the service ends that many days later at the earliest; until then it goes on, and goes on
being charged. The tariff that is in force on the day of the notice decides. If the notice is waived, it may end sooner.

Worked example, 30 days of notice, given on 29 November 2026:

    ends on 29 December 2026, the last day of service is 28 December
    on 15 December           refused, unless the notice is waived
    on 31 January 2027       later is always possible
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.parties.details import require_text
from billing_core.services.events import SubscriptionEvent, SubscriptionTerminated
from billing_core.services.subscriptions import Subscription, change_of
from billing_core.services.timeline import segments, with_change


class Notice(NamedTuple):
    """The day on which notice was given, and the first day on which the service may have ended.

    The two are one day if the tariff asks for no notice; then the service may end on any day, an earlier one too.
    """

    given_on: date
    ends_on: date

    @property
    def is_required(self) -> bool:
        return self.given_on < self.ends_on


def notice_of(subscription: Subscription, given_on: date, today: date, catalogue: Catalogue) -> Notice:
    """The notice period of the tariff in force on the day of the notice; none if the service was not active then."""
    if given_on > today:
        raise InvalidValue(f"is after today, {today}; name the day on which notice was given",
                           field="notice given on", value=given_on)  # fmt: skip
    tariff = next((part.in_force.tariff for part in subscription.segments() if part.contains(given_on)), None)
    days = 0 if tariff is None else tariff_named(catalogue, tariff).notice_days
    return Notice(given_on, given_on + timedelta(days=days))


def terminate(
    subscription: Subscription, fact: SubscriptionTerminated, notice: Notice, *, is_waived: bool
) -> list[SubscriptionEvent]:
    """End a service for a reason, not before the end of the notice period unless the notice is waived."""
    require_text(fact.reason, "reason")
    if notice.is_required and fact.effective_on < notice.ends_on and not is_waived:
        raise RuleViolation(
            f"is before {notice.ends_on}, the end of the notice that was given on {notice.given_on}; terminate it from "
            "that day on, or waive the notice", field="terminate on", value=fact.effective_on,
        )  # fmt: skip
    segments(with_change(subscription.timeline, change_of(fact)))
    return [fact]
