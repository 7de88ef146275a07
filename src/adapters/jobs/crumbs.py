"""Clearing of crumbs: small open items and small unused credits, by the limits of their seller."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import msgspec

from adapters.bootstrap.jobs import Job, Work
from adapters.bootstrap.refused_accounts import RunOfAccounts
from billing_core.kernel.errors import BillingError
from commands.payments.crumbs import ClearCrumbs
from projections.crumbs import CrumbLimitRow, accounts_with_crumbs, crumb_limits
from projections.platform.projection import Cursor

PAGE = 1_000


class ClearAllCrumbs(Job, frozen=True, kw_only=True):
    """Write off the open items, and keep the unused credits, that are crumbs by the limits of their seller.

    Nothing happens on accounts of a seller without limits in their currency. A dry run writes nothing. Each can be
    taken back: `cancel-write-off`, `restore-kept-credit`.
    """


class CrumbRun(RunOfAccounts):
    """What was cleared: items written off and credits kept, with their sums by currency; which were refused."""

    written_off: int = 0
    kept: int = 0
    sums: dict[str, dict[str, Decimal]] = msgspec.field(default_factory=dict)


def clear_all_crumbs(asked: ClearAllCrumbs, work: Work) -> CrumbRun:
    """Clear each account in a transaction of its own; with a dry run nothing is written."""
    run = CrumbRun()
    work.app.runner.catch_up()
    with work.app.queries.cursor() as cursor:
        limits = crumb_limits(cursor)
    with work.watch("Crumbs", "accounts", None) as advance:
        for limit in limits:
            for accounts in work.pages(partial(_accounts, limit, work.origin.today)):
                for account in accounts:
                    _clear(account, work, run)
                advance(len(accounts))
    return run


def _accounts(limit: CrumbLimitRow, today: date, cursor: Cursor, after: str) -> list[str]:
    return accounts_with_crumbs(cursor, limit, today, after, PAGE)


def _clear(account: str, work: Work, run: CrumbRun) -> None:
    try:
        cleared = work.give(ClearCrumbs(account=account)).result
    except BillingError as error:
        run.note_refused(account, error)
        return
    run.written_off += len(cleared["written_off"])
    run.kept += len(cleared["kept"])
    for what in ("written_off", "kept"):
        for each in cleared[what]:
            sums = dict(run.sums.get(what, {}))
            sums[each["currency"]] = sums.get(each["currency"], Decimal()) + Decimal(each["amount"])
            run.sums = {**run.sums, what: sums}
