"""A visit for non-payment: the service is suspended until the payment comes; a payment before it is enough."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import RuleViolation
from billing_core.promises import PromiseTerms
from commands.promises import SetPromiseTerms
from tests.commands.work.stories.story import Story

TWENTY_FOURTH, THIRTIETH, THIRTY_FIRST = date(2026, 3, 24), date(2026, 3, 30), date(2026, 3, 31)
ANNOUNCED = {"visit_on": "2026-03-30", "fee": "5.00", "vat_rate": "20"}


def announced(story: Story) -> None:
    story.operator.bill(until=date(2026, 3, 2))  # 72.00
    story.on(TWENTY_FOURTH).open("non-payment-visit", subscription="main")
    story.complete("announcement", "announced", **ANNOUNCED)


def test_the_service_is_suspended_until_the_payment_comes(story: Story) -> None:
    announced(story)
    story.on(THIRTIETH).complete("visit", "disconnect", note="Will not pay")
    assert (story.steps(), story.state(), story.pending()) == (["payment"], "suspended", ["5.00"])
    story.pay("30.00")
    assert (story.steps(), story.state()) == (["payment"], "suspended")
    story.on(THIRTY_FIRST).pay("42.00", "P2")

    assert (story.outcome(), story.state(), story.state(on=THIRTIETH)) == ("completed", "active", "suspended")
    assert story.done() == ["comment", "suspend-subscription", "charge-once", "resume-subscription"]
    story.operator.bill(until=date(2026, 4, 2))
    assert story.balance() == "-30.00"  # April, 20.00, and the visit, 5.00, with 20 % VAT
    story.require_whole()


def test_a_payment_that_came_before_it_is_waited_for_is_enough(calm_story: Story) -> None:
    announced(calm_story)
    calm_story.on(THIRTIETH).complete("visit", "nobody-there", reason="Nobody opened", note="Left a letter")
    calm_story.complete("announcement", "announced")
    calm_story.pay("72.00")
    calm_story.complete("visit", "paid")

    assert (calm_story.outcome(), calm_story.state(), calm_story.pending()) == ("completed", "active", [])
    assert calm_story.done() == ["comment", "comment"]
    calm_story.require_whole()


def test_a_promise_is_opened_and_kept(calm_story: Story) -> None:
    announced(calm_story)
    calm_story.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=14)))
    calm_story.on(THIRTIETH).complete("visit", "promised", note="On pay day", promised_until="2026-04-08")
    promise = calm_story.operator.account("A0001").promises.open
    assert promise is not None and promise.until_on == date(2026, 4, 8)
    calm_story.on(THIRTY_FIRST).pay("72.00")
    assert (calm_story.outcome(), calm_story.operator.account("A0001").promises.open) == ("completed", None)
    calm_story.require_whole()


def test_cancelled_midway_the_service_stays_suspended_and_a_payment_resumes_nothing(
    calm_story: Story,
) -> None:
    announced(calm_story)
    calm_story.on(THIRTIETH).complete("visit", "disconnect", note="Will not pay")
    calm_story.cancel()
    calm_story.on(THIRTY_FIRST).pay("72.00")
    assert (calm_story.outcome(), calm_story.state(), calm_story.pending()) == ("cancelled", "suspended", ["5.00"])
    calm_story.require_whole()


def test_who_owes_nothing_is_not_visited(calm_story: Story) -> None:
    calm_story.pay("72.00")
    calm_story.open("non-payment-visit", subscription="main")
    with pytest.raises(RuleViolation, match="The account owes nothing"):
        calm_story.complete("announcement", "announced", **ANNOUNCED)


def test_a_debt_that_is_not_paid_for_ten_days_goes_to_the_supervisors_and_still_waits(calm_story: Story) -> None:
    announced(calm_story)
    calm_story.on(THIRTIETH).complete("visit", "disconnect", note="Will not pay")
    calm_story.wait(hours=241)
    found = calm_story.ticket_now()
    assert (found.queue, found.priority, found.steps) == ("supervisors", "high", ("payment",))
    calm_story.pay("72.00")
    assert (calm_story.outcome(), calm_story.state()) == ("completed", "active")
