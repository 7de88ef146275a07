"""Holds and suspensions on a moving clock: within terms, again and again, over month ends and a leap day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.services.events import SubscriptionHeld, SubscriptionSuspended
from commands.services import (
    CancelChange,
    HoldSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from projections.services import subscriptions_of
from tests.commands.services.conftest import Story, every_day, fee, once, tariff

A = "A0001"


def test_a_hold_with_an_end_comes_back_by_itself(story: Story):
    """Held from 11 to 21 June, ten days of 300.00: said at once, nothing more has to be told."""
    story.subscriber(A, "home", "2026-05-01")
    story.bill("2026-06-01", A)
    answer = story.tell(HoldSubscription, "2026-06-11", A, until="2026-06-21")

    assert answer.result == {"effective_on": "2026-06-11"}
    assert story.bill("2026-06-12", A) == ["fee 06-11..06-21 -100.00, corrects 06-01..07-01"]
    assert story.bill("2026-07-01", A) == ["fee 07-01..08-01 300.00"]
    (row,) = story.operator.ask(subscriptions_of, A)
    assert [entry.kind for entry in row.timeline] == ["activate", "hold", "resume"]


def test_pauses_again_and_again_charge_exactly_the_days_between(story: Story):
    story.subscriber(A, "home", "2026-01-31", billing_day=31)
    expected = set(every_day("2026-01-31", "2026-07-31"))
    for month, day in ((2, 3), (2, 20), (3, 30), (4, 30), (5, 31), (6, 15)):
        first = date(2026, month, day)
        back = date.fromordinal(first.toordinal() + 9)
        story.bill(first.isoformat(), A)
        story.tell(HoldSubscription, first.isoformat(), A)
        story.bill(first.isoformat(), A)
        story.tell(ResumeSubscription, back.isoformat(), A)
        expected -= set(every_day(first.isoformat(), back.isoformat()))
    story.bill("2026-07-30", A)

    assert story.days(A) == sorted(expected)
    assert story.bill("2026-07-30", A) == []
    assert story.operator.findings() == []


def test_back_earlier_than_said_ends_the_hold_then(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.tell(HoldSubscription, "2026-06-01", A, on="2026-06-11", until="2026-06-21")
    story.bill("2026-06-12", A)
    story.tell(ResumeSubscription, "2026-06-15", A)

    assert story.bill("2026-06-20", A) == ["fee 06-15..06-21 60.00"]
    (row,) = story.operator.ask(subscriptions_of, A)
    assert [(entry.kind, entry.on.day) for entry in row.timeline] == [("activate", 1), ("hold", 11), ("resume", 15)]


def test_a_cancelled_hold_takes_the_end_that_was_said_with_it(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.tell(HoldSubscription, "2026-06-01", A, on="2026-06-11", until="2026-06-21")
    story.bill("2026-06-12", A)
    story.tell(CancelChange, "2026-06-13", A, kind="hold", on="2026-06-11", reason="the journey was put off")

    assert story.bill("2026-06-13", A) == ["fee 06-11..06-21 100.00"]
    assert story.days(A) == every_day("2026-05-01", "2026-07-01")


def test_terms_of_the_tariff_limit_a_hold_and_price_it(story: Story):
    """10 to 60 days, 90 a year, a fee of 5.00 for each, a tenth of the fee goes on."""
    terms = HoldTerms(least_days=10, most_days=60, most_days_a_year=90, charge_percent=Decimal(10))
    story.publish(tariff("care", fee("300.00"), once("pause", "5.00", at="hold"), hold=terms))
    story.subscriber(A, "care", "2026-05-01")
    story.bill("2026-06-01", A)

    with pytest.raises(InvalidValue, match=r"hold until.*60 days; supply the day on which it ends"):
        story.tell(HoldSubscription, "2026-06-01", A, on="2026-06-11")
    with pytest.raises(RuleViolation, match=r"'2026-06-11': is 9 days; tariff care asks for at least 10"):
        story.tell(HoldSubscription, "2026-06-01", A, on="2026-06-11", until="2026-06-20")
    with pytest.raises(RuleViolation, match=r"is 61 days; tariff care allows at most 60"):
        story.tell(HoldSubscription, "2026-06-01", A, on="2026-06-11", until="2026-08-11")
    story.tell(HoldSubscription, "2026-06-01", A, on="2026-06-11", until="2026-08-10")
    with pytest.raises(RuleViolation, match=r"makes 91 days on hold in 2026; tariff care allows 90"):
        story.tell(HoldSubscription, "2026-08-20", A, on="2026-09-01", until="2026-10-02", waive_conditions=True)
    with pytest.raises(RuleViolation, match="is 9 days"):
        story.tell(ResumeSubscription, "2026-06-20", A)

    assert story.bill("2026-06-11", A) == [
        "fee 06-11..07-01 -200.00, corrects 06-01..07-01",
        "fee 06-11..07-01 20.00",
        "pause 06-11..06-12 5.00",
    ]
    held = next(fact for fact in story.operator.facts(f"account/{A}") if isinstance(fact, SubscriptionHeld))
    assert held.charge_percent == 10


def test_what_goes_on_while_suspended_is_recorded_with_the_suspension(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.tell(SuspendSubscription, "2026-05-05", A, reason="non-payment")
    story.tell(ResumeSubscription, "2026-05-06", A)
    story.tell(SuspendSubscription, "2026-05-07", A, reason="operator")
    story.tell(ResumeSubscription, "2026-05-08", A)
    story.tell(SuspendSubscription, "2026-05-09", A, reason="operator", charge_percent="12.5")

    facts = story.operator.facts(f"account/{A}")
    percents = [fact.charge_percent for fact in facts if isinstance(fact, SubscriptionSuspended)]
    assert percents == [Decimal(100), Decimal(0), Decimal("12.5")]
    with pytest.raises(InvalidValue, match=r"charge percent '101': must be 0 to 100"):
        story.tell(SuspendSubscription, "2026-05-09", A, reason="operator", charge_percent=101)


def test_the_end_of_a_hold_does_not_lift_a_suspension(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.tell(HoldSubscription, "2026-06-01", A, until="2026-06-21")
    with pytest.raises(RuleViolation, match=r"planned resume on 2026-06-21; cancel that one first"):
        story.tell(SuspendSubscription, "2026-06-10", A, reason="abuse")
    story.tell(CancelChange, "2026-06-10", A, kind="resume", on="2026-06-21")
    story.tell(SuspendSubscription, "2026-06-10", A, reason="abuse")
    (row,) = story.operator.ask(subscriptions_of, A)
    assert (row.status, row.reason) == ("suspended", "abuse")


def test_what_stands_in_the_way_of_a_change_is_named(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.tell(HoldSubscription, "2026-06-01", A, until="2026-06-21")
    with pytest.raises(RuleViolation, match=r"resume on '2026-06-21'.*first cancel the change that prevents it"):
        story.tell(TerminateSubscription, "2026-06-10", A, reason="moves away")
    with pytest.raises(RuleViolation, match=r"no terminate on this day to cancel"):
        story.tell(CancelChange, "2026-06-10", A, kind="terminate", on="2026-06-10")


@pytest.mark.parametrize(
    ("since", "held", "until", "month_end"),
    [
        ("2028-02-01", "2028-02-29", "2028-03-01", "2028-03-01"),
        ("2027-02-01", "2027-02-28", "2027-03-01", "2027-03-01"),
        ("2026-01-31", "2026-02-27", "2026-03-31", "2026-04-30"),
        ("2026-12-01", "2026-12-31", "2027-01-01", "2027-02-01"),
    ],
)
def test_a_pause_over_the_end_of_a_month_leaves_out_its_days_alone(
    story: Story, since: str, held: str, until: str, month_end: str
):
    billing_day = 31 if since.endswith("31") else 1
    early, late = (story.subscriber(number, "home", since, billing_day) for number in ("EARLY", "LATE"))
    story.tell(HoldSubscription, since, early, on=held, until=until)
    last = date.fromordinal(date.fromisoformat(month_end).toordinal() - 1).isoformat()
    story.bill(last, early, late)
    story.tell(HoldSubscription, last, late, on=held, until=until)
    story.bill(last, early, late)

    expected = sorted(set(every_day(since, month_end)) - set(every_day(held, until)))
    assert story.days(early) == expected
    assert story.days(late) == expected
    assert story.net(early) == story.net(late)


def test_nobody_suspends_for_money_by_hand(story: Story):
    story.subscriber(A, "home", "2026-05-01")

    with pytest.raises(InvalidValue, match="only by the system"):
        story.tell(SuspendSubscription, "2026-06-01", A, reason="no-money")
