"""Tax documents on advances of all accounts: drawn up and corrected."""

from __future__ import annotations

from datetime import date
from functools import partial

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.refused_accounts import RunOfAccounts
from billing_core.kernel.errors import BillingError
from billing_core.payments.advances import before_of
from commands.payments.advances import TaxAdvances
from projections.advances import AdvanceTermsRow, accounts_to_tax, advance_terms
from projections.platform.projection import Cursor

PAGE = 1_000


class DrawUpAdvances(Job, frozen=True, kw_only=True):
    """Issue the tax documents that are due on unused money, and correct those whose money is no longer unused.

    It does so for every seller with terms for advances. A dry run writes nothing.
    """


class AdvanceRun(RunOfAccounts):
    """How many documents and corrections were issued, and which accounts were refused."""

    issued: int = 0
    corrected: int = 0


def draw_up_advances(asked: DrawUpAdvances, work: Work) -> AdvanceRun:
    """Each account in a transaction of its own; done again it issues nothing more."""
    run = AdvanceRun()
    work.app.runner.catch_up()
    with work.app.queries.transaction() as cursor:
        sellers = advance_terms(cursor)
    with work.watch("Advances", "accounts", None) as advance:
        for row in sellers:
            for accounts in work.pages(partial(_accounts, row, work.origin.today)):
                for account in accounts:
                    _tax(account, work, run)
                advance(len(accounts))
    return run


def _accounts(row: AdvanceTermsRow, today: date, cursor: Cursor, after: str) -> list[str]:
    before = date.min if row.terms is None else before_of(row.terms, today)
    return accounts_to_tax(cursor, row.seller, before, after, PAGE)


def _tax(account: str, work: Work, run: AdvanceRun) -> None:
    try:
        done = work.give(TaxAdvances(account=account)).result
    except BillingError as error:
        run.note_refused(account, error)
        return
    run.issued += done["issued"]
    run.corrected += done["corrected"]


JOBS: Jobs = {DrawUpAdvances: Kind(draw_up_advances, rehearses=True)}
