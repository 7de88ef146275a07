"""Requests to pay, and the standing code of an account."""

from __future__ import annotations

from adapters.actions.payment_requests import RenewPaymentLink, RequestPayment
from adapters.http.route import Route
from adapters.views.payment_requests import ListPaymentRequests, ShowPaymentCode, ShowPaymentRequest
from commands.payment_requests import (
    AskForPayment,
    ReplacePaymentLink,
    SettlePaymentRequests,
    WithdrawPaymentRequest,
)

ROUTES = (
    Route("GET", "/payment-requests", ListPaymentRequests),
    Route("GET", "/accounts/{account}/payment-code", ShowPaymentCode),
    Route("POST", "/accounts/{account}/payment-requests", AskForPayment, 201),
    Route("POST", "/accounts/{account}/payment-requests/request", RequestPayment, 201),
    Route("POST", "/accounts/{account}/payment-requests/settle", SettlePaymentRequests),
    Route("GET", "/accounts/{account}/payment-requests/{number}", ShowPaymentRequest),
    Route("PUT", "/accounts/{account}/payment-requests/{number}/link", ReplacePaymentLink),
    Route("POST", "/accounts/{account}/payment-requests/{number}/link", RenewPaymentLink, 201),
    Route("POST", "/accounts/{account}/payment-requests/{number}/withdraw", WithdrawPaymentRequest),
)
