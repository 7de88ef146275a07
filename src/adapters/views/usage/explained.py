"""A month's usage of an account, explained on one page: by service and by day, and what of it came late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby

import msgspec

from adapters.documents.usage_page import UsageCost, UsageDay, UsagePage, UsageService, render_usage_page, used_words
from adapters.languages.codes import first_known
from adapters.languages.language import language_of
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Queries, Query, Reading
from adapters.views.usage.traffic import zone_of
from billing_core.kernel.errors import NotFound
from billing_core.parties.sellers import Seller
from billing_core.usage.retention import require_month
from billing_core.usage.traffic import next_month
from projections.parties import customer_named, list_sellers
from projections.platform.projection import Cursor
from projections.usage.month_of_account import UsedOnDay, count_late, used_by_day
from projections.usage.rated import CostRow, cost_of


class ExplainUsage(Query, frozen=True, kw_only=True):
    """What an account used in a month, `2026-10` by the seller's clock: by service and day, and how much came late."""

    account: str
    month: str


class PrintUsage(Query, frozen=True, kw_only=True):
    """The same as a page for the customer (PDF)."""

    account: str
    month: str


class UsedService(msgspec.Struct, frozen=True):
    """What a subscription used of a component in the month, and on each day on which it used something."""

    subscription: str
    component: str
    kind: str
    records: int
    seconds: int
    quantity: Decimal
    bytes_in: int
    bytes_out: int
    days: list[UsedOnDay]


class ExplainedUsage(msgspec.Struct, frozen=True):
    """The usage of a month. `late` records came when the month was over: they are charged as lines of their own.

    `cost` is what records cost that have a price each, by destination and band.
    """

    account: str
    customer: str
    from_on: date
    to_on: date
    late: int
    services: list[UsedService]
    cost: list[CostRow]


class UsagePageFile(FileAnswer):
    """A page on paper."""

    media_type = "application/pdf"


def explain_usage(query: ExplainUsage | PrintUsage, reading: Reading) -> ExplainedUsage:
    """The month of an account."""
    from_on = date.fromisoformat(f"{require_month(query.month)}-01")
    to_on = next_month(from_on)
    with reading.source.cursor() as cursor:
        customer = _customer(cursor, query.account)
        over_at = datetime.combine(to_on, time(), zone_of(cursor))
        used = used_by_day(cursor, query.account, from_on, to_on)
        late = count_late(cursor, query.account, from_on, to_on, over_at)
        cost = cost_of(cursor, query.account, "", from_on, to_on)
    return ExplainedUsage(query.account, customer, from_on, to_on, late, list(_services(used)), cost)


def print_usage(query: PrintUsage, reading: Reading) -> UsagePageFile:
    """The month of an account as a PDF."""
    explained = explain_usage(query, reading)
    with reading.source.cursor() as cursor:
        sellers = list_sellers(cursor)
        language = language_of(_language_of(cursor, explained, sellers))
    services = [
        UsageService(f"{each.subscription}, {each.component}", used_words(each, language), each.records,
                     [UsageDay(day.on, day.records, used_words(day, language)) for day in each.days])
        for each in explained.services
    ]  # fmt: skip
    costs = [UsageCost(f"{each.destination}, {each.band}", each.records, language.number(each.amount))
             for each in explained.cost]  # fmt: skip
    house = ", ".join(seller.name for seller in sellers)
    page = UsagePage(
        language.code, house, query.account, explained.from_on, explained.to_on, explained.late, services, costs
    )
    return UsagePageFile(render_usage_page(page))


def _customer(cursor: Cursor, account: str) -> str:
    row = cursor.execute("SELECT customer FROM accounts WHERE number = %s", (account,)).fetchone()
    if row is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=account)
    return str(row[0])


def _language_of(cursor: Cursor, explained: ExplainedUsage, sellers: Sequence[Seller]) -> str:
    """The customer's language, else that of the account's seller, else English."""
    customer = customer_named(cursor, explained.customer)
    row = cursor.execute("SELECT seller FROM accounts WHERE number = %s", (explained.account,)).fetchone()
    spoken = customer.customer.language if customer else ""
    return first_known(spoken, *(each.language for each in sellers if row and each.code == row[0]))


def _services(used: Iterable[UsedOnDay]) -> Iterable[UsedService]:
    for named, days in groupby(used, lambda day: (day.subscription, day.component, day.kind)):
        of_service = list(days)
        yield UsedService(
            *named,
            sum(day.records for day in of_service),
            sum(day.seconds for day in of_service),
            sum((day.quantity for day in of_service), Decimal(0)),
            sum(day.bytes_in for day in of_service),
            sum(day.bytes_out for day in of_service),
            of_service,
        )


QUERIES: Queries = {ExplainUsage: explain_usage, PrintUsage: print_usage}
PERSONS: Persons = dict.fromkeys(QUERIES, lambda query, answer, reading: owners([query.account], reading))
