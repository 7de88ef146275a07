"""A complaint about a bill: nobody is suspended while it is open; what was wrong is corrected once."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.bootstrap.registry import exemptions
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import RuleViolation
from billing_core.work.ticket_events import CommentAdded
from commands.work.tickets import ReopenTicket
from projections.dunning.suspensions import SuspensionRow, suspension_list
from tests.commands.work.stories.story import A, Story

TWENTIETH, OVERDUE, LATER = date(2026, 3, 20), date(2026, 3, 26), date(2026, 3, 30)
GOODWILL = {"correction": "goodwill", "amount": "10.00", "vat_rate": "20"}
EXAMINED = {"complaint": "I was away", "finding": "The service was down"}


def complained(story: Story) -> None:
    story.operator.bill(until=date(2026, 3, 2))  # 72.00, due on 15 March, tolerated up to the 22nd
    story.on(TWENTIETH).open("bill-complaint", document="1")


def to_suspend(story: Story, on: date = OVERDUE) -> list[SuspensionRow]:
    found: list[SuspensionRow] = story.operator.ask(suspension_list, on, 10, "", exemptions)
    return found


def corrected(story: Story) -> None:
    story.complete("examination", "examined", is_justified="yes", **EXAMINED)
    story.complete("correction", "correct", **GOODWILL)


def test_dunning_is_held_while_it_is_open_and_not_after(story: Story) -> None:
    complained(story)
    assert [row.exempt for row in to_suspend(story)] == [f"disputed by ticket {story.ticket}"]
    assert [row.exempt for row in to_suspend(story, date(2026, 3, 19))] == []

    corrected(story)
    story.on(OVERDUE).complete("answer", "send", answer="You are right: 10.00 off.")
    assert [row.exempt for row in to_suspend(story)] == [f"disputed by ticket {story.ticket}"]
    story.complete("objection", "agreed")

    assert (story.outcome(), story.done()) == ("completed", ["grant-goodwill", "comment"])
    assert [row.exempt for row in to_suspend(story)] == [""]
    story.tell(ReopenTicket(ticket=story.ticket, step="answer", reason="A second letter came"))
    assert [row.exempt for row in to_suspend(story)] == [f"disputed by ticket {story.ticket}"]
    assert story.pending() == ["-10.00"]
    story.require_whole()


def test_it_is_answered_and_what_the_customer_does_not_accept_is_examined_again(calm_story: Story) -> None:
    complained(calm_story)
    calm_story.complete("examination", "examined", is_justified="no", **EXAMINED)
    calm_story.complete("answer", "send", answer="The bill is right.")
    calm_story.on(OVERDUE).complete("objection", "objected", reason="I have photographs")
    calm_story.complete("examination", "examined", is_justified="yes")
    calm_story.complete("correction", "correct", correction="waiver", charge=charge_of_march(calm_story))
    calm_story.complete("answer", "send", answer="We give March back.")
    calm_story.complete("objection", "agreed")

    assert (calm_story.outcome(), calm_story.done()) == ("completed", ["comment", "waive-charge", "comment"])
    facts = calm_story.operator.facts(f"ticket/{calm_story.ticket}")
    assert [fact.text for fact in facts if isinstance(fact, CommentAdded)] == [
        "The bill is right.",
        "We give March back.",
    ]
    assert calm_story.documents()[-1] == ("26 Mar", "-24.00")
    assert calm_story.balance() == "-48.00"
    calm_story.require_whole()


def charge_of_march(story: Story) -> str:
    charges = (each for fact in story.operator.facts(f"account/{A}") if isinstance(fact, ChargesPosted)
               for each in fact.charges)  # fmt: skip
    return next(str(charge.key) for charge in charges if charge.from_on == date(2026, 3, 1))


def test_cancelled_midway_it_corrects_nothing_and_dunning_goes_on(calm_story: Story) -> None:
    complained(calm_story)
    calm_story.complete("examination", "examined", is_justified="yes", **EXAMINED)
    calm_story.cancel()
    assert (calm_story.outcome(), calm_story.pending()) == ("cancelled", [])
    assert [row.exempt for row in to_suspend(calm_story)] == [""]
    calm_story.require_whole()


def test_a_correction_that_says_too_little_is_refused(calm_story: Story) -> None:
    complained(calm_story)
    calm_story.complete("examination", "examined", is_justified="yes", **EXAMINED)
    with pytest.raises(RuleViolation, match="A goodwill needs amount and VAT rate"):
        calm_story.complete("correction", "correct", correction="goodwill", amount="10.00")


def test_a_customer_who_does_not_answer_within_two_weeks_agrees(calm_story: Story) -> None:
    complained(calm_story)
    corrected(calm_story)
    calm_story.complete("answer", "send", answer="You are right: 10.00 off.")
    calm_story.wait(hours=14 * 24 - 1)
    assert calm_story.steps() == ["objection"]
    for _ in range(2):
        calm_story.wait(hours=14 * 24 + 1)
    assert (calm_story.outcome(), calm_story.pending()) == ("completed", ["-10.00"])
    calm_story.require_whole()
