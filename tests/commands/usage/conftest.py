"""Accounts whose usage comes in batches."""

from __future__ import annotations

import pytest

from commands.usage import booking
from tests.commands.services.conftest import Story, story
from tests.commands.usage.batches import A, B, C

__all__ = ["story"]


@pytest.fixture
def homes(story: Story) -> Story:
    """Three accounts with data at 0.50, active since 1 April, billing day 1."""
    for number in (A, B, C):
        story.subscriber(number, "home", "2026-04-01")
    return story


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of one day."""
    monkeypatch.setattr(booking, "CHUNK_DAYS", 1)
