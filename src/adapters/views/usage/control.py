"""Control of usage: grants, the steps of quotas, alarms."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from commands.accounts import load_account
from commands.platform.concerns import LISTED, Concerns
from commands.services.subscriptions import subscription_of
from commands.usage.recorded_use import QuotaNow, RecordedUse, quotas_now
from projections.usage.control.alarms import AlarmRow, alarms_after
from projections.usage.control.grants import GrantRow, grants_after
from projections.usage.control.quotas import QuotaRow, quotas_of

MOST_PERIODS = 200


class ListUsageGrants(Listing, frozen=True, kw_only=True):
    """The open grants of use, of all accounts or of `of_account`; with `all` also those that ended."""

    of_account: str = ""
    all: bool = False


class ListUsageAlarms(Listing, frozen=True, kw_only=True):
    """The alarms of usage that were raised since a date, of all accounts or of `of_account`."""

    of_account: str = ""
    since: date = date.min


class ShowUsageQuotas(Query, frozen=True, kw_only=True):
    """The quotas of an account, or of one of its subscriptions: what is used now, and the steps of earlier periods."""

    account: str
    subscription: str = ""


class UsageQuotas(msgspec.Struct):
    """The quotas in their present periods, and the steps that were reached by period, the newest first."""

    now: list[QuotaNow]
    periods: list[QuotaRow]


def _list_grants(query: ListUsageGrants, reading: Reading) -> Page[GrantRow]:
    with reading.source.cursor() as cursor:
        found = grants_after(cursor, query.after, query.limit + 1, open_only=not query.all, account=query.of_account,
                             dealer=reading.dealer)  # fmt: skip
    return page_of(found, query.limit, lambda row: row.place)


def _list_alarms(query: ListUsageAlarms, reading: Reading) -> Page[AlarmRow]:
    with reading.source.cursor() as cursor:
        found = alarms_after(cursor, query.after, query.limit + 1, since=query.since, account=query.of_account,
                             dealer=reading.dealer)  # fmt: skip
    return page_of(found, query.limit, lambda row: row.place)


def _show_quotas(query: ShowUsageQuotas, reading: Reading) -> UsageQuotas:
    with reading.app.store.transaction() as transaction:
        account, version = load_account(transaction, query.account)
        use = RecordedUse(account, version, transaction)
        named = [subscription_of(account, query.subscription)] if query.subscription else account.subscriptions.values()
        now = [quota for subscription in named for quota in quotas_now(use, subscription, reading.today)]
    with reading.source.cursor() as cursor:
        return UsageQuotas(now, quotas_of(cursor, query.account, query.subscription, MOST_PERIODS))


QUERIES: Queries = {
    ListUsageGrants: _list_grants,
    ListUsageAlarms: _list_alarms,
    ShowUsageQuotas: _show_quotas,
}
CONCERNS: Concerns = {ListUsageGrants: LISTED, ListUsageAlarms: LISTED}
