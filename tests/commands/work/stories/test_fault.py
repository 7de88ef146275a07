"""A fault: mended from afar, by a visit, or with a known outage; a compensation and a fee are charged once."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.work.ticket_events import CommentAdded
from commands.work.actions import OverruleAction
from commands.work.outages import DeclareOutage
from commands.work.steps import ContinueTicket
from commands.work.tickets import CloseTicket
from tests.commands.work.stories.story import Story

SECOND, THIRD, FOURTH = (date(2026, 3, day) for day in (2, 3, 4))


def noted(story: Story, is_known_outage: str = "no") -> None:
    story.operator.bill(until=date(2026, 3, 2))
    story.on(SECOND).open("fault")
    story.complete("check", "noted", symptoms="no light on the box", is_known_outage=is_known_outage)


def said(story: Story) -> list[str]:
    facts = story.operator.facts(f"ticket/{story.ticket}")
    return [fact.text for fact in facts if isinstance(fact, CommentAdded) and fact.audience == "customer"]


def test_a_visit_for_a_fee_and_a_compensation_are_on_the_next_invoice_once(story: Story) -> None:
    noted(story)
    story.complete("remote", "visit", cause="no signal")
    assert story.ticket_now().queue == "technicians"
    story.on(THIRD).complete("visit", "nobody-there", reason="Nobody opened", cause="no signal")
    story.complete("remote", "visit")
    story.on(FOURTH).complete(
        "visit", "mended-for-a-fee", cause="cut by a spade", power="-21", fee="15.00", vat_rate="20"
    )
    assert (story.steps(), story.pending(), story.ticket_now().queue) == (["confirmation"], ["15.00"], "support")
    story.complete("confirmation", "works", compensation="5.00")

    assert (story.outcome(), story.done()) == ("completed", ["charge-once", "grant-goodwill"])
    story.operator.bill(until=date(2026, 4, 2))
    assert story.balance() == "-108.00"  # 72.00, and 20.00 + 15.00 - 5.00 with 20 % VAT
    story.require_whole()


def test_a_known_outage_waits_until_it_is_restored(story: Story) -> None:
    noted(story, is_known_outage="yes")
    assert (story.steps(), story.done()) == (["outage"], ["comment"])
    with pytest.raises(InvalidValue, match="is not waited for"):
        story.tell(ContinueTicket(ticket=story.ticket, message="melted"))

    story.on(THIRD).tell(ContinueTicket(ticket=story.ticket, message="restored"))
    assert story.steps() == ["confirmation"]
    with pytest.raises(InvalidValue, match="is not waited for"):
        story.tell(ContinueTicket(ticket=story.ticket, message="restored"))
    story.complete("confirmation", "does-not-work", reason="Still dark")
    story.complete("remote", "mended", cause="the box was off")
    story.complete("confirmation", "works")

    assert (story.outcome(), story.pending()) == ("completed", [])
    assert [text.partition(" ")[0] for text in said(story)] == ["We", "The"]
    story.require_whole()


def test_a_fault_where_an_outage_is_open_is_known_as_one_and_hears_of_its_end(calm_story: Story) -> None:
    calm_story.open("planned-work", node="hill-7")
    outage = calm_story.ticket
    calm_story.tell(DeclareOutage(ticket=outage))
    calm_story.open("fault", node="hill-7")
    calm_story.complete("check", "noted", symptoms="nothing works", is_known_outage="no")
    assert calm_story.steps() == ["outage"]

    calm_story.tell(CloseTicket(ticket=outage, reason="Power is back", outcome="completed"))
    assert calm_story.steps() == ["confirmation"]  # somebody noted it, so it is confirmed before it ends
    calm_story.complete("confirmation", "works")
    assert calm_story.outcome() == "completed"
    calm_story.require_whole()


def test_cancelled_midway_it_charges_nothing(calm_story: Story) -> None:
    noted(calm_story)
    calm_story.complete("remote", "visit", cause="no signal")
    calm_story.on(THIRD).cancel()
    assert (calm_story.outcome(), calm_story.pending()) == ("cancelled", [])
    calm_story.require_whole()


def test_a_customer_who_does_not_say_whether_it_works_is_content_after_three_days(calm_story: Story) -> None:
    noted(calm_story)
    calm_story.complete("remote", "mended", cause="the box was off")
    calm_story.wait(hours=71)
    assert calm_story.steps() == ["confirmation"]
    calm_story.wait(hours=73)
    assert (calm_story.outcome(), calm_story.pending()) == ("completed", [])
    calm_story.require_whole()


def test_time_that_has_passed_ends_nothing_before_what_is_due_is_done(calm_story: Story) -> None:
    noted(calm_story)
    calm_story.complete("remote", "visit", cause="no signal")
    calm_story.complete("visit", "mended-for-a-fee", fee="15.001", vat_rate="20")  # no such amount of euros
    calm_story.wait(hours=73)
    assert (calm_story.steps(), calm_story.refused()) == (["confirmation"], ["RunNextAction", "EndStepTime"])

    calm_story.tell(OverruleAction(ticket=calm_story.ticket, reason="The fee is waived"))
    calm_story.complete("confirmation", "works")
    assert (calm_story.outcome(), calm_story.pending(), calm_story.done()) == ("completed", [], [])
    calm_story.require_whole()
