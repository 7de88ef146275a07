"""A move: to another account, or to another address; the days of service are neither lost nor charged twice."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import RuleViolation
from commands.accounts import OpenAccount
from tests.commands.work.stories.story import A, B, Story

SECOND, ELEVENTH = date(2026, 3, 2), date(2026, 3, 11)
SIGNED = {"signed_on": "2026-03-11"}
TO_ACCOUNT = {"target": "account", "to_account": B}
TO_ADDRESS = {"target": "address", "new_address": "hill-7", "new_subscription": "main-2"}


def requested(story: Story, **values: str) -> None:
    story.operator.bill(until=date(2026, 3, 2))
    opened = OpenAccount(account=B, customer=A, seller="north", currency="EUR", opened_on=date(2026, 1, 1))
    story.operator.tell(opened, today=SECOND)
    story.on(SECOND).open("move", subscription="main")
    story.complete("request", "possible", **values)


def test_it_goes_on_in_another_account(story: Story) -> None:
    requested(story, **TO_ACCOUNT)
    story.on(ELEVENTH).complete("amendment", "signed", **SIGNED)

    assert (story.outcome(), story.done()) == ("completed", ["move-subscription"])
    assert (story.state(), story.state(account=B)) == ("ended", "active")
    story.operator.bill(until=date(2026, 4, 2))
    # 21 of 31 days of March, 13.55 with 2.71 VAT, are credited here and charged there, where April's 24.00 is added.
    assert story.balance() == "-55.74"  # 72.00 - 16.26
    assert story.balance(B) == "-40.26"  # 33.55 with 6.71 VAT
    story.require_whole()


def test_it_begins_at_another_address_on_the_day_on_which_it_ends_at_the_old_one(story: Story) -> None:
    requested(story, **TO_ADDRESS)
    story.complete("amendment", "elsewhere", reason="Rather number 7", signed_on="2026-03-02")
    story.complete("request", "possible")
    story.on(ELEVENTH).complete("amendment", "signed", **SIGNED)
    story.complete("relocation", "another-day", reason="Nobody was there", device_moved="no")
    story.complete("amendment", "signed")
    story.complete("relocation", "connected", device_moved="yes")

    assert (story.outcome(), story.done()) == ("completed", ["activate-subscription", "terminate-subscription"])
    assert (story.state("main"), story.state("main-2")) == ("ended", "active")
    assert (story.tariff("main-2"), story.service("main-2").address) == ("net", "hill-7")
    story.operator.bill(until=date(2026, 4, 2))
    assert story.balance() == "-96.00"  # three months and April, 24.00 each: the days of March are charged once
    story.require_whole()


def test_cancelled_midway_it_leaves_the_service_where_it_is(calm_story: Story) -> None:
    requested(calm_story, **TO_ADDRESS)
    calm_story.on(ELEVENTH).complete("amendment", "signed", **SIGNED)
    calm_story.cancel()
    assert (calm_story.outcome(), calm_story.state("main"), calm_story.state("main-2")) == ("cancelled", "active", "")
    calm_story.require_whole()


def test_where_to_must_be_said(calm_story: Story) -> None:
    with pytest.raises(RuleViolation, match="Write the account, or the address and the code"):
        requested(calm_story, target="address", new_address="hill-7")
