"""Income by day, way or person, and the statement of an account for some days: seen, printed, as a table."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from adapters.documents.account_paper import KINDS
from adapters.pages.forms import Choice, Field
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Entry, Page, Shown
from adapters.pages.typed import day_typed
from adapters.pages.visit import Visit
from adapters.views.income import ListIncome, ListPayers, PrintAccountStatement, StateAccount, WriteAccountStatement
from adapters.views.payments import ListReceivedPayments
from adapters.views.query import FileAnswer

DAYS = ("from", "to")
DAYS_AT_FIRST = 31
KEYS = (
    Choice("day", N_("Day")), Choice("month", N_("Month")), Choice("method", N_("Way of payment")),
    Choice("source", N_("Source")), Choice("kind", N_("Kind")), Choice("dealer", N_("Dealer")),
    Choice("operator", N_("Entered by")),
)  # fmt: skip


def _last_days(visit: Visit) -> dict[str, str]:
    """A month's days: all of many years take long to count, and nobody reads them."""
    return {"by": "day", "from": (visit.today - timedelta(DAYS_AT_FIRST)).isoformat()}


def _keys(visit: Visit) -> list[Choice]:
    return list(KEYS)


def statement(visit: Visit) -> Shown:
    """The statement of some days on the screen."""
    days = _days(visit)
    span = visit.ask(StateAccount, account=visit.path["account"], **days)
    return Shown("income/statement.html", {"span": span, "typed": {name: visit.query.get(name, "") for name in DAYS},
                                           "kinds": KINDS, "days": "?" + urlencode(days) if days else ""})  # fmt: skip


def printed(visit: Visit) -> Response:
    """The same as a PDF."""
    return _file(visit, visit.ask(PrintAccountStatement, account=visit.path["account"], **_days(visit)), "pdf")


def table(visit: Visit) -> Response:
    """The same as CSV."""
    return _file(visit, visit.ask(WriteAccountStatement, account=visit.path["account"], **_days(visit)), "csv")


def _days(visit: Visit) -> dict[str, str]:
    """The days as they were typed, in the form of the edge."""
    return {name: day_typed(typed, visit.today) for name in DAYS if (typed := visit.query.get(name, "").strip())}


def _file(visit: Visit, found: FileAnswer, suffix: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="statement-{visit.path["account"]}.{suffix}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (
    Page("/accounts/{account}/statement", statement, StateAccount),
    Page("/accounts/{account}/statement/pdf", printed, PrintAccountStatement),
    Page("/accounts/{account}/statement/csv", table, WriteAccountStatement),
)
LISTS = (
    List(
        "/income", ListIncome, N_("Income"),
        (
            Column(N_("What"), lambda row: row.key or "-"),
            Column(N_("Payments"), lambda row: row.payments, "count"),
            Column(N_("Currency"), lambda row: row.income.currency),
            Column(N_("Came in"), lambda row: row.came_in, "amount"),
            Column(N_("Went back"), lambda row: row.went_back, "amount"),
            Column(N_("Income"), lambda row: row.income, "moved"),
        ),
        filters=(
            Field("by", N_("By"), "choice", choices=_keys),
            Field("from", N_("From"), "day"),
            Field("to", N_("before"), "day"),
        ),
        actions=(Act(N_("All payments"), "/payments", ListReceivedPayments),),
        begins=_last_days,
        empty=N_("No money came in on these days."),
    ),
    List(
        "/customers/{customer}/payers", ListPayers, N_("Who paid for this customer"),
        (
            Column(N_("Payer"), lambda row: row.payer or "-"),
            Column(N_("Bank account"), lambda row: row.payer_account),
            Column(N_("Accounts"), lambda row: ", ".join(row.accounts)),
            Column(N_("Payments"), lambda row: row.payments, "count"),
            Column(N_("Last on"), lambda row: row.last_on, "day"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        empty=N_("Nobody has paid for this customer yet."),
    ),
)  # fmt: skip
MENU = (Entry(N_("Income"), "/income", "chart", ListIncome, (2, 3)),)
