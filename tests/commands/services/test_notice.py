"""A termination with a notice period: the service goes on, and is charged, until the notice has ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.services.events import SubscriptionTerminated
from commands.services import TerminateSubscription
from tests.commands.services.conftest import Story, every_day, fee, tariff

A = "A0001"


@pytest.fixture(autouse=True)
def bound(story: Story) -> None:
    """300.00 a month, with 30 days of notice; active since May."""
    story.publish(msgspec.structs.replace(tariff("bound", fee("300.00")), notice_days=30))
    story.subscriber(A, "bound", "2026-05-01")


@pytest.mark.parametrize(
    ("fields", "ends_on", "given_on"),
    [
        ({}, "2026-07-20", "2026-06-20"),
        ({"notice_given_on": "2026-06-10"}, "2026-07-10", "2026-06-10"),
        ({"on": "2026-07-20"}, "2026-07-20", "2026-06-20"),
        ({"on": "2026-08-15"}, "2026-08-15", "2026-06-20"),
        ({"from_next_period": "true"}, "2026-08-01", "2026-06-20"),
        ({"from_next_period": "true", "notice_given_on": "2026-06-01"}, "2026-07-01", "2026-06-01"),
        ({"waive_notice": "true"}, "2026-06-20", "2026-06-20"),
        ({"waive_notice": "true", "on": "2026-06-25"}, "2026-06-25", "2026-06-20"),
    ],
)
def test_it_ends_when_the_notice_has_ended(story: Story, fields: dict[str, Any], ends_on: str, given_on: str):
    answer = story.tell(TerminateSubscription, "2026-06-20", A, reason="moves away", **fields)
    assert answer.result["effective_on"] == ends_on
    terminated = story.operator.facts(f"account/{A}")[-1]
    assert isinstance(terminated, SubscriptionTerminated)
    assert (terminated.reason, terminated.notice_given_on) == ("moves away", date.fromisoformat(given_on))
    story.bill("2026-09-01", A)
    assert story.days(A) == every_day("2026-05-01", ends_on)
    assert story.operator.findings() == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"on": "2026-07-19"},
            "terminate on '2026-07-19': is before 2026-07-20, the end of the notice that was given on",
        ),
        ({"on": "2026-06-20"}, "or waive the notice"),
        ({"notice_given_on": "2026-06-21"}, "is after today, 2026-06-20"),
        ({"on": "2026-07-20", "from_next_period": "true"}, "name one of the two"),
    ],
)
def test_an_end_within_the_notice_is_refused(story: Story, fields: dict[str, Any], message: str):
    before = story.operator.store_contents()
    with pytest.raises((RuleViolation, InvalidValue)) as refused:
        story.tell(TerminateSubscription, "2026-06-20", A, reason="moves away", **fields)
    assert message in str(refused.value)
    assert story.operator.store_contents() == before
