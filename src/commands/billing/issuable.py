"""Whether the documents of a bill can be issued, asked before anything is written.

A run and its preview ask it of each account, so that what stops the documents of one account parks that account and
leaves the others of its chunk alone: a kind of document without a number series, a series whose numbers are used up, a
due date in working days of a country whose holidays are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from billing_core.accounts.account import Account
from billing_core.billing.composition import DocumentsDue
from billing_core.parties.number_series import NumbersTaken, SeriesKind
from billing_core.parties.numbering import series_for
from billing_core.parties.sellers import Seller
from billing_core.time.due_dates import Calendar, due_date, needs_calendar
from commands.billing.numbers import count_documents


class IssuableDocuments:
    """The documents that were decided so far, with the numbers that they will take from the series."""

    def __init__(
        self,
        sellers: Mapping[str, tuple[Seller, int]],
        numbers_taken: Mapping[tuple[str, SeriesKind], NumbersTaken],
        calendar: Callable[[str], Calendar],
        on: date,
    ) -> None:
        self._sellers = sellers
        self._taken = numbers_taken
        self._last_running = {kind: taken.last for kind, taken in numbers_taken.items()}
        self._calendar = calendar
        self._on = on

    def add(self, account: Account, documents: DocumentsDue) -> None:
        """Count the documents of a bill, or refuse them all with the reason."""
        seller = self._sellers[account.seller][0]
        plan = account.plan
        if documents.invoices and needs_calendar(plan.rule, plan.due_shift):
            due_date(self._on, plan.rule, plan.due_shift, self._calendar(seller.address.country))
        last_running = {
            (seller.code, kind): self._last_running.get((seller.code, kind), 0) + quantity
            for kind, quantity in count_documents(documents).items()
            if quantity
        }
        for key, last in last_running.items():
            series_for(seller, key[1], last, self._on, self._taken.get(key, NumbersTaken()))
        self._last_running |= last_running
