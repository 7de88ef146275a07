"""Payments."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.customer_payments import ListLastPayments, PreviewPayment
from adapters.views.overpayments import (
    ListCrumbLimits,
    ListOverpayments,
    ListUnusedCredits,
    ShowMoneyIn,
    ShowPayment,
    SumOverpayments,
)
from adapters.views.payments import ListPayments, ListReceivedPayments
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.by_hand import AllocatePayment, FreeCredit, ReleaseAllocation
from commands.payments.crumbs import ClearCrumbs, RestoreKeptCredit, SetCrumbLimits
from commands.payments.falling_due import SettleItemsDue
from commands.payments.giving_back import CancelWriteOff, PayOut, RefundPayment, ReturnPayOut, WriteOffInvoice
from commands.payments.transfers import TransferCredit

ROUTES = (
    Route("GET", "/payments", ListReceivedPayments),
    Route("GET", "/accounts/{account}/payments", ListPayments),
    Route("GET", "/customers/{customer}/last-payments", ListLastPayments),
    Route("GET", "/accounts/{account}/payment-preview", PreviewPayment),
    Route("POST", "/accounts/{account}/payments", ReceivePayment, 201),
    Route("POST", "/accounts/{account}/payments/{payment}/reverse", ReversePayment),
    Route("POST", "/accounts/{account}/payments/{payment}/refund", RefundPayment),
    Route("GET", "/accounts/{account}/payments/{payment}", ShowPayment),
    Route("GET", "/accounts/{account}/unused-credits", ListUnusedCredits),
    Route("POST", "/accounts/{account}/credits/{credit}/allocate", AllocatePayment),
    Route("POST", "/accounts/{account}/credits/{credit}/release", ReleaseAllocation),
    Route("POST", "/accounts/{account}/credits/{credit}/free", FreeCredit),
    Route("POST", "/accounts/{account}/credits/{credit}/return-pay-out", ReturnPayOut),
    Route("POST", "/accounts/{account}/credits/{credit}/restore", RestoreKeptCredit),
    Route("POST", "/accounts/{account}/clear-crumbs", ClearCrumbs),
    Route("POST", "/accounts/{account}/settle-items-due", SettleItemsDue),
    Route("POST", "/credit-transfers", TransferCredit, 201),
    Route("GET", "/overpayments", ListOverpayments),
    Route("GET", "/overpayment-sums", SumOverpayments),
    Route("GET", "/crumb-limits", ListCrumbLimits),
    Route("PUT", "/sellers/{seller}/crumb-limits", SetCrumbLimits),
    Route("GET", "/money-in", ShowMoneyIn),
    Route("POST", "/accounts/{account}/pay-outs", PayOut, 201),
    Route("POST", "/accounts/{account}/invoices/{invoice}/write-off", WriteOffInvoice),
    Route("POST", "/accounts/{account}/invoices/{invoice}/cancel-write-off", CancelWriteOff),
)
