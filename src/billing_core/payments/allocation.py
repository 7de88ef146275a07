"""Allocation: which invoices a payment or a credit note settles, in which order.

The named invoice first, if it is open; then the others, oldest due date first; the rest is credit on the account and is
consumed by the next invoice. Worked example, 100.00 received, invoice B named:

    open items  A 40.00 due 1 Mar, B 50.00 due 1 Apr, C 30.00 due 1 May
    allocated   B 50.00, A 40.00, C 10.00;  C stays open with 20.00, no credit is left

A postpaid item of a prepaid account may wait for its due date: until then it is settled by money that names it, and by
no other, which is kept for the services that are paid before. Had A waited in the example, C would have got 30.00, and
20.00 would be credit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.payments.events import (
    Allocation,
    CreditAllocated,
)
from billing_core.payments.ledger import Ledger, OpenItem

NO_MONEY: Mapping[str, date] = MappingProxyType({})


def allocate(
    credit: str, amount: Money, open_items: Mapping[str, OpenItem], named: str | None = None
) -> list[Allocation]:
    """Spread a credit over open items: the named one first, then by due date, then by number."""
    nothing = zero(amount.currency)
    allocations: list[Allocation] = []
    if amount <= nothing:
        return allocations
    for number, item in _in_order(open_items, named):
        part = min(amount, item.amount)
        allocations.append(item.settled_by(credit, number, part))
        amount = amount - part
        if amount <= nothing:
            break
    return allocations


def _in_order(open_items: Mapping[str, OpenItem], named: str | None) -> Iterator[tuple[str, OpenItem]]:
    if named is not None and named in open_items:
        yield named, open_items[named]
    for number in oldest_first(open_items):
        if number != named and open_items[number].settled_from is None:
            yield number, open_items[number]


def oldest_first(open_items: Mapping[str, OpenItem]) -> list[str]:
    """The numbers of open items by due date, then by number."""
    return sorted(open_items, key=lambda number: (open_items[number].due_on, number))


class Settlement:
    """A copy of a ledger that is moved on while many credits settle its open items, one after the other.

    The order of the items is found once for all of them, so new items are added when the credits are spread.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger.copy()
        self._newest_first: list[str] | None = None

    def spread(
        self, credit: str, amount: Money, named: str | None = None, since: date | None = None
    ) -> list[Allocation]:
        """Spread a new credit over open items in the order of `allocate`."""
        self.ledger.add_credit(credit, amount, since)
        return self._settled(credit, amount, named)

    def spread_unused(self) -> list[Allocation]:
        """Spread the unused credits that are not held back, the oldest first, over what is open."""
        credits = list(self.ledger.usable().items())
        return [allocation for credit, amount in credits for allocation in self._settled(credit, amount, None)]

    def _settled(self, credit: str, amount: Money, named: str | None) -> list[Allocation]:
        nothing = zero(amount.currency)
        allocations = []
        while amount > nothing and (number := self._next(named)) is not None:
            item = self.ledger.open_items[number]
            allocation = item.settled_by(credit, number, min(amount, item.amount))
            self.ledger.allocate(allocation)
            allocations.append(allocation)
            amount = amount - allocation.amount
        return allocations

    def _next(self, named: str | None) -> str | None:
        open_items = self.ledger.open_items
        if named is not None and named in open_items:
            return named
        if self._newest_first is None:
            newest_first = oldest_first(open_items)[::-1]
            self._newest_first = [number for number in newest_first if open_items[number].settled_from is None]
        while self._newest_first and self._newest_first[-1] not in open_items:
            self._newest_first.pop()
        return self._newest_first[-1] if self._newest_first else None


def consume_credits(credits: Mapping[str, Money], invoice: str, item: OpenItem) -> list[Allocation]:
    """Settle a new invoice from unused credits, in the order in which they came in."""
    nothing = zero(item.amount.currency)
    left = item.amount
    allocations = []
    for credit, available in credits.items():
        if left <= nothing:
            break
        part = min(left, available)
        allocations.append(item.settled_by(credit, invoice, part))
        left = left - part
    return allocations


def allocation_events(
    allocations: Iterable[Allocation], on: date, received_on: Mapping[str, date] = NO_MONEY
) -> list[Event]:
    """The allocations of a decision, in one event for each day; none without allocations.

    An allocation is of the day of the decision, but money settles nothing before the day on which it came in.

        invoice of 1 March, from 5.00 of 20 February and 10.00 of 3 March    1 March 5.00, 3 March 10.00
    """
    days: dict[date, list[Allocation]] = defaultdict(list)
    for allocation in allocations:
        days[max(on, received_on.get(allocation.credit, on))].append(allocation)
    return [CreditAllocated(effective_on=day, allocations=tuple(days[day])) for day in sorted(days)]
