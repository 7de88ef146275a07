"""What is open, owed and paid late on a day, worked by hand on an account with part payments and a bounced one.

1 January     invoice 24.00, due on 15 January
20 January    payment 10.00               open 14.00
25 January    payment 14.00               open nothing
1 February    invoice 24.00, due on 15 February
10 March      the second payment bounces  open 14.00 and 24.00
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from adapters.reports.ready import ready_reports
from commands.corrections.payment import MovePayment
from commands.payments.account import ReversePayment
from commands.payments.giving_back import RefundPayment, WriteOffInvoice
from commands.services import ActivateSubscription, ResumeSubscription, SuspendSubscription
from projections.dunning.receivables import receivables_totals
from tests.adapters.reports.asked import asked, totals
from tests.operators import Operator, bank_row

TODAY = date(2026, 5, 1)
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 10)
SPAN = {"from_": "2026-01-01", "to": "2026-06-01", "on": "2026-03-10"}
BANDS = ("not_due", "days_1_30", "days_31_90", "over_90", "total")


@pytest.fixture
def history(operator: Operator) -> Operator:
    operator.subscriber("A1")
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(20, "10.00", "A1")], today=date(2026, 1, 20))
    operator.take_in([bank_row(25, "14.00", "A1", received_on=date(2026, 1, 25))], today=date(2026, 1, 25))
    operator.bill(date(2026, 2, 2))
    operator.tell(ReversePayment(account="A1", payment="bank:R00025", reason="bounced"), today=MARCH)
    return operator


def ages(operator: Operator, on: date) -> tuple[str, ...]:
    rows = asked(operator, "receivables-ageing", TODAY, on=f"{on}")
    return tuple(str(rows[0][band]) for band in BANDS) if rows else ()


def test_receivables_age_from_the_day_after_they_were_due_and_a_bounced_payment_is_owed_from_its_day(
    history: Operator,
):
    assert {on: ages(history, date.fromisoformat(on)) for on in (
        "2025-12-31", "2026-01-15", "2026-01-16", "2026-01-20", "2026-01-24", "2026-01-25", "2026-02-01", "2026-02-16",
        "2026-03-09", "2026-03-10", "2026-04-15", "2026-04-16",
    )} == {
        "2025-12-31": (),
        "2026-01-15": ("24.00", "0", "0", "0", "24.00"),
        "2026-01-16": ("0", "24.00", "0", "0", "24.00"),
        "2026-01-20": ("0", "14.00", "0", "0", "14.00"),
        "2026-01-24": ("0", "14.00", "0", "0", "14.00"),
        "2026-01-25": (),
        "2026-02-01": ("24.00", "0", "0", "0", "24.00"),
        "2026-02-16": ("0", "24.00", "0", "0", "24.00"),
        "2026-03-09": ("0", "24.00", "0", "0", "24.00"),
        "2026-03-10": ("0", "24.00", "14.00", "0", "38.00"),
        "2026-04-15": ("0", "0", "38.00", "0", "38.00"),
        "2026-04-16": ("0", "0", "24.00", "14.00", "38.00"),
    }  # fmt: skip


def test_the_receivables_of_every_day_are_those_of_the_page_of_receivables(history: Operator):
    days = [JANUARY + timedelta(days=number) for number in range(-2, 130)]
    for on in days:
        expected = {total.currency: total.total.amount for total in history.ask(receivables_totals, on)}
        found = {currency: sums["total"] for currency, sums in totals(
            history, "receivables-ageing", TODAY, on=f"{on}"
        ).items()}  # fmt: skip
        assert found == expected, on


def test_a_balance_on_a_day_is_the_sum_of_the_postings_up_to_it(history: Operator):
    expected = {
        "2025-12-31": [], "2026-01-01": ["-24.00"], "2026-01-19": ["-24.00"], "2026-01-20": ["-14.00"],
        "2026-01-25": [], "2026-02-01": ["-24.00"], "2026-03-09": ["-24.00"], "2026-03-10": ["-38.00"],
    }  # fmt: skip
    for on, balances in expected.items():
        assert [str(row["balance"]) for row in asked(history, "balances-on-a-day", TODAY, on=on)] == balances
        postings = asked(history, "account-postings", TODAY, account="A1", on=on)
        assert sum(row["amount"] for row in postings) == (Decimal(balances[0]) if balances else 0)
        assert [str(row["balance"]) for row in postings[-1:]] == balances or not balances
    last = asked(history, "account-postings", TODAY, account="A1", on="2026-05-01")
    assert [(f"{row['posted_on']:%m-%d}", row["kind"], str(row["amount"])) for row in last] == [
        ("01-01", "invoice", "-24.00"), ("01-20", "payment", "10.00"), ("01-25", "payment", "14.00"),
        ("02-01", "invoice", "-24.00"), ("03-10", "reversal", "-14.00"),
    ]  # fmt: skip


def test_each_month_leads_from_the_closing_balance_of_the_one_before_to_its_own(history: Operator):
    columns = ("opening", "invoiced", "paid", "reversed", "closing")
    rows = asked(history, "balances-by-month", TODAY, from_="2026-01-01", to="2026-06-01")
    assert [(f"{row['month']:%m}", *(str(row[column]) for column in columns)) for row in rows] == [
        ("01", "0.00", "-24.00", "24.00", "0", "0.00"),
        ("02", "0.00", "-24.00", "0", "0", "-24.00"),
        ("03", "-24.00", "0", "0", "-14.00", "-38.00"),
    ]
    (later,) = asked(history, "balances-by-month", TODAY, from_="2026-03-01", to="2026-06-01")
    assert (str(later["opening"]), str(later["closing"])) == ("-24.00", "-38.00")


def test_days_of_sales_outstanding_are_receivables_by_what_was_invoiced_in_the_month(history: Operator):
    rows = asked(history, "days-sales-outstanding", TODAY, from_="2026-01-01", to="2026-06-01")
    assert [(f"{row['month']:%m}", str(row["receivables"]), row["days"]) for row in rows] == [
        ("01", "0.00", Decimal(0)), ("02", "24.00", Decimal("28.0")), ("03", "38.00", None),
    ]  # fmt: skip


def test_what_a_payment_settled_and_gave_up_again_is_no_discipline_of_anybody(history: Operator):
    (row,) = asked(history, "payment-discipline", TODAY, from_="2026-01-01")
    assert (row["method"], str(row["late_1_7"]), str(row["amount"]), row["days"]) == ("transfer", "10.00", "10.00", 5)


def test_debtors_are_listed_by_what_is_overdue_the_largest_first(history: Operator):
    history.subscriber("A2")
    history.bill(date(2026, 2, 2))  # two months at once: 48.00
    rows = asked(history, "debtors", TODAY, on="2026-03-10")
    assert [(row["account"], str(row["overdue"]), f"{row['oldest_due_on']}") for row in rows] == [
        ("A2", "48.00", "2026-02-15"), ("A1", "38.00", "2026-01-15"),
    ]  # fmt: skip
    (share,) = asked(history, "overdue-to-total", TODAY, on="2026-02-16")
    assert (str(share["overdue"]), str(share["total"]), share["share"]) == ("72.00", "72.00", 1)


def test_amounts_of_two_currencies_are_never_added(history: Operator):
    history.publish("net-usd", "10.00", currency="USD")
    history.subscriber("U1", tariff="net-usd", currency="USD")
    history.bill(date(2026, 2, 2))
    for name, column in (("receivables-ageing", "total"), ("balances-by-seller", "owed"), ("debtors", "overdue")):
        found = totals(history, name, TODAY, on="2026-03-10")
        assert {currency: str(sums[column]) for currency, sums in found.items()} == {"EUR": "38.00", "USD": "24.00"}
    months = asked(history, "balances-by-month", TODAY, from_="2026-02-01", to="2026-03-01")
    assert [(row["currency"], str(row["closing"])) for row in months] == [("EUR", "-24.00"), ("USD", "-24.00")]


def test_the_postings_of_every_account_sum_to_its_balance_whatever_happened_to_its_money(history: Operator):
    history.subscriber("A2")
    paid = "bank:R00020"
    history.tell(MovePayment(from_account="A1", payment=paid, to_account="A2", reason="theirs"), today=TODAY)
    history.tell(RefundPayment(account="A2", payment=paid, amount=Decimal("4.00"), reason="too much"), today=TODAY)
    invoice = asked(history, "open-invoices", TODAY, account="A1")[0]["document"]
    history.tell(WriteOffInvoice(account="A1", invoice=invoice, reason="bankrupt"), today=TODAY)

    history.application.runner.catch_up()
    balances = dict(history.select("SELECT account, balance FROM report.balances"))
    posted = dict(history.select("SELECT account, sum(amount) FROM report.postings GROUP BY account"))
    assert posted == balances == {"A1": Decimal("-24.00"), "A2": Decimal("6.00")}
    assert [str(row["amount"]) for row in asked(history, "refunds", TODAY)] == ["4.00"]
    assert [str(row["gross"]) for row in asked(history, "write-offs", TODAY)] == ["24.00"]
    assert [str(row["unused"]) for row in asked(history, "unused-credits", TODAY)] == ["6.00"]


def test_a_suspension_for_non_payment_counts_from_its_day_until_the_service_is_back(history: Operator):
    suspend = SuspendSubscription(account="A1", subscription="main", reason="non-payment", on=date(2026, 2, 20))
    history.tell(suspend, today=date(2026, 2, 20))
    history.tell(ResumeSubscription(account="A1", subscription="main", on=date(2026, 4, 2)), today=date(2026, 4, 2))
    found = {
        on: [row["days"] for row in asked(history, "suspended-for-money", TODAY, on=on)]
        for on in ("2026-02-19", "2026-02-20", "2026-04-01", "2026-04-02")
    }
    assert found == {"2026-02-19": [], "2026-02-20": [0], "2026-04-01": [40], "2026-04-02": []}
    months = asked(history, "suspensions-for-money-by-month", TODAY, from_="2026-01-01")
    assert [(row["month"].month, row["begun"], row["ended"], row["at_end"]) for row in months] == [
        (2, 1, 0, 1),
        (4, 0, 1, 0),
    ]


def test_reports_that_must_agree_do(history: Operator):
    history.publish("net-usd", "10.00", currency="USD")
    history.subscriber("U1", tariff="net-usd", currency="USD")
    history.bill(date(2026, 2, 2))
    history.take_in([bank_row(30, "50.00", "U1", currency="USD", received_on=TODAY)], today=TODAY)
    compared = 0
    for report in ready_reports().values():
        if report.subject not in ("money", "dunning"):
            continue
        for agreement in report.agrees:
            given = {name: value for name, value in SPAN.items() if report.parameter(name.rstrip("_"))}
            sums = [
                {currency: sums[column] for currency, sums in totals(history, name, TODAY, **given).items()}
                for name, column in ((report.name, agreement.column), (agreement.report, agreement.of))
            ]
            assert sums[0] == sums[1], (report.name, agreement)
            compared += bool(sums[0])
    assert compared >= 15


def test_what_was_paid_counts_for_the_services_by_their_part_of_the_invoice(operator: Operator):
    """24.00 for the line and 12.10 for television: half of the invoice is paid, so half of each."""
    operator.publish("tv", "12.10", prices_include_vat=True, vat_rate=Decimal(21))
    operator.subscriber("A1")
    operator.tell(ActivateSubscription(account="A1", subscription="tv", tariff="tv", on=JANUARY), today=JANUARY)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(20, "18.05", "A1")], today=date(2026, 1, 20))

    rows = asked(operator, "income-by-service", TODAY, from_="2026-01-01", to="2026-02-01")
    assert [(row["tariff"], row["invoices"], str(row["amount"])) for row in rows] == [
        ("net", 1, "12.00"), ("tv", 1, "6.05"),
    ]  # fmt: skip


def test_a_payment_entered_late_settles_an_invoice_on_the_day_of_its_issue_at_the_earliest(operator: Operator):
    """Paid on 20 January, entered in February: of the invoice of 1 February nothing was settled before."""
    operator.subscriber("A2")
    operator.bill(date(2026, 1, 2))
    operator.subscriber("A1", since=date(2026, 1, 15))
    operator.bill(date(2026, 2, 2))
    operator.take_in([bank_row(20, "24.00", "A1", received_on=date(2026, 1, 20))], today=date(2026, 2, 5))
    months = asked(operator, "days-sales-outstanding", TODAY, from_="2026-01-01")
    for row in months:
        on_the_day = totals(operator, "receivables-by-account", TODAY, on=f"{row['last_on']}")
        assert row["receivables"] == on_the_day.get("EUR", {"total": 0})["total"]
    assert [(row["month"].month, str(row["settled"])) for row in months] == [(1, "0"), (2, "24.00")]
