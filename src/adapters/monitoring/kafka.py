"""Figures of topics of which usage is read; those that are written to are followers."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from adapters.postgres.kafka_offsets import KafkaOffsets

PLACE = ("source", "topic", "partition")


def show_kafka(registry: CollectorRegistry, offsets: KafkaOffsets) -> None:
    """Every figure as it was when the topics were read the last time."""
    text = "Messages of a partition that are not counted yet."
    lag = Gauge("billing_kafka_source_lag_messages", text, PLACE, registry=registry)
    text = "Messages of a partition that the brokers deleted before they were read."
    missed = Gauge("billing_kafka_source_missed_messages", text, PLACE, registry=registry)
    for each in offsets.all():
        place = (each.source, each.topic, str(each.partition))
        lag.labels(*place).set(max(0, each.end_offset - each.next_offset))
        missed.labels(*place).set(each.missed)
    text = "Tries since a source cannot go on; none if it does."
    failures = Gauge("billing_kafka_source_failures", text, ("source",), registry=registry)
    for failure in offsets.failures():
        failures.labels(failure.source).set(failure.attempts)
