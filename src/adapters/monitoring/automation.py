"""Figures of what happens by itself: lags, what was refused, dead letters, and how the timed works went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from adapters.bootstrap.automation import Automation
from adapters.postgres.log_lag import Lag


def show_automation(registry: CollectorRegistry, automation: Automation, now: datetime) -> None:
    """Every figure as of now."""
    _show_lags(registry, "reaction", automation.reaction_lags(now))
    _show_lags(registry, "follower", automation.follower_lags(now))
    refused = Counter(
        (each.cause.kind, each.cause.name)
        for kind in ("reaction", "wake-up")
        for each in automation.refused.listed(kind)
    )
    text = "Commands of reactions and wake-ups that were refused and are not settled."
    _show_by(registry, "billing_refused_commands", text, ("cause", "name"), refused)
    states = automation.deliveries.counts()
    text = "Deliveries of followers that did not succeed: those that wait, and dead letters."
    _show_by(registry, "billing_deliveries", text, ("follower", "state"), states)
    _show_works(registry, automation)


def _show_works(registry: CollectorRegistry, automation: Automation) -> None:
    records = automation.work_records.records()
    ended = {(name,): records[name].ended_at for name in automation.works.works if name in records}
    text = "When a timed work ended the last time, in seconds since 1970; 0 if it never did."
    seconds = {labels: 0.0 if at is None else at.timestamp() for labels, at in ended.items()}
    _show_by(registry, "billing_timed_work_ended", text, ("work",), seconds)
    text = "1 if a timed work failed the last time."
    failed = {labels: float(records[labels[0]].state == "failed") for labels in ended}
    _show_by(registry, "billing_timed_work_failed", text, ("work",), failed)


def _show_lags(registry: CollectorRegistry, what: str, lags: list[Lag]) -> None:
    text = f"Events that a {what} has not come to yet."
    _show_by(registry, f"billing_{what}_lag_events", text, (what,), {(lag.name,): lag.lag_events for lag in lags})
    text = f"Age of the oldest event that a {what} has not come to yet."
    _show_by(registry, f"billing_{what}_lag_seconds", text, (what,), {(lag.name,): lag.lag_seconds for lag in lags})


def _show_by(
    registry: CollectorRegistry, name: str, text: str, labels: tuple[str, ...], values: Mapping[Any, float]
) -> None:
    gauge = Gauge(name, text, labels, registry=registry)
    for label_values, value in values.items():
        gauge.labels(*label_values).set(value)
