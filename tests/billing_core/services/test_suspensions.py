"""Suspensions for several reasons at once: a service is active again when none is left."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import RuleViolation
from billing_core.services.changes import cancel_change, suspend
from billing_core.services.events import SubscriptionChangeCancelled, SubscriptionResumed
from billing_core.services.holds import resume
from billing_core.services.subscriptions import Subscription, after_facts
from billing_core.services.suspension_reasons import READY, SuspensionReason
from billing_core.services.suspensions import return_from, suspend_for, suspension
from billing_core.services.timeline import reasons_on
from tests.billing_core.facts import NET, activated, held, learnt, on, resumed, suspended

CATALOGUE = {"net": NET}
DEPOSIT = SuspensionReason(code="unpaid-deposit", name="Unpaid deposit", charge_percent=Decimal(30), lifted_by="money")
REASONS = {reason.code: reason for reason in (*READY.values(), DEPOSIT) if reason.code != "no-money"}
NON_PAYMENT, ABUSE, OPERATOR = REASONS["non-payment"], REASONS["abuse"], REASONS["operator"]


def told(subscription: Subscription) -> list[tuple[str, str, tuple[str, ...], int]]:
    """From which day on it is in which status, for which reasons, and how many percent are charged."""
    return [
        (str(each.from_on), each.in_force.status, each.in_force.reasons, int(each.in_force.percent))
        for each in subscription.segments()
    ]


def test_it_is_active_again_when_no_reason_is_left_and_the_lowest_percentage_is_charged_meanwhile():
    subscription = learnt(
        activated("2026-05-01"), suspended("2026-05-03", "abuse"), suspended("2026-05-05", "operator"),
        resumed("2026-05-10", "abuse"), resumed("2026-05-20", "operator"),
    )  # fmt: skip

    assert told(subscription) == [
        ("2026-05-01", "active", (), 100),
        ("2026-05-03", "suspended", ("abuse",), 100),
        ("2026-05-05", "suspended", ("abuse", "operator"), 0),
        ("2026-05-10", "suspended", ("operator",), 0),
        ("2026-05-20", "active", (), 100),
    ]


def test_money_lifts_its_own_reasons_and_leaves_those_of_people():
    subscription = learnt(activated("2026-05-01"))
    for day, reason in (("2026-05-03", NON_PAYMENT), ("2026-05-05", ABUSE), ("2026-05-06", DEPOSIT)):
        subscription = after_facts(subscription, suspend_for(subscription, reason, on(day)))

    assert told(subscription)[-1] == ("2026-05-06", "suspended", ("abuse", "non-payment", "unpaid-deposit"), 30)
    for reason in (NON_PAYMENT, DEPOSIT):
        subscription = after_facts(subscription, return_from(subscription, reason, on("2026-05-08")))
    assert told(subscription)[-1] == ("2026-05-08", "suspended", ("abuse",), 100)


def test_a_suspension_for_money_never_collides_with_a_hold_that_is_planned_and_does_not_end_with_it():
    subscription = learnt(activated("2026-05-01"), held("2026-05-10"), resumed("2026-05-20"))
    subscription = after_facts(subscription, suspend_for(subscription, NON_PAYMENT, on("2026-05-05")))

    assert [entry[:3] for entry in told(subscription)[1:]] == [
        ("2026-05-05", "suspended", ("non-payment",)),
        ("2026-05-10", "held", ()),
        ("2026-05-20", "suspended", ("non-payment",)),
    ]
    assert reasons_on(subscription.timeline, on("2026-05-12")) == ("non-payment",)
    assert suspend_for(subscription, NON_PAYMENT, on("2026-05-12")) == []


def test_to_suspend_or_to_return_twice_changes_nothing_and_nothing_is_suspended_that_does_not_run():
    subscription = learnt(activated("2026-05-03"))

    assert suspend_for(subscription, NON_PAYMENT, on("2026-05-02")) == []
    assert return_from(subscription, NON_PAYMENT, on("2026-05-04")) == []
    once = after_facts(subscription, suspend_for(subscription, NON_PAYMENT, on("2026-05-04")))
    assert suspend_for(once, NON_PAYMENT, on("2026-05-05")) == []
    back = after_facts(once, return_from(once, NON_PAYMENT, on("2026-05-04")))
    assert return_from(back, NON_PAYMENT, on("2026-05-05")) == []


def test_a_person_ends_the_reason_that_is_named_or_all_that_show():
    subscription = learnt(activated("2026-05-01"), suspended("2026-05-03", "abuse"))
    subscription = after_facts(subscription, suspend_for(subscription, NON_PAYMENT, on("2026-05-05")))
    one = SubscriptionResumed(effective_on=on("2026-05-08"), subscription="S1", reason="non-payment")
    every = SubscriptionResumed(effective_on=on("2026-05-08"), subscription="S1")

    assert told(after_facts(subscription, resume(subscription, one, CATALOGUE)))[-1][1:3] == ("suspended", ("abuse",))
    assert told(after_facts(subscription, resume(subscription, every, CATALOGUE)))[-1][1:3] == ("active", ())
    other = SubscriptionResumed(effective_on=on("2026-05-08"), subscription="S1", reason="operator")
    with pytest.raises(RuleViolation, match="suspended then for: abuse, non-payment"):
        resume(subscription, other, CATALOGUE)


def test_a_person_may_resume_what_money_alone_suspended():
    subscription = learnt(activated("2026-05-01"))
    subscription = after_facts(subscription, suspend_for(subscription, NON_PAYMENT, on("2026-05-05")))
    fact = SubscriptionResumed(effective_on=on("2026-05-08"), subscription="S1")

    changes = resume(subscription, fact, CATALOGUE)

    assert changes == [fact]
    assert told(after_facts(subscription, changes))[-1][1:3] == ("active", ())


def test_a_planned_end_is_brought_forward_unless_another_reason_is_left():
    subscription = learnt(
        activated("2026-05-01"), suspended("2026-05-03", "abuse"), suspended("2026-05-04", "operator"),
        resumed("2026-05-20"),
    )  # fmt: skip
    one = SubscriptionResumed(effective_on=on("2026-05-08"), subscription="S1", reason="abuse")

    later = after_facts(subscription, resume(subscription, one, CATALOGUE))
    assert [entry[0] for entry in told(later)] == ["2026-05-01", "2026-05-03", "2026-05-04", "2026-05-08", "2026-05-20"]
    last = SubscriptionResumed(effective_on=on("2026-05-10"), subscription="S1", reason="operator")
    ended = after_facts(later, resume(later, last, CATALOGUE))
    assert told(ended)[-1] == ("2026-05-10", "active", (), 100)


def test_the_same_reason_twice_is_refused():
    subscription = learnt(activated("2026-05-01"), suspended("2026-05-03", "abuse"))

    with pytest.raises(RuleViolation, match="is suspended for abuse on 2026-05-05 already"):
        suspend(subscription, suspension(subscription, ABUSE, on("2026-05-05")), on("2026-05-05"))


def test_one_of_several_suspensions_is_cancelled_and_the_others_stay():
    subscription = learnt(
        activated("2026-05-01"), suspended("2026-05-03", "abuse"), suspended("2026-05-05", "operator"),
        resumed("2026-05-10", "abuse"), resumed("2026-05-20"),
    )  # fmt: skip
    wrong = SubscriptionChangeCancelled(effective_on=on("2026-05-03"), subscription="S1", kind="suspend")

    assert [entry[:3] for entry in told(after_facts(subscription, cancel_change(subscription, wrong)))] == [
        ("2026-05-01", "active", ()),
        ("2026-05-05", "suspended", ("operator",)),
        ("2026-05-10", "suspended", ("operator",)),
        ("2026-05-20", "active", ()),
    ]


steps = st.lists(
    st.tuples(st.sampled_from(["suspend", "return", "resume", "hold"]), st.sampled_from(sorted(REASONS)),
              st.integers(0, 3)),
    max_size=12,
)  # fmt: skip


@given(steps=steps)
def test_after_any_order_it_is_active_exactly_if_no_reason_is_left(steps: list[tuple[str, str, int]]):
    subscription, day, expected, is_held = learnt(activated("2026-05-01")), date(2026, 5, 1), set[str](), False
    for verb, code, gap in steps:
        day += timedelta(days=gap)
        reason = REASONS[code]
        if verb == "suspend":
            # A suspension by people ends a hold, as it always did; one for money does not show during it.
            is_held = is_held and reason.lifted_by == "money"
            expected.add(code)
            facts = suspend_for(subscription, reason, day)
        elif verb == "return":
            expected.discard(code)
            facts = return_from(subscription, reason, day)
        elif verb == "hold" and not expected and not is_held:
            is_held, facts = True, [held(day.isoformat())]
        elif verb == "resume" and (is_held or expected):
            expected = expected if is_held else set()
            is_held = False
            facts = resume(subscription, resumed(day.isoformat()), CATALOGUE)
        else:
            continue
        subscription = after_facts(subscription, facts)

    now = subscription.segments()[-1].in_force
    assert set(reasons_on(subscription.timeline, day)) == expected
    assert now.status == ("held" if is_held else "suspended" if expected else "active")
    if not is_held:
        assert set(now.reasons) == expected
        assert now.percent == min((REASONS[code].charge_percent for code in expected), default=100)
