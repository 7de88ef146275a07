"""Topics of Kafka: how far each is behind, and those of which usage is read."""

from __future__ import annotations

from adapters.actions.kafka import FOLLOWERS, ReplayKafkaTopic
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.views.kafka import KafkaSourceRow, KafkaTopicRow, ListKafkaSources, ListKafkaTopics

TOPICS, SOURCES = "/set-up/kafka/topics", "/set-up/kafka/sources"
CHOICES = tuple(Choice(name, name) for name in FOLLOWERS)


def _state(row: KafkaTopicRow | KafkaSourceRow) -> State:
    return State(N_("Stands"), "bad") if row.error else State(N_("Works"), "good")


LISTS = (
    List(
        TOPICS, ListKafkaTopics, N_("Kafka topics"),
        (
            Column(N_("Topic"), lambda row: row.topic, below=lambda row: row.follower),
            Column(N_("Position"), lambda row: row.position, "count"),
            Column(N_("Behind"), lambda row: row.lag_events, "count"),
            Column(N_("Seconds"), lambda row: row.lag_seconds, "count"),
            Column(N_("State"), _state, "state", below=lambda row: row.error),
        ),
        actions=(Act(N_("Write again"), f"{TOPICS}/replay", ReplayKafkaTopic),),
        empty=N_("The server is not set up to write to Kafka."),
    ),
    List(
        SOURCES, ListKafkaSources, N_("Kafka sources of usage"),
        (
            Column(N_("Source"), lambda row: row.source, below=lambda row: row.topic),
            Column(N_("Partition"), lambda row: row.partition),
            Column(N_("Next message"), lambda row: row.next_offset, "count"),
            Column(N_("Behind"), lambda row: row.lag_messages, "count"),
            Column(N_("Missed"), lambda row: row.missed, "count"),
            Column(N_("Read"), lambda row: row.read_at, "instant"),
            Column(N_("State"), _state, "state", below=lambda row: row.error),
        ),
        empty=N_("The server is not set up to read usage from Kafka."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{TOPICS}/replay", ReplayKafkaTopic, N_("Write again"), N_("Write again from there on"),
        (
            Field("topic", N_("Topic"), "choice", choices=CHOICES, is_required=True, width=6),
            Field("from_position", N_("From the event"), "whole", hint=N_("Its position in the log"), is_required=True,
                  width=6),
        ),
        then=to(TOPICS), back=to(TOPICS), done=says(N_("It is written again.")),
    ),
)  # fmt: skip
SET_UP = (
    Tile("systems", N_("Kafka topics"), TOPICS, ListKafkaTopics, N_("What is written to Kafka")),
    Tile("systems", N_("Kafka sources"), SOURCES, ListKafkaSources, N_("Usage that is read from Kafka")),
)
