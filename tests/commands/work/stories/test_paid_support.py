"""Paid support: time beyond the free minutes is charged by the started quarter of an hour, once."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import RuleViolation
from commands.work.tickets import LogLabour
from tests.commands.work.stories.story import Story

SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3)
ORDER = {"problem": "Set up the printer", "free_minutes": "20", "quarter_price": "12.50", "vat_rate": "20"}


def worked(story: Story, minutes: int) -> None:
    story.operator.bill(until=date(2026, 3, 2))
    story.on(SECOND).open("paid-support")
    story.complete("request", "ordered", **ORDER)
    story.on(THIRD).tell(LogLabour(ticket=story.ticket, minutes=minutes))
    story.complete("work", "done", solution="It prints")


def test_every_quarter_that_was_begun_beyond_the_free_minutes_is_charged(story: Story) -> None:
    worked(story, 51)
    assert story.pending() == []
    story.complete("confirmation", "agreed")

    assert (story.outcome(), story.done()) == ("completed", ["charge-once"])
    assert story.pending() == ["37.50"]  # 31 minutes are 3 quarters of 12.50
    story.operator.bill(until=date(2026, 4, 2))
    assert story.documents()[1:] == [("01 Apr", "69.00")]  # 57.50 with 11.50 VAT
    story.require_whole()


def test_time_that_the_customer_does_not_agree_with_is_corrected_before_it_is_charged(calm_story: Story) -> None:
    worked(calm_story, 51)
    calm_story.complete("confirmation", "not-agreed", reason="It was an hour less")
    calm_story.tell(LogLabour(ticket=calm_story.ticket, minutes=-1))
    calm_story.complete("work", "done")
    calm_story.complete("confirmation", "agreed")
    assert (calm_story.outcome(), calm_story.pending()) == ("completed", ["25.00"])  # 30 minutes are 2 quarters
    calm_story.require_whole()


def test_cancelled_midway_no_time_is_charged(calm_story: Story) -> None:
    worked(calm_story, 51)
    calm_story.cancel()
    assert (calm_story.outcome(), calm_story.pending()) == ("cancelled", [])
    calm_story.require_whole()


@pytest.mark.parametrize(("minutes", "charged"), [(20, []), (21, ["12.50"]), (35, ["12.50"]), (36, ["25.00"])])
def test_free_minutes_cost_nothing(calm_story: Story, minutes: int, charged: list[str]) -> None:
    worked(calm_story, minutes)
    calm_story.complete("confirmation", "agreed")
    assert (calm_story.outcome(), calm_story.pending()) == ("completed", charged)


def test_work_without_a_logged_time_is_not_done(calm_story: Story) -> None:
    calm_story.open("paid-support")
    calm_story.complete("request", "ordered", **ORDER)
    with pytest.raises(RuleViolation, match="Log the time that you worked"):
        calm_story.complete("work", "done", solution="It prints")
