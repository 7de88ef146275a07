"""Kafka: how far its topics are written and read, and writing to them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.session import opened, origin_of, settings_of
from adapters.cli.show import add, console, print_json, say, table, tell

if TYPE_CHECKING:
    from adapters.views.kafka import KafkaSourceRow, KafkaTopicRow

PURPOSE = """Kafka: topics with every event and balance, and topics of which usage is read.

`billing worker` and `billing serve` keep them going if BILLING_KAFKA_SERVERS names brokers.
"""
Topic = Literal["events", "balances"]


def show_status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show how far the topics are written and read, and what keeps them from going on.

    Where the topics that are read end, the brokers say now; if they cannot be reached, it is what was seen last.
    """
    from adapters.views.kafka import ListKafkaSources, ListKafkaTopics
    from adapters.views.query import Reading, queries

    with opened(context) as app:
        reading = Reading(app, app.queries, origin_of(context).today)
        topics = queries()[ListKafkaTopics](ListKafkaTopics(), reading).items
        sources = _as_brokers_say(queries()[ListKafkaSources](ListKafkaSources(), reading).items, context)
    if as_json:
        print_json({"topics": topics, "sources": sources})
        return
    if not topics:
        tell("No brokers are named; set BILLING_KAFKA_SERVERS.")
    else:
        _show_topics(topics)
    if sources:
        _show_sources(sources)


def _as_brokers_say(sources: list[KafkaSourceRow], context: typer.Context) -> list[KafkaSourceRow]:
    """The partitions of the topics that are read, also those that nobody has read yet, as they end now."""
    from adapters.bootstrap.kafka_out import brokers_of
    from adapters.kafka.brokers import KafkaUnavailable
    from adapters.views.kafka import KafkaSourceRow

    brokers = brokers_of(settings_of(context))
    if brokers is None or not sources:
        return sources
    from adapters.kafka.topics import end_offsets

    try:
        ends = end_offsets(brokers, {each.topic for each in sources})
    except KafkaUnavailable as away:
        say(str(away))
        return sources
    rows = {(each.source, each.topic, each.partition): each for each in sources if each.partition is not None}
    errors = {(each.source, each.topic): each.error for each in sources}
    for source, error in errors.items():
        for topic, partition in ends:
            if topic == source[1]:
                unread = KafkaSourceRow(*source, partition, 0, 0, 0, None, error)
                row = rows.setdefault((*source, partition), unread)
                row.lag_messages = max(0, ends[topic, partition] - row.next_offset)
    return [rows[place] for place in sorted(rows)] or sources


def _show_topics(topics: list[KafkaTopicRow]) -> None:
    rows = table(
        ("topic written to", "left"), ("position", "right"), ("events behind", "right"), ("seconds behind", "right")
    )
    for each in topics:
        add(rows, each.topic, each.position, each.lag_events, each.lag_seconds)
    console().print(rows)
    for each in topics:
        if each.error:
            say(f"{each.topic}: {each.error}")


def _show_sources(sources: list[KafkaSourceRow]) -> None:
    rows = table(
        ("source", "left"), ("topic read", "left"), ("partition", "right"), ("next message", "right"),
        ("messages behind", "right"), ("missed", "right"),
    )  # fmt: skip
    for each in sources:
        add(rows, each.source, each.topic, each.partition, each.next_offset, each.lag_messages, each.missed)
    console().print(rows)
    for source, error in {each.source: each.error for each in sources if each.error}.items():
        say(f"{source}: {error}")


def replay(
    context: typer.Context,
    from_position: Annotated[
        int, typer.Option("--from", metavar="POSITION", min=1, help="The first event that is written again.")
    ],
    topic: Annotated[Topic, typer.Option("--topic", help="To which topic.")] = "events",
) -> None:
    """Write to a topic again, from the event at a position on.

    A program that has read them before knows the repetitions by their position.
    """
    from adapters.actions.action import Acting, actions
    from adapters.actions.kafka import ReplayKafkaTopic

    wanted: Any = ReplayKafkaTopic(topic=topic, from_position=from_position)
    with opened(context) as app:
        actions()[ReplayKafkaTopic](wanted, Acting(app, origin_of(context)))
    tell(f"The topic of {topic} is written again from position {from_position:,} on.")


COMMANDS = {"kafka status": show_status, "kafka replay": replay}
GROUPS = {"kafka": Group(PURPOSE)}
