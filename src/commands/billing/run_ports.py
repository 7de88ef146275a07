"""The ports of the billing run, and its totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import NamedTuple, Protocol

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.parties.number_series import NumbersTaken, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.time.due_dates import Calendar


class DueAccount(NamedTuple):
    """An account as last known, with the versions its documents are decided on."""

    account: Account
    version: int
    customer_version: int


class DueAccounts(Protocol):
    """The latest account states, kept by a projection."""

    def due_before(self, until: date, after_account: str, limit: int) -> Sequence[DueAccount]:
        """Accounts due before that date or changed in their past, in order of number."""

    def all_accounts(self, after_account: str, limit: int) -> Sequence[DueAccount]:
        """All accounts, in order of number."""

    def expected_accounts(self, until: date) -> int:
        """About how many accounts a run will look at; for showing progress."""

    def wait_for(self, position: int) -> None:
        """Return when the states show every event up to the position."""


def pages_of(read: Callable[[str, int], Sequence[DueAccount]], accounts_at_once: int) -> Iterator[Sequence[DueAccount]]:
    """Read page after page, each after the last account number of the one before."""
    after = ""
    while page := read(after, accounts_at_once):
        last = page[-1].account.number
        yield page
        after = last


class RunSetting(Protocol):
    """The data that the run needs in addition to the accounts, read once."""

    def tariffs(self) -> Catalogue:
        """All published tariffs by code."""

    def sellers(self) -> dict[str, tuple[Seller, int]]:
        """All sellers with their versions by code."""

    def last_issued_on(self) -> dict[str, date]:
        """The date of each seller's newest document, by seller code."""

    def numbers_taken(self) -> Mapping[tuple[str, SeriesKind], NumbersTaken]:
        """The numbers taken from each series, by seller code and kind of document."""

    def calendar(self, country: str) -> Calendar:
        """Which days are worked in a country, as a transaction says it."""

    def only_run(self) -> AbstractContextManager[None]:
        """Wait until no other run is active, and make other runs wait."""


class RunTotals(msgspec.Struct):
    """The totals of a run or of a preview. Amounts by currency.

    `parked` are accounts that a rule stopped, `left_out` sellers that can have no document of the day, with the reason.
    """

    bills: int = 0
    charges: int = 0
    invoices: int = 0
    credit_notes: int = 0
    charged: dict[str, Money] = {}
    invoiced: dict[str, Money] = {}
    credited: dict[str, Money] = {}
    parked: dict[str, str] = {}
    left_out: dict[str, str] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Count the events of one bill."""
        self.bills += 1
        for fact in events:
            match fact:
                case ChargesPosted():
                    self.charges += len(fact.charges)
                    for charge in fact.charges:
                        _add(self.charged, charge.amount)
                case InvoiceIssued():
                    self.invoices += 1
                    _add(self.invoiced, fact.gross)
                case CreditNoteIssued():
                    self.credit_notes += 1
                    _add(self.credited, fact.gross)

    def merge(self, other: RunTotals) -> None:
        """Add the totals of another part of the run."""
        self.bills += other.bills
        self.charges += other.charges
        self.invoices += other.invoices
        self.credit_notes += other.credit_notes
        for mine, theirs in (
            (self.charged, other.charged),
            (self.invoiced, other.invoiced),
            (self.credited, other.credited),
        ):
            for amount in theirs.values():
                _add(mine, amount)
        self.parked |= other.parked
        self.left_out |= other.left_out


def _add(sums: dict[str, Money], amount: Money) -> None:
    sums[amount.currency] = sums.get(amount.currency, zero(amount.currency)) + amount
