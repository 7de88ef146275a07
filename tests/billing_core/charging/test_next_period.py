"""From the next period: the boundary of the grid after the day of today, whatever the grid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.next_period import next_month_on, next_period_on
from billing_core.charging.schedule import billing_spans, due_periods, pieces
from billing_core.charging.view import view_of
from billing_core.kernel.errors import RuleViolation
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionTerminated,
)
from billing_core.services.subscriptions import Subscription, apply_subscription
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import BillingDay
from tests.billing_core.price_lists import monthly, once, tariff


def on(text: str) -> date:
    return date.fromisoformat(text)


def with_rule(rule: PeriodRule) -> Tariff:
    fee = monthly("300.00")
    return tariff("net", Recurring(code="fee", name="fee", vat_rate=fee.vat_rate, prices=fee.prices, period=rule))


def next_of(
    today: str, rule: PeriodRule, since: str = "2026-01-31", days: list[BillingDay] | None = None,
    facts: tuple[SubscriptionEvent, ...] = (),
) -> str:  # fmt: skip
    subscriptions: dict[str, Subscription] = {}
    for fact in (SubscriptionActivated(effective_on=on(since), subscription="S1", tariff="net"), *facts):
        apply_subscription(subscriptions, fact)
    view = view_of(subscriptions["S1"], days or [BillingDay(date.min, 1)])
    return next_period_on(view, {"net": with_rule(rule)}, on(today)).isoformat()


@pytest.mark.parametrize(
    ("today", "rule", "expected"),
    [
        ("2026-06-11", PeriodRule(), "2026-07-01"),
        ("2026-07-01", PeriodRule(), "2026-08-01"),
        ("2026-02-27", PeriodRule(align="own"), "2026-02-28"),
        ("2026-02-28", PeriodRule(align="own"), "2026-03-31"),
        ("2026-03-01", PeriodRule(unit="day", interval=30, align="own"), "2026-03-02"),
        ("2026-02-10", PeriodRule(interval=3), "2026-05-01"),
        ("2026-06-11", PeriodRule(unit="year", anchor_on=on("2024-02-29")), "2027-02-28"),
        ("2027-12-01", PeriodRule(unit="year", anchor_on=on("2024-02-29")), "2028-02-29"),
        ("2026-01-31", PeriodRule(first_stub="join"), "2026-03-01"),
        ("2026-01-15", PeriodRule(), "2026-01-31"),  # Before the activation: the first period.
    ],
)
def test_the_period_after_the_one_of_today(today: str, rule: PeriodRule, expected: str):
    assert next_of(today, rule) == expected


def test_a_new_billing_day_cuts_the_period_and_a_hold_does_not():
    changed = [BillingDay(date.min, 1), BillingDay(on("2026-03-10"), 20)]
    assert next_of("2026-03-12", PeriodRule(), days=changed) == "2026-03-20"
    assert next_of("2026-03-20", PeriodRule(), days=changed) == "2026-04-20"
    held = SubscriptionHeld(effective_on=on("2026-03-01"), subscription="S1")
    assert next_of("2026-06-11", PeriodRule(), facts=(held,)) == "2026-07-01"


def test_where_no_period_follows_a_date_must_be_said():
    ended = SubscriptionTerminated(effective_on=on("2026-05-01"), subscription="S1")
    with pytest.raises(RuleViolation, match=r"'2026-05-01': subscription S1 ended on 2026-05-01.*supply a date"):
        next_of("2026-05-01", PeriodRule(), facts=(ended,))
    subscriptions: dict[str, Subscription] = {}
    begun = SubscriptionActivated(effective_on=on("2026-01-31"), subscription="S1", tariff="net")
    apply_subscription(subscriptions, begun)
    view = view_of(subscriptions["S1"], [BillingDay(date.min, 1)])
    with pytest.raises(RuleViolation, match="has no recurring fee on this day"):
        next_period_on(view, {"net": tariff("net", once("5.00"))}, on("2026-03-01"))


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.integers(0, 1500),
    st.sampled_from(["day", "week", "month", "year"]),
    st.integers(1, 5),
    st.sampled_from(["account", "own"]),
    st.integers(1, 31),
)
def test_it_is_the_first_boundary_after_today(
    since: date, later: int, unit: str, interval: int, align: str, billing_day: int
):
    """No charged period begins between today and it, and one begins on it."""
    rule = PeriodRule(unit=unit, interval=interval, align=align)  # type: ignore[arg-type]
    subscriptions: dict[str, Subscription] = {}
    apply_subscription(subscriptions, SubscriptionActivated(effective_on=since, subscription="S1", tariff="net"))
    view = view_of(subscriptions["S1"], [BillingDay(date.min, billing_day)])
    catalogue = {"net": with_rule(rule)}
    today = since + timedelta(days=later)

    found = next_period_on(view, catalogue, today)

    (span,) = billing_spans(view, pieces(view, catalogue))
    starts = []
    for due in due_periods(span, view, since):
        starts.append(due.period.from_on)
        if due.period.from_on > found:
            break
    assert found == min(start for start in starts if start > today)


@given(st.integers(1, 31), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_the_next_month_of_an_account_begins_on_its_billing_day(billing_day: int, today: date):
    found = next_month_on([BillingDay(date.min, billing_day)], date(2020, 1, 1), today)
    assert 1 <= (found - today).days <= 31
    following = found + timedelta(days=1)
    assert found.day == billing_day or (found.day < billing_day and following.day == 1)


def test_a_service_that_never_began_has_no_next_period():
    stopped = SubscriptionTerminated(effective_on=on("2026-03-10"), subscription="S1")
    with pytest.raises(RuleViolation, match="subscription S1 never began, so it has no periods; supply a date"):
        next_of("2026-04-01", PeriodRule(), since="2026-03-10", facts=(stopped,))
