"""A subscription's timeline: what was true on each day, learnt in any order, and changes that make no sense refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing_core.errors import AlreadyExists, BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.services.changes import activate, change, change_tariff, correct_activation, correct_terms
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionEvent,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
    SuspensionReason,
)
from billing_core.services.subscriptions import Subscription, apply_subscription, change_of, stretches_on
from billing_core.services.timeline import Change, Segment, Standing, segments, with_change
from tests.billing_core.price_lists import ALWAYS, monthly, monthly_from, once, tariff

NET = tariff("net", monthly("300.00"), once("60.00"))
ACTIVE = Standing("active", "net", {})


def on(text: str) -> date:
    return date.fromisoformat(text)


def activated(day: str, code: str = "S1", **agreed_prices: str) -> SubscriptionActivated:
    prices = {component: Decimal(price) for component, price in agreed_prices.items()}
    return SubscriptionActivated(effective_on=on(day), subscription=code, tariff="net", agreed_prices=prices)


def moved(day: str, to: str, **agreed_prices: str) -> SubscriptionTariffChanged:
    prices = {component: Decimal(price) for component, price in agreed_prices.items()}
    return SubscriptionTariffChanged(effective_on=on(day), subscription="S1", tariff=to, agreed_prices=prices)


def suspended(day: str, reason: SuspensionReason = "operator") -> SubscriptionSuspended:
    return SubscriptionSuspended(effective_on=on(day), subscription="S1", reason=reason)


def resumed(day: str) -> SubscriptionResumed:
    return SubscriptionResumed(effective_on=on(day), subscription="S1")


def terminated(day: str) -> SubscriptionTerminated:
    return SubscriptionTerminated(effective_on=on(day), subscription="S1")


def learnt(*facts: SubscriptionEvent) -> Subscription:
    subscriptions: dict[str, Subscription] = {}
    for fact in facts:
        apply_subscription(subscriptions, fact)
    return subscriptions["S1"]


def told(subscription: Subscription) -> list[tuple[str, str, str]]:
    return [
        (str(segment.from_on), str(segment.to_on or "open"), segment.standing.reason or segment.standing.status)
        for segment in segments(subscription.timeline)
    ]


def began(day: str, reason: str = "mistyped") -> SubscriptionActivationCorrected:
    return SubscriptionActivationCorrected(effective_on=on(day), subscription="S1", reason=reason)


def right(
    day: str, until: str | None, to: str = "", reason: str = "mistyped", **named: Any
) -> SubscriptionTermsCorrected:
    prices = {component: Decimal(price) for component, price in named.get("prices", {}).items()}
    rates = {component: Decimal(rate) for component, rate in named.get("vat_rates", {}).items()}
    return SubscriptionTermsCorrected(
        effective_on=on(day), to_on=on(until) if until else None, subscription="S1", tariff=to, agreed_prices=prices,
        vat_rates=rates, reason=reason,
    )  # fmt: skip


def terms(subscription: Subscription) -> list[tuple[str, str, str, dict[str, str], dict[str, str]]]:
    return [
        (
            str(segment.from_on),
            str(segment.to_on or "open"),
            segment.standing.tariff,
            {code: str(price) for code, price in segment.standing.agreed_prices.items()},
            {code: str(rate) for code, rate in segment.standing.vat_rates.items()},
        )
        for segment in subscription.segments()
    ]


# --- what was true when


def test_a_spring_with_an_interruption():
    """The worked example: activated 1 March, suspended 10 March, resumed 20 March, terminated 1 May."""
    subscription = learnt(
        activated("2026-03-01"), suspended("2026-03-10"), resumed("2026-03-20"), terminated("2026-05-01")
    )

    assert segments(subscription.timeline) == [
        Segment(on("2026-03-01"), on("2026-03-10"), ACTIVE),
        Segment(on("2026-03-10"), on("2026-03-20"), Standing("suspended", "net", {}, "operator")),
        Segment(on("2026-03-20"), on("2026-05-01"), ACTIVE),
    ]
    assert subscription.activated_on == on("2026-03-01")


def test_the_order_in_which_it_is_learnt_does_not_matter():
    facts = [activated("2026-03-01"), terminated("2026-05-01"), suspended("2026-03-10"), resumed("2026-03-20")]

    assert told(learnt(*facts)) == [
        ("2026-03-01", "2026-03-10", "active"),
        ("2026-03-10", "2026-03-20", "operator"),
        ("2026-03-20", "2026-05-01", "active"),
    ]


def test_of_several_changes_on_one_day_the_last_one_learnt_counts():
    subscription = learnt(activated("2026-03-01"), moved("2026-03-10", "fast"), moved("2026-03-10", "slow"))

    assert [segment.standing.tariff for segment in segments(subscription.timeline)] == ["net", "slow"]


def test_a_subscription_that_ends_on_its_first_day_never_was():
    assert segments(learnt(activated("2026-03-01"), terminated("2026-03-01")).timeline) == []


def test_an_open_end_stays_open():
    assert told(learnt(activated("2026-03-01"))) == [("2026-03-01", "open", "active")]


def test_a_tariff_may_change_while_suspended_and_the_reason_stays():
    subscription = learnt(
        activated("2026-03-01"),
        suspended("2026-03-10", "abuse"),
        moved("2026-03-15", "fast", monthly="9.00"),
        resumed("2026-03-20"),
    )

    assert [segment.standing for segment in segments(subscription.timeline)] == [
        ACTIVE,
        Standing("suspended", "net", {}, "abuse"),
        Standing("suspended", "fast", {"monthly": Decimal("9.00")}, "abuse"),
        Standing("active", "fast", {"monthly": Decimal("9.00")}),
    ]


@pytest.mark.parametrize(("reason", "is_charged"), [("operator", False), ("non-payment", True), ("abuse", True)])
def test_who_caused_a_suspension_pays_for_it(reason: SuspensionReason, is_charged: bool):
    assert Standing("suspended", "net", {}, reason).is_charged is is_charged
    assert ACTIVE.is_charged


# --- what a change means for days already charged


def test_a_change_in_charged_days_is_kept_in_mind_from_the_earliest_one():
    subscriptions: dict[str, Subscription] = {}
    apply_subscription(subscriptions, activated("2026-03-01"))
    subscription = subscriptions["S1"]
    subscription.charged_until = on("2026-05-01")

    apply_subscription(subscriptions, terminated("2026-05-01"))
    assert subscription.changed_from is None, "the first day that is not charged yet is not in the past"
    apply_subscription(subscriptions, suspended("2026-04-20"))
    assert subscription.changed_from == on("2026-04-20")
    apply_subscription(subscriptions, moved("2026-04-10", "fast"))
    assert subscription.changed_from == on("2026-04-10")
    apply_subscription(subscriptions, resumed("2026-04-25"))
    assert subscription.changed_from == on("2026-04-10")


def test_before_the_first_charge_there_is_no_past():
    assert learnt(activated("2026-03-01"), moved("2026-03-02", "fast")).changed_from is None


# --- decisions


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
        change_tariff(learnt(activated("2026-03-01")), moved("2026-05-31", "net"), future)
    assert (caught.value.field, caught.value.value) == ("date", "2026-05-31")

    assert activate({}, activated("2026-05-31", monthly="250.00"), future, opened_on=ALWAYS) != []


def test_a_change_that_makes_sense_is_the_event_itself():
    subscription = learnt(activated("2026-03-01"))

    assert change(subscription, suspended("2026-03-10")) == [suspended("2026-03-10")]
    assert change_tariff(subscription, moved("2026-03-10", "net"), NET) == [moved("2026-03-10", "net")]
    assert told(subscription) == [("2026-03-01", "open", "active")], "a decision changes nothing"


@pytest.mark.parametrize(
    ("before", "fact", "field", "value", "message"),
    [
        ([], suspended("2026-02-28"), "suspend on", "2026-02-28", "not active yet"),
        ([], moved("2026-02-28", "net"), "change-tariff on", "2026-02-28", "not active yet"),
        ([], terminated("2026-02-28"), "terminate on", "2026-02-28", "not active yet"),
        ([], resumed("2026-03-10"), "resume on", "2026-03-10", "that is active on that day"),
        ([suspended("2026-03-10")], suspended("2026-03-11"), "suspend on", "2026-03-11", "that is suspended"),
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


# --- whatever is learnt


kinds = st.sampled_from(["change-tariff", "suspend", "resume", "terminate"])
entries = st.lists(st.tuples(st.integers(0, 30), kinds, st.sampled_from(["operator", "non-payment"])), max_size=8)


def _fact(offset: int, kind: str, reason: SuspensionReason) -> SubscriptionEvent:
    day = (on("2026-03-01") + timedelta(days=offset)).isoformat()
    match kind:
        case "change-tariff":
            return moved(day, f"tariff-{offset}")
        case "suspend":
            return suspended(day, reason)
        case "resume":
            return resumed(day)
    return terminated(day)


@given(entries=entries)
def test_segments_follow_each_other_without_a_gap_and_say_what_the_last_change_said(
    entries: list[tuple[int, str, SuspensionReason]],
):
    subscriptions: dict[str, Subscription] = {}
    apply_subscription(subscriptions, activated("2026-03-01"))
    allowed: list[SubscriptionEvent] = []
    for entry in entries:
        fact = _fact(*entry)
        try:
            change(subscriptions["S1"], fact)
        except RuleViolation:
            continue
        allowed.append(fact)
        apply_subscription(subscriptions, fact)
    assume(allowed)
    timeline = subscriptions["S1"].timeline

    found = segments(timeline)

    ends = [entry.on for entry in timeline if entry.kind == "terminate"]
    assert len(ends) <= 1
    assert [segment.to_on for segment in found[:-1]] == [segment.from_on for segment in found[1:]]
    if ends != [on("2026-03-01")]:
        assert found[0].from_on == on("2026-03-01")
        assert found[-1].to_on == (ends[0] if ends else None)
    for segment in found:
        latest = [entry for entry in timeline if entry.on <= segment.from_on]
        tariffs = [entry.tariff for entry in latest if entry.tariff]
        stops = [entry for entry in latest if entry.kind in ("suspend", "resume")]
        assert segment.standing.tariff == tariffs[-1]
        assert segment.standing.reason == (stops[-1].reason if stops else None)
        assert segment.standing.status == ("suspended" if segment.standing.reason else "active")


@given(days=st.permutations(range(6)))
def test_a_timeline_is_in_order_of_date_and_of_one_day_in_order_of_learning(days: list[int]):
    timeline: list[Change] = []
    for place, day in enumerate(days):
        timeline = with_change(timeline, Change(on("2026-03-01") + timedelta(days=day // 2), "resume", str(place)))

    keys = [(entry.on, int(entry.tariff)) for entry in timeline]
    assert keys == sorted(keys)


def test_only_changes_of_a_subscription_stand_in_a_timeline():
    class SubscriptionPainted(SubscriptionEvent, frozen=True, kw_only=True):
        pass

    with pytest.raises(TypeError, match="SubscriptionPainted is not a change of a timeline"):
        change_of(SubscriptionPainted(effective_on=on("2026-03-01"), subscription="S1"))


# --- what was recorded wrongly


def test_a_corrected_activation_takes_the_place_of_the_old_one():
    earlier = learnt(activated("2026-03-15", monthly="5.00"), suspended("2026-04-01"), began("2026-03-01"))
    later = learnt(activated("2026-03-15"), suspended("2026-04-01"), began("2026-04-01"))

    assert told(earlier) == [("2026-03-01", "2026-04-01", "active"), ("2026-04-01", "open", "operator")]
    assert terms(earlier)[0][3] == {"monthly": "5.00"}
    assert told(later) == [("2026-04-01", "open", "operator")]
    assert later.activated_on == on("2026-04-01")


def test_a_correction_cuts_the_timeline_and_replaces_what_it_names_in_every_stretch_inside():
    subscription = learnt(
        activated("2026-01-01", monthly="5.00"),
        moved("2026-03-01", "slow", tv="2.00"),
        right("2026-02-01", "2026-04-01", prices={"monthly": "7.00"}),
    )

    assert terms(subscription) == [
        ("2026-01-01", "2026-02-01", "net", {"monthly": "5.00"}, {}),
        ("2026-02-01", "2026-03-01", "net", {"monthly": "7.00"}, {}),
        ("2026-03-01", "2026-04-01", "slow", {"tv": "2.00", "monthly": "7.00"}, {}),
        ("2026-04-01", "open", "slow", {"tv": "2.00"}, {}),
    ]


def test_a_corrected_tariff_brings_its_own_prices_and_vat_rates():
    subscription = learnt(
        activated("2026-01-01", monthly="5.00"),
        right("2026-01-01", None, vat_rates={"monthly": "10"}),
        right("2026-02-01", "2026-03-01", to="slow"),
    )

    assert terms(subscription) == [
        ("2026-01-01", "2026-02-01", "net", {"monthly": "5.00"}, {"monthly": "10"}),
        ("2026-02-01", "2026-03-01", "slow", {}, {}),
        ("2026-03-01", "open", "net", {"monthly": "5.00"}, {"monthly": "10"}),
    ]


def test_of_two_corrections_the_one_learnt_later_counts():
    subscription = learnt(
        activated("2026-01-01"),
        right("2026-02-01", "2026-04-01", prices={"monthly": "7.00"}),
        right("2026-01-15", "2026-03-01", prices={"monthly": "8.00"}),
    )

    assert [(start, prices.get("monthly")) for start, _, _, prices, _ in terms(subscription)] == [
        ("2026-01-01", None), ("2026-01-15", "8.00"), ("2026-02-01", "8.00"), ("2026-03-01", "7.00"),
        ("2026-04-01", None),
    ]  # fmt: skip


def test_a_change_of_tariff_learnt_after_a_correction_ends_it_from_its_day_on():
    corrected = activated("2026-01-01"), right("2026-02-01", None, prices={"monthly": "7.00"})

    inside = learnt(*corrected, moved("2026-03-01", "slow"))
    at_its_start = learnt(*corrected, moved("2026-02-01", "slow"))
    before = learnt(*corrected, moved("2026-01-10", "slow"))

    assert [entry[:4] for entry in terms(inside)] == [
        ("2026-01-01", "2026-02-01", "net", {}),
        ("2026-02-01", "2026-03-01", "net", {"monthly": "7.00"}),
        ("2026-03-01", "open", "slow", {}),
    ]
    assert [entry[2:4] for entry in terms(at_its_start)] == [("net", {}), ("slow", {})]
    assert [entry[2:4] for entry in terms(before)] == [("net", {}), ("slow", {}), ("slow", {"monthly": "7.00"})]


def test_a_suspension_keeps_its_reason_under_corrected_terms():
    subscription = learnt(
        activated("2026-01-01"), suspended("2026-02-01"), right("2026-01-15", "2026-03-01", to="slow")
    )

    assert [(segment.standing.tariff, segment.standing.reason) for segment in subscription.segments()] == [
        ("net", None), ("slow", None), ("slow", "operator"), ("net", "operator"),
    ]  # fmt: skip


def test_a_correction_is_kept_in_mind_from_the_earliest_day_it_speaks_of():
    for fact, expected in (
        (began("2026-03-05"), "2026-03-05"),
        (began("2026-03-20"), "2026-03-10"),
        (right("2026-03-15", None, to="slow"), "2026-03-15"),
    ):
        subscription = learnt(activated("2026-03-10"))
        subscription.charged_until = on("2026-04-01")
        apply_subscription({"S1": subscription}, fact)
        assert subscription.changed_from == on(expected)
    apply_subscription({"S1": subscription}, right("2026-04-01", None, to="slow"))
    assert subscription.changed_from == on("2026-03-15")


def test_stretches_on_a_tariff_are_those_days_and_no_others():
    subscription = learnt(
        activated("2026-01-01"),
        suspended("2026-01-10"),
        moved("2026-02-01", "slow"),
        moved("2026-03-01", "net"),
        right("2026-03-11", "2026-03-21", to="slow"),
    )

    assert stretches_on(subscription, "net", on("2025-01-01"), None) == [
        (on("2026-01-01"), on("2026-02-01")),
        (on("2026-03-01"), on("2026-03-11")),
        (on("2026-03-21"), None),
    ]
    assert stretches_on(subscription, "net", on("2026-01-20"), on("2026-03-05")) == [
        (on("2026-01-20"), on("2026-02-01")),
        (on("2026-03-01"), on("2026-03-05")),
    ]
    assert stretches_on(subscription, "fast", on("2025-01-01"), None) == []


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
    (right("2026-05-01", None, to="slow"), RuleViolation, "was not there in that period", "2026-05-01"),
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
