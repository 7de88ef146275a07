"""Accounts."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.accounts import ShowAccount, ShowBalance
from adapters.views.explained_postings import ExplainDocument, ExplainPosting
from commands.accounts import ChangeBillingDay, ChangeBillingPlan, CorrectRegistration, OpenAccount

ROUTES = (
    Route("POST", "/accounts", OpenAccount, 201),
    Route("GET", "/accounts/{account}", ShowAccount),
    Route("GET", "/accounts/{account}/balance", ShowBalance),
    Route("GET", "/accounts/{account}/postings/{number}", ExplainPosting),
    Route("GET", "/invoices/{number}/explanation", ExplainDocument),
    Route("PUT", "/accounts/{account}/plan", ChangeBillingPlan),
    Route("PUT", "/accounts/{account}/billing-day", ChangeBillingDay),
    Route("PUT", "/customers/{customer}/registration", CorrectRegistration),
)
