"""The bills of an account that are to come, as they would be if nothing else happened until then; nothing is written.

Usage that is still to come is not known, so it costs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import bill_events
from billing_core.billing.run import account_due_on
from billing_core.catalogue.tariffs import Catalogue
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.money import Money, zero
from commands.billing.numbers import draft_issue

MOST_BILLS = 60


class ComingBill(msgspec.Struct, frozen=True):
    """What an account is billed on a day, with VAT."""

    on: date
    gross: Money


def coming_bills(billed: BilledAccount, catalogue: Catalogue, today: date, until: date) -> list[ComingBill]:
    """The bills from today on and before `until`; what is due already comes with the first one."""
    found = []
    for on in _due_days(billed, today, until):
        gross, is_billed = zero(billed.account.currency), False
        for posted_on, bill in bills(billed, catalogue, Upto(on, on)):
            events = bill_events(billed.account, bill, draft_issue(on), posted_on)
            billed.apply(events)
            for fact in events:
                if isinstance(fact, InvoiceIssued | CreditNoteIssued):
                    gross, is_billed = gross + fact.gross, True
        if is_billed:
            found.append(ComingBill(on, gross))
    return found


def _due_days(billed: BilledAccount, today: date, until: date) -> Iterator[date]:
    """Each next day on which the account is due, asked for after the bills of the one before; a few years at most."""
    on = today
    for _ in range(MOST_BILLS):
        if on >= until:
            return
        yield on
        due_on = account_due_on(billed.account)
        if due_on is None:
            return
        if due_on > on:
            on = due_on
        else:
            return
