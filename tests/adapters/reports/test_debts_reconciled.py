"""Reports on debts and sales against the journal: their amounts, counted once more from events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from tests.adapters.reports.recounting import Books, Recounted, found_in, journal_sums, named, report_sums
from tests.adapters.reports.test_reconciled import cash, documents, lines, open_documents, with_month
from tests.journal_of_earnings import EarningsJournal as Journal

Rows = Callable[[Journal], pd.DataFrame]
SUMMER, WINTER = date(2025, 6, 30), date(2030, 12, 31)
NOTHING = Decimal(0)
AGES = {"not_due": (-9999, 0), "days_1_30": (1, 30), "days_31_90": (31, 90), "over_90": (91, 9999)}
BANDS = dict(zip(AGES, ("1. not due", "2. 1-30 days", "3. 31-90 days", "4. over 90 days"), strict=True))
LATE = {"before_due": (-9999, 0), "late_1_7": (1, 7), "late_8_30": (8, 30), "late_31_90": (31, 90),
        "late_over_90": (91, 9999)}  # fmt: skip


def owed(on: date) -> Rows:
    """What was open on a day, in the column of its age."""

    def rows(journal: Journal) -> pd.DataFrame:
        found = open_documents(on)(journal)
        ages = [(on - due_on).days for due_on in found.due_on]
        of_age = {
            name: [amount if least <= age <= most else NOTHING for amount, age in zip(found.amount, ages, strict=True)]
            for name, (least, most) in AGES.items()
        }
        bands = [next(BANDS[name] for name, (least, most) in AGES.items() if least <= age <= most) for age in ages]
        overdue = [amount if age > 0 else NOTHING for amount, age in zip(found.amount, ages, strict=True)]
        return found.assign(**of_age, band=bands, overdue=overdue, total=found.amount)

    return rows


def of_debtors(on: date) -> Rows:
    """What the accounts owe that owe something overdue."""

    def rows(journal: Journal) -> pd.DataFrame:
        found = owed(on)(journal)
        late = set(found[found.overdue > 0].account)
        return found[found.account.isin(late)]

    return rows


def paid(on: date) -> Rows:
    """Invoices by their month, with what is settled and open of them."""

    def rows(journal: Journal) -> pd.DataFrame:
        found = with_month(journal.documents[journal.documents.kind == "invoice"])
        by_invoice = journal.settled.groupby("document").amount.sum() if len(journal.settled) else {}
        settled = [by_invoice.get(number, NOTHING) for number in found.number]
        left = [gross - part for gross, part in zip(found.gross, settled, strict=True)]
        overdue = [part if due_on < on else NOTHING for part, due_on in zip(left, found.due_on, strict=True)]
        return found.assign(settled=settled, open=left, overdue=overdue)

    return rows


def discipline(journal: Journal) -> pd.DataFrame:
    """What payments settled, by how many days after the due date the last part of each payment settled an invoice.

    What is released and settled again on one day was settled before it.
    """
    parts: defaultdict[tuple[str, str, str], defaultdict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in journal.settled.itertuples():
        if ":" in row.credit:
            parts[row.document, row.credit, row.currency][row.on] += row.amount
    due = dict(zip(journal.documents.number, journal.documents.due_on, strict=True))
    methods = dict(zip(journal.arrivals.payment, journal.arrivals.method, strict=True))
    found = []
    for (document, credit, currency), moves in parts.items():
        amount = sum(moves.values(), NOTHING)
        if amount > 0:
            days = (max(on for on, part in moves.items() if part > 0) - due[document]).days
            found.append({"method": methods[credit], "currency": currency, "amount": amount, **{
                name: amount if least <= days <= most else NOTHING for name, (least, most) in LATE.items()
            }})  # fmt: skip
    return pd.DataFrame(found, columns=["method", "currency", "amount", *LATE])


def interest(journal: Journal) -> pd.DataFrame:
    """Charges of late interest that stand on a document."""
    found = with_month(journal.lines)
    return found[found.component == "late-interest"]


RECOUNTED = [
    *(Recounted("receivables-by-dealer", column, (), owed(on), column, on) for column in (*AGES, "total")
      for on in (SUMMER, WINTER)),
    *(Recounted("receivables-by-band", "open", ("band",), owed(on), "amount", on) for on in (SUMMER, WINTER)),
    *(Recounted("overdue-to-total", column, ("seller",), owed(on), column, on) for column in ("total", "overdue")
      for on in (SUMMER, WINTER)),
    *(Recounted("debtors", column, ("account",), of_debtors(on), column, on) for column in ("total", "overdue")
      for on in (SUMMER, WINTER)),
    *(Recounted("paid-of-invoices-by-month", column, ("month",), paid(WINTER), column, WINTER)
      for column in ("gross", "settled", "open", "overdue")),
    *(Recounted("payment-discipline", column, ("method",), discipline, column) for column in ("amount", *LATE)),
    Recounted("late-interest", "amount", ("account",), interest, "net"),
    Recounted("late-interest-by-month", "amount", ("month",), interest, "net"),
    *(Recounted(f"commission-{which}", column, (), documents(), column) for which in ("base", "by-customer")
      for column in ("net", "gross")),
    *(Recounted(report, "income", (), cash)
      for report in ("commission-base", "commission-by-customer", "dealer-income")),
    *(Recounted("dealer-income", column, (), cash, column) for column in ("came_in", "went_back")),
    Recounted("revenue-by-source", "net", (), documents(), "net"),
    Recounted("documents-by-language", "gross", (), documents(), "gross"),
    *(Recounted(f"arpu-by-{by}", "net", (), documents(), "net") for by in ("city", "customer-kind", "dealer")),
    Recounted("arpu-by-month", "net", ("month",), documents(), "net"),
    Recounted("arpu-by-tariff", "net", (), lines(), "net"),
]  # fmt: skip
listed = pytest.mark.parametrize("recounted", RECOUNTED, ids=named)


@listed
def test_books_are_owed_as_the_journal_says(each_books: Books, recounted: Recounted):
    expected = journal_sums(each_books.journal, recounted)
    assert report_sums(each_books.operator, recounted) == expected, each_books.name


def test_there_is_something_owed_in_every_report(random_books: Books, demo_books: Books, rich_books: Books):
    assert found_in(RECOUNTED, random_books, demo_books, rich_books) == {each.report for each in RECOUNTED}
