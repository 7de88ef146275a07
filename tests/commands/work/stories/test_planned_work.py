"""Planned work: announced before it is done if somebody is without service meanwhile; other systems hear of it."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import RuleViolation
from billing_core.work.ticket_events import TicketSignalled
from tests.commands.work.stories.story import Story

SECOND, FIFTH, NINTH = date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 9)
PLAN = {"work": "Change the switch of Hill 7", "planned_on": "2026-03-05", "interrupts": "yes"}


def planned(story: Story) -> None:
    story.on(SECOND).open("planned-work")
    story.complete("plan", "planned", **PLAN)


def signals(story: Story) -> int:
    return sum(isinstance(fact, TicketSignalled) for fact in story.operator.facts(f"ticket/{story.ticket}"))


def test_it_is_announced_before_the_work_is_done(story: Story) -> None:
    planned(story)
    assert story.ticket_now().queue == "support"
    story.complete("announcement", "announced", announced_on="2026-03-02", announced_how="mail")
    assert (story.ticket_now().queue, signals(story)) == ("technicians", 1)
    story.on(FIFTH).complete("work", "done", result="Changed")
    story.complete("check", "works")
    assert (story.outcome(), story.done()) == ("completed", ["signal planned-work-announced"])
    story.require_whole()


def test_work_that_was_put_off_is_announced_again(calm_story: Story) -> None:
    planned(calm_story)
    calm_story.complete("announcement", "announced", announced_on="2026-03-02")
    calm_story.on(FIFTH).complete("work", "postponed", reason="It rains", result="Nothing")
    calm_story.complete("plan", "planned", planned_on="2026-03-09")
    calm_story.complete("announcement", "announced", announced_on="2026-03-05")
    calm_story.on(NINTH).complete("work", "done", result="Changed")
    calm_story.complete("check", "does-not-work", reason="No light")
    calm_story.complete("work", "done")
    calm_story.complete("check", "works")
    assert (calm_story.outcome(), signals(calm_story)) == ("completed", 2)
    calm_story.require_whole()


def test_cancelled_midway_it_ends(calm_story: Story) -> None:
    planned(calm_story)
    calm_story.cancel()
    assert (calm_story.outcome(), signals(calm_story)) == ("cancelled", 0)
    calm_story.require_whole()


def test_it_is_not_announced_too_late(calm_story: Story) -> None:
    planned(calm_story)
    with pytest.raises(RuleViolation, match="It must be announced before the work begins"):
        calm_story.complete("announcement", "announced", announced_on="2026-03-06")
