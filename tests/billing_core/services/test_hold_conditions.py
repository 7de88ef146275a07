"""What speaks against a hold that is asked for: every reason, with its code and the day from which it ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.tariffs import Tariff, require_tariff
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.services.events import SubscriptionActivated, SubscriptionHeld
from billing_core.services.hold_conditions import days_held
from billing_core.services.holds import hold, objections_to
from billing_core.services.subscriptions import Subscription, apply_subscription
from tests.billing_core.price_lists import monthly

TERMS = HoldTerms(least_days=10, most_days=60, most_days_a_year=90, notice_days=14)
TODAY = date(2026, 6, 1)


def care(terms: HoldTerms | None) -> dict[str, Tariff]:
    return {"care": Tariff(code="care", name="Care", currency="EUR", components=(monthly("300.00"),), hold=terms)}


def subscribed(*holds: tuple[date, date]) -> Subscription:
    subscriptions: dict[str, Subscription] = {}
    apply_subscription(
        subscriptions, SubscriptionActivated(effective_on=date(2026, 1, 1), subscription="S1", tariff="care")
    )
    for on, until in holds:
        fact = SubscriptionHeld(effective_on=on, subscription="S1")
        for decided in hold(subscriptions["S1"], fact, until, care(None)):
            apply_subscription(subscriptions, decided)
    return subscriptions["S1"]


def found(
    on: date, until: date | None, terms: HoldTerms | None = TERMS, debt: str = "0.00",
    subscription: Subscription | None = None,
) -> list[tuple[str, date | None]]:  # fmt: skip
    held = SubscriptionHeld(effective_on=on, subscription="S1")
    objections = objections_to(
        subscription or subscribed(), held, until, care(terms), Money(Decimal(debt), "EUR"), TODAY
    )
    return [(each.code, each.possible_on) for each in objections]


def test_the_worked_example():
    late = date(2026, 6, 15)
    assert found(date(2026, 6, 7), date(2026, 6, 12), debt="5.00") == [
        ("notice", late), ("debt", None), ("too-short", None),
    ]  # fmt: skip
    assert found(late, date(2026, 7, 15), debt="5.00") == [("debt", None)]
    assert found(late, date(2026, 7, 15)) == []


@pytest.mark.parametrize(("on", "expected"), [(date(2026, 6, 14), ["notice"]), (date(2026, 6, 15), [])])
def test_notice_is_given_so_many_days_before_the_first_one(on: date, expected: list[str]):
    assert [code for code, _ in found(on, date(2026, 7, 15))] == expected


def test_a_debt_is_no_reason_if_the_terms_allow_it():
    terms = HoldTerms(with_debt=True)
    assert found(TODAY, None, terms, debt="5.00") == []


def test_the_allowance_of_a_year_is_new_in_the_next_one():
    subscription = subscribed((date(2026, 2, 1), date(2026, 4, 2)))  # 60 days of 90
    assert days_held(subscription, 2026) == 60
    assert found(date(2026, 7, 1), date(2026, 8, 1), subscription=subscription) == [
        ("allowance-used", date(2027, 1, 1))
    ]
    assert found(date(2026, 7, 1), date(2026, 7, 31), subscription=subscription) == []


def test_a_hold_in_the_past_without_an_end_or_of_a_tariff_without_terms_is_not_for_customers():
    assert found(date(2026, 5, 31), date(2026, 7, 1), HoldTerms()) == [("in-the-past", TODAY)]
    assert found(date(2026, 6, 15), None) == [("end-missing", None)]
    assert found(date(2026, 6, 15), date(2026, 7, 15), None) == [("not-offered", None)]
    assert found(date(2026, 6, 15), date(2026, 6, 15)) == [("too-short", None)]
    assert found(date(2026, 6, 15), date(2026, 8, 20)) == [("too-long", None)]


def test_a_service_that_is_on_hold_already_cannot_be_held_again():
    subscription = subscribed((date(2026, 6, 10), date(2026, 7, 1)))
    assert [code for code, _ in found(date(2026, 6, 15), date(2026, 7, 15), subscription=subscription)] == [
        "not-possible"
    ]


def test_notice_of_more_than_a_year_is_refused():
    with pytest.raises(InvalidValue, match="must be 0 to 366"):
        require_tariff(care(HoldTerms(notice_days=367))["care"])
