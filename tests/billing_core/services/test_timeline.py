"""A subscription's timeline: what was true on each day, learnt in any order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing_core.kernel.errors import RuleViolation
from billing_core.services.changes import change
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
)
from billing_core.services.subscriptions import Subscription, apply_subscription
from billing_core.services.terms_in_force import Change, Suspension, TermsInForce
from billing_core.services.timeline import Segment, segments, with_change, without_change
from tests.billing_core.facts import (
    ACTIVE,
    activated,
    began,
    held,
    learnt,
    moved,
    on,
    resumed,
    right,
    suspended,
    terminated,
    terms,
    told,
)
from tests.billing_core.price_lists import off

OPERATOR, ABUSE = Suspension("operator", Decimal(0)), Suspension("abuse", Decimal(100))


def test_a_spring_with_an_interruption():
    """The worked example: activated 1 March, suspended 10 March, resumed 20 March, terminated 1 May."""
    subscription = learnt(
        activated("2026-03-01"), suspended("2026-03-10"), resumed("2026-03-20"), terminated("2026-05-01")
    )

    assert segments(subscription.timeline) == [
        Segment(on("2026-03-01"), on("2026-03-10"), ACTIVE),
        Segment(
            on("2026-03-10"), on("2026-03-20"), TermsInForce("suspended", "net", {}, (OPERATOR,), percent=Decimal(0))
        ),
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

    assert [segment.in_force.tariff for segment in segments(subscription.timeline)] == ["net", "slow"]


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

    assert [segment.in_force for segment in segments(subscription.timeline)] == [
        ACTIVE,
        TermsInForce("suspended", "net", {}, (ABUSE,)),
        TermsInForce("suspended", "fast", {"monthly": Decimal("9.00")}, (ABUSE,)),
        TermsInForce("active", "fast", {"monthly": Decimal("9.00")}),
    ]


kinds = st.sampled_from(["change-tariff", "suspend", "resume", "terminate"])


entries = st.lists(st.tuples(st.integers(0, 30), kinds, st.sampled_from(["operator", "non-payment"])), max_size=8)


def _fact(offset: int, kind: str, reason: str) -> SubscriptionEvent:
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
    entries: list[tuple[int, str, str]],
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
        resumed_last = max((place for place, entry in enumerate(latest) if entry.kind == "resume"), default=0)
        stops = tuple(entry.reason for entry in latest[resumed_last:] if entry.kind == "suspend")
        assert segment.in_force.tariff == tariffs[-1]
        assert segment.in_force.reasons == stops
        assert segment.in_force.status == ("suspended" if segment.in_force.reason else "active")


@given(days=st.permutations(range(6)))
def test_a_timeline_is_in_order_of_date_and_of_one_day_in_order_of_learning(days: list[int]):
    activated_last = Change(on("2026-03-02"), "activate", "-1")  # It was corrected to a day beyond others.
    timeline = [activated_last]
    for place, day in enumerate(days):
        timeline = with_change(timeline, Change(on("2026-03-01") + timedelta(days=day // 2), "resume", str(place)))

    first, *changes = timeline
    keys = [(entry.on, int(entry.tariff)) for entry in changes]
    assert (first, keys) == (activated_last, sorted(keys))


# --- what people change, and what money does

CUT, BACK = suspended("2026-07-01", "no-money"), resumed("2026-07-15", "no-money")


def test_what_people_learn_late_takes_its_place_as_if_money_had_done_nothing():
    """The worked example: suspended for money on 1 July and back on the 15th; a hold from 20 June up to 10 July."""
    subscription = learnt(activated("2026-06-01"), CUT, BACK, held("2026-06-20"), resumed("2026-07-10"))

    assert told(subscription) == [
        ("2026-06-01", "2026-06-20", "active"),
        ("2026-06-20", "2026-07-01", "held"),
        ("2026-07-01", "2026-07-10", "held"),
        ("2026-07-10", "2026-07-15", "no-money"),
        ("2026-07-15", "open", "active"),
    ]


def test_money_does_not_end_what_people_asked_for():
    assert told(learnt(activated("2026-06-01"), CUT, BACK, held("2026-06-20")))[-1] == ("2026-07-15", "open", "held")
    assert told(learnt(activated("2026-06-01"), CUT, suspended("2026-07-05"), BACK))[-1][2] == "operator"


def test_a_termination_learnt_late_goes_before_what_money_did():
    ended = learnt(activated("2026-06-01"), CUT, BACK, terminated("2026-06-10"))

    assert told(ended) == [("2026-06-01", "2026-06-10", "active")]
    assert ended.end_status == "terminated"
    assert ended.waits_for_money_on(on("2026-06-01")) is None


def test_people_may_resume_what_waits_for_money_but_first_what_they_stopped_themselves():
    assert told(learnt(activated("2026-06-01"), CUT, resumed("2026-07-05")))[-1] == ("2026-07-05", "open", "active")
    stopped = learnt(activated("2026-06-01"), CUT, held("2026-07-03"), resumed("2026-07-05"))
    assert told(stopped)[-2:] == [("2026-07-03", "2026-07-05", "held"), ("2026-07-05", "open", "no-money")]
    with pytest.raises(RuleViolation, match="active"):
        segments([*learnt(activated("2026-06-01"), CUT, BACK).timeline, Change(on("2026-07-20"), "resume")])


def test_what_money_did_before_a_corrected_activation_is_true_from_the_activation_on():
    early = learnt(activated("2026-06-20"), suspended("2026-06-20", "no-money"), began("2026-07-05"), BACK)

    assert told(early) == [("2026-07-05", "2026-07-15", "no-money"), ("2026-07-15", "open", "active")]
    assert early.activated_on == on("2026-07-05")
    with pytest.raises(RuleViolation, match="not active yet"):
        told(learnt(activated("2026-06-20"), terminated("2026-06-25"), began("2026-07-05")))


def test_of_two_changes_of_a_kind_on_one_day_the_one_of_people_is_cancelled():
    both = learnt(activated("2026-06-01"), suspended("2026-07-01"), CUT)
    rest = without_change(both.timeline, "suspend", on("2026-07-01"))

    assert [change.reason for change in rest] == [None, "no-money"]


def test_a_service_waits_for_money_on_the_days_on_which_nothing_else_stops_it():
    subscription = learnt(activated("2026-06-01"), CUT, held("2026-07-10"), resumed("2026-07-20"))

    waits = {day: subscription.waits_for_money_on(on(day)) for day in ("2026-06-05", "2026-07-09", "2026-07-10")}
    assert waits == {"2026-06-05": CUT.effective_on, "2026-07-09": on("2026-07-09"), "2026-07-10": on("2026-07-20")}


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


def test_a_suspension_keeps_its_reason_under_corrected_terms():
    subscription = learnt(
        activated("2026-01-01"), suspended("2026-02-01"), right("2026-01-15", "2026-03-01", to="slow")
    )

    assert [(segment.in_force.tariff, segment.in_force.reason) for segment in subscription.segments()] == [
        ("net", None), ("slow", None), ("slow", "operator"), ("net", "operator"),
    ]  # fmt: skip


# --- everything that may be agreed


def only(fact: SubscriptionEvent) -> TermsInForce:
    """What holds after a change of a plain subscription."""
    return learnt(activated("2026-03-01"), fact).segments()[-1].in_force


def named(event: type[SubscriptionEvent], day: str, /, **what: Any) -> SubscriptionEvent:
    return event(effective_on=on(day), subscription="S1", **what)


def test_a_quantity_an_option_and_a_discount_hold_from_their_day():
    won = off("10", code="won")
    again = off("20", code="won")

    assert only(named(SubscriptionQuantityChanged, "2026-03-10", quantity=Decimal(3))).quantity == 3
    assert only(named(SubscriptionOptionAdded, "2026-03-10", option="hbo")).options == ("hbo",)
    granted = learnt(
        activated("2026-03-01"),
        named(SubscriptionOptionAdded, "2026-03-02", option="hbo"),
        named(SubscriptionOptionAdded, "2026-03-03", option="fox"),
        named(SubscriptionOptionDropped, "2026-03-04", option="hbo"),
        named(SubscriptionDiscountGranted, "2026-03-05", discount=won),
        named(SubscriptionDiscountGranted, "2026-03-06", discount=again),
        named(SubscriptionDiscountEnded, "2026-03-07", discount="won"),
    )
    assert [(segment.in_force.options, segment.in_force.discounts) for segment in granted.segments()] == [
        ((), ()),
        (("hbo",), ()),
        (("hbo", "fox"), ()),
        (("fox",), ()),
        (("fox",), (won,)),
        (("fox",), (again,)),
        (("fox",), ()),
    ]


def test_an_agreed_price_ends_on_its_day_and_the_list_holds_again():
    subscription = learnt(
        activated("2026-03-01", monthly="5.00"),
        named(SubscriptionPriceChanged, "2026-03-10", agreed_prices={"tv": Decimal(2)}, agreed_until=on("2026-04-10")),
    )

    assert [entry[:4:3] for entry in terms(subscription)] == [
        ("2026-03-01", {"monthly": "5.00"}),
        ("2026-03-10", {"monthly": "5.00", "tv": "2"}),
        ("2026-04-10", {"monthly": "5.00"}),
    ]


def test_each_agreed_price_has_an_end_of_its_own():
    """A later agreement neither prolongs one that ends nor brings back one that has ended."""
    subscription = learnt(
        activated("2026-03-01"),
        named(SubscriptionPriceChanged, "2026-03-02", agreed_prices={"tv": Decimal(2)}, agreed_until=on("2026-03-20")),
        named(SubscriptionPriceChanged, "2026-03-03", agreed_prices={"box": Decimal(3)}, agreed_until=on("2026-05-01")),
        named(SubscriptionPriceChanged, "2026-03-10", agreed_prices={"monthly": Decimal(5)}),
        named(SubscriptionPriceChanged, "2026-04-01", agreed_prices={"monthly": Decimal(6)}),
        named(SubscriptionPriceChanged, "2026-04-02", agreed_prices={"box": Decimal(4)}),
    )

    assert [entry[:4:3] for entry in terms(subscription)] == [
        ("2026-03-01", {}),
        ("2026-03-02", {"tv": "2"}),
        ("2026-03-03", {"tv": "2", "box": "3"}),
        ("2026-03-10", {"tv": "2", "box": "3", "monthly": "5"}),
        ("2026-03-20", {"box": "3", "monthly": "5"}),
        ("2026-04-01", {"box": "3", "monthly": "6"}),
        ("2026-04-02", {"box": "4", "monthly": "6"}),
    ]


def test_no_agreed_price_follows_the_list_again():
    subscription = learnt(
        activated("2026-03-01", monthly="5.00", tv="2.00"),
        named(SubscriptionPriceChanged, "2026-03-10", agreed_prices={"monthly": None}),
    )

    assert terms(subscription)[-1][3] == {"tv": "2.00"}


def test_a_service_that_is_moved_goes_on_elsewhere_with_what_held():
    away = learnt(activated("2026-03-01"), named(SubscriptionMovedAway, "2026-03-10", to_account="A2"))
    moved_in = learnt(
        named(
            SubscriptionMovedIn, "2026-03-10", from_account="A1", anchored_on=on("2026-03-01"), tariff="net",
            quantity=Decimal(2), options=("hbo",),
        )
    )  # fmt: skip

    assert told(away) == [("2026-03-01", "2026-03-10", "active")]
    assert told(moved_in) == [("2026-03-10", "open", "active")]
    assert moved_in.segments()[0].in_force == TermsInForce("active", "net", {}, quantity=Decimal(2), options=("hbo",))
    assert (moved_in.activated_on, moved_in.anchored_on) == (on("2026-03-10"), on("2026-03-01"))


def test_a_change_that_is_cancelled_is_taken_out_of_the_timeline():
    cancelled = named(SubscriptionChangeCancelled, "2026-03-10", kind="suspend")

    assert told(learnt(activated("2026-03-01"), suspended("2026-03-10"), cancelled)) == [
        ("2026-03-01", "open", "active")
    ]
    twice = learnt(
        activated("2026-03-01"),
        moved("2026-03-10", "fast"),
        moved("2026-03-10", "slow"),
        named(SubscriptionChangeCancelled, "2026-03-10", kind="change-tariff"),
    )
    assert [segment.in_force.tariff for segment in twice.segments()] == ["net", "fast"], "the one learnt last"


def test_what_never_was_cannot_be_cancelled():
    timeline = learnt(activated("2026-03-01"), suspended("2026-03-10")).timeline

    for kind, day in (("suspend", "2026-03-11"), ("resume", "2026-03-10"), ("activate", "2026-03-01")):
        with pytest.raises(RuleViolation, match=f"has no {kind} on this day to cancel") as caught:
            without_change(timeline, kind, on(day))  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.value) == ("date", day)
