"""Payments."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.payments import ListPayments
from commands.payments.account import ReceivePayment, ReversePayment

ROUTES = (
    Route("GET", "/accounts/{account}/payments", ListPayments),
    Route("POST", "/accounts/{account}/payments", ReceivePayment, 201),
    Route("POST", "/accounts/{account}/payments/{payment}/reverse", ReversePayment),
)
