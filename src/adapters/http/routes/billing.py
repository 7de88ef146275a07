"""Invoices, credit notes and charges by hand."""

from __future__ import annotations

from adapters.actions.billing import RetryParkedAccount
from adapters.http.route import Route
from adapters.views.billing import (
    ListInvoices,
    ListInvoicesOfAccount,
    ListParkedAccounts,
    PrintInvoice,
    ReadInvoice,
    ShowInvoice,
)
from adapters.views.next_bill import PreviewBill
from commands.billing.account import BillAccount, ChargeOnce, GrantGoodwill, ParkAccount

ROUTES = (
    Route("GET", "/invoices", ListInvoices),
    Route("GET", "/invoices/{number}", ShowInvoice),
    Route("GET", "/invoices/{number}/printed", ReadInvoice),
    Route("GET", "/invoices/{number}/pdf", PrintInvoice),
    Route("GET", "/accounts/{account}/invoices", ListInvoicesOfAccount),
    Route("GET", "/accounts/{account}/next-bill", PreviewBill),
    Route("GET", "/parked-accounts", ListParkedAccounts),
    Route("POST", "/accounts/{account}/bill", BillAccount),
    Route("POST", "/accounts/{account}/park", ParkAccount),
    Route("POST", "/parked-accounts/{account}/retry", RetryParkedAccount),
    Route("POST", "/accounts/{account}/charges", ChargeOnce, 201),
    Route("POST", "/accounts/{account}/goodwill", GrantGoodwill, 201),
)
