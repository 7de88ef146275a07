"""Tax documents on advances drawn up and corrected for the accounts of sellers, each account by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from adapters.bootstrap.application import Application
from adapters.bootstrap.refused_accounts import MOST_REFUSED, RunOfAccounts
from billing_core.kernel.errors import BillingError
from billing_core.payments.advances import before_of
from commands.payments.advances import TaxAdvances
from commands.platform.bus import Answer
from commands.platform.progress import Progress
from projections.advances import AdvanceTermsRow, accounts_to_tax, advance_terms

PAGE = 1_000
Give = Callable[[TaxAdvances], Answer]


class AdvanceRun(RunOfAccounts):
    """How many documents and corrections were issued, and which accounts were refused."""

    issued: int = 0
    corrected: int = 0

    def add(self, other: AdvanceRun) -> None:
        """Count what came of another seller."""
        self.issued += other.issued
        self.corrected += other.corrected
        refused = [*self.refused, *other.refused]
        self.refused = refused[:MOST_REFUSED]
        self.refused_beyond += other.refused_beyond + len(refused[MOST_REFUSED:])


def sellers_with_terms(application: Application, seller: str = "") -> list[AdvanceTermsRow]:
    """The sellers that ever set terms, or the named one of them: without terms documents are only corrected."""
    application.runner.catch_up()
    with application.queries.cursor() as cursor:
        return [row for row in advance_terms(cursor) if seller in ("", row.seller)]


def draw_up_for(
    row: AdvanceTermsRow, application: Application, today: date, give: Give, progress: Progress
) -> AdvanceRun:
    """Each account of a seller in a transaction of its own; done again it issues nothing more."""
    run = AdvanceRun()
    for accounts in _pages(row, application, today):
        for account in accounts:
            _tax(account, give, run)
        progress(len(accounts))
    return run


def _pages(row: AdvanceTermsRow, application: Application, today: date) -> Iterator[list[str]]:
    before = date.min if row.terms is None else before_of(row.terms, today)
    after = ""
    while True:
        with application.queries.cursor() as cursor:
            accounts = accounts_to_tax(cursor, row.seller, before, after, PAGE)
        if not accounts:
            return
        yield accounts
        after = accounts[-1]


def _tax(account: str, give: Give, run: AdvanceRun) -> None:
    try:
        done = give(TaxAdvances(account=account)).result
    except BillingError as error:
        run.note_refused(account, error)
        return
    run.issued += done["issued"]
    run.corrected += done["corrected"]
