"""The bills that an account gets next, as they would be now: nothing of it is kept.

A bill is foreseen on the day on which something is due next, today at the earliest, as if that day were today. Its
documents take no numbers of the seller, so that nobody who issues documents waits for it:

    on 11 June, fees in advance on the first: the bill of 1 July, then that of 1 August
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from billing_core.accounts.account import Account
from billing_core.billing.bills import Upto
from billing_core.billing.composition import DocumentsDue
from billing_core.billing.issuing import Issue
from billing_core.billing.run import account_due_on, past_changed
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from commands.accounts import load_account
from commands.billing.account import bills_due
from commands.billing.numbers import draft_issue
from commands.platform.ports import Transaction


class NextBill(NamedTuple):
    """A bill of a day: its charges in the terms of their price lists, and what is to be paid for it, with VAT.

    A credit note is less to pay.
    """

    on: date
    charges: tuple[Charge, ...]
    to_pay: Money


def next_bill_on(account: Account, today: date) -> date | None:
    """The day of an account's next bill: today if something is due or its past has changed; None if nothing is to come.

    An account that is opened later has no bill before its first day.
    """
    due_on = account_due_on(account)
    if past_changed(account) or (due_on is not None and due_on < today):
        return max(today, account.opened_on)
    return due_on


def next_bills(account: str, transaction: Transaction, first_on: date) -> Iterator[NextBill]:
    """The bill of a day and those after it, each worked out when it is asked for."""
    found, version = load_account(transaction, account)
    recorded: list[Event] = []
    draft = draft_issue(first_on)

    def issue(account: Account, transaction: Transaction, on: date, documents: DocumentsDue) -> Issue:
        return replace(draft, on=on)

    on: date | None = first_on
    while on is not None:
        due = bills_due(found, version, transaction, Upto(on, on), recorded, issue)
        events = [event for bill in due for event in bill]
        recorded += events
        yield _bill(on, events, found)
        due_on = account_due_on(found)
        on = due_on if due_on is not None and due_on > on else None


def _bill(on: date, events: list[Event], account: Account) -> NextBill:
    charges = tuple(charge for event in events if isinstance(event, ChargesPosted) for charge in event.charges)
    documents = (event.gross for event in events if isinstance(event, InvoiceIssued | CreditNoteIssued))
    return NextBill(on, charges, sum(documents, zero(account.currency)))
