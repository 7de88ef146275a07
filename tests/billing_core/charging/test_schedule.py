"""Tenures: which days of which period are charged, and when each period is due."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.charging.schedule import BillingSpan, DuePeriod, billing_spans, due_periods, pieces
from billing_core.charging.view import view_of
from tests.billing_core.any_timeline import Happening, Step, lives, tariffs, try_to_happen
from tests.billing_core.price_lists import fee, tariff, usage
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import START, Run, billing_days

ONE_DAY = timedelta(days=1)


def subscribed(*components: AnyComponent, on: str = "2026-03-15", billing_day: int = 1) -> Subscriber:
    subscriber = Subscriber(tariff("net", *components), tariff("fast", *components), billing_day=billing_day)
    subscriber.activate("net", on)
    return subscriber


def found_of(subscriber: Subscriber) -> list[tuple[BillingSpan, list[DuePeriod]]]:
    """Every span with its first periods."""
    view = view_of(subscriber.account.subscriptions["S1"], subscriber.account.billing_days)
    found = []
    for span in billing_spans(view, pieces(view, subscriber.catalogue)):
        coming = due_periods(span, view, view.segments[0].from_on)
        found.append((span, [due for due, _ in zip(coming, range(40), strict=False)]))
    return found


def told(subscriber: Subscriber, count: int = 3) -> list[str]:
    """The first periods of the only span: when each is due, and its charged days."""
    ((_, periods),) = found_of(subscriber)
    return [_told(due) for due in periods[:count]]


def _told(due: DuePeriod) -> str:
    days = " + ".join(f"{piece.from_on:%d %b}-{piece.to_on:%d %b}" for piece in due.pieces if piece.to_on)
    return f"{due.due_on:%d %b}: {days or 'nothing'}"


def test_a_hold_in_the_middle_of_a_month():
    """The worked example: monthly in advance, activated on 15 March, held from 10 to 20 May."""
    subscriber = subscribed(fee("300.00"))
    subscriber.hold("2026-05-10")
    subscriber.resume("2026-05-20")

    assert told(subscriber, 4) == [
        "15 Mar: 15 Mar-01 Apr",
        "01 Apr: 01 Apr-01 May",
        "01 May: 01 May-10 May + 20 May-01 Jun",
        "01 Jun: 01 Jun-01 Jul",
    ]


def test_in_arrears_a_period_is_due_when_it_is_over_or_the_component_ends():
    subscriber = subscribed(fee("300.00", charged_in="arrears"))
    subscriber.terminate("2026-05-10")

    assert told(subscriber) == ["01 Apr: 15 Mar-01 Apr", "01 May: 01 Apr-01 May", "10 May: 01 May-10 May"]


def test_a_period_that_begins_with_a_hold_is_due_on_its_first_charged_day():
    subscriber = subscribed(fee("300.00"))
    subscriber.hold("2026-04-01")
    subscriber.resume("2026-06-11")

    assert told(subscriber) == ["15 Mar: 15 Mar-01 Apr", "11 Jun: 11 Jun-01 Jul", "01 Jul: 01 Jul-01 Aug"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("prorate", ["15 Mar: 15 Mar-01 Apr", "01 Apr: 01 Apr-01 May", "01 May: 01 May-01 Jun"]),
        ("full", ["15 Mar: 15 Mar-01 Apr", "01 Apr: 01 Apr-01 May", "01 May: 01 May-01 Jun"]),
        ("free", ["01 Apr: 01 Apr-01 May", "01 May: 01 May-01 Jun", "01 Jun: 01 Jun-01 Jul"]),
        ("join", ["01 Apr: 15 Mar-01 May", "01 May: 01 May-01 Jun", "01 Jun: 01 Jun-01 Jul"]),
    ],
)
def test_the_first_stub(policy: str, expected: list[str]):
    assert told(subscribed(fee("300.00", first_stub=policy))) == expected


def test_an_activation_on_the_grid_has_no_stub():
    for policy in ("full", "free", "join"):
        assert told(subscribed(fee("300.00", first_stub=policy), on="2026-04-01"), 1) == ["01 Apr: 01 Apr-01 May"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("prorate", "01 May: 01 May-10 May"),
        ("full", "01 May: 01 May-01 Jun"),
        ("none", "01 May: nothing"),  # Decided, and charged for nothing.
    ],
)
def test_the_last_stub(policy: str, expected: str):
    subscriber = subscribed(fee("300.00", last_stub=policy))
    subscriber.terminate("2026-05-10")

    assert told(subscriber, 9)[2:] == [expected]


def test_a_last_stub_is_one_of_the_termination_alone():
    """A hold that goes on to the end of the month, or a move to another account, ends no service."""
    subscriber, other = subscribed(fee("300.00", last_stub="none")), subscribed(fee("300.00"))
    del other.account.subscriptions["S1"]
    subscriber.move_to(other, "2026-05-10")

    assert told(subscriber, 9)[2:] == ["01 May: 01 May-10 May"]
    assert told(other, 2) == ["10 May: 10 May-01 Jun", "01 Jun: 01 Jun-01 Jul"]


def test_what_is_not_prorated_covers_its_period_and_no_day_of_another_grid():
    subscriber = subscribed(fee("300.00", proration="none"))
    subscriber.hold("2026-03-20")
    subscriber.resume("2026-04-10")
    assert told(subscriber, 2) == ["15 Mar: 15 Mar-01 Apr", "10 Apr: 10 Apr-01 May"]

    moved = subscribed(fee("300.00", proration="none"), on="2026-03-01")
    moved.change_billing_day(20, "2026-03-10")
    assert [_told(due) for _, periods in found_of(moved) for due in periods[:1]] == [
        "01 Mar: 01 Mar-20 Mar",
        "20 Mar: 20 Mar-20 Apr",
    ]


def test_what_is_not_prorated_ends_where_another_rule_begins_also_if_it_comes_back():
    subscriber = Subscriber(
        tariff("net", fee("300.00", proration="none")), tariff("fast", fee("500.00", charged_in="arrears"))
    )
    subscriber.activate("net", "2026-03-01")
    subscriber.change_tariff("fast", "2026-03-11")
    subscriber.change_tariff("net", "2026-03-21")

    assert [_told(due) for _, periods in found_of(subscriber) for due in periods[:1]] == [
        "01 Mar: 01 Mar-11 Mar",
        "21 Mar: 11 Mar-21 Mar",
    ]


def test_another_billing_day_is_another_billing_span():
    subscriber = subscribed(fee("300.00"), on="2026-02-01")
    subscriber.change_billing_day(20, "2026-03-10")

    (_, of_old), (_, of_new) = found_of(subscriber)

    assert [_told(due) for due in of_old] == ["01 Feb: 01 Feb-01 Mar", "01 Mar: 01 Mar-20 Mar"]
    assert [_told(due) for due in of_new[:2]] == ["20 Mar: 20 Mar-20 Apr", "20 Apr: 20 Apr-20 May"]


def test_a_change_of_tariff_keeps_the_grid():
    """Own months from the 15th stay those, also on the other tariff."""
    subscriber = subscribed(fee("300.00", align="own"))
    subscriber.change_tariff("fast", "2026-04-20")

    assert told(subscriber) == [
        "15 Mar: 15 Mar-15 Apr",
        "15 Apr: 15 Apr-20 Apr + 20 Apr-15 May",
        "15 May: 15 May-15 Jun",
    ]


def test_a_revision_of_the_price_list_cuts_the_days_where_it_begins():
    revised = Tariff(
        code="net",
        name="Net",
        currency="EUR",
        components=(fee("300.00"),),
        revisions=(Revision(valid_from=date(2026, 4, 11), components=(fee("200.00"),)),),
    )
    subscriber = Subscriber(revised)
    subscriber.activate("net", "2026-04-01")

    assert told(subscriber, 1) == ["01 Apr: 01 Apr-11 Apr + 11 Apr-01 May"]


def test_an_option_is_charged_on_the_days_on_which_it_is_chosen():
    subscriber = subscribed(fee("9.00", is_option=True))
    subscriber.add_option("monthly", "2026-04-10")
    subscriber.drop_option("monthly", "2026-05-05")
    subscriber.add_option("monthly", "2026-05-25")

    assert told(subscriber, 2) == ["10 Apr: 10 Apr-01 May", "01 May: 01 May-05 May + 25 May-01 Jun"]


def test_usage_belongs_to_its_period_whatever_became_of_the_service():
    subscriber = subscribed(usage("1.00"))
    subscriber.hold("2026-03-20")

    assert told(subscriber, 2) == ["01 Apr: 15 Mar-20 Mar + 20 Mar-01 Apr", "01 May: 01 Apr-01 May"]


def test_prices_of_one_component_by_another_rule_are_another_tenure():
    in_arrears = tariff("late", fee("300.00", charged_in="arrears"))
    subscriber = Subscriber(tariff("net", fee("300.00")), in_arrears)
    subscriber.activate("net", "2026-03-01")
    subscriber.change_tariff("late", "2026-03-11")

    assert [_told(due) for _, periods in found_of(subscriber) for due in periods[:1]] == [
        "01 Mar: 01 Mar-11 Mar",
        "01 Apr: 11 Mar-01 Apr",
    ]


# --- whatever happens


@pytest.mark.slow
@given(tariffs=tariffs(), billing_day=billing_days, activated=st.integers(0, 40), steps=lives(3))
def test_no_day_lies_in_two_periods_and_none_that_is_charged_is_left_out(
    tariffs: list[Tariff], billing_day: int, activated: int, steps: list[Step]
):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    today = START + timedelta(days=activated)
    subscriber.activate("A", today)
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
        elif isinstance(step, Happening):
            try_to_happen(subscriber, step, today)

    for span, periods in found_of(subscriber):
        for earlier, later in pairwise(periods):
            assert earlier.period.to_on <= later.period.from_on
            assert earlier.due_on <= later.due_on
        for due in periods:
            assert due.period.from_on <= due.period.to_on - ONE_DAY
            for piece in due.pieces:
                assert piece.to_on is not None
                assert due.period.from_on <= piece.from_on < piece.to_on <= due.period.to_on
            for first, second in pairwise(due.pieces):
                assert first.to_on is not None
                assert first.to_on <= second.from_on
            if span.rule.charged_in == "advance" and due.pieces:
                assert due.period.from_on <= due.due_on < due.period.to_on
            else:
                assert due.due_on <= due.period.to_on


def test_a_full_first_period_is_followed_by_the_stub_to_the_billing_day():
    """Activated on 15 March, billing day 1: a month from then on, 16/30 of April, and then months from the 1st."""
    subscriber = subscribed(fee("300.00", first_stub="full-then-prorate"), on="2026-03-15")

    (_, own), (_, accounts) = found_of(subscriber)
    assert [_told(due) for due in (*own, *accounts[:2])] == [
        "15 Mar: 15 Mar-15 Apr",
        "15 Apr: 15 Apr-01 May",
        "01 May: 01 May-01 Jun",
    ]
    assert [str(charge.amount) for charge in subscriber.owed("2026-05-01")] == [
        "300.00 EUR",
        "160.00 EUR",
        "300.00 EUR",
    ]


def test_a_full_first_period_needs_no_stub_if_it_begins_on_the_billing_day():
    subscriber = subscribed(fee("300.00", first_stub="full-then-prorate"), on="2026-03-01")

    assert [_told(due) for _, periods in found_of(subscriber) for due in periods[:1]] == [
        "01 Mar: 01 Mar-01 Apr",
        "01 Apr: 01 Apr-01 May",
    ]
