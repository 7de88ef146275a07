"""The brokers of Kafka: how they are reached, and what of their errors people see.

The client is loaded by what uses it, for it takes longer than most commands do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from billing_core.kernel.errors import BillingError

KafkaSecurity = Literal["tls", "none"]
CLIENT = "billing"
MOST_BOOTSTRAP_SECONDS = 5

# It says at length what becomes of every connection; what matters of it people see as errors of ours.
logging.getLogger("kafka").setLevel(logging.ERROR)


class KafkaUnavailable(BillingError):
    """The brokers cannot be reached, or refuse what is asked of them. It is tried again."""

    code = "kafka-unavailable"


class NotTaken(KafkaUnavailable):
    """A page was not taken, as far as is known: what is before its message at a place was, this one was not."""

    code = "not-taken"

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.at = at


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
        from kafka.errors import KafkaError

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
