"""The suspension list: from which day on an account is on it, for how much, and what takes it off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commands.payments.account import ReversePayment
from projections.dunning import SuspensionRow, suspension_list, suspension_totals
from tests.operators import Operator, bank_row, eur

ISSUED_ON = date(2026, 1, 1)


def listed(operator: Operator, on: date) -> list[SuspensionRow]:
    rows = operator.ask(suspension_list, on, 100)
    assert isinstance(rows, list)
    return rows


@pytest.mark.parametrize(("due_days", "tolerance_days"), [(14, 7), (0, 0), (14, 0), (0, 30), (365, 365)])
def test_an_account_is_on_the_list_from_the_day_after_due_date_and_tolerance(
    operator: Operator, due_days: int, tolerance_days: int
):
    operator.subscriber("A1", due_days=due_days, tolerance_days=tolerance_days)
    operator.bill(date(2026, 1, 2))
    due_on = ISSUED_ON + timedelta(days=due_days)
    tolerated_until = due_on + timedelta(days=tolerance_days)

    assert listed(operator, tolerated_until) == []
    (row,) = listed(operator, tolerated_until + timedelta(days=1))

    assert (row.account, row.customer, row.name) == ("A1", "A1", "Customer A1")
    assert (row.overdue_since_on, row.invoices, row.overdue) == (due_on, 1, eur("24.00"))
    assert row.reason == f"non-payment: 1 invoice overdue more than {tolerance_days} days, the oldest since {due_on}"


def test_only_what_is_overdue_beyond_tolerance_counts(operator: Operator):
    operator.subscriber("A1")
    operator.bill_each_due_date(date(2026, 4, 1))  # due 15 January, 15 February, 15 March, tolerated 7 days more
    by_day = {on: [(row.invoices, row.overdue) for row in listed(operator, on)] for on in
              (date(2026, 1, 23), date(2026, 2, 22), date(2026, 2, 23), date(2026, 3, 23))}  # fmt: skip
    assert by_day == {
        date(2026, 1, 23): [(1, eur("24.00"))],
        date(2026, 2, 22): [(1, eur("24.00"))],
        date(2026, 2, 23): [(2, eur("48.00"))],
        date(2026, 3, 23): [(3, eur("72.00"))],
    }


def test_a_payment_takes_off_the_list_and_its_reversal_puts_back(operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    on = date(2026, 2, 1)
    operator.take_in([bank_row(2, "23.99", "A0001"), bank_row(3, "24.00", "A0002")])
    assert [(row.account, row.overdue) for row in listed(operator, on)] == [("A0001", eur("0.01"))]
    assert operator.ask(suspension_totals, on) == {"EUR": (1, eur("0.01"))}

    operator.take_in([bank_row(4, "0.01", "A0001")])
    assert listed(operator, on) == []
    assert operator.ask(suspension_totals, on) == {}

    operator.tell(ReversePayment(account="A0002", payment="bank:R00003", reason="bounced"))
    assert [(row.account, row.overdue) for row in listed(operator, on)] == [("A0002", eur("24.00"))]


def test_the_list_is_read_page_by_page_in_order_of_account_and_summed_per_currency(operator: Operator):
    operator.publish("dollar", "10.00", currency="USD")
    operator.subscribers(3)
    operator.subscriber("U1", tariff="dollar", currency="USD")
    operator.bill(date(2026, 1, 2))
    on = date(2026, 3, 1)
    first = operator.ask(suspension_list, on, 2)
    rest = operator.ask(suspension_list, on, 2, first[-1].account)
    assert [row.account for row in (*first, *rest)] == ["A0001", "A0002", "A0003", "U1"]
    totals = operator.ask(suspension_totals, on)
    assert totals["EUR"] == (3, eur("72.00"))
    assert (totals["USD"][0], str(totals["USD"][1])) == (1, "12.00 USD")
