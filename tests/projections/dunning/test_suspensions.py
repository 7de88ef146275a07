"""The suspension list: from which day on an account is on it, for how much, and what takes it off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from adapters.bootstrap.registry import exemptions
from billing_core.promises import PromiseTerms
from commands.payments.account import ReversePayment
from commands.payments.giving_back import WriteOffInvoice
from commands.promises import OpenPromise, SetPromiseTerms
from commands.services import (
    ActivateSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from projections.dunning.suspensions import (
    SuspensionRow,
    count_resumptions,
    resumption_list,
    suspension_list,
    suspension_totals,
)
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


# --- what was done

ON = date(2026, 2, 1)  # The invoice of 1 January is due on the 15th, and tolerated until the 22nd.


def to_resume(operator: Operator, on: date = ON) -> list[tuple[str, list[str], date, str]]:
    rows = operator.ask(resumption_list, on, 100, "", exemptions)
    return [(row.account, row.services, row.suspended_since_on, row.reason) for row in rows]


def suspend(
    operator: Operator, account: str, service: str = "main", reason: Any = "non-payment", on: date = ON
) -> None:
    suspended = SuspendSubscription(account=account, subscription=service, reason=reason, on=on)
    operator.tell(suspended, today=on)


def services(operator: Operator, on: date = ON) -> dict[str, list[str]]:
    return {row.account: row.services for row in listed(operator, on)}


def test_a_service_that_is_suspended_leaves_the_list_and_the_account_with_its_last_one(operator: Operator):
    operator.subscribers(2)
    operator.tell(ActivateSubscription(account="A0001", subscription="tv", tariff="net", on=date(2026, 1, 5)))
    operator.bill(date(2026, 1, 2))
    assert services(operator) == {"A0001": ["main", "tv"], "A0002": ["main"]}

    suspend(operator, "A0001", "tv")
    assert services(operator) == {"A0001": ["main"], "A0002": ["main"]}
    suspend(operator, "A0001")

    assert services(operator) == {"A0002": ["main"]}
    assert operator.ask(suspension_totals, ON) == {"EUR": (1, eur("24.00"))}
    assert to_resume(operator) == []  # It still owes.


def test_a_suspension_counts_from_its_day_and_a_service_that_ended_is_not_suspended(operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    suspend(operator, "A0001", on=date(2026, 2, 10))
    operator.tell(TerminateSubscription(account="A0002", subscription="main", reason="x", on=date(2026, 2, 20)))

    assert services(operator, date(2026, 2, 9)) == {"A0001": ["main"], "A0002": ["main"]}
    assert services(operator, date(2026, 2, 10)) == {"A0002": ["main"]}
    assert services(operator, date(2026, 2, 20)) == {}


def test_an_account_that_has_paid_is_to_be_resumed_until_it_is(operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    suspend(operator, "A0001")
    suspend(operator, "A0002", reason="abuse")
    operator.take_in([bank_row(2, "23.99", "A0001"), bank_row(3, "24.00", "A0002")])
    assert to_resume(operator) == []

    operator.take_in([bank_row(4, "0.01", "A0001")])
    assert to_resume(operator) == [("A0001", ["main"], ON, "nothing is overdue beyond tolerance")]
    assert to_resume(operator, date(2026, 1, 31)) == []
    operator.tell(ResumeSubscription(account="A0001", subscription="main", on=date(2026, 2, 3)))

    assert to_resume(operator, date(2026, 2, 2)) != []
    assert to_resume(operator, date(2026, 2, 3)) == []


def test_a_debt_that_is_written_off_or_promised_is_a_reason_to_resume(operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    suspend(operator, "A0001")
    suspend(operator, "A0002")
    operator.tell(WriteOffInvoice(account="A0001", invoice="1000000001", reason="too small"), today=ON)
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10)))
    operator.tell(OpenPromise(account="A0002", until=date(2026, 2, 5)), today=ON)

    assert [(account, reason) for account, _, _, reason in to_resume(operator)] == [
        ("A0001", "nothing is overdue beyond tolerance"), ("A0002", "promised to pay by 2026-02-05"),
    ]  # fmt: skip
    assert [row.account for row in operator.ask(resumption_list, ON, 1, "A0001", exemptions)] == ["A0002"]
    assert operator.ask(count_resumptions, ON, "", exemptions) == 2


def test_a_payment_that_bounces_takes_off_the_list_to_resume(operator: Operator):
    operator.subscribers(1)
    operator.bill(date(2026, 1, 2))
    suspend(operator, "A0001")
    operator.take_in([bank_row(2, "24.00", "A0001")])
    assert [row[0] for row in to_resume(operator)] == ["A0001"]
    operator.tell(ReversePayment(account="A0001", payment="bank:R00002", reason="bounced"))
    assert (to_resume(operator), services(operator)) == ([], {})
