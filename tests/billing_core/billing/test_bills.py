"""Which day an account is decided on next, and that the history is read only if a decision needs it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.accounts.parking import BillingParked
from billing_core.accounts.plans import Prepaid
from billing_core.billing.bills import BilledAccount, Upto, bills, decision_on
from billing_core.billing.issuing import bill_events
from billing_core.billing.run import HistoryNeeded, Rating, decisions_due, past_changed
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory
from tests.billing_core.price_lists import fee, monthly, off, tariff
from tests.billing_core.subscriber import Subscriber

NET = tariff("net", monthly("30.00"))
TV = tariff("tv", monthly("10.00"))
MARCH_20 = date(2026, 3, 20)


def monthly_subscriber(**plan: Any) -> Subscriber:
    subscriber = Subscriber(NET, TV, **plan)
    subscriber.activate("net", "2026-01-01")
    return subscriber


def billed_on(subscriber: Subscriber, upto: Upto) -> list[str]:
    """The days of all bills up to a day; the account is moved on by each of them."""
    billed = BilledAccount(subscriber.account, lambda: subscriber.history)
    days = []
    for on, bill in bills(billed, subscriber.catalogue, upto):
        days.append(on.isoformat())
        subscriber.record(bill_events(subscriber.account, bill, subscriber.issue(on), on))
    return days


def rating(subscriber: Subscriber, on: date, history: BillingHistory | None = None) -> Rating:
    account, catalogue = subscriber.account, subscriber.catalogue
    tariffs = TariffsOfAccount(account.subscriptions)
    return Rating(account, catalogue, on, history, MemoOfIdenticalSubscriptions(catalogue), tariffs)


# --- which day


def test_a_postpaid_account_has_one_bill_for_everything_due_posted_on_the_business_date():
    assert billed_on(monthly_subscriber(), Upto(MARCH_20, MARCH_20)) == ["2026-03-20"]
    assert billed_on(monthly_subscriber(), Upto(date(2026, 5, 10), MARCH_20)) == ["2026-03-20"]


def test_a_prepaid_account_is_decided_on_each_of_its_due_dates():
    subscriber = monthly_subscriber(prepaid=Prepaid(credit_limit=Decimal(1000)))

    days = billed_on(subscriber, Upto(MARCH_20, MARCH_20))

    assert days == ["2026-01-01", "2026-02-01", "2026-03-01"]


def test_what_a_prepaid_account_is_charged_ahead_is_posted_on_the_business_date():
    subscriber = monthly_subscriber(prepaid=Prepaid(credit_limit=Decimal(1000)))

    days = billed_on(subscriber, Upto(date(2026, 5, 10), MARCH_20))

    assert days == ["2026-01-01", "2026-02-01", "2026-03-01", "2026-03-20", "2026-03-20"]


def test_a_changed_past_is_decided_on_the_last_day():
    subscriber = monthly_subscriber()
    subscriber.bill("2026-03-01")
    subscriber.change_tariff("tv", "2026-03-10")

    assert decision_on(subscriber.account, Upto(MARCH_20, MARCH_20)) == MARCH_20
    assert billed_on(subscriber, Upto(MARCH_20, MARCH_20)) == ["2026-03-20"]
    assert decision_on(subscriber.account, Upto(MARCH_20, MARCH_20)) is None


def test_a_parked_account_of_which_nothing_is_left_to_bill_is_parked_no_more():
    subscriber = monthly_subscriber()
    subscriber.bill("2026-03-01")
    subscriber.record([BillingParked(effective_on=date(2026, 3, 5), code="price-missing", reason="no price")])

    assert decision_on(subscriber.account, Upto(date(2026, 3, 4), MARCH_20)) is None, "it was parked for a later day"
    assert billed_on(subscriber, Upto(MARCH_20, MARCH_20)) == ["2026-03-20"]
    assert subscriber.account.parked is None


# --- the history


def test_the_history_is_read_once_and_only_if_a_decision_needs_it():
    subscriber = monthly_subscriber(prepaid=Prepaid(credit_limit=Decimal(1000)))
    read = []

    def load() -> BillingHistory:
        read.append(subscriber.account.number)
        return subscriber.history

    billed = BilledAccount(subscriber.account, load)
    for on, bill in bills(billed, subscriber.catalogue, Upto(MARCH_20, MARCH_20)):
        subscriber.record(bill_events(subscriber.account, bill, subscriber.issue(on), on))
    assert read == []

    subscriber.change_tariff("tv", "2026-02-10")
    for on, bill in bills(billed, subscriber.catalogue, Upto(date(2026, 4, 2), MARCH_20)):
        subscriber.record(bill_events(subscriber.account, bill, subscriber.issue(on), on))
    assert read == ["A1"]


def test_a_history_that_is_read_late_shows_what_was_recorded_since_the_account_was_read():
    subscriber = monthly_subscriber()
    billed = BilledAccount(subscriber.account, BillingHistory)
    for on, bill in bills(billed, subscriber.catalogue, Upto(date(2026, 1, 1), MARCH_20)):
        billed.apply(bill_events(subscriber.account, bill, subscriber.issue(on), on))

    assert list(billed.require_history().charges) == ["S1/monthly/2026-01-01/2026-02-01/0"]


def test_without_a_way_to_read_the_history_the_caller_is_asked_for_it():
    subscriber = monthly_subscriber()
    subscriber.bill("2026-03-01")
    subscriber.change_tariff("tv", "2026-03-10")

    with pytest.raises(HistoryNeeded):
        next(bills(BilledAccount(subscriber.account), subscriber.catalogue, Upto(MARCH_20, MARCH_20)))


# --- which services


def test_a_change_of_one_service_of_many_decides_that_one_alone():
    subscriber = Subscriber(NET, TV)
    for number in range(50):
        subscriber.activate("net", "2026-03-01", f"S{number}")
    subscriber.bill("2026-03-01")
    subscriber.change_quantity("2", "2026-03-10", "S7")

    assert list(decisions_due(rating(subscriber, MARCH_20, subscriber.history))) == ["S7"]


def test_another_service_on_a_charged_day_needs_no_history_unless_a_bundle_requires_its_tariff():
    bundled = tariff("bundled", fee("30.00"), off("10", bundle=("tv",)))
    subscriber = Subscriber(NET, TV, bundled)
    subscriber.activate("net", "2026-03-01", "S1")
    subscriber.bill("2026-03-01")
    subscriber.activate("net", "2026-03-10", "S2")
    assert list(decisions_due(rating(subscriber, MARCH_20))) == ["S2"]
    subscriber.bill(MARCH_20)

    subscriber.activate("bundled", "2026-03-20", "S3")
    subscriber.bill(MARCH_20)
    subscriber.activate("tv", "2026-03-22", "S4")
    with pytest.raises(HistoryNeeded):
        decisions_due(rating(subscriber, date(2026, 3, 25)))
    assert list(decisions_due(rating(subscriber, date(2026, 3, 25), subscriber.history))) == ["S3", "S4"]


def test_a_change_that_no_bundle_requires_is_noted_once_and_then_nothing_is_left():
    """The second service begins on a day that the first is charged for; no price of the first depends on it."""
    subscriber = Subscriber(NET, TV)
    subscriber.activate("net", "2026-03-01", "S1")
    subscriber.activate("tv", "2026-04-01", "S2")
    subscriber.bill("2026-03-01")
    subscriber.correct_activation("2026-03-25", "S2")
    assert past_changed(subscriber.account)

    assert billed_on(subscriber, Upto(MARCH_20, MARCH_20)) == ["2026-03-20"]
    assert not past_changed(subscriber.account)
    assert billed_on(subscriber, Upto(MARCH_20, MARCH_20)) == []


def test_a_service_that_began_later_than_recorded_takes_the_discount_of_the_bundle_back():
    """Television since 1 February, corrected to 17 March: 10 % of 30.00 are off for 15 of 31 days of March only."""
    bundled = tariff("bundled", fee("30.00"), off("10", bundle=("tv",)))
    subscriber = Subscriber(bundled, TV)
    subscriber.activate("bundled", "2026-02-01", "S1")
    subscriber.activate("tv", "2026-02-01", "S2")
    subscriber.bill("2026-03-01")
    assert subscriber.balance == "-74.00"

    subscriber.correct_activation("2026-03-17", "S2")
    subscriber.bill(MARCH_20)

    discounts = [entry.charge for entry in subscriber.history.charges.values() if entry.charge.component == "promo"]
    assert sum(charge.amount.amount for charge in discounts) == Decimal("-1.45")
