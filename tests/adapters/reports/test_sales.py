"""Revenue per service, commission bases and campaigns of a small base, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.dealers import Dealer
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.payments.account import ReceivePayment
from commands.services import ActivateSubscription, SuspendSubscription
from tests.adapters.reports.asked import answer, only
from tests.operators import Operator, eur

TODAY = date(2026, 2, 20)
JANUARY = {"from": "2026-01-01", "to": "2026-02-01"}
BOTH = {"from": "2026-01-01", "to": "2026-03-01"}


@pytest.fixture
def sold(operator: Operator) -> Operator:
    """Two services for 20.00, one of them a dealer's, and one for 30.00; each is billed on the first of the month.

    The dealer's customer pays 10.00 in January. Another one is suspended from 10 February on.
    """
    operator.publish("fast", "30.00")
    operator.subscribers(2)
    operator.subscriber("A0003", tariff="fast")
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Shop")))
    operator.tell(AssignCustomer(customer="A0002", dealer="east"), today=date(2026, 1, 2))
    operator.bill_each_due_date(date(2026, 2, 2))
    paid = ReceivePayment(account="A0002", source="desk", reference="1", amount=eur("10.00"), method="cash",
                          received_on=date(2026, 1, 9))  # fmt: skip
    operator.tell(paid, today=date(2026, 1, 9))
    stopped = SuspendSubscription(account="A0003", subscription="main", reason="operator", on=date(2026, 2, 10))
    operator.tell(stopped, today=date(2026, 2, 10))
    return operator


def test_arpu_is_what_is_billed_over_the_services_that_are_active_at_the_end(sold: Operator):
    rows = answer(sold, "arpu-by-month", TODAY, BOTH)

    assert only(rows, "month", "net", "active", "arpu", "currency") == [
        (date(2026, 1, 1), 70, 3, Decimal("23.33"), "EUR"), (date(2026, 2, 1), 70, 2, 35, "EUR")
    ]  # fmt: skip
    assert only(answer(sold, "arpu-by-tariff", TODAY, JANUARY), "tariff", "net", "active", "arpu") == [
        ("fast", 30, 1, 30), ("net", 40, 2, 20)
    ]  # fmt: skip
    assert only(answer(sold, "arpu-by-dealer", TODAY, JANUARY), "dealer", "net", "active", "arpu") == [
        ("-", 50, 2, 25), ("east", 20, 1, 20)
    ]  # fmt: skip


def test_a_commission_is_of_what_was_billed_to_the_dealers_customers_or_of_what_they_paid(sold: Operator):
    rows = answer(sold, "commission-base", TODAY, JANUARY)

    assert only(rows, "dealer", "customers", "net", "gross", "income", "currency") == [
        ("-", 2, 50, 60, 0, "EUR"), ("east", 1, 20, 24, 10, "EUR")
    ]  # fmt: skip
    of_east = answer(sold, "commission-by-customer", TODAY, JANUARY | {"dealer": "east"})
    assert only(of_east, "customer", "net", "income") == [("A0002", 20, 10)]


def test_a_dealer_sees_the_commission_of_its_own_customers_alone(sold: Operator):
    rows = answer(sold, "commission-base", TODAY, JANUARY, "east")

    assert only(rows, "dealer", "net", "income") == [("east", 20, 10)]


def test_a_service_that_nothing_was_charged_for_is_found(sold: Operator):
    given = ActivateSubscription(account="A0001", subscription="tv", tariff="fast", on=date(2026, 1, 10))
    sold.tell(given, today=date(2026, 1, 10))

    rows = answer(sold, "services-without-charges", TODAY, {"days": "30"})

    # Nothing was charged for it yet: the account has not been billed since.
    assert only(rows, "account", "subscription") == [("A0001", "tv")]
