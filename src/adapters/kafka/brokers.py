"""The brokers of Kafka: how they are reached, and what of their errors people see."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from billing_core.kernel.errors import BillingError

KafkaSecurity = Literal["tls", "none"]
CLIENT = "billing"
MOST_BOOTSTRAP_SECONDS = 10
OF_THE_BROKER = -1
MOST_BYTES = "max.message.bytes"

# It says at length what becomes of every connection; what matters of it people see as errors of ours.
logging.getLogger("kafka").setLevel(logging.ERROR)


class KafkaUnavailable(BillingError):
    """The brokers cannot be reached, or refuse what is asked of them. It is tried again."""

    code = "kafka-unavailable"


class Brokers(NamedTuple):
    """Some brokers of a cluster, `host:port`; the encryption, who signs in, and who certifies the brokers."""

    servers: tuple[str, ...]
    security: KafkaSecurity = "tls"
    user: str = ""
    password: str = ""
    authority: Path | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The options of every client."""
        protocol = {("none", False): "PLAINTEXT", ("none", True): "SASL_PLAINTEXT",
                    ("tls", False): "SSL", ("tls", True): "SASL_SSL"}[self.security, bool(self.user)]  # fmt: skip
        signing_in = {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": self.user,
                      "sasl_plain_password": self.password}  # fmt: skip
        return {
            "bootstrap_servers": list(self.servers),
            "client_id": CLIENT,
            "bootstrap_timeout_ms": MOST_BOOTSTRAP_SECONDS * 1000,
            "security_protocol": protocol,
            "ssl_cafile": None if self.authority is None else str(self.authority),
            **(signing_in if self.user else {}),
        }

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Errors of the client become `KafkaUnavailable`."""
        try:
            yield
        except (KafkaError, OSError) as error:
            raise self.unavailable(error) from error

    def unavailable(self, error: Exception) -> KafkaUnavailable:
        """What people see of an error of the client."""
        text = str(error).removeprefix(f"{type(error).__name__}: ") or "no answer"
        servers = ", ".join(self.servers)
        return KafkaUnavailable(f"the brokers {servers} (security: {self.security}): {type(error).__name__}: {text}")


class Topic(NamedTuple):
    """A topic that this program makes if it does not exist; one that exists stays as its operator made it."""

    name: str
    partitions: int
    is_compacted: bool = False


def made_topic(brokers: Brokers, topic: Topic) -> int:
    """Make a topic unless it exists; how many bytes a message in it may have."""
    with brokers.translated():
        admin = KafkaAdminClient(**brokers.options)
        try:
            if topic.name not in admin.list_topics():
                _make(admin, topic)
            found = admin.describe_configs([ConfigResource("TOPIC", topic.name)], config_filter="all")
        finally:
            admin.close()
    return int(found["topic"][topic.name][MOST_BYTES]["value"])


def _make(admin: KafkaAdminClient, topic: Topic) -> None:
    configuration = {"cleanup.policy": "compact"} if topic.is_compacted else {}
    with suppress(TopicAlreadyExistsError):  # Another process was faster.
        admin.create_topics([NewTopic(topic.name, topic.partitions, OF_THE_BROKER, topic_configs=configuration)])
