"""Each report of money against the journal: its columns are sums that pandas makes of the events by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from adapters.reports.ready import ready_reports
from tests.adapters.reports.recounting import Books, Recounted, journal_sums, named, report_sums
from tests.journal import Journal
from tests.journal_of_earnings import EarningsJournal, cents
from tests.operators import Operator

Rows = Callable[[Journal], pd.DataFrame]


def cash(journal: Journal) -> pd.DataFrame:
    """What came in and went back; what is only assigned or moved is no row of it."""
    found = with_month(journal.cash.rename(columns={"actor": "operator"}))
    came_in = found.amount.where(found.kind == "received", Decimal(0))
    return found.assign(came_in=came_in, went_back=came_in - found.amount, booked_on=found.on)


def documents(*kinds: str) -> Rows:
    """Documents of some kinds, with the month of their day of issue."""

    def rows(journal: Journal) -> pd.DataFrame:
        found = with_month(journal.documents)
        return found[found.kind.isin(kinds or ("invoice", "credit-note"))]

    return rows


def tax_documents(journal: Journal) -> pd.DataFrame:
    """Documents of all kinds, with those on advances, and the month of their tax point."""
    return with_month(pd.concat([journal.documents, journal.advances]), "tax_point_on")


def taxes(journal: Journal) -> pd.DataFrame:
    """Bases and VAT, those of each kind of document by themselves too."""
    found = with_month(journal.taxes, "tax_point_on").rename(columns={"vat_rate": "rate", "number": "document"})
    kinds = found.kind.replace({"credit-note": "credit", "advance-correction": "advance"})
    return found.assign(**{f"{kind}_{of}": found[of].where(kinds == kind, Decimal(0)) for kind, of in PARTS_OF_VAT})


def lines(*kinds: str) -> Rows:
    """Lines of documents by the kinds of their charges."""

    def rows(journal: Journal) -> pd.DataFrame:
        found = with_month(journal.lines).rename(columns={"number": "document"})
        invoiced = found.net.where(found.kind == "invoice", Decimal(0))
        found = found.assign(given=-found.net, revenue=found.net, invoiced=invoiced, credited=found.net - invoiced)
        return found[found.charge_kind.isin(kinds)] if kinds else found

    return rows


def changes(upto: date = date.max) -> Rows:
    """Changes of balances up to a day."""

    def rows(journal: Journal) -> pd.DataFrame:
        return with_month(journal.changes[journal.changes.on <= upto])

    return rows


def balances(upto: date = date.max) -> Rows:
    """The balance of each account on a day: what it owes, or what is its own."""

    def rows(journal: Journal) -> pd.DataFrame:
        keys = ["account", "seller", "currency"]
        found = changes(upto)(journal).groupby(keys, as_index=False).agg({"amount": "sum"})
        return found.assign(
            owed=[max(-amount, Decimal(0)) for amount in found.amount],
            credit=[max(amount, Decimal(0)) for amount in found.amount],
        )

    return rows


def moves_by_month(journal: Journal) -> pd.DataFrame:
    """Changes of balances, each in the column of its kind."""
    found = changes()(journal)
    columns = {"invoiced": ("invoice",), "credited": ("credit-note",), "paid": ("payment", "moved"),
               "reversed": ("reversed",)}  # fmt: skip
    known = {name: found.amount.where(found.kind.isin(kinds), Decimal(0)) for name, kinds in columns.items()}
    return found.assign(**known, adjusted=found.amount - sum(known.values()))


def written_off(journal: Journal) -> pd.DataFrame:
    """The base and the VAT of what was written off, by rate."""
    return with_month(journal.written_off)


def waiting_charges(journal: Journal) -> pd.DataFrame:
    """Charges that stand on no document."""
    charged = journal.charges.merge(journal.lines[["account", "charge"]], how="left", indicator=True)
    found = with_month(charged[charged._merge == "left_only"].rename(columns={"kind": "charge_kind"}))
    nets = [
        cents(Fraction(amount) * 100 / (100 + Fraction(rate))) if includes_vat else amount
        for amount, rate, includes_vat in zip(found.amount, found.vat_rate, found.includes_vat, strict=True)
    ]
    return found.assign(net=nets)


def settled(upto: date = date.max) -> Rows:
    """What settled documents up to a day, less what was released."""

    def rows(journal: Journal) -> pd.DataFrame:
        return with_month(journal.settled[journal.settled.on <= upto])

    return rows


def open_documents(upto: date = date.max) -> Rows:
    """What was issued up to a day, less what settled it by then.

    A payment that is dated back may settle an invoice before the day on which another one is released: nothing is open
    then, not less. What came in before an invoice was credit until then.
    """

    def rows(journal: Journal) -> pd.DataFrame:
        issued = journal.documents[(journal.documents.kind == "invoice") & (journal.documents.on <= upto)]
        paid = settled(upto)(journal)
        by_invoice = paid.groupby("document").amount.sum() if len(paid) else {}
        left = [gross - by_invoice.get(number, 0) for number, gross in zip(issued.number, issued.gross, strict=True)]
        found = issued.assign(document=issued.number, amount=left)
        return found.loc[[amount > 0 for amount in left]]

    return rows


def waiting(journal: Journal) -> pd.DataFrame:
    return journal.waiting


def gone(*kinds: str) -> Rows:
    """What left the house again, as what was given."""

    def rows(journal: Journal) -> pd.DataFrame:
        found = journal.cash[journal.cash.kind.isin(kinds)]
        return with_month(found.assign(amount=-found.amount))

    return rows


def changes_of(*kinds: str) -> Rows:
    """Changes of balances of some kinds."""

    def rows(journal: Journal) -> pd.DataFrame:
        return with_month(journal.changes[journal.changes.kind.isin(kinds)])

    return rows


def whole_reversals(journal: Journal) -> pd.DataFrame:
    """What was left of payments when they were taken back."""
    return journal.whole_reversals


def unused(journal: Journal) -> pd.DataFrame:
    """What is in a customer's favour besides invoices, less what of it settled invoices."""
    columns = ["account", "seller", "amount", "currency"]
    credits = journal.changes[journal.changes.kind != "invoice"]
    return pd.concat([credits[columns], journal.settled.assign(amount=-journal.settled.amount)[columns]])


