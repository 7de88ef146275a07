"""A new connection: from the survey to the first bill; the service is active once the device was handed out."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from tests.commands.work.stories.story import Story

NEW = "net-2"
SECOND, FIFTH, NINTH, TWELFTH, SIXTEENTH = (date(2026, 3, day) for day in (2, 5, 9, 12, 16))
CONTRACT = {"tariff": "net", "contract_signed_on": "2026-03-09", "fee": "49.00", "vat_rate": "20"}


def surveyed(story: Story, needs_line: str = "no") -> None:
    story.operator.bill(until=date(2026, 3, 2))  # `main` up to the end of March: three months of 24.00
    story.on(SECOND).open("new-connection", subscription=NEW)
    story.complete("survey", "surveyed", is_possible="yes", needs_line=needs_line)


def handed_out(story: Story) -> None:
    """From the contract to the device."""
    story.on(NINTH).complete("contract", "signed", **CONTRACT)
    story.on(TWELFTH).complete("installation", "installed", power="-19.5")
    assert story.state(NEW) == ""
    story.on(SIXTEENTH).complete("device", "handed-out", device="router R1", serial_number="SN-7")


def require_connected_and_billed_once(story: Story) -> None:
    assert story.outcome() == "completed"
    assert story.done()[-3:] == ["activate-subscription", "charge-once", "bill-account"]
    assert story.service(NEW).activated_on == SIXTEENTH
    # 16 of 31 days of 20.00 are 10.32, with 49.00 59.32; with 20 % VAT, 11.86, it is 71.18.
    assert story.documents()[-1] == ("16 Mar", "71.18")
    story.operator.bill(until=date(2026, 4, 2))
    assert story.documents()[-1] == ("01 Apr", "48.00")  # both services, 24.00 each
    story.require_whole()


def test_it_ends_with_an_active_service_and_its_first_bill(story: Story) -> None:
    surveyed(story)
    handed_out(story)
    assert (story.state(NEW), story.pending()) == ("active", ["49.00"])
    story.complete("hand-over", "signed", protocol_signed_on="2026-03-16")
    require_connected_and_billed_once(story)


def test_a_line_is_built_first_and_what_was_activated_is_not_activated_again(story: Story) -> None:
    surveyed(story, needs_line="yes")
    (child,) = story.ticket_now().children
    assert (story.steps(), story.steps(child)) == (["line"], ["plan"])
    story.complete("plan", "planned", ticket=child, work="a duct", planned_on="2026-03-05", interrupts="no")
    story.on(FIFTH).complete("work", "done", ticket=child, result="built")
    assert story.steps() == ["line"]
    story.complete("check", "works", ticket=child)
    assert (story.outcome(child), story.steps()) == ("completed", ["contract"])

    # Back to the survey and forward again: the line that is built is not built again.
    story.complete(
        "contract",
        "survey-again",
        reason="The neighbour objects",
        **CONTRACT | {"tariff": "gone"},
    )
    story.complete("survey", "surveyed")
    assert (story.ticket_now().children, story.steps()) == ((child,), ["contract"])

    handed_out(story)
    story.complete("hand-over", "defect", reason="The socket is loose", protocol_signed_on="2026-03-16")
    story.complete("installation", "installed")
    story.complete("device", "own-device")
    assert story.steps() == ["hand-over"]
    story.complete("hand-over", "signed")
    require_connected_and_billed_once(story)


def test_cancelled_midway_it_leaves_no_service_and_no_charge(calm_story: Story) -> None:
    surveyed(calm_story)
    calm_story.on(NINTH).complete("contract", "signed", **CONTRACT)
    calm_story.cancel()

    assert (calm_story.outcome(), calm_story.state(NEW), calm_story.pending(), calm_story.balance()) == (
        "cancelled",
        "",
        [],
        "-72.00",
    )
    calm_story.require_whole()


def test_cancelled_after_the_activation_it_leaves_the_service_as_the_completed_steps_say(calm_story: Story) -> None:
    surveyed(calm_story)
    handed_out(calm_story)
    calm_story.cancel()

    assert (calm_story.outcome(), calm_story.state(NEW), calm_story.pending()) == ("cancelled", "active", ["49.00"])
    calm_story.require_whole()


def test_without_a_way_to_connect_it_ends_and_the_customer_hears_of_it(calm_story: Story) -> None:
    calm_story.open("new-connection", subscription=NEW)
    calm_story.complete("survey", "surveyed", is_possible="no", needs_line="no")
    assert (calm_story.outcome(), calm_story.done()) == ("cancelled", ["comment"])
    calm_story.require_whole()


def test_what_is_missing_is_asked_for_in_the_words_of_the_flow(calm_story: Story) -> None:
    surveyed(calm_story)
    with pytest.raises(RuleViolation, match="The day of the signature is in the future"):
        calm_story.complete("contract", "signed", **CONTRACT | {"contract_signed_on": "2026-03-20"})
    calm_story.on(NINTH).complete("contract", "signed", **CONTRACT)
    with pytest.raises(InvalidValue, match="must be -27 to -8"):
        calm_story.complete("installation", "installed", power="-3")
    calm_story.complete("installation", "installed")
    with pytest.raises(RuleViolation, match="Write down which device was handed out"):
        calm_story.complete("device", "handed-out", device="router R1")
