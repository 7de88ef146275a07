"""The end of a service: with the notice period, the device, and the final bill after the last day."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import RuleViolation
from tests.commands.work.stories.story import B, Story

TENTH, TWENTIETH, LAST_DAY, NINTH_APRIL = date(2026, 3, 10), date(2026, 3, 20), date(2026, 4, 8), date(2026, 4, 9)
NOTICE = {"why": "moves abroad", "notice_given_on": "2026-03-10", "is_notice_waived": "no"}


def noticed(story: Story, **values: str) -> None:
    """The notice period of the tariff is 30 days."""
    story.operator.publish("bound", "20.00", notice_days=30)
    story.operator.subscriber(B, tariff="bound")
    story.operator.bill(until=date(2026, 3, 2))
    story.on(TENTH).open("termination", account=B, subscription="main")
    story.complete("notice", "accepted", **NOTICE | values)


def test_it_ends_after_the_notice_period_with_a_final_bill(story: Story) -> None:
    noticed(story)
    assert (story.state(account=B), story.state(account=B, on=NINTH_APRIL)) == ("active", "ended")
    story.on(TWENTIETH).complete("device-return", "not-returned", device_fee="40.00", vat_rate="20")
    with pytest.raises(RuleViolation, match="The service still goes on"):
        story.complete("settlement", "settle")
    story.operator.bill(until=date(2026, 4, 2))
    story.on(NINTH_APRIL).complete("settlement", "settle")

    assert (story.outcome(), story.state(account=B)) == ("completed", "ended")
    assert story.done() == ["terminate-subscription", "charge-once", "bill-account"]
    # Three months of 24.00; on 1 April 8 of 30 days, 5.33, and the device, 40.00, with 20 % VAT, 9.07.
    assert story.documents(B)[1:] == [("01 Apr", "54.40")]
    assert story.balance(B) == "-126.40"
    story.operator.bill(until=date(2026, 6, 2))
    assert story.balance(B) == "-126.40"
    story.require_whole()


def test_a_notice_that_is_taken_back_and_given_again_ends_the_service_once(story: Story) -> None:
    noticed(story)
    story.on(TWENTIETH).complete("device-return", "taken-back", reason="Stays after all")
    assert (story.steps(), story.state(account=B, on=NINTH_APRIL)) == (["notice"], "active")
    story.complete("notice", "accepted", notice_given_on="2026-03-20", is_notice_waived="yes")
    story.complete("device-return", "no-device")
    story.complete("settlement", "settle")

    assert (story.outcome(), story.state(account=B)) == ("completed", "ended")
    assert story.done() == ["terminate-subscription", "cancel-change", "terminate-subscription", "bill-account"]
    # Of March 12 of 31 days, 7.74 with 1.55 VAT, are credited.
    assert story.documents(B)[1:] == [("20 Mar", "-9.29")]
    assert story.balance(B) == "-62.71"
    story.require_whole()


def test_cancelled_midway_the_service_ends_as_the_completed_steps_say(calm_story: Story) -> None:
    noticed(calm_story)
    calm_story.cancel()
    assert (calm_story.outcome(), calm_story.state(account=B, on=LAST_DAY)) == ("cancelled", "active")
    assert calm_story.state(account=B, on=NINTH_APRIL) == "ended"
    calm_story.require_whole()


def test_withdrawn_after_it_was_taken_back_the_service_goes_on(calm_story: Story) -> None:
    noticed(calm_story)
    calm_story.complete("device-return", "taken-back", reason="Stays after all")
    calm_story.complete("notice", "withdrawn")
    assert (calm_story.outcome(), calm_story.state(account=B, on=NINTH_APRIL)) == ("cancelled", "active")
    calm_story.require_whole()
