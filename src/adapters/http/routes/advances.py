"""Tax documents on advances."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.advances import ListAdvanceDocuments, ListAdvanceTerms, PrintAdvanceDocument
from commands.payments.advances import SetAdvanceTerms, TaxAdvances

ROUTES = (
    Route("GET", "/advance-documents", ListAdvanceDocuments),
    Route("GET", "/accounts/{account}/advance-documents/{document}/pdf", PrintAdvanceDocument),
    Route("POST", "/accounts/{account}/tax-advances", TaxAdvances),
    Route("GET", "/advance-terms", ListAdvanceTerms),
    Route("PUT", "/sellers/{seller}/advance-terms", SetAdvanceTerms),
)
