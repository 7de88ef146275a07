"""Tax documents on advances of all accounts: drawn up and corrected."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from billing_core.kernel.errors import BillingError
from billing_core.payments.advances import before_of
from commands.payments.advances import TaxAdvances
from commands.platform.identity import new_id
from projections.advances import AdvanceTermsRow, accounts_to_tax, advance_terms

PAGE, MOST_REFUSED = 1_000, 1_000


class DrawUpAdvances(Job, frozen=True, kw_only=True):
    """Issue the tax documents that are due on unused money, and correct those whose money is no longer unused.

    It does so for every seller with terms for advances. A dry run writes nothing.
    """


class AdvanceRun(msgspec.Struct):
    """How many documents and corrections were issued, and what was refused."""

    issued: int = 0
    corrected: int = 0
    refused: list[str] = []


def draw_up_advances(asked: DrawUpAdvances, work: Work) -> AdvanceRun:
    """Each account in a transaction of its own; done again it issues nothing more."""
    run = AdvanceRun()
    work.app.runner.catch_up()
    with work.app.queries.transaction() as cursor:
        sellers = advance_terms(cursor)
    with work.watch("Advances", "accounts", None) as advance:
        for row in sellers:
            after = ""
            while accounts := _accounts(work, row, after):
                for account in accounts:
                    _tax(account, work, run)
                after = accounts[-1]
                advance(len(accounts))
    return run


def _accounts(work: Work, row: AdvanceTermsRow, after: str) -> list[str]:
    before = date.min if row.terms is None else before_of(row.terms, work.origin.today)
    with work.app.queries.transaction() as cursor:
        return accounts_to_tax(cursor, row.seller, before, after, PAGE)


def _tax(account: str, work: Work, run: AdvanceRun) -> None:
    give = work.app.bus.rehearse if work.is_dry_run else work.app.execute
    try:
        done = give(TaxAdvances(account=account), work.origin._replace(command_id=new_id())).result
    except BillingError as error:
        if len(run.refused) < MOST_REFUSED:
            run.refused = [*run.refused, f"{account}: {error}"]
        return
    run.issued += done["issued"]
    run.corrected += done["corrected"]


JOBS: Jobs = {DrawUpAdvances: Kind(draw_up_advances, rehearses=True)}
