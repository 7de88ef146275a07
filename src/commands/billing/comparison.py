"""A previewed run compared with what each account was billed the last time.

    last bill   now      counts as
    24.00       24.00    as last time
    none        24.00    new
    24.00       26.40    changed by 10 %: `little` if the limit is 20 %, else `much`
    24.00       nothing  gone, if it was billed in the month before the last one and nothing is due any more

The last bill of an account are its documents of the newest day. Amounts have VAT, and credit notes are negative.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.time.periods import boundary

ACCOUNTS_AT_ONCE = 5_000
MOST_SHOWN = 50

Compare = Callable[[str, Sequence[Event]], None]
Group = Literal["same", "new", "gone", "little", "much"]

# --- what comes of it


class ComparedBills(msgspec.Struct):
    """Some accounts: how many, their last bills, and what they would be billed now."""

    accounts: int
    before: Money
    now: Money


class ChangedBill(msgspec.Struct, frozen=True):
    """An account that is billed otherwise than the last time."""

    account: str
    group: Group
    before: Money
    now: Money


class Comparison(msgspec.Struct):
    """The accounts of one currency by group, all of them together, and the ones that changed most of each group."""

    groups: dict[str, ComparedBills]
    every: ComparedBills
    most: list[ChangedBill]


class LastBills(Protocol):
    """What accounts were billed the last time."""

    def last_bills(self, accounts: Collection[str]) -> Mapping[str, Money]:
        """The sum of the newest documents of each account that has any."""

    def ended_bills(self, from_on: date, to_on: date, until: date) -> Mapping[str, Money]:
        """The same of accounts whose newest document was issued in `[from_on, to_on)`, and that are not due later
        than `until`.
        """


# --- comparing


class BillComparison:
    """Takes the bills of a preview, account by account, and compares them in the end."""

    def __init__(self, bills: LastBills, over_percent: Decimal) -> None:
        self._bills = bills
        self._over_percent = over_percent
        self._now: dict[str, Money] = {}

    def add(self, account: str, events: Iterable[Event]) -> None:
        """Take the events of one bill."""
        for fact in events:
            if isinstance(fact, InvoiceIssued | CreditNoteIssued):
                self._now[account] = self._now.get(account, zero(fact.gross.currency)) + fact.gross

    def compared(self, on: date, until: date, parked: Collection[str]) -> dict[str, Comparison]:
        """All of it by currency; `parked` accounts are in no group."""
        found: list[ChangedBill] = []
        accounts = list(self._now)
        for first in range(0, len(accounts), ACCOUNTS_AT_ONCE):
            chunk = accounts[first : first + ACCOUNTS_AT_ONCE]
            known = self._bills.last_bills(chunk)
            found += (
                compared(account, known.get(account), self._now[account], self._over_percent) for account in chunk
            )
        from_on, to_on = (boundary(on.year, on.month - months, on.day) + ONE_DAY for months in (2, 1))
        for account, before in self._bills.ended_bills(from_on, to_on, until).items():
            if account not in self._now and account not in parked and before.amount > 0:
                found.append(ChangedBill(account, "gone", before, zero(before.currency)))
        return summed(found)


def compared(account: str, before: Money | None, now: Money, over_percent: Decimal) -> ChangedBill:
    """The group of a bill.

    >>> from decimal import Decimal as D
    >>> compared("7", Money(D("24.00"), "EUR"), Money(D("26.40"), "EUR"), D(20)).group
    'little'
    """
    if before is None:
        return ChangedBill(account, "new", zero(now.currency), now)
    difference = abs(now.amount - before.amount)
    group: Group = "same" if not difference else "little"
    if difference * 100 > abs(before.amount) * over_percent:
        group = "much"
    return ChangedBill(account, group, before, now)


def summed(found: Iterable[ChangedBill]) -> dict[str, Comparison]:
    """The groups of each currency; of each group the accounts are named that changed most."""
    by_currency: dict[str, list[ChangedBill]] = {}
    for each in found:
        by_currency.setdefault(each.now.currency, []).append(each)
    return {currency: _comparison(bills, currency) for currency, bills in sorted(by_currency.items())}


def _comparison(bills: Sequence[ChangedBill], currency: str) -> Comparison:
    groups: dict[str, ComparedBills] = {}
    named: dict[str, list[ChangedBill]] = {}
    every = ComparedBills(0, zero(currency), zero(currency))
    for each in bills:
        group = groups.setdefault(each.group, ComparedBills(0, zero(currency), zero(currency)))
        for sums in (group, every):
            sums.accounts += 1
            sums.before, sums.now = sums.before + each.before, sums.now + each.now
        if each.group != "same":
            named.setdefault(each.group, []).append(each)
    most = [each for found in named.values() for each in sorted(found, key=_change, reverse=True)[:MOST_SHOWN]]
    return Comparison(groups, every, most)


def _change(each: ChangedBill) -> Decimal:
    return abs(each.now.amount - each.before.amount)
