"""How much of each invoice of an account was open on each day, as its events say now.

A payment settles from the day on which it came in, also if it was booked later; what bounced is open again from the day
on which it bounced. Folded only if the past is asked about.

    invoice of 1 March over 30.00, 10.00 paid on 20 March, the rest on 5 April
    30.00 from 1 March, 20.00 from 20 March, 0.00 from 5 April
"""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from operator import add
from typing import ClassVar

import msgspec

from billing_core.dunning.interest import OpenFrom
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.payments.events import CreditAllocated, CreditReleased


class ItemCourse(msgspec.Struct):
    """An invoice, and what changed the open amount of it on which day."""

    due_on: date
    changes: list[tuple[date, Money]]

    def open_from(self) -> list[OpenFrom]:
        """From which day how much is open, in order."""
        days = sorted({on for on, _ in self.changes})
        nothing = zero(self.changes[0][1].currency)
        sums = (sum((amount for on, amount in self.changes if on == day), start=nothing) for day in days)
        return [OpenFrom(day, amount) for day, amount in zip(days, accumulate(sums, add), strict=True)]

    def open_on(self, on: date) -> Money:
        """What is open at the end of a day."""
        known = [change.amount for change in self.open_from() if change.from_on <= on]
        return known[-1] if known else zero(self.changes[0][1].currency)


class ItemCourses(msgspec.Struct):
    """The courses of all invoices of an account, by number."""

    KINDS: ClassVar = (InvoiceIssued, CreditAllocated, CreditReleased)

    by_invoice: dict[str, ItemCourse] = {}

    def apply(self, fact: Event) -> None:
        """Fold one event of the account."""
        match fact:
            case InvoiceIssued():
                self.by_invoice[fact.number] = ItemCourse(fact.due_on, [(fact.effective_on, fact.gross)])
            case CreditAllocated(allocations=allocations):
                for part in allocations:
                    self.by_invoice[part.invoice].changes.append((fact.effective_on, -part.amount))
            case CreditReleased(allocations=allocations):
                for part in allocations:
                    self.by_invoice[part.invoice].changes.append((fact.effective_on, part.amount))


def apply_courses(state: ItemCourses | None, fact: Event) -> ItemCourses:
    """Fold one event of an account's stream."""
    courses = ItemCourses() if state is None else state
    courses.apply(fact)
    return courses
