"""When does a grant expire, a period of a quota or a top-up end, and a limit of a month's money with it?"""

from __future__ import annotations

from collections.abc import Iterator

from billing_core.usage.control.alarms import UsageAlarmRaised
from billing_core.usage.control.grants import UsageGranted, UsageGrantExpired, UsageGrantReleased
from billing_core.usage.control.quotas import QuotaReset, QuotaStepReached, QuotaToppedUp, quota_name
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import LoggedEvent


def _grant_expires(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, UsageGranted)
    yield Deadline("usage-grant", fact.until_at.date(), fact.grant, fact.until_at)


def _grant_ended(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, UsageGrantReleased | UsageGrantExpired)
    yield Deadline("usage-grant", None, fact.grant)


def _step_reached(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, QuotaStepReached)
    if not fact.is_past:
        yield Deadline("usage-quota", fact.to_on, quota_name(fact.subscription, fact.component))


def _topped_up(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, QuotaToppedUp)
    name = quota_name(fact.subscription, fact.component)
    yield Deadline("usage-quota", fact.to_on, name)
    yield Deadline("usage-top-up", fact.valid_to, f"{name} {fact.valid_to}")


def _reset(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, QuotaReset)
    yield Deadline("usage-quota", fact.to_on if fact.top_ups else None, quota_name(fact.subscription, fact.component))


def _limit_reached(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, UsageAlarmRaised)
    if fact.subject == "amount" and fact.action == "suspend":
        yield Deadline("usage-limit", fact.to_on, fact.subscription)


DEADLINES: DeadlineFolds = {
    UsageGranted: _grant_expires,
    UsageGrantReleased: _grant_ended,
    UsageGrantExpired: _grant_ended,
    QuotaStepReached: _step_reached,
    QuotaToppedUp: _topped_up,
    QuotaReset: _reset,
    UsageAlarmRaised: _limit_reached,
}
