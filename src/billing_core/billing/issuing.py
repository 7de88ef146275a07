"""The events of a bill: its charges, then its credit notes, then its invoices, with numbers taken in that order.

Decides nothing about amounts: those are in the bill. A credit note settles the invoice that it corrects first, then
others, oldest due first; what was written off of that invoice is credited, too. An invoice consumes unused credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from billing_core.accounts.account import Account
from billing_core.accounts.plans import BillingPlan
from billing_core.billing.composition import deferral
from billing_core.billing.run import Bill, past_changed
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import Amounts, CreditNoteIssued, InvoiceIssued, tax_point_on
from billing_core.kernel.events import Event
from billing_core.parties.versions import PartyVersion
from billing_core.payments.allocation import Settlement, allocation_events, consume_credits
from billing_core.payments.events import TaxPart
from billing_core.payments.giving_back import write_off_credited
from billing_core.payments.ledger import Ledger, OpenItem
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar, due_date

SERVICE_CHANGED = "the service changed on days that were invoiced already"


class Issue(msgspec.Struct, frozen=True):
    """The data for issuing documents: their date, their parties, and numbers taken from the seller's series.

    `calendar` has the working days in the seller's country, for due dates that depend on it.
    """

    on: date
    seller: PartyVersion
    customer: PartyVersion
    invoice_numbers: Iterator[str]
    credit_note_numbers: Iterator[str]
    calendar: Calendar = WITHOUT_HOLIDAYS


def bill_events(account: Account, bill: Bill, issue: Issue, on: date, reason: str = SERVICE_CHANGED) -> list[Event]:
    """The events of a bill, with numbers taken from the series in the order of the documents.

    `reason` is that of its credit notes.
    """
    events: list[Event] = list(bill.facts)
    documents = bill.documents
    carried = deferral(account, documents, on, is_posted=bool(bill.billed_through)) if documents.waiting else []
    if bill.billed_through or past_changed(account) or not (documents.invoices or carried):
        events.append(ChargesPosted(effective_on=on, charges=bill.charges, billed_through=bill.billed_through))
    if documents.credit_notes or account.ledger.credits:
        settlement = Settlement(account.ledger)
        for corrected, amounts in documents.credit_notes.items():
            events += credit_note_events(amounts, corrected, reason, issue, settlement)
        for amounts in documents.invoices:
            events += settled_invoice(amounts, issue, account.plan, settlement.ledger)
    else:
        events += [invoice_event(amounts, issue, account.plan) for amounts in documents.invoices]
    return events + carried


def invoice_event(amounts: Amounts, issue: Issue, plan: BillingPlan) -> InvoiceIssued:
    """An invoice with the next number of the series."""
    due_on = due_date(issue.on, plan.rule, plan.due_shift, issue.calendar)
    return InvoiceIssued(
        effective_on=issue.on,
        number=next(issue.invoice_numbers),
        tax_point_on=tax_point_on(amounts, issue.on),
        seller=issue.seller,
        customer=issue.customer,
        lines=amounts.lines,
        taxes=amounts.taxes,
        gross=amounts.gross,
        subject=amounts.subject,
        due_on=due_on,
        settled_from=plan.settled_from(issue.on, due_on) if amounts.is_postpaid else None,
    )


def settled_invoice(amounts: Amounts, issue: Issue, plan: BillingPlan, ledger: Ledger) -> list[Event]:
    """An invoice and the unused credits that it consumes, none if it waits; `ledger` is moved on."""
    issued = invoice_event(amounts, issue, plan)
    credits = ledger.usable() if issued.settled_from is None else {}
    allocations = consume_credits(credits, issued.number, OpenItem(issued.due_on, issued.gross))
    settled = allocation_events(allocations, issue.on, ledger.received_on)
    ledger.add_invoice(issued.number, issued.due_on, issued.gross, issued.settled_from)
    for allocation in allocations:
        ledger.allocate(allocation)
    return [issued, *settled]


def credit_note_events(
    amounts: Amounts, corrected: str, reason: str, issue: Issue, settlement: Settlement
) -> list[Event]:
    """A credit note and what it settles; `settlement` is moved on so that the next document sees what is left."""
    note = CreditNoteIssued(
        effective_on=issue.on,
        number=next(issue.credit_note_numbers),
        tax_point_on=issue.on,
        seller=issue.seller,
        customer=issue.customer,
        lines=amounts.lines,
        taxes=amounts.taxes,
        gross=amounts.gross,
        subject=amounts.subject,
        corrects=corrected,
        reason=reason,
    )
    credited = [TaxPart(rate=tax.rate, base=-tax.base, vat=-tax.vat) for tax in note.taxes]
    not_given_up = write_off_credited(settlement.ledger, corrected, -note.gross, credited, note.number, issue.on)
    for fact in not_given_up:
        settlement.ledger.apply(fact)
    allocations = settlement.spread(note.number, -note.gross, corrected, issue.on)
    return [note, *not_given_up, *allocation_events(allocations, issue.on)]
