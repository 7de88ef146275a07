"""Tables of late interest, the interest of an account, and what is claimed in proceedings over a customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from adapters.files.tables_csv import csv_bytes
from adapters.views.account_states import account_states
from adapters.views.collection.agencies import CsvFile
from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.accounts.account import Account
from billing_core.accounts.item_courses import ItemCourses, apply_courses
from billing_core.billing.late_interest import ItemInterest, claims, insolvent_since, late_interest
from billing_core.dunning.interest import InterestTable, apply_table, found_table
from billing_core.dunning.policies import PolicyVersions, apply_policy, policy_on
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.money import Money
from commands.accounts import account_stream
from commands.collection.interest import no_interest_table, table_stream
from commands.dunning_policy_streams import policy_stream
from commands.platform.concerns import SHARED, Concern, Concerns, Named
from projections.collection.interest import ChargedInterestRow, charged_interest
from projections.collection.settings import tables_after


class ListInterestTables(Listing, frozen=True, kw_only=True):
    """The tables of statutory late interest, with all their rates, in order of code."""


class ShowLateInterest(Query, frozen=True, kw_only=True):
    """The late interest of an account: what was charged, and what is due for the days before `upto`, today if unsaid.

    What is due is explained by spans of one rate and one open amount, from the first day of the delay.
    """

    account: str
    upto: date | None = None


class ListInsolvencyClaims(Query, frozen=True, kw_only=True):
    """The items to be filed in the proceedings over the customer of an account.

    They are those that were open on the day of the opening, with the interest up to it that was not charged.
    """

    account: str


class WriteInsolvencyClaims(Query, frozen=True, kw_only=True):
    """The items to be filed in the proceedings over the customer of an account, as CSV."""

    account: str


class InterestSpan(msgspec.Struct):
    """Days of one rate and one open amount; the interest is exact up to a hundredth of a cent."""

    from_on: date
    to_on: date
    days: int
    open: Money
    percent: Decimal
    interest: Decimal


class DueInterest(msgspec.Struct):
    """What is due on an invoice for the days since it was charged last, and how it comes about from day one."""

    invoice: str
    from_on: date
    upto_on: date
    due: Money
    spans: list[InterestSpan]


class LateInterestCard(msgspec.Struct):
    """The late interest of an account."""

    account: str
    table: str
    charged: list[ChargedInterestRow]
    due: list[DueInterest]


class ClaimRow(msgspec.Struct):
    """An item to be filed: the principal open on the day of the opening, and the interest up to it."""

    invoice: str
    due_on: date
    open: Money
    interest: Money


CLAIM_HEADING = ("invoice", "due_on", "open", "interest", "currency")
FOUR_DECIMALS = Decimal("0.0001")


class _Asked(NamedTuple):
    account: Account
    courses: ItemCourses
    table: InterestTable


# --- answers


def _list_tables(query: ListInterestTables, reading: Reading) -> Page[InterestTable]:
    with reading.source.cursor() as cursor:
        found = tables_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda table: table.code)


def _show_interest(query: ShowLateInterest, reading: Reading) -> LateInterestCard:
    account, courses, table = _asked(query.account, reading)
    due = late_interest(account, courses, table, query.upto or reading.today)
    with reading.source.cursor() as cursor:
        charged = charged_interest(cursor, query.account)
    return LateInterestCard(query.account, table.code, charged, [_due(item) for item in due])


def _due(item: ItemInterest) -> DueInterest:
    spans = [
        InterestSpan(
            row.span.from_on, row.span.end, row.span.days, row.amount, row.percent,
            (Decimal(row.interest.numerator) / Decimal(row.interest.denominator)).quantize(FOUR_DECIMALS),
        )
        for row in item.rows
    ]  # fmt: skip
    return DueInterest(item.invoice, item.days.from_on, item.days.end, item.due, spans)


def _list_claims(query: ListInsolvencyClaims, reading: Reading) -> Page[ClaimRow]:
    return Page(_claims(query.account, reading), None)


def _write_claims(query: WriteInsolvencyClaims, reading: Reading) -> CsvFile:
    rows = _claims(query.account, reading)
    cells = ((row.invoice, row.due_on, row.open, row.interest, row.open.currency) for row in rows)
    return CsvFile(csv_bytes(CLAIM_HEADING, cells))


def _claims(number: str, reading: Reading) -> list[ClaimRow]:
    account, courses, table = _asked(number, reading)
    opened_on = insolvent_since(account)
    if opened_on is None:
        raise RuleViolation("is under no insolvency proceedings", field="account", value=number)
    found = []
    for item in claims(account, courses, table, opened_on):
        course = courses.by_invoice[item.invoice]
        found.append(ClaimRow(item.invoice, course.due_on, course.open_on(opened_on), item.due))
    return found


def _asked(number: str, reading: Reading) -> _Asked:
    """The account, the courses of its items, and the table that its dunning policy names."""
    found = account_states(reading, [number])
    if not found:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=number)
    courses = ItemCourses()
    for fact in reading.source.events_of(account_stream(number)):
        courses = apply_courses(courses, fact)
    return _Asked(found[0], courses, _table(found[0], reading))


def _table(account: Account, reading: Reading) -> InterestTable:
    versions: PolicyVersions | None = None
    for fact in reading.source.events_of(policy_stream(account.plan.dunning)):
        versions = apply_policy(versions, fact)
    policy = policy_on(versions, reading.today)
    if policy is None or not policy.interest:
        raise no_interest_table(account.number)
    table: InterestTable | None = None
    for fact in reading.source.events_of(table_stream(policy.interest)):
        table = apply_table(table, fact)
    return found_table(table, policy.interest)


QUERIES: Queries = {
    ListInterestTables: _list_tables,
    ShowLateInterest: _show_interest,
    ListInsolvencyClaims: _list_claims,
    WriteInsolvencyClaims: _write_claims,
}
OF_ACCOUNT = Concern("named", (Named("account", ("account",)),))
CONCERNS: Concerns = {**dict.fromkeys(QUERIES, OF_ACCOUNT), ListInterestTables: SHARED}
PERSONS: Persons = {}
