"""Figures for monitoring the running system, in the format of Prometheus.

They are taken at the moment of the request and no read model is caught up for them, so they also show a stopped runner.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from adapters.bootstrap.automation import automation_of
from adapters.monitoring.automation import show_automation
from adapters.monitoring.kafka import show_kafka
from adapters.monitoring.usage import show_usage
from adapters.postgres.kafka_offsets import KafkaOffsets
from projections.accounts.balances import Balances, count_parked
from projections.platform.lag import LogLag, ModelLag, log_lag, model_lags
from projections.platform.runner import LIVE_SCHEMA

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application


def exposition(app: Application, now: datetime) -> str:
    """Every figure as of now, in the text format of Prometheus."""
    with app.tables.transaction(LIVE_SCHEMA) as cursor:
        models = model_lags(cursor, app.projections, now)
        has_balances = any(model.name == Balances.name and not model.is_outdated for model in models)
        parked = count_parked(cursor) if has_balances else None
        registry = CollectorRegistry()
        show_usage(registry, cursor, now)
    _show_log(registry, log_lag(app.log, models), now)
    _show_seals(registry, app)
    _show_models(registry, models)
    show_automation(registry, automation_of(app), now)
    show_kafka(registry, KafkaOffsets(app.tables))
    if parked is not None:
        _show(
            registry,
            "billing_parked_accounts",
            "Accounts that cannot be billed until their cause is corrected.",
            parked,
        )
    return generate_latest(registry).decode()


def _show_log(registry: CollectorRegistry, log: LogLag, now: datetime) -> None:
    since = log.holder.since if log.holder else None
    held_seconds = (now - since).total_seconds() if since else 0.0
    _show(registry, "billing_log_newest_position", "The newest position that was assigned.", log.newest_position)
    _show(
        registry,
        "billing_log_final_position",
        "The position up to which no event can appear any longer; read models reach no further.",
        log.final_position,
    )
    _show(
        registry,
        "billing_log_held_seconds",
        "Age of the oldest transaction that keeps newer positions from being final; 0 without one.",
        max(held_seconds, 0.0),
    )


def _show_seals(registry: CollectorRegistry, app: Application) -> None:
    newest = app.seals.newest()
    number, last = (newest.number, newest.last) if newest else (0, 0)
    _show(registry, "billing_newest_seal", "The number of the newest seal; 0 without seals.", number)
    _show(registry, "billing_newest_sealed_position", "The last position that the newest seal covers.", last)


def _show_models(registry: CollectorRegistry, models: list[ModelLag]) -> None:
    figures = {
        "position": "The position that a read model shows.",
        "lag_events": "Events that a read model does not show yet.",
        "lag_seconds": "Age of the oldest event that a read model does not show yet.",
        "is_outdated": "1 if a read model must be rebuilt, because another version of the program built it.",
    }
    for field, text in figures.items():
        gauge = Gauge(f"billing_read_model_{field}", text, ["model"], registry=registry)
        for model in models:
            gauge.labels(model.name).set(getattr(model, field))


def _show(registry: CollectorRegistry, name: str, text: str, value: float) -> None:
    Gauge(name, text, registry=registry).set(value)
