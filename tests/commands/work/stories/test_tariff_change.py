"""A change of tariff: the service has the new tariff once the amendment is signed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import BillingError, RuleViolation
from commands.work.steps import CompleteStep
from tests.commands.work.stories.story import Story
from tests.operators import application_on

SECOND, ELEVENTH, APRIL = date(2026, 3, 2), date(2026, 3, 11), date(2026, 4, 1)
SIGNED = {"amendment_signed_on": "2026-03-11"}


def requested(story: Story, tariff: str = "fast", from_next_period: str = "no") -> None:
    story.operator.publish("fast", "30.00")
    story.operator.publish("slow", "10.00")
    story.operator.bill(until=date(2026, 3, 2))
    story.on(SECOND).open("tariff-change", subscription="main")
    story.complete("request", "chosen", tariff=tariff, from_next_period=from_next_period)


def test_it_changes_the_tariff_and_the_difference_is_billed_once(story: Story) -> None:
    requested(story)
    assert story.tariff() == "net"
    story.on(ELEVENTH).complete("amendment", "signed", **SIGNED)

    assert (story.outcome(), story.done()) == ("completed", ["change-tariff", "comment"])
    assert (story.tariff(on=date(2026, 3, 10)), story.tariff()) == ("net", "fast")
    story.operator.bill(until=date(2026, 4, 2))
    # Of March, 21 of 31 days: 13.55 of 20.00 are credited, 20.32 of 30.00 are charged; and April, 30.00.
    # The credit note is 13.55 + 2.71 VAT; the invoice is 50.32 + 10.06 VAT.
    assert story.documents()[1:] == [("01 Apr", "-16.26"), ("01 Apr", "60.38")]
    assert story.balance() == "-116.12"
    story.require_whole()


def test_it_goes_back_to_the_choice_and_changes_to_what_was_chosen_last(calm_story: Story) -> None:
    requested(calm_story, tariff="slow", from_next_period="yes")
    calm_story.complete("amendment", "another-tariff", reason="Rather a fast one", **SIGNED)
    calm_story.complete("request", "chosen", tariff="fast")
    calm_story.on(ELEVENTH).complete("amendment", "signed")

    assert (calm_story.outcome(), calm_story.done()) == ("completed", ["change-tariff", "comment"])
    assert (calm_story.tariff(), calm_story.tariff(on=APRIL)) == ("net", "fast")
    calm_story.operator.bill(until=date(2026, 4, 2))
    assert calm_story.documents()[1:] == [("01 Apr", "36.00")]
    calm_story.require_whole()


def test_two_people_who_complete_a_step_at_once_change_the_tariff_once(calm_story: Story) -> None:
    requested(calm_story)
    signed = CompleteStep(ticket=calm_story.ticket, step="amendment", resolution="signed",
                          values={"amendment_signed_on": "2026-03-02"})  # fmt: skip
    together = threading.Barrier(2)

    def sign(person: str) -> BillingError | None:
        with application_on(calm_story.operator.database_url) as application:
            together.wait(30)
            try:
                application.bus.execute(signed, origin_of_process(person, calm_story.today))
            except BillingError as error:
                return error
        return None

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(sign, ("eva", "jan")))
    calm_story.on(ELEVENTH)

    (refused,) = (answer for answer in answers if answer is not None)
    assert "amendment" in str(refused) or "still to be done" in str(refused)
    assert (calm_story.outcome(), calm_story.done(), calm_story.tariff()) == (
        "completed", ["change-tariff", "comment"], "fast",
    )  # fmt: skip
    calm_story.require_whole()


def test_cancelled_midway_it_changes_nothing(calm_story: Story) -> None:
    requested(calm_story)
    calm_story.on(ELEVENTH).cancel()
    assert (calm_story.outcome(), calm_story.tariff(), calm_story.done()) == ("cancelled", "net", [])
    calm_story.require_whole()


def test_a_tariff_that_the_service_has_is_no_change(calm_story: Story) -> None:
    with pytest.raises(RuleViolation, match="The service must be active, and the tariff another one"):
        requested(calm_story, tariff="net")


def test_a_tariff_that_does_not_exist_waits_until_it_is_published_and_the_command_is_retried(calm_story: Story) -> None:
    requested(calm_story, tariff="faster")
    calm_story.on(ELEVENTH).complete("amendment", "signed", **SIGNED)
    assert (calm_story.steps(), calm_story.tariff(), calm_story.refused()) == (["change"], "net", ["RunNextAction"])

    calm_story.operator.publish("faster", "40.00")
    calm_story.retry_refused()
    assert (calm_story.outcome(), calm_story.tariff(), calm_story.refused()) == ("completed", "faster", [])
    calm_story.require_whole()
