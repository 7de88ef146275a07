"""Batches of pay-backs."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.pay_backs import ListPayBackBatches, ShowPayBackBatch, WritePayBackFile
from commands.pay_backs import (
    CancelPayBackBatch,
    ClosePayBackBatch,
    DrawUpPayBackBatch,
    FreezePayBackBatch,
    ReturnPayBack,
    SendPayBackBatch,
    TakeOffPayBackBatch,
)

ROUTES = (
    Route("GET", "/pay-back-batches", ListPayBackBatches),
    Route("POST", "/pay-back-batches", DrawUpPayBackBatch, 201),
    Route("GET", "/pay-back-batches/{batch}", ShowPayBackBatch),
    Route("GET", "/pay-back-batches/{batch}/file", WritePayBackFile),
    Route("POST", "/pay-back-batches/{batch}/accounts/{account}/take-off", TakeOffPayBackBatch),
    Route("POST", "/pay-back-batches/{batch}/accounts/{account}/return", ReturnPayBack),
    Route("POST", "/pay-back-batches/{batch}/freeze", FreezePayBackBatch),
    Route("POST", "/pay-back-batches/{batch}/send", SendPayBackBatch),
    Route("POST", "/pay-back-batches/{batch}/close", ClosePayBackBatch),
    Route("POST", "/pay-back-batches/{batch}/cancel", CancelPayBackBatch),
)
