"""Clearing of crumbs: small open items and small unused credits, by the limits of their seller."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from adapters.bootstrap.jobs import Job, Work
from billing_core.kernel.errors import BillingError
from commands.payments.crumbs import ClearCrumbs
from commands.platform.identity import new_id
from projections.crumbs import CrumbLimitRow, accounts_with_crumbs, crumb_limits

PAGE, MOST_REFUSED = 1_000, 1_000


class ClearAllCrumbs(Job, frozen=True, kw_only=True):
    """Write off the open items, and keep the unused credits, that are crumbs by the limits of their seller.

    Nothing happens on accounts of a seller without limits in their currency. A dry run writes nothing. Each can be
    taken back: `cancel-write-off`, `restore-kept-credit`.
    """


class CrumbRun(msgspec.Struct):
    """What was cleared: items written off and credits kept, with their sums by currency, and what was refused."""

    written_off: int = 0
    kept: int = 0
    sums: dict[str, dict[str, Decimal]] = {}
    refused: list[str] = []


def clear_all_crumbs(asked: ClearAllCrumbs, work: Work) -> CrumbRun:
    """Clear each account in a transaction of its own; with a dry run nothing is written."""
    run = CrumbRun()
    work.app.runner.catch_up()
    with work.app.queries.transaction() as cursor:
        limits = crumb_limits(cursor)
    with work.watch("Crumbs", "accounts", None) as advance:
        for limit in limits:
            after = ""
            while accounts := _accounts_with_crumbs(work, limit, after):
                for account in accounts:
                    _clear(account, work, run)
                after = accounts[-1]
                advance(len(accounts))
    return run


def _accounts_with_crumbs(work: Work, limit: CrumbLimitRow, after: str) -> list[str]:
    with work.app.queries.transaction() as cursor:
        return accounts_with_crumbs(cursor, limit, work.origin.today, after, PAGE)


def _clear(account: str, work: Work, run: CrumbRun) -> None:
    origin = work.origin._replace(command_id=new_id())
    try:
        give = work.app.bus.rehearse if work.is_dry_run else work.app.execute
        cleared = give(ClearCrumbs(account=account), origin).result
    except BillingError as error:
        if len(run.refused) < MOST_REFUSED:
            run.refused = [*run.refused, f"{account}: {error}"]
        return
    run.written_off += len(cleared["written_off"])
    run.kept += len(cleared["kept"])
    for what in ("written_off", "kept"):
        for each in cleared[what]:
            sums = dict(run.sums.get(what, {}))
            sums[each["currency"]] = sums.get(each["currency"], Decimal()) + Decimal(each["amount"])
            run.sums = {**run.sums, what: sums}
