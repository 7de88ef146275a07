"""Changes and corrections that make sense are the event itself; those that make none are refused."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.services.changes import activate, change, change_tariff, correct_activation, correct_terms
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionEvent,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from tests.billing_core.facts import (
    NET,
    activated,
    began,
    learnt,
    moved,
    on,
    resumed,
    right,
    suspended,
    terminated,
    told,
)
from tests.billing_core.price_lists import ALWAYS, monthly, monthly_from, tariff


def test_activation_needs_a_price_and_an_account():
    fact = activated("2026-03-01")

    assert activate({}, fact, NET, opened_on=on("2026-03-01")) == [fact]


@pytest.mark.parametrize(
    ("fact", "error", "field", "value", "message"),
    [
        (activated("2026-03-01", code=" "), InvalidValue, "subscription", " ", "must not be empty"),
        (activated("2026-03-01", code="old"), AlreadyExists, "subscription", "old", "has a subscription of this code"),
        (activated("2026-02-28"), RuleViolation, "activation date", "2026-02-28", "exists only since 2026-03-01"),
        (activated("2026-03-01", tv="1.00"), InvalidValue, "agreed price for", "tv", "has no such component"),
        (activated("2026-03-01", monthly="-1"), InvalidValue, "agreed price for monthly", "-1", "not be negative"),
        (activated("2026-03-01", monthly="1.0000001"), InvalidValue, "agreed price for monthly", "1.0000001", "6 dec"),
    ],
)
def test_an_activation_that_cannot_be_is_refused(
    fact: SubscriptionActivated, error: type[BillingError], field: str, value: str, message: str
):
    subscriptions = {"old": Subscription("old", [Change(on("2026-03-01"), "activate", "net")])}

    with pytest.raises(error, match=message) as caught:
        activate(subscriptions, fact, NET, opened_on=on("2026-03-01"))

    assert (caught.value.field, caught.value.value) == (field, value)


def test_a_list_price_must_hold_on_the_day_unless_another_one_is_agreed():
    future = tariff("net", monthly_from({"2026-06-01": "300.00"}))

    with pytest.raises(RuleViolation, match="no price for component monthly on this date") as caught:
        activate({}, activated("2026-05-31"), future, opened_on=ALWAYS)
    assert (caught.value.field, caught.value.value) == ("date", "2026-05-31")
    with pytest.raises(RuleViolation, match="no price") as caught:
        change_tariff(learnt(activated("2026-03-01")), moved("2026-05-31", "net"), {"net": future})
    assert (caught.value.field, caught.value.value) == ("date", "2026-05-31")

    assert activate({}, activated("2026-05-31", monthly="250.00"), future, opened_on=ALWAYS) != []


def test_a_change_that_makes_sense_is_the_event_itself():
    subscription = learnt(activated("2026-03-01"))

    assert change(subscription, suspended("2026-03-10")) == [suspended("2026-03-10")]
    assert change_tariff(subscription, moved("2026-03-10", "net"), {"net": NET}) == [moved("2026-03-10", "net")]
    assert told(subscription) == [("2026-03-01", "open", "active")], "a decision changes nothing"


@pytest.mark.parametrize(
    ("before", "fact", "field", "value", "message"),
    [
        ([], suspended("2026-02-28"), "suspend on", "2026-02-28", "not active yet"),
        ([], moved("2026-02-28", "net"), "change-tariff on", "2026-02-28", "not active yet"),
        ([], terminated("2026-02-28"), "terminate on", "2026-02-28", "not active yet"),
        ([], resumed("2026-03-10"), "resume on", "2026-03-10", "that is active on that day"),
        ([suspended("2026-03-10")], suspended("2026-03-11"), "suspend on", "2026-03-11", "is suspended for operator"),
        ([terminated("2026-03-10")], suspended("2026-03-10"), "suspend on", "2026-03-10", "that is terminated"),
        ([terminated("2026-03-10")], moved("2026-03-11", "net"), "change-tariff on", "2026-03-11", "is terminated"),
        ([terminated("2026-03-10")], terminated("2026-03-12"), "terminate on", "2026-03-12", "is terminated"),
        # What comes later no longer makes sense: the suspension of 10 March would end a second time.
        (
            [suspended("2026-03-10"), resumed("2026-03-20")],
            resumed("2026-03-15"),
            "resume on",
            "2026-03-20",
            "that is active",
        ),
        ([moved("2026-04-01", "fast")], terminated("2026-03-15"), "change-tariff on", "2026-04-01", "terminated"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    before: list[SubscriptionEvent], fact: SubscriptionEvent, field: str, value: str, message: str
):
    subscription = learnt(activated("2026-03-01"), *before)

    with pytest.raises(RuleViolation, match=message) as caught:
        change(subscription, fact)

    assert (caught.value.field, caught.value.value) == (field, value)
    assert "choose another date" in str(caught.value)


CATALOGUE = {"net": NET, "slow": tariff("slow", monthly("100.00"), monthly("9.00", code="tv"))}


OPENED = date(2026, 1, 1)


def test_an_activation_can_be_corrected_to_any_day_on_which_the_timeline_makes_sense():
    subscription = learnt(activated("2026-03-10"), suspended("2026-03-20"), terminated("2026-05-01"))

    for day in ("2026-01-01", "2026-03-09", "2026-03-20"):
        assert correct_activation(subscription, began(day), CATALOGUE, OPENED) == [began(day)]
    assert correct_activation(subscription, began("2026-03-10"), CATALOGUE, OPENED) == []


REFUSED_ACTIVATIONS: list[tuple[SubscriptionActivationCorrected, type[BillingError], str, str]] = [
    (began("2025-12-31"), RuleViolation, "exists only since 2026-01-01", "2025-12-31"),
    (began("2026-03-21"), RuleViolation, "not active yet on that day", "2026-03-20"),
    (began("2026-03-01", " "), InvalidValue, "must not be empty", " "),
]


@pytest.mark.parametrize(("fact", "error", "told", "value"), REFUSED_ACTIVATIONS)
def test_an_activation_that_cannot_be(
    fact: SubscriptionActivationCorrected, error: type[BillingError], told: str, value: str
):
    subscription = learnt(activated("2026-03-10"), suspended("2026-03-20"))

    with pytest.raises(error, match=told) as caught:
        correct_activation(subscription, fact, CATALOGUE, OPENED)

    assert caught.value.value == value


REFUSED_TERMS: list[tuple[SubscriptionTermsCorrected, type[BillingError], str, str]] = [
    (right("2026-03-10", "2026-03-20"), InvalidValue, "names nothing that was wrong", "S1"),
    (right("2026-03-20", "2026-03-20", to="slow"), InvalidValue, "after the first day, 2026-03-20", "2026-03-20"),
    (right("2026-03-09", "2026-03-20", to="slow"), RuleViolation, "active only since 2026-03-10", "2026-03-09"),
    (right("2026-05-01", None, to="slow"), RuleViolation, "was not active in that period", "2026-05-01"),
    (right("2026-03-10", None, to="lost"), NotFound, "no such tariff", "lost"),
    (right("2026-03-10", None, to="slow", prices={"radio": "1"}), InvalidValue, "no component of tariff slow", "radio"),
    (right("2026-03-10", None, prices={"tv": "1"}), InvalidValue, "no component of tariff net", "tv"),
    (right("2026-03-10", None, vat_rates={"tv": "1"}), InvalidValue, "no component of tariff net", "tv"),
    (right("2026-03-10", None, prices={"monthly": "-1"}), InvalidValue, "must not be negative", "-1"),
    (right("2026-03-10", None, vat_rates={"monthly": "100"}), InvalidValue, "from 0 to below 100", "100"),
    (right("2026-03-10", None, to="slow", reason=""), InvalidValue, "must not be empty", ""),
]


@pytest.mark.parametrize(("fact", "error", "told", "value"), REFUSED_TERMS)
def test_terms_that_cannot_be(fact: SubscriptionTermsCorrected, error: type[BillingError], told: str, value: str):
    subscription = learnt(activated("2026-03-10"), terminated("2026-05-01"))

    with pytest.raises(error, match=told) as caught:
        correct_terms(subscription, fact, CATALOGUE)

    assert caught.value.value == value


def test_terms_are_news_only_where_they_say_something_else():
    subscription = learnt(activated("2026-03-10", monthly="5.00"), moved("2026-04-01", "slow"))

    assert correct_terms(subscription, right("2026-03-10", "2026-04-01", prices={"monthly": "5.00"}), CATALOGUE) == []
    assert correct_terms(subscription, right("2026-04-01", None, to="slow"), CATALOGUE) == []
    for fact in (
        right("2026-03-10", "2026-04-02", prices={"monthly": "5.00"}),
        right("2026-03-10", "2026-04-01", prices={"monthly": "5.01"}),
        right("2026-03-31", None, to="slow"),
        right("2026-04-10", None, prices={"tv": "9.00"}),
    ):
        assert correct_terms(subscription, fact, CATALOGUE) == [fact]
