"""Reports on what was earned, agreed, adjusted and foreseen against the journal: counted once more by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pandas as pd
import pytest

from adapters.reports.ready import ready_reports
from tests.adapters.reports import test_reconciled, test_ways_reconciled
from tests.adapters.reports.asked import answer
from tests.adapters.reports.recounting import Books, Recounted, found_in, journal_sums, named, report_sums
from tests.journal_of_earnings import EarningsJournal as Journal
from tests.operators import Operator

Rows = Callable[[Journal], pd.DataFrame]
SUMMER, FORESEEN_ON, WINTER = date(2025, 6, 17), date(2025, 9, 1), date(2026, 1, 10)


def unearned(on: date, *by: str) -> Rows:
    return lambda journal: journal.unearned(on, *by)


def of_lines(on: date) -> Rows:
    return lambda journal: journal.unearned_lines(on)


def foreseen(on: date) -> Rows:
    return lambda journal: journal.newest_forecast(on)


def compared(on: date) -> Rows:
    return lambda journal: journal.compared_with_forecast(on)


def each_forecast(journal: Journal) -> pd.DataFrame:
    return journal.forecasts().rename(columns={"forecast": "net"})


RECOUNTED = [
    *(Recounted("adjustments", "amount", by, Journal.adjustments) for by in (("account", "kind"), ("credit",))),
    Recounted("adjustments-by-kind", "amount", ("kind",), Journal.adjustments),
    Recounted("credit-kept-as-income", "amount", ("account", "kind"), Journal.kept, "kept"),
    Recounted("advances-from-customers", "advance", ("month", "seller"), Journal.advances_left),
    Recounted("unused-credits", "held_back", ("account", "credit"), Journal.credits_left, "held_back"),
    Recounted("agreed-prices", "net", ("account", "tariff", "component"), Journal.agreed_lines, "net"),
    Recounted("agreed-prices-by-tariff", "net", ("tariff", "component"), Journal.agreed_lines, "net"),
    Recounted("agreed-prices-by-tariff", "all_net", ("tariff", "component"), Journal.lines_like_agreed, "net"),
    Recounted("items-besides-services", "amount", ("account", "component"), Journal.items),
    Recounted("corrections-of-earlier-months", "net", ("account", "from_on", "to_on"), Journal.late_corrections, "net"),
    *(Recounted("credit-limits", "temporary", ("account",), partial(Journal.temporary_credits, on=on), on=on)
      for on in (SUMMER, WINTER, date(2026, 5, 1))),
    Recounted("credit-limits", "own_limit", ("account",), Journal.own_limits),
    Recounted("earned-revenue-by-month", "earned", ("month",), Journal.earned),
    Recounted("income-by-service", "amount", ("tariff", "charge_kind"), Journal.income_of_services),
    *(Recounted("kiosk-register-differences", column, ("kiosk", "register_on", "transaction", "kind"),
                Journal.register_differences, column) for column in ("theirs", "ours", "difference")),
    Recounted("kiosk-messages-refused", "refused", ("kiosk", "step", "verdict"), Journal.refused_messages, "refused"),
    *(Recounted("mandates-by-state", column, ("seller", "scheme", "state"), Journal.mandates, column)
      for column in ("mandates", "used")),
    *(Recounted(f"unearned-revenue{which}", "unearned", (by,), unearned(on, by), on=on)
      for which, by in (("", "tariff"), ("-by-seller", "seller")) for on in (SUMMER, WINTER, date(2026, 2, 20))),
    *(Recounted(f"unearned-revenue{which}", column, (by,), of_lines(on), column, on)
      for which, by in (("", "tariff"), ("-by-seller", "seller")) for column in ("net", "lines")
      for on in (SUMMER, WINTER)),
    *(Recounted("unearned-revenue-lines", column, ("account", "component"), of_lines(on), column, on)
      for column in ("net", "unearned") for on in (SUMMER, WINTER, date(2026, 2, 20))),
    *(Recounted("revenue-forecasts", column, ("made_on",), each_forecast, column)
      for column in ("net", "usage_to_come")),
    *(Recounted(f"revenue-forecast{which}", column, by, rows(on), column, on)
      for which, by in (("", ("month",)), ("-by-tariff", ("month", "tariff"))) for on in (FORESEEN_ON, WINTER)
      for rows, columns in ((foreseen, ("forecast", "usage_to_come")),
                            (compared, ("invoiced", "invoiced_since", "year_before"))) for column in columns),
]  # fmt: skip
# Their rows are counted in tests of their own, below and in `test_documents_and_charges`.
ELSEWHERE = {("account-postings", "amount"), ("number-gaps", "missing")}
listed = pytest.mark.parametrize("recounted", RECOUNTED, ids=named)


@listed
def test_books_are_earned_as_the_journal_says(each_books: Books, recounted: Recounted):
    expected = journal_sums(each_books.journal, recounted)
    assert report_sums(each_books.operator, recounted) == expected, each_books.name


def test_there_is_something_of_every_report(random_books: Books, demo_books: Books, rich_books: Books):
    assert found_in(RECOUNTED, random_books, demo_books, rich_books) == {each.report for each in RECOUNTED}


def by_day(moves: Iterable[tuple[date, Decimal]]) -> dict[date, Decimal]:
    """What changed on each day; a payment that was moved away on the day on which it came changed nothing."""
    found: defaultdict[date, Decimal] = defaultdict(Decimal)
    for on, amount in moves:
        found[on] += amount
    return {on: amount for on, amount in found.items() if amount}


@pytest.mark.parametrize("which", ["random_books", "rich_books"])
def test_the_postings_of_an_account_are_the_changes_of_its_balance(which: str, request: pytest.FixtureRequest):
    books: Books = request.getfixturevalue(which)
    changes = books.journal.changes
    for account in books.journal.accounts.account:
        for on in (SUMMER, WINTER, date(2030, 1, 1)):
            rows = answer(books.operator, "account-postings", on, {"account": account, "on": str(on)})
            mine = changes[(changes.account == account) & (changes.on <= on)]
            posted = [(row["posted_on"], row["amount"]) for row in rows]
            assert by_day(posted) == by_day(zip(mine.on, mine.amount, strict=True)), books.name
            if rows:
                assert rows[-1]["balance"] == sum(mine.amount), "the running balance ends with that of the day"


@pytest.mark.parametrize("which", ["random_books", "demo_books", "rich_books"])
def test_what_was_owed_at_the_end_of_each_day(which: str, request: pytest.FixtureRequest):
    books: Books = request.getfixturevalue(which)
    last = max(books.journal.documents.on) + timedelta(days=60)
    given = {"from": str(last - timedelta(days=200)), "to": str(last)}
    rows = answer(books.operator, "owed-by-day", last, given)
    assert len(rows) > 10
    for on in sorted({row["of"] for row in rows}):
        moves = books.journal.owed(on)
        for row in (row for row in rows if row["of"] == on):
            mine = moves[moves.currency == row["currency"]]
            assert (row["owed"], row["overdue"]) == (sum(mine.owed), sum(mine.overdue)), (books.name, on)


def test_no_money_report_has_a_sum_that_nothing_recounts():
    recounted = {(each.report, each.column) for each in (
        *RECOUNTED, *test_reconciled.RECOUNTED, *test_ways_reconciled.RECOUNTED
    )} | ELSEWHERE  # fmt: skip
    sums = {
        (report.name, column.name)
        for report in ready_reports().values()
        if report.subject == "money"
        for column in report.columns
        if column.total and column.kind == "money"
    }
    assert sums - recounted == set()
    assert {name for name, _ in recounted} <= set(ready_reports())


def test_nothing_is_recounted_of_an_empty_base(operator: Operator):
    for recounted in RECOUNTED:
        assert report_sums(operator, recounted) == {} == journal_sums(Journal(operator.application), recounted)
