"""Credit limits: the accounts that have one of their own, and how far one account may fall."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.money import Money
from commands.accounts import load_account
from commands.platform.concerns import LISTED, Concerns
from projections.credit_limits import CreditRow, credits_after


class ListCreditLimits(Listing, frozen=True, kw_only=True):
    """The accounts with a credit limit of their own, or with temporary credit today."""


class ShowCredit(Query, frozen=True, kw_only=True):
    """How far the balance of an account may fall today, and of what this is made up."""

    account: str


class ShownCredit(msgspec.Struct):
    """The credit of an account today.

    `limit` is its own, None if its plan decides. `temporary` lasts until `until_on`; `promised` while a promise is
    open. `floor` is the lowest balance with which a prepaid account is served, None on a postpaid one.
    """

    limit: Money | None
    temporary: Money
    until_on: date | None
    reason: str
    promised: Money
    floor: Money | None
    balance: Money


def _list_limits(query: ListCreditLimits, reading: Reading) -> Page[CreditRow]:
    with reading.source.cursor() as cursor:
        found = credits_after(cursor, reading.today, query.after, query.limit + 1, reading.dealer)
    return page_of(found, query.limit, lambda row: row.account)


def _show_credit(query: ShowCredit, reading: Reading) -> ShownCredit:
    account, _ = reading.app.bus.look(lambda transaction: load_account(transaction, query.account))
    on, currency = reading.today, account.currency
    temporary, floor = account.credit.temporary, account.floor_on(on)
    more = account.credit.temporary_on(on, currency)
    is_running = temporary is not None and more.amount > Decimal(0)
    return ShownCredit(
        limit=account.credit.limit, temporary=more,
        until_on=temporary.until_on if temporary is not None and is_running else None,
        reason=temporary.reason if temporary is not None and is_running else "",
        promised=account.promises.credit_on(on, currency), floor=None if floor is None else Money(floor, currency),
        balance=account.ledger.balance,
    )  # fmt: skip


QUERIES: Queries = {ListCreditLimits: _list_limits, ShowCredit: _show_credit}
CONCERNS: Concerns = {ListCreditLimits: LISTED}
PERSONS: Persons = {ListCreditLimits: lambda query, page, reading: {row.customer for row in page.items}}
