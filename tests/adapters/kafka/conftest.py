"""Topics of its own for each test."""

from __future__ import annotations

from uuid import uuid4

import pytest

from adapters.bootstrap.settings import Settings, read_settings
from tests.counterparts.kafka import Broker


def use(monkeypatch: pytest.MonkeyPatch, broker: Broker) -> Settings:
    """The program writes to the topics of this test."""
    monkeypatch.setenv("BILLING_KAFKA_SERVERS", broker.servers)
    monkeypatch.setenv("BILLING_KAFKA_SECURITY", "none")
    monkeypatch.setenv("BILLING_KAFKA_PREFIX", f"test-{uuid4().hex[:12]}")
    return read_settings()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, broker: Broker) -> Settings:
    return use(monkeypatch, broker)
