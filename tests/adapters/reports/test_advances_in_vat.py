"""Tax documents on advances in the reports of VAT: the month of the invoice has its VAT less that of the advance.

`net` is 20.00 EUR a month plus 20 % VAT, billed at the beginning of the month. 500.00 come in on 10 January.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.parties.number_series import NumberSeries
from billing_core.payments.advances import AdvanceTerms
from commands.parties import OpenNumberSeries
from commands.payments.account import ReceivePayment
from commands.payments.advances import SetAdvanceTerms, TaxAdvances
from commands.payments.giving_back import PayOut
from tests.adapters.reports.asked import asked
from tests.operators import Operator, application, database_url, eur, found_operator, operator

__all__ = ["application", "database_url", "found_operator", "operator"]

PAID_ON, TODAY = date(2026, 1, 10), date(2026, 4, 2)
YEAR = {"from_": "2026-01-01", "to": "2027-01-01"}
REPORTS = (
    "vat-entries", "vat-by-month", "vat-by-month-and-rate", "vat-by-rate", "vat-by-seller", "documents-by-tax-point",
)  # fmt: skip


def taxed_advance(operator: Operator) -> None:
    """The advance is taxed on 20 January, February is billed on its first day, drawn up again on 1 March."""
    operator.subscriber("A0001", since=date(2026, 2, 1))
    series = NumberSeries(prefix="9", width=9)
    operator.tell(OpenNumberSeries(seller="north", kind="advance", series=series), today=PAID_ON)
    terms = AdvanceTerms(vat_rate=Decimal(20), after_days=10)
    operator.tell(SetAdvanceTerms(seller="north", terms=terms), today=PAID_ON)
    operator.tell(ReceivePayment(account="A0001", source="desk-H1", reference="1", amount=eur("500.00"),
                                 received_on=PAID_ON, method="cash"), today=PAID_ON)  # fmt: skip
    operator.tell(TaxAdvances(account="A0001"), today=date(2026, 1, 20))
    operator.bill_each_due_date(date(2026, 2, 2))
    operator.tell(TaxAdvances(account="A0001"), today=date(2026, 3, 1))


def rows(operator: Operator, report: str, *columns: str) -> list[tuple[str, ...]]:
    found: list[dict[str, Any]] = asked(operator, report, TODAY, **YEAR)
    return [tuple(str(row[column]) for column in columns) for row in found]


def test_the_vat_of_the_advance_is_taken_off_in_the_month_of_the_invoice_that_used_it(operator: Operator):
    """The correction was issued in March, and counts for February: 4.00 of the invoice less 4.00 of the advance."""
    taxed_advance(operator)

    columns = ("month", "invoice_vat", "advance_base", "advance_vat", "base", "vat")
    assert rows(operator, "vat-by-month", *columns) == [
        ("2026-01-01", "0", "416.67", "83.33", "416.67", "83.33"),
        ("2026-02-01", "4.00", "-20.00", "-4.00", "0.00", "0.00"),
    ]
    assert rows(operator, "vat-entries", "tax_point_on", "kind", "issued_on", "vat")[:2] == [
        ("2026-02-01", "invoice", "2026-02-01", "4.00"), ("2026-02-01", "advance-correction", "2026-03-01", "-4.00"),
    ]  # fmt: skip
    assert rows(operator, "vat-of-other-months", "kind", "issued_on", "gross") == [
        ("advance-correction", "2026-03-01", "-24.00"),
    ]


def test_all_reports_of_vat_have_the_same_sum_and_nothing_is_left_of_money_that_was_paid_out(operator: Operator):
    taxed_advance(operator)
    operator.tell(PayOut(account="A0001", reason="moves", confirmed=True), today=TODAY)

    sums = {name: sum(Decimal(vat) for (vat,) in rows(operator, name, "vat")) for name in REPORTS}
    assert sums == dict.fromkeys(REPORTS, Decimal("4.00"))
    assert rows(operator, "documents-by-tax-point", "month", "invoices", "advances", "vat") == [
        ("2026-01-01", "0", "1", "83.33"), ("2026-02-01", "1", "1", "0.00"), ("2026-04-01", "0", "1", "-79.33"),
    ]  # fmt: skip
