"""Charges, documents, and the billing of accounts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from adapters.texts.amounts import about_what, counted, money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.accounts.parking import BillingParked
from billing_core.billing.run import BillingRunCompleted
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.money import total


def _posted(fact: ChargesPosted) -> str:
    charges = _charges(fact.charges)
    until = ", ".join(f"{code} until {entry.charged_until}" for code, entry in fact.billed_through.items())
    return f"{until}: {charges}" if until else f"{charges}{f', because: {fact.reason}' if fact.reason else ''}"


def _charges(charges: tuple[Charge, ...]) -> str:
    if not charges:
        return "nothing to charge"
    whole = money(total((charge.amount for charge in charges), charges[0].amount.currency))
    parts = ", ".join(f"{charge.description} {money(charge.amount)}" for charge in charges)
    return parts if len(charges) == 1 else f"{whole} ({parts})"


def _invoice(fact: InvoiceIssued) -> str:
    return f"{fact.number}{about_what(fact.subject)} of {money(fact.gross)}, due {fact.due_on}"


def _credit_note(fact: CreditNoteIssued) -> str:
    return f"{fact.number}{about_what(fact.subject)} of {money(fact.gross)}, corrects {fact.corrects}"


def _deferred(fact: ChargesDeferred) -> str:
    if fact.until:
        return f"below the invoice minimum, carried over to {fact.until}"
    return "no invoice, as the charges sum to zero; they wait for further charges"


def _completed(fact: BillingRunCompleted) -> str:
    text = f"until {fact.until}: {counted(fact.bills, 'bill')}, {counted(fact.invoices, 'invoice')}, "
    return text + f"{counted(fact.credit_notes, 'credit note')}, {fact.parked:,} parked"


SENTENCES: Sentences = {
    ChargesPosted: _posted,
    InvoiceIssued: _invoice,
    CreditNoteIssued: _credit_note,
    ChargesDeferred: _deferred,
    BillingParked: lambda fact: f"could not be billed, {fact.code}: {fact.reason}",
    BillingRunCompleted: _completed,
}


def waiting_text(account: Account) -> str:
    """The charges that wait for an invoice: `2 charges wait for the next invoice on 2026-12-01`."""
    wait = "waits" if len(account.pending) == 1 else "wait"
    when = f" on {account.invoice_on}" if account.invoice_on else ""
    return f"{counted(len(account.pending), 'charge')} {wait} for the next invoice{when}"


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """Charges that wait for an invoice, and why the account could not be billed."""
    if account.pending:
        yield waiting_text(account)
    if account.parked:
        yield f"could not be billed: {account.parked}"


def _account_facts(account: Account, on: date) -> dict[str, Any]:
    parked = None if account.parked is None else str(account.parked)
    return {"parked": parked, "waiting_charges": account.pending, "invoice_on": account.invoice_on}


ACCOUNT_LINES = _account_lines
ACCOUNT_FACTS = _account_facts