def untouched(journal: Journal) -> pd.DataFrame:
    """Invoices of which nothing is settled."""
    issued = journal.documents[(journal.documents.kind == "invoice") & (journal.documents.gross > 0)]
    paid = journal.settled.groupby("document").amount.sum() if len(journal.settled) else {}
    return issued.loc[[not paid.get(number, 0) for number in issued.number]].rename(columns={"number": "document"})


def of_other_months(journal: Journal) -> pd.DataFrame:
    found = with_month(pd.concat([journal.documents, journal.advances]))
    return found.loc[[on != tax_point.replace(day=1) for on, tax_point in
                      zip(found.month, found.tax_point_on, strict=True)]]  # fmt: skip


def by_day(journal: Journal) -> pd.DataFrame:
    return journal.documents.rename(columns={"on": "issued_on"})


PARTS_OF_VAT = [(kind, of) for kind in ("invoice", "credit", "advance") for of in ("base", "vat")]


def with_month(rows: pd.DataFrame, on: str = "on") -> pd.DataFrame:
    return rows.assign(month=[day.replace(day=1) for day in rows[on]])


SUMMER = date(2025, 6, 30)
RECOUNTED = [
    *(Recounted(f"income-by-{by}", column, (by,), cash, of) for by in ("method", "source", "operator")
      for column, of in (("income", "amount"), ("came_in", "came_in"), ("went_back", "went_back"))),
    *(Recounted(f"income-by-{by}", column, (), cash, column) for by in ("kind", "day", "month", "seller", "dealer")
      for column in ("came_in", "went_back")),
    Recounted("income-by-kind", "income", ("kind",), cash),
    *(Recounted(f"vat-by-{by}", f"{kind}_{of}", keys, taxes, f"{kind}_{of}")
      for by, keys in (("month", ("month",)), ("month-and-rate", ("month", "rate")), ("rate", ("rate",)),
                       ("seller", ("seller",))) for kind, of in PARTS_OF_VAT),
    *(Recounted(f"revenue-by-{by}", column, (), lines(), column) for column in ("invoiced", "credited")
      for by in ("month", "tariff", "component", "charge-kind", "seller", "city", "customer-kind", "dealer",
                 "product")),
    *(Recounted(report, column, by, balances(on), column, on) for column in ("owed", "credit")
      for report, by in (("balances-on-a-day", ("account",)), ("balances-by-seller", ("seller",)),
                         ("liabilities-to-customers", ("seller",))) for on in (SUMMER, date(2030, 12, 31))),
    *(Recounted("balances-by-month", column, ("month", "seller"), moves_by_month, column)
      for column in ("invoiced", "credited", "paid", "reversed", "adjusted")),
    *(Recounted(report, column, by, written_off, column) for column in ("base", "vat")
      for report, by in (("write-offs", ("account", "vat_rate")), ("write-offs-by-month", ("month", "vat_rate")))),
    *(Recounted("credit-notes-by-month", of, ("month",), documents("credit-note"), of) for of in ("net", "vat")),
    Recounted("documents-by-tax-point", "gross", ("month",), tax_documents, "gross"),
    Recounted("open-invoices", "gross", ("document",), open_documents(), "gross"),
    Recounted("documents", "open_amount", (), open_documents()),
    Recounted("revenue-for-regulator", "revenue", ("charge_kind",), lines(), "revenue"),
    Recounted("income-entries", "amount", (), cash),
    Recounted("income-entries", "amount", ("method",), cash),
    Recounted("income-by-month", "income", (), cash),
    Recounted("income-by-day", "income", (), cash),
    *(Recounted("documents", of, ("kind", "seller"), documents(), of) for of in ("net", "vat", "gross")),
    *(Recounted("documents-by-month", of, ("month",), documents(), of) for of in ("net", "vat", "gross")),
    *(Recounted("documents-by-tax-point", of, ("month",), tax_documents, of) for of in ("net", "vat")),
    *(Recounted("credit-notes", of, ("corrects",), documents("credit-note"), of) for of in ("net", "vat", "gross")),
    Recounted("credit-notes-by-month", "gross", ("month",), documents("credit-note"), "gross"),
    *(Recounted("vat-by-rate", of, ("seller", "rate"), taxes, of) for of in ("base", "vat")),
    *(Recounted("vat-by-month", of, ("month",), taxes, of) for of in ("base", "vat")),
    *(Recounted("vat-by-month-and-rate", of, ("month", "seller", "rate"), taxes, of) for of in ("base", "vat")),
    *(Recounted("vat-entries", of, ("document", "rate"), taxes, of) for of in ("base", "vat")),
    *(Recounted(f"revenue-by-{by}", "revenue", (by.replace("-", "_"),), lines(), "revenue")
      for by in ("month", "tariff", "component", "charge-kind", "seller")),
    Recounted("document-lines", "net", ("document",), lines(), "net"),
    Recounted("discounts", "given", ("tariff",), lines("discount"), "given"),
    *(Recounted("unbilled-charges", column, ("account",), waiting_charges, column) for column in ("amount", "net")),
    Recounted("balances-on-a-day", "balance", ("account",), changes()),
    Recounted("balances-on-a-day", "balance", ("account",), changes(SUMMER), on=SUMMER),
    Recounted("balances-by-seller", "balance", ("seller",), changes()),
    Recounted("balances-by-seller", "balance", ("seller",), changes(SUMMER), on=SUMMER),
    Recounted("balances-by-month", "change", ("month", "seller"), changes()),
    Recounted("liabilities-to-customers", "balance", ("seller",), changes()),
    Recounted("postings", "amount", ("account",), changes()),
    Recounted("settlements", "amount", ("document",), settled()),
    Recounted("settlements-by-month", "amount", ("month",), settled()),
    Recounted("open-invoices", "open", ("document",), open_documents()),
    Recounted("open-invoices", "open", ("document",), open_documents(SUMMER), on=SUMMER),
    Recounted("receivables-by-account", "total", ("account",), open_documents()),
    Recounted("receivables-by-account", "total", ("account",), open_documents(SUMMER), on=SUMMER),
    Recounted("receivables-ageing", "total", ("seller",), open_documents(SUMMER), on=SUMMER),
    Recounted("payments-that-wait", "waiting", (), waiting),
    Recounted("payments-that-wait-by-age", "waiting", (), waiting),
    *(Recounted(f"income-by-{by}", "income", (), cash) for by in ("seller", "dealer")),
    Recounted("income-by-month-and-method", "income", ("month", "method"), lambda journal: with_month(cash(journal))),
    Recounted("payments", "amount", ("account",), changes_of("payment", "moved")),
    Recounted("payments-by-amount", "amount", (), changes_of("payment", "moved")),
    Recounted("payments-reversed", "amount", ("account",), gone("reversed")),
    Recounted("reversals-by-reason", "amount", (), gone("reversed")),
    Recounted("refunds", "amount", ("account",), gone("refunded", "paid-out")),
    Recounted("refunds-by-month", "amount", ("month",), gone("refunded", "paid-out")),
    Recounted("write-offs", "gross", ("account",), changes_of("write-off")),
    Recounted("write-offs-by-month", "gross", ("month",), changes_of("write-off")),
    Recounted("unused-credits", "unused", ("account",), unused),
    Recounted("unused-credits-by-age", "unused", (), unused),
    Recounted("postings-by-kind", "amount", (), changes()),
    *(Recounted("documents-by-day", of, ("issued_on",), by_day, of) for of in ("net", "vat", "gross")),
    *(Recounted("documents-by-seller", of, ("seller",), documents(), of) for of in ("net", "vat", "gross")),
    *(Recounted("credit-notes-by-reason", of, (), documents("credit-note"), of) for of in ("net", "vat", "gross")),
    *(Recounted("vat-of-other-months", of, (), of_other_months, of) for of in ("net", "vat", "gross")),
    *(Recounted("vat-by-seller", of, ("seller",), taxes, of) for of in ("base", "vat")),
    Recounted("average-invoice", "gross", ("month",), documents("invoice"), "gross"),
    Recounted("invoices-by-amount", "gross", (), documents("invoice"), "gross"),
    Recounted("invoices-without-payment", "gross", ("document",), untouched, "gross"),
    Recounted("largest-customers", "revenue", (), documents(), "net"),
    Recounted("zero-invoices", "gross", (), lambda journal: journal.documents[journal.documents.gross == 0], "gross"),
    Recounted("payments", "reversed_amount", ("account",), whole_reversals),
    Recounted("zero-invoices", "net", (), lambda journal: journal.documents[journal.documents.gross == 0], "net"),
    *(Recounted(f"revenue-by-{by}", "revenue", (), lines(), "revenue")
      for by in ("city", "customer-kind", "dealer", "product")),
    Recounted("revenue-by-month-and-charge-kind", "revenue", ("month", "charge_kind"), lines(), "revenue"),
    Recounted("revenue-by-month-and-tariff", "revenue", ("month", "tariff"), lines(), "revenue"),
    Recounted("revenue-per-account", "revenue", ("month",), lines(), "revenue"),
    Recounted("discounts-by-tariff", "given", ("tariff", "component"), lines("discount"), "given"),
    Recounted("discounts-by-component", "given", ("component",), lines("discount"), "given"),
    *(Recounted(report, "net", ("tariff", "component"), lines(kind), "net")
      for report, kind in (("usage-revenue", "usage"), ("surcharges", "surcharge"), ("one-off-charges", "one-off"),
                           ("minimum-true-ups", "minimum"))),
    Recounted("unbilled-charges-by-charge-kind", "net", ("charge_kind",), waiting_charges, "net"),
    Recounted("unbilled-charges-by-month", "net", ("month",), waiting_charges, "net"),
]  # fmt: skip
RECOUNTED = [each for each in RECOUNTED if each.report in ready_reports()]
listed = pytest.mark.parametrize("recounted", RECOUNTED, ids=named)


@listed
def test_a_random_year_adds_up_as_the_journal_says(random_books: Books, recounted: Recounted):
    expected = journal_sums(random_books.journal, recounted)
    assert report_sums(random_books.operator, recounted) == expected, random_books.name
    assert {key[-1] for key in expected} <= {"EUR", "USD"}, "currencies are never added"


@listed
def test_the_demos_year_adds_up_as_the_journal_says(demo_books: Books, recounted: Recounted):
    assert report_sums(demo_books.operator, recounted) == journal_sums(demo_books.journal, recounted)


@listed
def test_an_empty_base_adds_up_to_nothing(operator: Operator, recounted: Recounted):
    assert report_sums(operator, recounted) == {} == journal_sums(EarningsJournal(operator.application), recounted)


def test_a_random_year_has_something_of_everything(random_books: Books):
    journal = random_books.journal
    assert set(journal.cash.kind) >= {"received", "reversed"}, random_books.name
    assert set(journal.documents.kind) == {"invoice", "credit-note"}
    assert set(journal.advances.kind) == {"advance", "advance-correction"}
    assert set(journal.cash.seller.dropna()) == {"north", "south"}
    assert random_books.operator.findings() == [], random_books.name
