"""The services that are suspended: why, since when, what is missing for them to return, and what comes next."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.account_states import account_states
from adapters.views.dunning.debtor import DunnedAccount, dunned_accounts, item_of, missing_to_return
from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.accounts.account import Account
from billing_core.dunning.ladder import overdue
from billing_core.kernel.money import Money
from projections.dunning.suspended import SuspendedAccount, suspended_accounts


class ListSuspended(Listing, frozen=True, kw_only=True):
    """The accounts of which services are suspended today, for whatever reason.

    With what is missing for those that are suspended for non-payment to return, and the next step of dunning.
    """


class SuspendedService(msgspec.Struct):
    """A service, why it is suspended, and since when."""

    subscription: str
    reason: str
    since_on: date


class SuspendedRow(msgspec.Struct, kw_only=True):
    """An account with services that are suspended."""

    account: str
    customer: str
    name: str
    services: list[SuspendedService]
    overdue: Money
    missing_to_return: Money
    next_step: str
    next_on: date | None


def _list_suspended(query: ListSuspended, reading: Reading) -> Page[SuspendedRow]:
    with reading.source.cursor() as cursor:
        found = suspended_accounts(cursor, reading.today, query.limit + 1, query.after, reading.dealer)
    accounts = account_states(reading, [entry.account for entry in found])
    dunned = {each.account.number: each for each in dunned_accounts(accounts, reading)}
    rows = [_row(entry, dunned[entry.account], reading.today) for entry in found]
    return page_of(rows, query.limit, lambda row: row.account)


def _row(entry: SuspendedAccount, dunned: DunnedAccount, today: date) -> SuspendedRow:
    items = [item_of(dunned, invoice, today) for invoice in dunned.debtor.open_items]
    next_on, next_step = min(((item.next_on, item.next_step) for item in items if item.next_on), default=(None, ""))
    return SuspendedRow(
        account=entry.account, customer=entry.customer, name=entry.name,
        services=[_service(dunned.account, code, today) for code in entry.services],
        overdue=overdue(dunned.debtor, today), missing_to_return=missing_to_return(dunned, today),
        next_step=next_step, next_on=next_on,
    )  # fmt: skip


def _service(account: Account, code: str, today: date) -> SuspendedService:
    """Since the first of the days on which it has been suspended for the same reason without a break."""
    segments = account.subscriptions[code].segments()
    place = next(place for place, each in enumerate(segments) if each.contains(today))
    in_force = segments[place].in_force
    while (
        place
        and segments[place - 1].in_force.status == "suspended" == in_force.status
        and (segments[place - 1].in_force.reason == in_force.reason)
    ):
        place -= 1
    return SuspendedService(code, in_force.reason or "", segments[place].from_on)


QUERIES: Queries = {ListSuspended: _list_suspended}
