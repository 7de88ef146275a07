"""Topics of Kafka, seen and steered."""

from __future__ import annotations

from adapters.actions.kafka import ReplayKafkaTopic
from adapters.http.route import Route
from adapters.views.kafka import ListKafkaSources, ListKafkaTopics

ROUTES = (
    Route("GET", "/kafka/topics", ListKafkaTopics),
    Route("GET", "/kafka/sources", ListKafkaSources),
    Route("POST", "/kafka/topics/{topic}/replay", ReplayKafkaTopic),
)
