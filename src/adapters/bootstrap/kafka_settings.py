"""The settings of Kafka: the topics that are read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

TopicName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=200)]


class KafkaSourceSettings(BaseModel, extra="forbid", frozen=True):
    """A topic from which usage is read: `name` is the source, `profile` the name or file of the profile that reads it.

    Without a profile a message is a record in JSON in the program's own form.
    """

    name: TopicName
    topic: TopicName
    profile: str = ""
