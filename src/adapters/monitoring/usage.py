"""Figures of usage for monitoring: how long records take until they are booked, against what is promised."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from projections.platform.projection import Cursor
from projections.usage.lag import RECENT_HOURS, usage_lags

FIGURES = {
    "most_seconds": (
        "billing_usage_lag_seconds",
        "The longest lag of the records of the last 3 hours.",
    ),
    "usual_seconds": ("billing_usage_lag_99_seconds", "The lag that 99 % of the records of the last 3 hours keep."),
    "promised_seconds": ("billing_usage_lag_promised_seconds", "The lag that is promised for records of the kind."),
    "late": ("billing_usage_late_records", "Records of the last 3 hours with a longer lag than is promised."),
    "waiting": ("billing_usage_unbooked_records", "Records of the last 3 hours that are not booked yet."),
}


def show_usage(registry: CollectorRegistry, cursor: Cursor, now: datetime) -> None:
    """The lag of each source and kind of record."""
    lags = usage_lags(cursor, now, RECENT_HOURS)
    for field, (name, text) in FIGURES.items():
        gauge = Gauge(name, text, ["source", "kind"], registry=registry)
        for lag in lags:
            gauge.labels(lag.source, lag.kind).set(getattr(lag, field))
