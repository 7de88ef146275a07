"""Commitments: since when they bind, and which changes of tariff they refuse."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import RuleViolation
from billing_core.services.commitments import commitments, ends_on, months_left
from billing_core.services.events import Commitment, TariffLeft
from billing_core.services.tariff_changes import tariff_changes
from tests.billing_core.price_lists import monthly, one_off, tariff
from tests.billing_core.subscriber import Subscriber

BOUND: dict[str, Any] = {"at": "termination", "committed_months": 24}
LOCKED = tariff("locked", monthly("30.00"), one_off("90.00", "early", **BOUND, on_tariff_change="refuse"))
BARE = tariff("bare", monthly("20.00"))
ANEW = tariff("anew", monthly("40.00"), one_off("90.00", "early", **BOUND, on_tariff_change="restart"))
UNTIL_2028 = "the commitment of fee early in tariff locked ends on 2028-01-01; change the tariff from that day on"


def subscribed(first: str, *tariffs: Tariff, since: str = "2026-01-01") -> Subscriber:
    subscriber = Subscriber(*(tariffs or (LOCKED, BARE, ANEW)))
    subscriber.activate(first, since)
    return subscriber


def begun(subscriber: Subscriber, on: str) -> list[Commitment]:
    """The commitments that began up to and including a day."""
    subscription = subscriber.account.subscriptions["S1"]
    segments = subscription.segments()
    changes = list(tariff_changes(subscription.timeline, segments))
    return list(commitments(segments, changes, (), subscriber.catalogue, date.fromisoformat(on)).values())


# --- since when


def test_a_commitment_is_known_by_its_beginning_and_by_the_tariff_that_was_left():
    subscriber = subscribed("bare")
    subscriber.change_tariff("anew", "2026-02-15")
    subscriber.change_tariff("bare", "2026-03-11")

    kept = TariffLeft(tariff="anew", on=date(2026, 3, 11))
    assert begun(subscriber, "2026-02-14") == []
    assert begun(subscriber, "2026-02-15") == [Commitment(component="early", since=date(2026, 2, 15))]
    assert begun(subscriber, "2026-03-11") == [Commitment(component="early", since=date(2026, 2, 15), left=kept)]

    subscriber.change_tariff("anew", "2026-04-01")
    assert begun(subscriber, "2026-04-01") == [Commitment(component="early", since=date(2026, 4, 1))]


@pytest.mark.parametrize(
    ("since", "on", "left"),
    [
        ("2026-01-31", "2026-02-27", 24),
        ("2026-01-31", "2026-02-28", 23),  # The first month ends on the last day of February.
        ("2026-01-31", "2026-03-30", 23),
        ("2026-01-31", "2028-01-30", 1),
        ("2026-01-31", "2028-01-31", 0),
        ("2024-02-29", "2026-02-28", 0),
    ],
)
def test_months_are_complete_on_the_day_on_which_the_commitment_began(since: str, on: str, left: int):
    assert months_left(date.fromisoformat(since), 24, date.fromisoformat(on)) == left
    assert (ends_on(date.fromisoformat(since), 24) <= date.fromisoformat(on)) == (left == 0)


# --- what is refused


@pytest.mark.parametrize("on", ["2026-01-02", "2027-12-31"])
def test_a_tariff_is_not_left_before_a_commitment_that_refuses_is_over(on: str):
    subscriber = subscribed("locked")

    with pytest.raises(RuleViolation, match=UNTIL_2028) as caught:
        subscriber.change_tariff("bare", on)

    assert (caught.value.field, caught.value.value) == ("change-tariff on", on)


def test_a_tariff_is_left_on_the_day_on_which_the_commitment_is_over():
    subscriber = subscribed("locked")

    assert subscriber.change_tariff("bare", "2028-01-01")


def test_what_is_no_change_of_tariff_is_not_refused():
    """The first day of all, other agreed prices, a correction of terms, the termination."""
    wrong = subscribed("locked")
    assert wrong.change_tariff("bare", "2026-01-01")
    subscriber = subscribed("locked")
    assert subscriber.change_tariff("locked", "2026-03-01", monthly="25.00")
    assert subscriber.correct_terms("2026-04-01", "2026-05-01", tariff="bare")
    assert subscriber.terminate("2026-06-01")


def test_a_tariff_that_was_taken_and_given_up_on_one_day_refuses_nothing():
    subscriber = subscribed("bare")
    subscriber.change_tariff("locked", "2026-03-01")

    assert subscriber.change_tariff("anew", "2026-03-01")


def test_a_commitment_that_was_begun_anew_refuses_from_there_on():
    anew_and_locked = tariff("locked", *LOCKED.components, one_off("9.00", "box", **BOUND, on_tariff_change="restart"))
    box = tariff("box", monthly("30.00"), one_off("9.00", "box", **BOUND, on_tariff_change="refuse"))
    subscriber = subscribed("box", anew_and_locked, box, BARE)

    with pytest.raises(RuleViolation, match="fee box in tariff box ends on 2028-01-01"):
        subscriber.change_tariff("locked", "2027-12-31")
    subscriber.change_tariff("locked", "2028-02-11")
    with pytest.raises(RuleViolation, match="fee early in tariff locked ends on 2030-02-11"):
        subscriber.change_tariff("bare", "2030-02-10")


def test_a_change_learnt_late_may_not_bring_a_tariff_that_a_later_change_leaves_too_early():
    subscriber = subscribed("bare")
    subscriber.change_tariff("anew", "2027-06-01")

    with pytest.raises(RuleViolation, match="tariff locked ends on 2029-03-01") as caught:
        subscriber.change_tariff("locked", "2027-03-01")
    assert caught.value.value == "2027-06-01"


def test_a_tariff_that_was_left_too_early_by_a_correction_refuses_no_other_change():
    """It turns out that the commitment began a month later, so that it was not over when the tariff was left."""
    subscriber = subscribed("locked")
    subscriber.change_tariff("bare", "2028-01-01")
    subscriber.correct_activation("2026-02-01")

    assert subscriber.change_tariff("anew", "2028-03-01")
    with pytest.raises(RuleViolation, match="tariff locked ends on 2028-02-01"):
        subscriber.change_tariff("bare", "2027-12-01")


def test_a_moved_service_is_refused_until_the_same_day():
    here, there = subscribed("locked"), Subscriber(LOCKED, BARE, ANEW, number="B1")
    here.move_to(there, "2026-03-01")

    with pytest.raises(RuleViolation, match=UNTIL_2028):
        there.change_tariff("bare", "2027-12-31")
    assert there.change_tariff("bare", "2028-01-01")
