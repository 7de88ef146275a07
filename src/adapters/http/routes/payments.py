"""Payments."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.customer_payments import ListLastPayments, PreviewPayment
from adapters.views.payments import ListPayments, ListReceivedPayments
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.giving_back import CancelWriteOff, PayOut, RefundPayment, WriteOffInvoice

ROUTES = (
    Route("GET", "/payments", ListReceivedPayments),
    Route("GET", "/accounts/{account}/payments", ListPayments),
    Route("GET", "/customers/{customer}/last-payments", ListLastPayments),
    Route("GET", "/accounts/{account}/payment-preview", PreviewPayment),
    Route("POST", "/accounts/{account}/payments", ReceivePayment, 201),
    Route("POST", "/accounts/{account}/payments/{payment}/reverse", ReversePayment),
    Route("POST", "/accounts/{account}/payments/{payment}/refund", RefundPayment),
    Route("POST", "/accounts/{account}/pay-outs", PayOut, 201),
    Route("POST", "/accounts/{account}/invoices/{invoice}/write-off", WriteOffInvoice),
    Route("POST", "/accounts/{account}/invoices/{invoice}/cancel-write-off", CancelWriteOff),
)
