"""Subscriptions: what is folded into them, and from which day on they must be looked at again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import Discount
from billing_core.kernel.spans import Span
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
)
from billing_core.services.subscriptions import Subscription, apply_subscription, change_of, days_on, fact_of
from tests.billing_core.facts import (
    activated,
    began,
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


def test_a_change_in_charged_days_is_kept_in_mind_from_the_earliest_one():
    subscriptions: dict[str, Subscription] = {}
    apply_subscription(subscriptions, activated("2026-03-01"))
    subscription = subscriptions["S1"]
    subscription.next_due_on = subscription.charged_until = on("2026-05-01")

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


def test_only_changes_of_a_subscription_stand_in_a_timeline():
    class SubscriptionPainted(SubscriptionEvent, frozen=True, kw_only=True):
        pass

    with pytest.raises(TypeError, match="SubscriptionPainted is not a change of a timeline"):
        change_of(SubscriptionPainted(effective_on=on("2026-03-01"), subscription="S1"))


def test_a_corrected_activation_takes_the_place_of_the_old_one():
    earlier = learnt(activated("2026-03-15", monthly="5.00"), suspended("2026-04-01"), began("2026-03-01"))
    later = learnt(activated("2026-03-15"), suspended("2026-04-01"), began("2026-04-01"))

    assert told(earlier) == [("2026-03-01", "2026-04-01", "active"), ("2026-04-01", "open", "operator")]
    assert terms(earlier)[0][3] == {"monthly": "5.00"}
    assert told(later) == [("2026-04-01", "open", "operator")]
    assert later.activated_on == on("2026-04-01")


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


def agreed(day: str, until: str | None = None, **prices: str | None) -> SubscriptionPriceChanged:
    return SubscriptionPriceChanged(
        effective_on=on(day),
        subscription="S1",
        agreed_prices={code: None if price is None else Decimal(price) for code, price in prices.items()},
        agreed_until=(until and on(until)) or None,
    )


def of_main(kind: type[SubscriptionEvent], **said: Any) -> SubscriptionEvent:
    return kind(effective_on=on("2026-03-01"), subscription="S1", **said)


LOYAL = Discount(code="loyal", name="Loyal", vat_rate=Decimal(0), on=("monthly",), percent=Decimal(10))


@pytest.mark.parametrize(
    "fact",
    [
        moved("2026-03-01", "fast", monthly="5.00"),
        agreed("2026-03-01", until="2026-06-01", monthly="5.00", tv=None),
        of_main(SubscriptionQuantityChanged, quantity=Decimal("2.5")),
        of_main(SubscriptionOptionAdded, option="tv"),
        of_main(SubscriptionOptionDropped, option="tv"),
        of_main(SubscriptionDiscountGranted, discount=LOYAL),
        of_main(SubscriptionDiscountEnded, discount="loyal"),
        of_main(SubscriptionHeld, charge_percent=Decimal(20)),
        of_main(SubscriptionSuspended, reason="abuse", charge_percent=Decimal(50)),
        of_main(SubscriptionResumed, anchored_on=on("2026-03-01")),
        terminated("2026-03-01"),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_an_entry_of_a_timeline_tells_the_fact_that_made_it(fact: SubscriptionEvent):
    assert fact_of("S1", change_of(fact)) == fact


def cancelled(fact: SubscriptionEvent) -> SubscriptionChangeCancelled:
    kind = change_of(fact).kind
    return SubscriptionChangeCancelled(effective_on=fact.effective_on, subscription="S1", kind=kind)


def test_a_price_agreed_after_a_correction_takes_the_place_of_that_price_alone():
    """The corrected 7.00 for `monthly` give way to 9.00 on 1 March, and to the list on 1 April; `tv` stays right."""
    subscription = learnt(
        activated("2026-01-01"),
        right("2026-02-01", "2026-06-01", prices={"monthly": "7.00", "tv": "1.00"}, vat_rates={"monthly": "10"}),
        agreed("2026-03-01", until="2026-04-01", monthly="9.00"),
    )
    assert [(entry[0], entry[3], entry[4]) for entry in terms(subscription)] == [
        ("2026-01-01", {}, {}),
        ("2026-02-01", {"monthly": "7.00", "tv": "1.00"}, {"monthly": "10"}),
        ("2026-03-01", {"monthly": "9.00", "tv": "1.00"}, {"monthly": "10"}),
        ("2026-04-01", {"tv": "1.00"}, {"monthly": "10"}),
        ("2026-06-01", {}, {}),
    ]


def test_a_price_agreed_after_a_corrected_tariff_holds_on_that_tariff():
    subscription = learnt(
        activated("2026-01-01", tv="2.00"),
        right("2026-02-01", None, to="slow", prices={"monthly": "7.00"}),
        agreed("2026-03-01", monthly="9.00"),
    )
    assert [entry[2:4] for entry in terms(subscription)] == [
        ("net", {"tv": "2.00"}), ("slow", {"monthly": "7.00"}), ("slow", {"monthly": "9.00"}),
    ]  # fmt: skip


def test_a_cancelled_change_of_tariff_brings_back_the_correction_that_it_ended():
    """Two changes on one day and one within what was left: each cancellation gives back what its change took."""
    corrected = activated("2026-01-01"), right("2026-02-01", "2026-05-01", prices={"monthly": "7.00"})
    changes = moved("2026-03-01", "slow"), moved("2026-03-01", "fast"), moved("2026-02-10", "slow")
    for count in range(len(changes), 0, -1):
        known = learnt(*corrected, *changes[:count], cancelled(changes[count - 1]))
        assert terms(known) == terms(learnt(*corrected, *changes[: count - 1]))


DAYS = st.integers(0, 12).map(lambda days: str(on("2026-01-01") + timedelta(days=days)))
PRICES = st.dictionaries(st.sampled_from(["monthly", "tv"]), st.sampled_from(["7.00", "9.00"]), min_size=1)


@st.composite
def corrections(draw: st.DrawFn) -> SubscriptionEvent:
    day, days = draw(DAYS), draw(st.none() | st.integers(1, 8))
    to_on = None if days is None else str(on(day) + timedelta(days=days))
    vat_rates = draw(st.sampled_from([{}, {"monthly": "10"}]))
    return right(day, to_on, to=draw(st.sampled_from(["", "fast"])), prices=draw(PRICES), vat_rates=vat_rates)


TARIFF_CHANGES = st.builds(lambda day, to, prices: moved(day, to, **prices), DAYS, st.sampled_from(["slow", "fast"]),
                           st.just({}) | PRICES)  # fmt: skip
PRICE_CHANGES = st.builds(lambda day, prices: agreed(day, **prices), DAYS, PRICES)


@given(st.lists(corrections() | TARIFF_CHANGES | PRICE_CHANGES, min_size=1, max_size=7), st.data())
def test_what_was_cancelled_is_as_if_it_had_never_been(facts: list[SubscriptionEvent], data: st.DataObject):
    last = {(type(fact), fact.effective_on): place for place, fact in enumerate(facts)
            if isinstance(fact, SubscriptionTariffChanged | SubscriptionPriceChanged)}  # fmt: skip
    if not last:
        return
    place = data.draw(st.sampled_from(sorted(last.values())))

    known = learnt(activated("2026-01-01"), *facts, cancelled(facts[place]))
    never = learnt(activated("2026-01-01"), *facts[:place], *facts[place + 1 :])

    assert known.segments() == never.segments()


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


def test_days_on_a_tariff_are_those_days_and_no_others():
    subscription = learnt(
        activated("2026-01-01"),
        suspended("2026-01-10"),
        moved("2026-02-01", "slow"),
        moved("2026-03-01", "net"),
        right("2026-03-11", "2026-03-21", to="slow"),
    )

    assert days_on(subscription, "net", Span(on("2025-01-01"), None)) == [
        Span(on("2026-01-01"), on("2026-02-01")),
        Span(on("2026-03-01"), on("2026-03-11")),
        Span(on("2026-03-21"), None),
    ]
    assert days_on(subscription, "net", Span(on("2026-01-20"), on("2026-03-05"))) == [
        Span(on("2026-01-20"), on("2026-02-01")),
        Span(on("2026-03-01"), on("2026-03-05")),
    ]
    assert days_on(subscription, "fast", Span(on("2025-01-01"), None)) == []


def charged(until: str, next_due_on: str | None) -> Subscription:
    subscription = learnt(activated("2026-03-01"))
    subscription.charged_until = on(until)
    subscription.next_due_on = None if next_due_on is None else on(next_due_on)
    return subscription


@pytest.mark.parametrize(
    ("next_due_on", "touched", "expected"),
    [
        ("2026-05-01", "2026-05-01", ("2026-05-01", None)),  # It is looked at on that day in any case.
        ("2026-06-01", "2026-05-10", ("2026-05-10", None)),  # It must be looked at earlier.
        (None, "2026-05-10", ("2026-05-10", None)),
        ("2026-06-01", "2026-07-01", ("2026-06-01", None)),
        ("2026-06-01", "2026-04-30", ("2026-06-01", "2026-04-30")),  # These days were charged.
        # All that is due on 1 May was decided; to look at that day again is to compare, not to charge it again.
        ("2026-06-01", "2026-05-01", ("2026-06-01", "2026-05-01")),
        (None, "2026-05-01", (None, "2026-05-01")),
    ],
)
def test_a_change_after_what_was_charged_is_looked_at_on_its_day(
    next_due_on: str | None, touched: str, expected: tuple[str | None, str | None]
):
    subscription = charged("2026-05-01", next_due_on)

    subscription.touch(on(touched))

    found = subscription.next_due_on, subscription.changed_from
    assert found == tuple(None if day is None else on(day) for day in expected)


def test_before_its_first_charge_it_is_due_on_the_activation():
    assert learnt(activated("2026-03-01"), suspended("2026-04-01")).due_on == on("2026-03-01")
    assert charged("2026-05-01", "2026-05-01").due_on == on("2026-05-01")
    assert charged("2026-05-01", None).due_on is None
