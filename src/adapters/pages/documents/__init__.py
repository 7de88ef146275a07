"""Invoices and credit notes: found, read, opened as PDF."""

from __future__ import annotations

from adapters.pages.documents.document import PAGES as PAGES
from adapters.pages.documents.document import state_of_document
from adapters.pages.forms import Choice, Field
from adapters.pages.lists import Column, List
from adapters.pages.page import N_
from adapters.views.billing import ListInvoices

STATES = (
    Choice("open", N_("Open")),
    Choice("overdue", N_("Overdue")),
    Choice("paid", N_("Paid")),
    Choice("credit-note", N_("Credit notes")),
)
LISTS = (
    List(
        "/documents", ListInvoices, N_("Invoices and credit notes"),
        (
            Column(N_("Number"), lambda row: row.number, link=lambda row: f"/documents/{row.number}",
                   below=lambda row: f"{row.account}{f', {row.subject.subscription}' if row.subject else ''}"),
            Column(N_("Issued"), lambda row: row.issued_on, "day", sorts=("issued_on", "-issued_on")),
            Column(N_("Due"), lambda row: row.due_on if row.kind == "invoice" else None, "day",
                   sorts=("due_on", "-due_on")),
            Column(N_("State"), state_of_document, "state"),
            Column(N_("Currency"), lambda row: row.gross.currency),
            Column(N_("With VAT"), lambda row: row.gross, "amount", sorts=("gross", "-gross")),
            Column(N_("Still open"), lambda row: row.open_amount, "amount"),
        ),
        filters=(
            Field("from", N_("Issued from"), "day"),
            Field("to", N_("before"), "day"),
            Field("account", N_("Account")),
            Field("customer", N_("Customer number")),
            Field("state", N_("State"), "choice", choices=STATES),
        ),
        empty=N_("Nothing was issued yet. Invoices come from a billing run, or from the card of a customer."),
    ),
)  # fmt: skip
